#include "formats/cvat_xml_writer_text.h"

#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"
#include "formats/xml_character.h"

namespace annofs {
namespace {

// Where a byte has to be looked at: control characters, & < >, quotes, all beyond ASCII.
constexpr std::array<bool, 256> MakeSpecial() {
  std::array<bool, 256> special = {};
  for (size_t c = 0; c < 256; ++c) {
    special[c] = c < 0x20 || c == '&' || c == '<' || c == '>' || c == '"' || c >= 0x80;
  }
  return special;
}
constexpr std::array<bool, 256> kSpecial = MakeSpecial();

bool IsPlain(absl::string_view text) {
  for (char c : text) {
    if (kSpecial[uint8_t(c)]) return false;
  }
  return true;
}

enum class Place { kText, kValue };

absl::string_view EntityOf(char c, Place place) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\n':
      return place == Place::kText ? "\n" : "&#10;";
    case '\r':
      return place == Place::kText ? "\r" : "&#13;";
    case '\t':
      return place == Place::kText ? "\t" : "&#9;";
    default:
      return uint8_t(c) < 0x20 ? kXmlReplacement : absl::string_view();
  }
}

void AppendEscaped(absl::string_view text, Place place, bool escapes_quotes, std::string& out) {
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (uint8_t(c) >= 0x80) {
      const absl::string_view character = text.substr(i, Utf8CharacterSize(text.substr(i)));
      absl::StrAppend(&out, IsXmlCharacter(character) ? character : kXmlReplacement);
      i += character.empty() ? 1 : character.size();
      continue;
    }
    ++i;
    const absl::string_view entity = c == '"' && escapes_quotes ? "&quot;" : EntityOf(c, place);
    if (entity.empty()) {
      out.push_back(c);
    } else {
      absl::StrAppend(&out, entity);
    }
  }
}

void AppendName(absl::string_view name, std::string& out) {
  out.push_back(' ');
  out.append(name.data(), name.size());
  out.push_back('=');
}

}  // namespace

void AppendXmlText(absl::string_view text, std::string& out) {
  if (IsPlain(text)) {
    out.append(text.data(), text.size());
  } else {
    AppendEscaped(text, Place::kText, false, out);
  }
}

void AppendXmlAttribute(absl::string_view name, absl::string_view value, std::string& out) {
  AppendName(name, out);
  if (IsPlain(value)) {
    out.push_back('"');
    out.append(value.data(), value.size());
    out.push_back('"');
    return;
  }
  const bool has_quote = value.find('"') != value.npos;
  const bool has_both = has_quote && value.find('\'') != value.npos;
  const char quote = has_quote && !has_both ? '\'' : '"';
  out.push_back(quote);
  AppendEscaped(value, Place::kValue, has_both, out);
  out.push_back(quote);
}

void AppendXmlAttribute(absl::string_view name, int64_t value, std::string& out) {
  AppendName(name, out);
  absl::StrAppend(&out, "\"", value, "\"");
}

void AppendXmlAttribute2(absl::string_view name, double value, std::string& out) {
  AppendName(name, out);
  out.push_back('"');
  AppendFixed(value, 2, &out);
  out.push_back('"');
}

void AppendXmlIndent(int level, std::string& out) {
  out.push_back('\n');
  out.append(size_t(level) * 2, ' ');
}

void AppendXmlLeaf(int level, absl::string_view name, absl::string_view text, std::string& out) {
  AppendXmlIndent(level, out);
  absl::StrAppend(&out, "<", name, ">");
  AppendXmlText(text, out);
  absl::StrAppend(&out, "</", name, ">");
}

void AppendXmlOpen(int level, absl::string_view name, std::string& out) {
  AppendXmlIndent(level, out);
  absl::StrAppend(&out, "<", name, ">");
}

void AppendXmlClose(int level, absl::string_view name, std::string& out) {
  AppendXmlIndent(level, out);
  absl::StrAppend(&out, "</", name, ">");
}

}  // namespace annofs
