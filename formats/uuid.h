// Names as UUIDs (RFC 9562, version 5): where CVAT takes a random one, and a file system cannot.
// Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// Version 5 in the project's own namespace. "xxxxxxxx-xxxx-5xxx-xxxx-xxxxxxxxxxxx".
std::string UuidOf(absl::string_view name);
// In that namespace: 16 bytes.
std::string UuidOf(absl::string_view name_space, absl::string_view name);

}  // namespace annofs
