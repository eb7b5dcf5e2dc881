// The shapes of one frame as SVG over its picture. Pure; hostile coordinates are expected.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/dataset.h"

namespace annofs {

struct Drawing {
  std::string svg;               // elements, in pixels of the frame
  std::vector<uint32_t> labels;  // of tags and shapes, each once, ascending
  size_t left_out = 0;           // shapes that are too many to draw
};

// At most kMaxDrawn shapes and about kMaxDrawingBytes; of outlines with many points every so many
// are left out. Shapes of point clouds, which have no place on a picture, are not drawn.
inline constexpr size_t kMaxDrawn = 300;
inline constexpr size_t kMaxDrawingBytes = 96 << 10;
Drawing DrawShapes(const DatasetInfo& info, const Frame& frame, const FrameShapes& all);

}  // namespace annofs
