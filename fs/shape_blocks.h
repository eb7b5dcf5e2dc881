// Blocks of shapes: the records of many frames (formats/shape_codec.h), in the order in which the
// source has the frames, as one value that fills its pages. Frames without shapes are in none.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

class ShapeBlockWriter {
 public:
  // A frame's record: `head`, then `bytes`. Frames come in ascending order. False: no room for it,
  // which happens to no block's first frame. Then Take() and add it again.
  bool Add(uint32_t frame, absl::string_view head, absl::string_view bytes);
  bool empty() const { return frames_.empty(); }
  uint32_t first_frame() const { return frames_.front().first; }
  // The block so far; empty afterwards.
  std::string Take();

 private:
  std::vector<std::pair<uint32_t, uint32_t>> frames_;  // number, end of its record
  std::string records_;
};

// The record of a frame; nothing if the block has none. kInternal if either is damaged.
absl::StatusOr<std::optional<absl::string_view>> FindShapes(absl::string_view block,
                                                            uint32_t frame);

}  // namespace annofs
