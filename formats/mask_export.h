// What CVAT's exports of masks share (reference/cvat.md §9.3 "compiled mask"; Datumaro:
// CompiledMask.from_instance_masks): which frames have pictures, the pictures of an item, and why a
// shape is in none of them. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/cvat_export.h"
#include "formats/item_transforms.h"
#include "formats/label_map.h"
#include "formats/mask_image.h"
#include "formats/raster.h"
#include "formats/writer.h"

namespace annofs {

// What EverythingToMasks() makes a mask of: rectangles, polygons, ellipses, masks.
const std::vector<ShapeType>& TypesThatBecomeMasks();
bool BecomesMask(ShapeType type);
// True if pictures of the frame can be drawn: its size is known and not absurd.
bool CanBeDrawn(const Frame& frame);
// Why a shape that becomes a mask would not be one in the frame's pictures; "" if it is. Draws only
// what may be refused as too intricate.
absl::string_view WhyNotDrawable(const Frame& frame, const Shape& shape);

// The frames of a set that have a shape of one of the types and can be drawn. Shapes are not looked
// at: a mask that lies outside of its image is a picture too.
absl::StatusOr<RankSet> DrawnFrames(const Dataset& data, const RankSet& frames,
                                    const std::vector<ShapeType>& types);
// Frames whose items have no annotation at all: 2D cuboids are none.
absl::StatusOr<RankSet> FramesWithoutAnnotations(const Dataset& data, const RankSet& frames);

// The item with everything that can be one turned into masks.
absl::StatusOr<Item> ItemOfMasks(const Dataset& data, Rank rank);

// A mask of an item among its masks.
struct PlacedMask {
  const ItemAnnotation& mask;
  size_t place = 0;  // in the item's order
  size_t depth = 0;  // in the order in which they are drawn: by z order
};
// What an item's masks are as values, later ones over earlier ones; 0 where there is none.
// kInvalidArgument where the item cannot be drawn.
absl::StatusOr<PixelMap> DrawItem(const Item& item,
                                  absl::FunctionRef<uint16_t(const PlacedMask&)> value_of);

// Pictures in colours of the classes, and of the instances: the VOC palette by depth, from 1. As
// Datumaro's paint_mask() both know 256 values: of more, those that are equal modulo 256 look
// alike.
absl::StatusOr<std::string> ClassPicture(const Item& item, const LabelMap& map);
absl::StatusOr<std::string> InstancePicture(const Item& item, const LabelMap& map);

inline constexpr absl::string_view kNotForPointClouds = "the format is not for point clouds";
inline constexpr absl::string_view kTooIntricate =
    "its outline or its runs are too many to be drawn";
inline constexpr absl::string_view kIsBackground =
    "its label is the format's background: masks of it cannot be told from no mask";

// For each tag, then each shape: what `why_not` answers; of a point cloud none is held, and nothing
// is lost with a shape that is outside (as in WhyDroppedByType).
std::vector<absl::string_view> WhyNot(const DatasetInfo& info, const Frame& frame,
                                      const FrameShapes& all,
                                      absl::FunctionRef<absl::string_view(const Shape&)> why_not);

// WhyDropped of the formats whose every shape becomes a mask of a sorted label map.
std::vector<absl::string_view> WhyNotDrawn(const DatasetInfo& info, const Frame& frame,
                                           const FrameShapes& all);

// The name of the background of the sorted label maps; looked for once, when it is first asked for.
class SortedBackground {
 public:
  explicit SortedBackground(const DatasetInfo& info) : info_(info) {}
  bool Is(uint32_t label);

 private:
  const DatasetInfo& info_;
  std::string name_;
  bool is_known_ = false;
};

// The subsets that have frames: of an empty dataset there is none.
absl::StatusOr<std::vector<ExportSubset>> FilledSubsets(const Dataset& data);
// The frames of all of them.
RankSet FramesOf(const std::vector<ExportSubset>& subsets);
// A list of item ids (Item::id, which of images is the sidecar's path), one a line, in CVAT's
// order.
Segments IdList(RankSet frames);

}  // namespace annofs
