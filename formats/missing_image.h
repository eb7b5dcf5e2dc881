// What problems say of a frame without an image, so that whoever counts such frames by itself can
// tell them from other problems.
#pragma once

#include "absl/strings/string_view.h"

namespace annofs {

inline constexpr absl::string_view kNoImageOfThatName = "no image of that name in the bucket";

}  // namespace annofs
