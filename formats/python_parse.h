// Texts read as Python reads them, which CVAT's exporters rely on (reference/cvat.md §9.4): int(),
// float() of a value, str.split(). Hostile texts are fine. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/item.h"

namespace annofs {

// int(text) as decimal text without leading zeros, of any size: " +0_07 " is "7". Digits of any
// script count. Nothing: Python raises ValueError.
std::optional<std::string> PythonIntText(absl::string_view text);

// int(value) in the same form; a number that is not finite is nothing.
std::optional<std::string> PythonIntTextOf(const ItemValue& value);
// int(value), float(value); an int of more than 64 bits is nothing too.
std::optional<int64_t> PythonIntOf(const ItemValue& value);
std::optional<double> PythonFloatOf(const ItemValue& value);
// bool(value): "", 0 and 0.0 are false.
bool PythonTruth(const ItemValue& value);

// text.split(): the parts between white space.
std::vector<absl::string_view> Words(absl::string_view text);
inline bool HasInnerSpace(absl::string_view text) { return Words(text).size() > 1; }
// True for what str.isspace() is true for.
bool IsPythonSpace(char32_t c);
// True for what \d of a regular expression matches: a decimal digit of any script.
bool IsPythonDigit(char32_t c);
// The first character of a text that is not empty, which loses it; bytes that are no UTF-8 are
// U+FFFD one by one.
char32_t TakeCharacter(absl::string_view& text);

}  // namespace annofs
