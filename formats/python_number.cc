#include "formats/python_number.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

// Python refuses to turn longer texts into integers.
constexpr size_t kMaxDigits = 4300;

// Digits, with single '_' between them, as int() takes them; without leading zeros.
std::optional<std::string> Digits(absl::string_view text) {
  std::string digits;
  bool may_be_underscore = false;
  for (char c : text) {
    if (c == '_' && may_be_underscore) {
      may_be_underscore = false;
      continue;
    }
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    may_be_underscore = true;
    digits.push_back(c);
  }
  if (!may_be_underscore || digits.size() > kMaxDigits) return std::nullopt;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return digits;
}

std::optional<std::string> IntOf(const std::string& text) {
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  const bool is_negative = absl::ConsumePrefix(&rest, "-");
  if (!is_negative) absl::ConsumePrefix(&rest, "+");
  std::optional<std::string> digits = Digits(rest);
  if (digits && is_negative && *digits != "0") digits->insert(0, "-");
  return digits;
}

std::optional<std::string> IntOf(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  const double whole = std::trunc(number);
  return absl::StrFormat("%.0f", whole == 0 ? 0.0 : whole);
}

}  // namespace

std::optional<std::string> PythonIntOf(const ItemValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return IntOf(*text);
  if (const auto* number = std::get_if<double>(&value)) return IntOf(*number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "1" : "0";
  return absl::StrCat(std::get<int64_t>(value));
}

std::optional<double> PythonFloatOf(const ItemValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return ParsePythonFloat(*text);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1.0 : 0.0;
  return double(std::get<int64_t>(value));
}

bool IsTrue(const ItemValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
  if (const auto* number = std::get_if<double>(&value)) return *number != 0;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  return std::get<int64_t>(value) != 0;
}

}  // namespace annofs
