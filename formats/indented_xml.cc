#include "formats/indented_xml.h"

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

}  // namespace

void AppendLxmlText(absl::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t size = Utf8CharacterSize(text);
    const absl::string_view c = text.substr(0, size == 0 ? 1 : size);
    absl::StrAppend(&out, size == 0 || !IsXmlCharacter(c) ? kXmlReplacement : Escaped(c));
    text.remove_prefix(c.size());
  }
}

void IndentedXml::Open(absl::string_view element) {
  Indent();
  absl::StrAppend(&text_, "<", element, ">\n");
  open_.push_back(element);
}

void IndentedXml::Close() {
  const absl::string_view element = open_.back();
  open_.pop_back();
  Indent();
  absl::StrAppend(&text_, "</", element, ">\n");
}

void IndentedXml::Leaf(absl::string_view element, absl::string_view text) {
  Indent();
  absl::StrAppend(&text_, "<", element, ">");
  AppendLxmlText(text, text_);
  absl::StrAppend(&text_, "</", element, ">\n");
}

}  // namespace annofs
