// The outlines of a mask along the edges of its pixels: their area is the mask's, COCO's rasteriser
// (formats/raster.h) makes exactly the mask of them, and regions of one pixel's width have one.
// Pure. Time and memory grow with the runs.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "formats/rle.h"

namespace annofs {

// Pixels that touch, if only at a corner.
struct RegionOutline {
  // x, y, x, y, …: the corners, none repeated at the end; clockwise on screen from the upper one of
  // the leftmost. It may touch itself at a corner.
  std::vector<double> outer;
  std::vector<std::vector<double>> holes;  // the other way round
};

// From left to right. kUnimplemented: runs over more than 2^18 columns, a run that goes through
// several counted in each.
absl::StatusOr<std::vector<RegionOutline>> OutlinesOfMask(const CocoMask& mask);

}  // namespace annofs
