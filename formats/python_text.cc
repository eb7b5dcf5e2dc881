#include "formats/python_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"
#include "formats/python_append.h"

namespace annofs {
namespace {

constexpr absl::string_view kPythonSpace = " \t\n\v\f\r\x1c\x1d\x1e\x1f";
constexpr absl::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

absl::string_view Stripped(absl::string_view text) {
  const size_t begin = text.find_first_not_of(kPythonSpace);
  if (begin == absl::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kPythonSpace) - begin + 1);
}

// An underscore stands between two digits.
std::optional<std::string> WithoutUnderscores(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain.push_back(text[i]);
      continue;
    }
    const bool is_between = i > 0 && i + 1 < text.size() && absl::ascii_isdigit(text[i - 1]) &&
                            absl::ascii_isdigit(text[i + 1]);
    if (!is_between) return std::nullopt;
  }
  return plain;
}

// Neither spaces, underscores nor names: as nearly all numbers are.
bool IsPlainNumber(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(c) && c != '.' && c != '-') return false;
  }
  return true;
}

// Digits alone, so few that they are the double that they say; nothing: anything else.
std::optional<double> FewDigits(absl::string_view text) {
  constexpr size_t kMost = 15;
  if (text.empty() || text.size() > kMost) return std::nullopt;
  uint64_t number = 0;
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    number = number * 10 + uint64_t(c - '0');
  }
  return double(number);
}

// At most so many hundredths: fewer than 16 digits always read back as the same double, so they are
// the shortest ones.
constexpr double kMaxHundredths = 1e15;

// False: the value is no such number.
bool AppendHundredths(double value, std::string& out) {
  const double magnitude = std::fabs(value);
  const double scaled = magnitude * 100;
  if (!(scaled < kMaxHundredths)) return false;
  const auto hundredths = int64_t(scaled + 0.5);
  if (double(hundredths) / 100 != magnitude) return false;
  char buffer[24];
  char* end = buffer;
  if (std::signbit(value)) *end++ = '-';
  end = std::to_chars(end, buffer + sizeof(buffer), hundredths / 100).ptr;
  const int rest = int(hundredths % 100);
  *end++ = '.';
  *end++ = char('0' + rest / 10);
  if (rest % 10 != 0) *end++ = char('0' + rest % 10);
  out.append(buffer, size_t(end - buffer));
  return true;
}

// Where repr() needs no exponent.
bool IsFixed(double value) {
  const double magnitude = std::fabs(value);
  return magnitude >= 1e-4 && magnitude < 1e16;
}

void AppendEscape(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      absl::StrAppend(&out, "\\u", absl::Hex(uint8_t(c), absl::kZeroPad4));
  }
}

// Characters that JSON has as they are.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain = {};
  for (size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

// So many are compared with each other, more by a table.
constexpr size_t kFewAttributes = 16;

using Attributes = std::vector<ItemAttribute>;

void AppendAttributes(const Attributes& attributes, const std::vector<size_t>& order,
                      std::string& out) {
  out.push_back('{');
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0) out += ", ";
    AppendJsonText(attributes[order[i]].name, out);
    out += ": ";
    AppendJson(attributes[order[i]].value, out);
  }
  out.push_back('}');
}

bool HasRepeated(const Attributes& attributes) {
  if (attributes.size() > kFewAttributes) return true;  // perhaps
  for (size_t i = 1; i < attributes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (attributes[i].name == attributes[j].name) return true;
    }
  }
  return false;
}

}  // namespace

std::optional<double> ParsePythonFloat(absl::string_view text) {
  if (const std::optional<double> few = FewDigits(text)) return few;
  if (double value = 0; IsPlainNumber(text) && absl::SimpleAtod(text, &value)) return value;
  const std::optional<std::string> plain = WithoutUnderscores(Stripped(text));
  // Abseil takes nan(text) and 0x10.
  if (!plain || plain->find_first_of("(xX") != std::string::npos) return std::nullopt;
  double value = 0;
  if (!absl::SimpleAtod(*plain, &value)) return std::nullopt;
  return value;
}

std::string PythonStr(const ItemValue& value) {
  std::string text;
  AppendPythonStr(value, text);
  return text;
}

void AppendPythonStr(const ItemValue& value, std::string& out) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    out += *flag ? "True" : "False";
  } else if (const double* number = std::get_if<double>(&value)) {
    AppendRepr(*number, out);
  } else if (const int64_t* number = std::get_if<int64_t>(&value)) {
    AppendInt(*number, out);
  } else {
    out += std::get<std::string>(value);
  }
}

void AppendJson(const ItemValue& value, std::string& out) {
  if (const bool* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else if (const double* number = std::get_if<double>(&value)) {
    AppendJsonNumber(*number, out);
  } else if (const int64_t* number = std::get_if<int64_t>(&value)) {
    AppendInt(*number, out);
  } else {
    AppendJsonText(std::get<std::string>(value), out);
  }
}

void AppendJsonNumber(double value, std::string& out) {
  if (std::isfinite(value)) {
    AppendRepr(value, out);
  } else {
    out += "null";
  }
}

void AppendJsonText(absl::string_view text, std::string& out) {
  out.push_back('"');
  size_t plain = 0;  // where the part begins that is copied as it is
  auto copy_until = [&](size_t end) { out.append(text.data() + plain, end - plain); };
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (kPlain[c]) {
      ++i;
      continue;
    }
    const size_t size = c < 0x80 ? 0 : Utf8CharacterSize(text.substr(i));
    if (size > 0) {
      i += size;
      continue;
    }
    copy_until(i);
    if (c < 0x80) {
      AppendEscape(text[i], out);
    } else {
      out.append(kReplacement.data(), kReplacement.size());
    }
    plain = ++i;
  }
  copy_until(text.size());
  out.push_back('"');
}

void AppendJsonAttributes(const std::vector<ItemAttribute>& attributes, std::string& out) {
  std::vector<size_t> order;
  order.reserve(attributes.size());
  if (!HasRepeated(attributes)) {
    for (size_t i = 0; i < attributes.size(); ++i) order.push_back(i);
    return AppendAttributes(attributes, order, out);
  }
  absl::flat_hash_map<absl::string_view, size_t> places;
  for (size_t i = 0; i < attributes.size(); ++i) {
    const auto [place, is_new] = places.try_emplace(attributes[i].name, order.size());
    if (is_new) {
      order.push_back(i);
    } else {
      order[place->second] = i;
    }
  }
  AppendAttributes(attributes, order, out);
}

void AppendRepr(double value, std::string& out) {
  if (AppendHundredths(value, out)) return;
  if (!IsFixed(value)) {
    out += PythonFloat(value);
    return;
  }
  char buffer[32];
  const char* end =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::fixed).ptr;
  const absl::string_view text(buffer, size_t(end - buffer));
  out.append(text.data(), text.size());
  if (text.find('.') == absl::string_view::npos) out += ".0";
}

void AppendInt(int64_t value, std::string& out) {
  char buffer[24];
  out.append(buffer, size_t(std::to_chars(buffer, buffer + sizeof(buffer), value).ptr - buffer));
}

std::string CsvField(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (char c : text) {
    if (c == '"') field.push_back('"');
    field.push_back(c);
  }
  field.push_back('"');
  return field;
}

}  // namespace annofs
