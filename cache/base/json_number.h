// Numbers of JSON (RFC 8259 §6). Pure.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace annofs {

// Whole numbers that fit 64 bits keep every digit; of the others the nearest double.
struct JsonNumber {
  enum class Kind { kInt, kUint, kDouble, kTooBig, kMalformed } kind = Kind::kMalformed;
  int64_t int_value = 0;
  uint64_t uint_value = 0;  // only over the greatest int64
  double double_value = 0;
};

// `text`: the whole of it.
JsonNumber ParseJsonNumber(absl::string_view text);

// The number at the start of `text`, if it ends there and is one of the usual ones: no exponent, at
// most 18 digits. Answers its bytes, or 0: then ParseJsonNumber may know more.
size_t ParseShortJsonNumber(absl::string_view text, JsonNumber& number);

}  // namespace annofs
