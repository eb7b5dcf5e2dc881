// Pixels of shapes (reference/cvat.md §9.3). Pure. Memory grows with the runs, and for ellipses and
// contours with the pixels of their part of the image. What would take too long is refused with
// kUnimplemented: outlines of more than 2^22 crossings (formats/polygon_crossings.h), masks with
// very many holes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/rle.h"

namespace annofs {

// An image of more pixels is refused by all (kInvalidArgument): 2^28.
inline constexpr uint64_t kMaxRasterPixels = uint64_t{1} << 28;

// COCO's rasteriser (pycocotools: rleFrPoly) for a polygon x, y, x, y, …
absl::StatusOr<CocoMask> PolygonMask(const std::vector<double>& points, uint64_t height,
                                     uint64_t width);
// Ell of §9.2: a filled cv2.ellipse for the box x1, y1, x2, y2.
absl::StatusOr<CocoMask> EllipseMask(const std::vector<double>& box, double rotation,
                                     uint64_t height, uint64_t width);
// REQUIRES: all of the same size, at least one.
CocoMask Union(const std::vector<const CocoMask*>& masks);

uint64_t Area(const CocoMask& mask);
// Left, top, width, height of the tight box; zeros where the mask is empty.
std::array<double, 4> BoundingBox(const CocoMask& mask);
// Area of a polygon as COCO counts it: on a canvas of (y + h, x + w) of its box, §9.3. Of an
// outline with too many crossings: Gauss's formula.
double PolygonArea(const std::vector<double>& points);

// M2P of §9.2: one polygon per outer contour, holes spliced in (OpenCV's findContours).
absl::StatusOr<std::vector<std::vector<double>>> PolygonsOfMask(const CocoMask& mask);

}  // namespace annofs
