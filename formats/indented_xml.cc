#include "formats/indented_xml.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cache/base/utf8.h"
#include "formats/xml_character.h"

namespace annofs {
namespace {

absl::string_view Escaped(absl::string_view c) {
  switch (c[0]) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\r':
      return "&#13;";
    default:
      return c;
  }
}

// How many bytes at the beginning are characters of their own that stand as they are.
size_t PlainBytes(absl::string_view text) {
  const auto plain = std::find_if(text.begin(), text.end(), [](char c) {
    return c < 0x20 || c >= 0x7f || c == '&' || c == '<' || c == '>';
  });
  return size_t(plain - text.begin());
}

}  // namespace

void AppendLxmlText(absl::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t plain = PlainBytes(text);
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    const size_t size = Utf8CharacterSize(text);
    const absl::string_view c = text.substr(0, size == 0 ? 1 : size);
    absl::StrAppend(&out, size == 0 || !IsXmlCharacter(c) ? kXmlReplacement : Escaped(c));
    text.remove_prefix(c.size());
  }
}

void IndentedXml::Open(absl::string_view element) {
  Indent();
  AppendTag("<", element, ">\n");
  open_.push_back(element);
}

void IndentedXml::Close() {
  const absl::string_view element = open_.back();
  open_.pop_back();
  Indent();
  AppendTag("</", element, ">\n");
}

void IndentedXml::Leaf(absl::string_view element, absl::string_view text) {
  Indent();
  AppendTag("<", element, ">");
  AppendLxmlText(text, text_);
  AppendTag("</", element, ">\n");
}

void IndentedXml::AppendTag(absl::string_view begin, absl::string_view element,
                            absl::string_view end) {
  text_.append(begin.data(), begin.size());
  text_.append(element.data(), element.size());
  text_.append(end.data(), end.size());
}

}  // namespace annofs
