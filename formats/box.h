// Boxes around shapes (reference/cvat.md §1.2, §1.3). Pure; pixels.
#pragma once

#include <optional>

#include "formats/model.h"

namespace annofs {

struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

// The box that CVAT's numbers give, before rotation: a rectangle's or an ellipse's own, else around
// all points; a mask's whole pixels; a skeleton's elements that are not outside. Nothing for a tag,
// for a shape without points, and for one whose points are too few for its type.
std::optional<Box> OwnBox(const Shape& shape);

// The upright box around the shape as it is seen, rotation included.
std::optional<Box> EnclosingBox(const Shape& shape);

// What of a box lies in an image; may be empty (width or height <= 0).
Box Clip(const Box& box, double width, double height);

// True if the frame's points lie in space: the functions above are not for its shapes.
bool IsPointCloud(const DatasetInfo& info, const Frame& frame);

}  // namespace annofs
