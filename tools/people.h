// Numbers and times as people read them. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace annofs {

// 1234567 -> "1,234,567".
std::string Grouped(uint64_t number);

// "40 s", "12 min", "3 h", "5 days"; less than a second, and what is negative, is "0 s".
std::string RoughTime(absl::Duration duration);

}  // namespace annofs
