#include "cache/base/json_number.h"

#include "absl/strings/charconv.h"
#include "absl/strings/numbers.h"

namespace annofs {
namespace {

// Powers of ten that are doubles without rounding, as far as they are needed here.
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
constexpr size_t kShortDigits = 18;  // never over 64 bits
constexpr uint64_t kExact = uint64_t{1} << 53;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// May a number hold it, or go on with it?
bool IsOfNumber(char c) {
  return IsDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '-' || c == '+';
}

void SkipDigits(absl::string_view& text) {
  while (!text.empty() && IsDigit(text[0])) text.remove_prefix(1);
}

bool SkipOne(absl::string_view& text, absl::string_view of) {
  if (text.empty() || of.find(text[0]) == of.npos) return false;
  text.remove_prefix(1);
  return true;
}

// -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
bool IsNumber(absl::string_view text) {
  SkipOne(text, "-");
  if (text.empty() || !IsDigit(text[0])) return false;
  if (!SkipOne(text, "0")) SkipDigits(text);
  if (SkipOne(text, ".")) {
    if (text.empty() || !IsDigit(text[0])) return false;
    SkipDigits(text);
  }
  if (SkipOne(text, "eE")) {
    SkipOne(text, "+-");
    if (text.empty()) return false;
    SkipDigits(text);
  }
  return text.empty();
}

bool IsInteger(absl::string_view number) {
  return number.find_first_of(".eE") == absl::string_view::npos;
}

JsonNumber Real(absl::string_view text) {
  JsonNumber number;
  const absl::from_chars_result result =
      absl::from_chars(text.data(), text.data() + text.size(), number.double_value);
  // Out of range is also said of numbers that are too small: they come as 0 or nearly.
  const bool huge = number.double_value > 1 || number.double_value < -1;
  number.kind =
      result.ec == std::errc() || !huge ? JsonNumber::Kind::kDouble : JsonNumber::Kind::kTooBig;
  return number;
}

}  // namespace

JsonNumber ParseJsonNumber(absl::string_view text) {
  JsonNumber number;
  if (!IsNumber(text)) return number;
  if (IsInteger(text)) {
    if (absl::SimpleAtoi(text, &number.int_value)) {
      number.kind = JsonNumber::Kind::kInt;
      return number;
    }
    if (absl::SimpleAtoi(text, &number.uint_value)) {
      number.kind = JsonNumber::Kind::kUint;
      return number;
    }
  }
  return Real(text);
}

size_t ParseShortJsonNumber(absl::string_view text, JsonNumber& number) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* const whole = at;
  uint64_t digits = 0;
  for (; at != end && IsDigit(*at); ++at) digits = digits * 10 + uint64_t(*at - '0');
  size_t count = size_t(at - whole);
  if (count == 0 || count > kShortDigits || at == end) return 0;
  if (*whole == '0' && count > 1) return 0;
  if (!IsOfNumber(*at)) {
    number.kind = JsonNumber::Kind::kInt;
    number.int_value = negative ? -int64_t(digits) : int64_t(digits);
    return size_t(at - text.data());
  }
  if (*at != '.') return 0;
  const char* const fraction = ++at;
  for (; at != end && IsDigit(*at); ++at) digits = digits * 10 + uint64_t(*at - '0');
  const size_t places = size_t(at - fraction);
  count += places;
  if (places == 0 || count > kShortDigits || at == end || IsOfNumber(*at)) return 0;
  // Both are doubles without rounding, so that their quotient is rounded once: it is the nearest.
  if (digits > kExact) return 0;
  number.kind = JsonNumber::Kind::kDouble;
  number.double_value = double(digits) / kPowersOfTen[places];
  if (negative) number.double_value = -number.double_value;
  return size_t(at - text.data());
}

}  // namespace annofs
