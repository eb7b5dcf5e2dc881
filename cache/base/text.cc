#include "cache/base/text.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr absl::string_view kUnits = "KMGT";

bool IsPlainInB2(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("._-/~!$'()*;=:@").find(c) != absl::string_view::npos;
}

// Below these AppendFixed() needs no more than 128 bits: 53 of the number, 30 of the power of ten.
constexpr int kFastDecimals = 9;
constexpr double kFastFixed = 1e9;
constexpr uint64_t kPowersOfTen[kFastDecimals + 1] = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

// A double's last bits; the exponent field of a number whose mantissa counts ones.
constexpr int kMantissaBits = 52, kExponentOfOne = 1023 + kMantissaBits;
constexpr uint64_t kMantissa = (uint64_t{1} << kMantissaBits) - 1;

// |value| * 10^decimals as a whole number; halves, which are exact here, to even.
uint64_t Scaled(double value, int decimals) {
  const auto bits = std::bit_cast<uint64_t>(value);
  const uint64_t mantissa = (bits & kMantissa) | (kMantissa + 1);
  const int shift = kExponentOfOne - int(bits >> kMantissaBits & 0x7ff);  // > 0: the value is small
  if (shift > 100) return 0;  // less than half of the last digit; of what has no such mantissa, too
  const auto product = static_cast<unsigned __int128>(mantissa) * kPowersOfTen[decimals];
  const unsigned __int128 one = 1, rest = product & ((one << shift) - 1), half = one << (shift - 1);
  const auto whole = static_cast<uint64_t>(product >> shift);
  return whole + (rest > half || (rest == half && whole % 2 == 1) ? 1 : 0);
}

void AppendSmallFixed(double value, int decimals, std::string& out) {
  const uint64_t scaled = Scaled(value, decimals), one = kPowersOfTen[decimals];
  char text[32];
  char* const last = text + sizeof text;
  char* end = text;
  if (std::signbit(value)) *end++ = '-';
  end = std::to_chars(end, last, scaled / one).ptr;
  if (decimals > 0) {
    char* const point = end;
    end = std::to_chars(end, last, one + scaled % one).ptr;  // a digit more, with all zeros
    *point = '.';
  }
  out.append(text, size_t(end - text));
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool AllDigits(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

absl::Status BadSize(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", text, "' is not a size: write bytes, or a number with K, M, G or T (64K, 1.5GiB)"));
}

// Takes the unit off the end of `text`: what a number before it is multiplied with; 0 if the
// letters are no unit.
uint64_t TakeUnit(absl::string_view& text) {
  size_t digits = text.size();
  while (digits > 0 && absl::ascii_isalpha(static_cast<unsigned char>(text[digits - 1]))) --digits;
  const std::string unit = absl::AsciiStrToUpper(text.substr(digits));
  text = text.substr(0, digits);
  if (unit.empty() || unit == "B") return 1;
  const size_t power = kUnits.find(unit[0]);
  if (power == kUnits.npos || (unit.size() > 1 && unit.substr(1) != "IB")) return 0;
  return uint64_t{1} << (10 * (power + 1));
}

// Bytes of "whole.fraction" units; nothing if they do not fit.
std::optional<uint64_t> Multiply(uint64_t whole, double fraction, uint64_t unit) {
  const auto rest = static_cast<uint64_t>(fraction * static_cast<double>(unit));
  if (whole > (std::numeric_limits<uint64_t>::max() - rest) / unit) return std::nullopt;
  return whole * unit + rest;
}

// The shortest digits d.ddd that read back as `value` and the power of ten of the first.
struct Decimal {
  std::string digits;
  int exponent = 0;
};

Decimal ShortestDecimal(double value) {
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific).ptr;
  const absl::string_view text(buffer, end - buffer);
  const size_t e = text.find('e');
  Decimal decimal;
  decimal.digits = absl::StrCat(text.substr(0, 1), e > 1 ? text.substr(2, e - 2) : "");
  (void)absl::SimpleAtoi(text.substr(e + 1), &decimal.exponent);
  return decimal;
}

std::string WithExponent(const Decimal& decimal) {
  return absl::StrFormat("%s%s%se%+03d", decimal.digits.substr(0, 1),
                         decimal.digits.size() > 1 ? "." : "", decimal.digits.substr(1),
                         decimal.exponent);
}

// Digits with a point and, for whole numbers, nothing after them.
std::string WithoutExponent(const Decimal& decimal) {
  const auto& [digits, exponent] = decimal;
  if (exponent < 0) return absl::StrCat("0.", std::string(-exponent - 1, '0'), digits);
  const size_t whole = exponent + 1;
  if (digits.size() <= whole) return digits + std::string(whole - digits.size(), '0');
  return absl::StrCat(digits.substr(0, whole), ".", digits.substr(whole));
}

bool UsesExponent(const Decimal& decimal) {
  return decimal.exponent < -4 || decimal.exponent >= 16;  // CPython: float_repr_style, 'r'
}

std::string FiniteFloat(double value, absl::string_view after_whole) {
  const Decimal decimal = ShortestDecimal(std::fabs(value));
  const absl::string_view sign = std::signbit(value) ? "-" : "";
  if (UsesExponent(decimal)) return absl::StrCat(sign, WithExponent(decimal));
  const std::string text = WithoutExponent(decimal);
  return absl::StrCat(sign, text, text.find('.') == text.npos ? after_whole : "");
}

std::string FloatText(double value, absl::string_view after_whole) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return FiniteFloat(value, after_whole);
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t size = Utf8CharacterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (char c : text) {
    if (IsPlainInB2(c)) {
      encoded.push_back(c);
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<uint8_t>(c));
    }
  }
  return encoded;
}

absl::StatusOr<std::string> PercentDecode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    const int high = i + 1 < text.size() ? HexValue(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("broken percent escape at byte ", i, " of '", text, "'"));
    }
    decoded.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return decoded;
}

std::string PythonFloat(double value) { return FloatText(value, ".0"); }

std::string ShortFloat(double value) { return FloatText(value, ""); }

void AppendFixed(double value, int decimals, std::string* out) {
  if (decimals >= 0 && decimals <= kFastDecimals && std::abs(value) < kFastFixed) {
    return AppendSmallFixed(value, decimals, *out);
  }
  char text[512];  // the longest double has 309 digits before the point
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed,
                                 std::min(decimals, 100));
  if (std::isfinite(value)) out->append(text, size_t(end.ptr - text));
}

absl::StatusOr<uint64_t> ParseSize(absl::string_view text) {
  absl::string_view number = text;
  const uint64_t unit = TakeUnit(number);
  const size_t point = number.find('.');
  const absl::string_view whole_digits = number.substr(0, point);
  const absl::string_view fraction_digits = point == number.npos ? "0" : number.substr(point + 1);
  uint64_t whole = 0;
  double fraction = 0;
  if (unit == 0 || fraction_digits.empty() || !AllDigits(whole_digits) ||
      !AllDigits(fraction_digits) || !absl::SimpleAtoi(whole_digits, &whole) ||
      !absl::SimpleAtod(absl::StrCat("0.", fraction_digits), &fraction)) {
    return BadSize(text);
  }
  const std::optional<uint64_t> bytes = Multiply(whole, fraction, unit);
  if (!bytes) return BadSize(text);
  return *bytes;
}

std::string HumanSize(uint64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  // 1023.95 would be printed as 1024.0.
  for (; value >= 1023.95 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  std::string number = absl::StrFormat("%.1f", value);
  if (number.size() > 2 && number.substr(number.size() - 2) == ".0") {
    number.resize(number.size() - 2);
  }
  return absl::StrCat(number, " ", kUnits.substr(unit, 1), "iB");
}

std::string TsvEscape(absl::string_view text) {
  std::string escaped;
  for (char c : text) {
    switch (c) {
      case '\t':
        escaped += "\\t";
        break;
      case '\n':
        escaped += "\\n";
        break;
      case '\r':
        escaped += "\\r";
        break;
      case '\\':
        escaped += "\\\\";
        break;
      default:
        if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
          absl::StrAppendFormat(&escaped, "\\x%02x", static_cast<uint8_t>(c));
        } else {
          escaped.push_back(c);
        }
    }
  }
  return escaped;
}

absl::StatusOr<std::string> TsvUnescape(absl::string_view field) {
  std::string text;
  for (size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\') {
      text.push_back(field[i]);
      continue;
    }
    const char kind = ++i < field.size() ? field[i] : '\0';
    const int high = kind == 'x' && i + 1 < field.size() ? HexValue(field[i + 1]) : -1;
    const int low = kind == 'x' && i + 2 < field.size() ? HexValue(field[i + 2]) : -1;
    if (const size_t plain = absl::string_view("tnr\\").find(kind); plain != field.npos) {
      text.push_back("\t\n\r\\"[plain]);
    } else if (high >= 0 && low >= 0) {
      text.push_back(static_cast<char>(high << 4 | low));
      i += 2;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("'", field, "': a backslash is written as two of them"));
    }
  }
  return text;
}

absl::string_view Extension(absl::string_view path) {
  size_t dot = path.npos;  // the last one of the name
  for (size_t i = path.size(); i-- > 0 && path[i] != '/';) {
    if (path[i] == '.') {
      if (dot == path.npos) dot = i;
    } else if (dot != path.npos) {
      return path.substr(dot);
    }
  }
  return "";  // the dots of a hidden file start no extension
}

absl::string_view WithoutExtension(absl::string_view path) {
  return path.substr(0, path.size() - Extension(path).size());
}

absl::string_view DirName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

std::string JoinPath(absl::string_view directory, absl::string_view name) {
  if (directory.empty()) return std::string(name);
  if (name.empty()) return std::string(directory);
  return absl::StrCat(directory, directory.back() == '/' ? "" : "/", name);
}

}  // namespace annofs
