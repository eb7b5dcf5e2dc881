// Where the outline of a polygon crosses from one column of pixels to the next, as COCO's
// rasteriser finds it (reference/cvat.md §9.3; pycocotools: rleFrPoly). Pure. Time and memory grow
// with the points and the crossings inside the canvas, not with coordinates.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"

namespace annofs {

// An outline with more is refused (kUnimplemented): its mask would have too many runs anyway.
inline constexpr size_t kMaxCrossings = size_t{1} << 22;

// Sorted column * height + row, where background and foreground change. `points`: x, y, x, y, …
// Coordinates beyond 2^26 pixels are taken as that. kInvalidArgument: one is no finite number.
absl::StatusOr<std::vector<uint64_t>> PolygonCrossings(const std::vector<double>& points,
                                                       uint64_t height, uint64_t width);

}  // namespace annofs
