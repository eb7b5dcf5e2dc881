// How much two shapes are one, as CVAT measures it when it merges jobs (reference/cvat.md §4.6,
// CVAT: ShapeManager._calc_objects_similarity). Thread safe.
#pragma once

#include <optional>
#include <vector>

#include "formats/model.h"

namespace annofs {

// Intersection over union of two boxes (x0, y0, x1, y1: opposite corners); 0 if one has no area.
double BoxOverlap(const std::vector<double>& a, const std::vector<double>& b);

// Do the bounds of two lists of points (x0, y0, x1, y1, …) share an area?
bool DoBoundsMeet(const std::vector<double>& a, const std::vector<double>& b);

// Of two polygons (x0, y0, x1, y1, …; not closed); 0 if one is not valid in the sense of OGC Simple
// Features (it crosses or touches itself along a line), or has no area. Nothing where they have so
// many points that they might cross in more than kMaxPolygonCrossings places: each costs memory.
inline constexpr double kMaxPolygonCrossings = 1 << 21;
std::optional<double> PolygonOverlap(const std::vector<double>& a, const std::vector<double>& b);

// 0 to 1; 0 for another type or label. Rectangles (their rotation does not count) and polygons by
// overlap, cuboids in space by the product of what they overlap seen from above and from the side;
// 0 for all others. Nothing: polygons of too many points. REQUIRES: points as CheckShape() wants
// them.
std::optional<double> ShapeSimilarity(const Shape& a, const Shape& b, bool is_3d);

}  // namespace annofs
