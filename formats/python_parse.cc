#include "formats/python_parse.h"

#include <unictype.h>
#include <unistr.h>

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

// Python refuses longer ints (sys.int_info.default_max_str_digits).
constexpr size_t kMaxIntDigits = 4300;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// Digits and spaces of any script as those of ASCII, without spaces at both ends; anything else
// that is not ASCII as '?' (CPython: _PyUnicode_TransformDecimalAndSpaceToASCII).
std::string ToAscii(absl::string_view text) {
  std::string ascii;
  while (!text.empty()) {
    const char32_t c = TakeCharacter(text);
    const int digit = c < 0x80 ? -1 : uc_decimal_value(c);
    if (IsPythonSpace(c)) {
      ascii.push_back(' ');
    } else if (digit >= 0) {
      ascii.push_back(char('0' + digit));
    } else {
      ascii.push_back(c < 0x80 ? char(c) : '?');
    }
  }
  return std::string(absl::StripAsciiWhitespace(ascii));
}

// Without the underscores that stand between two digits; false if there is another.
bool DropUnderscores(std::string& text) {
  std::string kept;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      kept.push_back(text[i]);
    } else if (i == 0 || i + 1 == text.size() || !IsDigit(text[i - 1]) || !IsDigit(text[i + 1])) {
      return false;
    }
  }
  text = std::move(kept);
  return true;
}

}  // namespace

bool IsPythonSpace(char32_t c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20);
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool IsPythonDigit(char32_t c) { return uc_decimal_value(c) >= 0; }

char32_t TakeCharacter(absl::string_view& text) {
  ucs4_t c = 0;
  int size = u8_mbtoucr(&c, reinterpret_cast<const uint8_t*>(text.data()), text.size());
  if (size <= 0) {
    c = 0xfffd;
    size = 1;
  }
  text.remove_prefix(size_t(size));
  return c;
}

std::optional<std::string> PythonIntText(absl::string_view text) {
  std::string digits = ToAscii(text);
  const bool is_negative = absl::StartsWith(digits, "-");
  if (is_negative || absl::StartsWith(digits, "+")) digits.erase(0, 1);
  if (!DropUnderscores(digits) || digits.empty() || digits.size() > kMaxIntDigits) {
    return std::nullopt;
  }
  for (char c : digits) {
    if (!IsDigit(c)) return std::nullopt;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return is_negative && digits != "0" ? absl::StrCat("-", digits) : digits;
}

std::optional<std::string> PythonIntTextOf(const ItemValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return PythonIntText(*text);
  if (const double* number = std::get_if<double>(&value)) {
    if (!std::isfinite(*number)) return std::nullopt;
    const double whole = std::trunc(*number);
    return absl::StrFormat("%.0f", whole == 0 ? 0.0 : whole);
  }
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "1" : "0";
  return absl::StrCat(std::get<int64_t>(value));
}

std::optional<int64_t> PythonIntOf(const ItemValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  if (const int64_t* number = std::get_if<int64_t>(&value)) return *number;
  if (const double* number = std::get_if<double>(&value)) {
    // 2^63 as a double.
    if (!(std::abs(*number) < 9223372036854775808.0)) return std::nullopt;
    return int64_t(*number);
  }
  const std::optional<std::string> text = PythonIntText(std::get<std::string>(value));
  int64_t number = 0;
  if (!text || !absl::SimpleAtoi(*text, &number)) return std::nullopt;
  return number;
}

std::optional<double> PythonFloatOf(const ItemValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  if (const int64_t* number = std::get_if<int64_t>(&value)) return double(*number);
  if (const double* number = std::get_if<double>(&value)) return *number;
  return ParsePythonFloat(std::get<std::string>(value));
}

bool PythonTruth(const ItemValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag;
  if (const int64_t* number = std::get_if<int64_t>(&value)) return *number != 0;
  if (const double* number = std::get_if<double>(&value)) return *number != 0;
  return !std::get<std::string>(value).empty();
}

std::vector<absl::string_view> Words(absl::string_view text) {
  std::vector<absl::string_view> words;
  absl::string_view rest = text;
  size_t begin = 0;  // of the word that is open
  while (!rest.empty()) {
    const size_t at = text.size() - rest.size();
    if (!IsPythonSpace(TakeCharacter(rest))) continue;
    if (begin < at) words.push_back(text.substr(begin, at - begin));
    begin = text.size() - rest.size();
  }
  if (begin < text.size()) words.push_back(text.substr(begin));
  return words;
}

}  // namespace annofs
