// Checks of what a Get is asked. Pure functions.
#pragma once

#include "absl/status/status.h"
#include "cache/store/object_store.h"

namespace annofs {

// kInvalidArgument unless the range is not empty and lies within the version.
absl::Status CheckRange(const ObjectVersion& version, ByteRange range);

}  // namespace annofs
