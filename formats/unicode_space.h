// White space as Python's str.split() knows it. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// The parts between white space (str.split()).
std::vector<absl::string_view> Words(absl::string_view text);
inline size_t CountWords(absl::string_view text) { return Words(text).size(); }

}  // namespace annofs
