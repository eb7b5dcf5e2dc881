// Frames that a source only numbers: a video's. A number in a text is not to fill the memory.
#pragma once

#include <cstdint>

namespace annofs {

// Of all tasks of a source: 46 hours at 25 frames a second.
inline constexpr uint64_t kMaxNumberedFrames = uint64_t{1} << 22;

}  // namespace annofs
