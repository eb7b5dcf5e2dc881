// Rotated boxes from their corners. Pure; pixels, y down.
#pragma once

#include <array>

namespace annofs {

// A rectangle as CVAT keeps it: upright, then turned clockwise about its centre by 0 <= rotation <
// 360 degrees.
struct OrientedBox {
  double left = 0, top = 0, right = 0, bottom = 0, rotation = 0;
  bool is_exact = true;  // false: the corners are of no rectangle, this is the smallest around them
};

// Corners x0, y0 … x3, y3 in order around the box; the first edge is the upper one of the upright
// box, as CVAT writes it (reference/cvat.md §9.4, OBB). Corners that miss a rectangle by more than
// half a pixel and 1 % of its size: the rectangle of least area around them, as CVAT's importer
// makes it. REQUIRES: finite numbers.
OrientedBox BoxOfCorners(const std::array<double, 8>& corners);

}  // namespace annofs
