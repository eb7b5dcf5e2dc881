#include "formats/datumaro_export_json.h"

#include <array>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "cache/base/utf8.h"
#include "formats/python_append.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

constexpr char kHex[] = "0123456789abcdef";
constexpr uint32_t kReplacement = 0xfffd;

void AppendUnit(uint32_t unit, std::string& out) {  // of UTF-16
  const char text[] = {
      '\\',           'u', kHex[unit >> 12 & 15], kHex[unit >> 8 & 15], kHex[unit >> 4 & 15],
      kHex[unit & 15]};
  out.append(text, sizeof text);
}

void AppendEscape(char c, std::string& out) {
  constexpr absl::string_view kEscaped = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  const size_t at = kEscaped.find(c);
  if (at == absl::string_view::npos) return AppendUnit(static_cast<uint8_t>(c), out);
  out.push_back('\\');
  out.push_back(kLetters[at]);
}

// REQUIRES: one character of valid UTF-8, of more than one byte.
uint32_t CodePointOf(absl::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(character[i]); };
  uint32_t code = byte(0) & (0x7fu >> character.size());
  for (size_t i = 1; i < character.size(); ++i) code = code << 6 | (byte(i) & 0x3fu);
  return code;
}

void AppendAscii(absl::string_view character, std::string& out) {
  uint32_t code = CodePointOf(character);
  if (code < 0x10000) return AppendUnit(code, out);
  code -= 0x10000;
  AppendUnit(0xd800 + (code >> 10), out);
  AppendUnit(0xdc00 + (code & 0x3ff), out);
}

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain = {};
  for (size_t c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool IsPlain(char c) { return kPlain[static_cast<uint8_t>(c)]; }

void AppendComma(JsonDialect dialect, std::string& out) {
  out.push_back(',');
  if (dialect == JsonDialect::kPython) out.push_back(' ');
}

bool IsOneOf(absl::string_view name, absl::Span<const absl::string_view> names) {
  for (absl::string_view other : names) {
    if (!name.empty() && name[0] == other[0] && name == other) return true;
  }
  return false;
}

// False: all names are different. True: perhaps not.
bool MayRepeat(const std::vector<ItemAttribute>& attributes) {
  uint64_t seen = 0;  // a bit for each length and outer characters, of 64
  for (const ItemAttribute& attribute : attributes) {
    const absl::string_view name = attribute.name;
    const size_t sum = name.empty() ? 0 : size_t(name.front()) * 5 + size_t(name.back()) * 3;
    const uint64_t bit = uint64_t{1} << ((sum + name.size()) & 63);
    if ((seen & bit) != 0) return true;
    seen |= bit;
  }
  return false;
}

bool HaveEqualNames(const std::vector<ItemAttribute>& attributes) {
  constexpr size_t kFew = 24;  // are compared pair by pair
  if (!MayRepeat(attributes)) return false;
  if (attributes.size() > kFew) return true;
  for (size_t i = 1; i < attributes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (attributes[i].name == attributes[j].name) return true;
    }
  }
  return false;
}

void AppendValue(JsonDialect dialect, const ItemValue& value, std::string& out) {
  if (const std::string* text = std::get_if<std::string>(&value)) {
    AppendJsonString(dialect, *text, out);
  } else {
    AppendJson(value, out);
  }
}

}  // namespace

void AppendJsonString(JsonDialect dialect, absl::string_view text, std::string& out) {
  if (dialect == JsonDialect::kCompact) return AppendJsonText(text, out);
  out.push_back('"');
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    size_t size = 1;
    if (static_cast<uint8_t>(text[0]) < 0x80) {
      AppendEscape(text[0], out);
    } else if (const size_t character = Utf8CharacterSize(text); character > 0) {
      size = character;
      AppendAscii(text.substr(0, size), out);
    } else {
      AppendUnit(kReplacement, out);
    }
    text.remove_prefix(size);
  }
  out.push_back('"');
}

void AppendJsonInt(int64_t value, std::string& out) { AppendInt(value, out); }

void AppendJsonFloats(JsonDialect dialect, absl::Span<const double> values, std::string& out) {
  out.push_back('[');
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) AppendComma(dialect, out);
    AppendJsonNumber(values[i], out);
  }
  out.push_back(']');
}

void AppendJsonAttributes(JsonDialect dialect, const std::vector<ItemAttribute>& attributes,
                          absl::Span<const absl::string_view> without, std::string& out) {
  const bool repeats = HaveEqualNames(attributes);
  absl::flat_hash_map<absl::string_view, const ItemValue*> last;
  if (repeats) {
    for (const ItemAttribute& attribute : attributes) last[attribute.name] = &attribute.value;
  }
  out.push_back('{');
  bool is_first = true;
  for (const ItemAttribute& attribute : attributes) {
    const ItemValue* value = &attribute.value;
    if (IsOneOf(attribute.name, without)) continue;
    if (repeats) {
      const auto found = last.find(attribute.name);
      if (found == last.end()) continue;  // written at its first place
      value = found->second;
      last.erase(found);
    }
    if (!is_first) AppendComma(dialect, out);
    is_first = false;
    AppendJsonString(dialect, attribute.name, out);
    out.push_back(':');
    if (dialect == JsonDialect::kPython) out.push_back(' ');
    AppendValue(dialect, *value, out);
  }
  out.push_back('}');
}

}  // namespace annofs
