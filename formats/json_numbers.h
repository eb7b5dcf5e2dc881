// Numbers as the texts of sources have them. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "cache/base/json.h"

namespace annofs {

// Of an image, in pixels.
inline constexpr int64_t kMaxImageSide = 1 << 30;
// Width or height; 0 if it is none.
uint32_t ImageSide(JsonValue value);
// Nothing if it is negative or no whole number.
std::optional<uint64_t> WholeNumber(JsonValue value);

}  // namespace annofs
