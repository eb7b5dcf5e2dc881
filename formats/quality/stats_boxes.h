// Sizes, forms and places of boxes. Plain values; pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "formats/box.h"
#include "formats/quality/bin_counts.h"

namespace annofs {

// Where the centres of boxes lie: a grid over the frame, row by row from its top.
struct CentreGrid {
  static constexpr int kCells = 16;  // in each direction
  std::array<uint64_t, size_t(kCells* kCells)> counts = {};
  uint64_t outside = 0;  // centres that do not lie on the frame

  // `x`, `y`: parts of the frame's width and height.
  void Add(double x, double y);
  void AddAll(const CentreGrid& other);
  uint64_t Most() const;  // of one cell
};

// The upright boxes around shapes as they are seen (EnclosingBox), also what of them lies outside
// the frame. Of shapes that have an area: TypesWithBoxes() of formats/train_objects.h. What is
// relative is told of frames whose size is known.
struct BoxStats {
  BinCounts width{SideEdges()}, height{SideEdges()}, area{AreaEdges()};
  BinCounts width_share{ShareEdges()}, height_share{ShareEdges()}, area_share{ShareEdges()};
  BinCounts aspect{AspectEdges()};  // width / height
  CentreGrid centres;
  uint64_t boxes = 0;
  // COCO's small (< 32² pixels), medium, large (>= 96²), of the box's area (COCO: COCOeval takes
  // the area of the mask where there is one).
  uint64_t small = 0, medium = 0, large = 0;
  uint64_t empty = 0;         // of these boxes: no width or no height
  uint64_t without_size = 0;  // boxes on frames of unknown size
  double width_sum = 0, height_sum = 0;

  // `frame_width`, `frame_height`: 0 = not known. A box that is not finite counts for nothing.
  void Add(const Box& box, uint32_t frame_width, uint32_t frame_height);
  void AddAll(const BoxStats& other);
};

// The box that is counted; nothing where a shape has none.
std::optional<Box> CountedBox(const Shape& shape);

}  // namespace annofs
