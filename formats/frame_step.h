// CVAT's frame_filter (reference/cvat.md §0.1). Pure.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace annofs {

// The distance between two frames of a task in its source: the first match of
// `step\s*=\s*([1-9]\d*)`, at most 2^32; 1 without one.
uint64_t FrameStep(absl::string_view filter);

}  // namespace annofs
