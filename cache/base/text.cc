#include "cache/base/text.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace annofs {
namespace {

bool IsContinuation(absl::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

bool IsPlainInPath(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         (c != '\0' && absl::StrContains("._-/~!$'()*;=:@", c));
}

std::optional<char> HexByte(absl::string_view digits) {
  if (digits.size() < 2 || !absl::ascii_isxdigit(static_cast<unsigned char>(digits[0])) ||
      !absl::ascii_isxdigit(static_cast<unsigned char>(digits[1]))) {
    return std::nullopt;
  }
  return absl::HexStringToBytes(digits.substr(0, 2))[0];
}

std::string ToChars(double value, std::chars_format format) {
  char buffer[400];  // the longest fixed text here has 17 digits and 5 zeros
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, format);
  return std::string(buffer, end.ptr);
}

// The power of ten of the first digit, from a text like "1.5e-05".
int Exponent(absl::string_view scientific) {
  int exponent = 0;
  absl::string_view digits = scientific.substr(scientific.find('e') + 1);
  absl::ConsumePrefix(&digits, "+");
  return absl::SimpleAtoi(digits, &exponent) ? exponent : 0;
}

// 1024^0..4 for "", K, M, G, T with or without "iB"; nothing for other texts.
std::optional<uint64_t> UnitBytes(absl::string_view unit) {
  if (unit.empty()) return 1;
  static constexpr absl::string_view kUnits = "KMGT";
  const size_t power = kUnits.find(absl::ascii_toupper(static_cast<unsigned char>(unit[0])));
  const absl::string_view rest = unit.substr(1);
  if (power == kUnits.npos || !(rest.empty() || absl::EqualsIgnoreCase(rest, "iB"))) {
    return std::nullopt;
  }
  return uint64_t{1} << (10 * (power + 1));
}

absl::Status BadSize(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", absl::CHexEscape(text),
                   "\" is not a size: write a number of bytes, or a number with K, M, G or T"));
}

absl::string_view TakeDigits(absl::string_view& text) {
  size_t n = 0;
  while (n < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[n]))) ++n;
  absl::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

bool IsControl(char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }

void AppendTsvByte(std::string& out, char c) {
  switch (c) {
    case '\t':
      out += "\\t";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\\':
      out += "\\\\";
      return;
    default:
      if (!IsControl(c)) {
        out += c;
      } else {
        absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(c));
      }
  }
}

}  // namespace

size_t Utf8CharacterBytes(absl::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !IsContinuation(text, 1)) return 0;
  if (first < 0xE0) return 2;
  const auto second = static_cast<unsigned char>(text[1]);
  if (!IsContinuation(text, 2)) return 0;
  if (first == 0xE0 && second < 0xA0) return 0;  // could be shorter
  if (first == 0xED && second > 0x9F) return 0;  // a surrogate
  if (first < 0xF0) return 3;
  if (!IsContinuation(text, 3)) return 0;
  if (first == 0xF0 && second < 0x90) return 0;  // could be shorter
  if (first == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return 4;
}

bool IsValidUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t bytes = Utf8CharacterBytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string PercentEncode(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (IsPlainInPath(c)) {
      out += c;
    } else {
      absl::StrAppendFormat(&out, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

absl::StatusOr<std::string> PercentDecode(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const std::optional<char> byte = HexByte(text.substr(i + 1));
    if (!byte) {
      return absl::InvalidArgumentError(
          absl::StrCat("a broken % escape at byte ", i, " of \"", absl::CHexEscape(text), "\""));
    }
    out += *byte;
    i += 2;
  }
  return out;
}

std::string PythonFloat(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string scientific = ToChars(value, std::chars_format::scientific);
  const int exponent = Exponent(scientific);
  if (exponent < -4 || exponent >= 16) return scientific;
  std::string fixed = ToChars(value, std::chars_format::fixed);
  return absl::StrContains(fixed, '.') ? fixed : fixed + ".0";
}

std::string ShortFloat(double value) {
  return std::string(absl::StripSuffix(PythonFloat(value), ".0"));
}

absl::StatusOr<uint64_t> ParseSize(absl::string_view text) {
  absl::string_view rest = text;
  const absl::string_view whole_digits = TakeDigits(rest);
  absl::string_view fraction_digits;
  const bool has_point = absl::ConsumePrefix(&rest, ".");
  if (has_point) fraction_digits = TakeDigits(rest);
  const std::optional<uint64_t> unit = UnitBytes(rest);
  uint64_t whole = 0;
  if (!unit || (has_point && (fraction_digits.empty() || *unit == 1)) ||
      !absl::SimpleAtoi(whole_digits, &whole)) {
    return BadSize(text);
  }
  double fraction = 0;
  if (has_point && !absl::SimpleAtod(absl::StrCat("0.", fraction_digits), &fraction)) {
    return BadSize(text);
  }
  if (whole > (std::numeric_limits<uint64_t>::max() - *unit) / *unit) return BadSize(text);
  return whole * *unit + static_cast<uint64_t>(fraction * static_cast<double>(*unit));
}

std::string HumanSize(uint64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double size = static_cast<double>(bytes);
  const char* unit = "";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}) {
    if (size < 1023.95 && *unit != '\0') break;  // 1023.95 would be written as 1024.0
    size /= 1024;
    unit = next;
  }
  const std::string number = absl::StrFormat("%.1f", size);
  return absl::StrCat(absl::StripSuffix(number, ".0"), " ", unit);
}

std::string TsvEscape(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) AppendTsvByte(out, c);
  return out;
}

absl::string_view Extension(absl::string_view path) {
  const absl::string_view name = BaseName(path);
  const size_t start = name.find_first_not_of('.');
  const size_t dot = name.rfind('.');
  if (dot == name.npos || start == name.npos || dot < start) return name.substr(name.size());
  return name.substr(dot);
}

absl::string_view DirName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path.substr(0, 0) : path.substr(0, slash);
}

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

std::string JoinPath(absl::string_view directory, absl::string_view name) {
  if (directory.empty()) return std::string(name);
  if (name.empty()) return std::string(directory);
  return absl::StrCat(directory, absl::EndsWith(directory, "/") ? "" : "/", name);
}

}  // namespace annofs
