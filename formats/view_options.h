// What a user may choose about the views of a dataset (design/product.md §4) that does not change
// the dataset: it comes to the writers with DatasetInfo. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace annofs {

// How frames are divided (formats/split.h). Shares are parts of 1 and add up to 1; of the frames,
// or where groups stay whole, of the groups.
struct SplitOptions {
  enum class By : uint8_t {
    kBest,    // subsets if there is more than one, else groups, else frames
    kSubset,  // CVAT's subsets
    kGroup,   // no task is cut in two; a single video in time
    kHash     // each frame for itself, by a hash of its name
  } by = By::kBest;
  double train = 0.8, val = 0.2, test = 0;
  uint64_t seed = 0;  // another one is another division
  friend bool operator==(const SplitOptions&, const SplitOptions&) = default;
};

// How COCO's `segmentation` says what an object covers. A skeleton has its box always.
enum class CocoMasks : uint8_t {
  kAuto,     // polygons; runs where there is a hole, which polygons cannot say
  kPolygon,  // polygons; holes are spliced in by a line there and back
  kRle,      // runs; polygons where the image is too large for them (formats/raster.h)
};

struct ViewOptions {
  SplitOptions split;
  CocoMasks coco_masks = CocoMasks::kAuto;
  uint32_t shard_frames = 1000;    // in one shard of a WebDataset
  std::vector<std::string> views;  // globs of the views that are shown, "cvat/*"; empty: all
  // The dataset's part of annofs.json in one way of writing it, for about.json; empty: it has none.
  std::string configuration;
  friend bool operator==(const ViewOptions&, const ViewOptions&) = default;
};

}  // namespace annofs
