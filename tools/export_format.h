// The display names of CVAT's exports. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// The view that is CVAT's export of this name.
std::string FormatView(absl::string_view format);

// What is wrong with the name of a CVAT export, with those that it may mean, else all; "" if
// nothing is.
std::string WrongFormat(absl::string_view given);

}  // namespace annofs
