// What CVAT itself checks of a shape's points (reference/cvat.md §1.2, §1.3). Pure.
#pragma once

#include <string>

#include "formats/model.h"

namespace annofs {

struct ShapeVerdict {
  bool keep = true;
  std::string problem;  // why it is left out, or what was mended; empty if all is well
};

// Points: finite, at most 1e7 in size, and as many as the type wants; a mask's runs may be as long
// as its box is large, which is at most 1e9 pixels. Masks are mended: runs that
// do not fill their box are filled up with background, runs beyond it are cut (cvat-ai/cvat#9460);
// a mask without a sane box is left out. Elements are checked too; a skeleton keeps those that are
// well.
ShapeVerdict CheckShape(Shape& shape);

}  // namespace annofs
