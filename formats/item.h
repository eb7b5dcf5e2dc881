// A frame as CVAT's exporters see it (reference/cvat.md §9.2 steps 1 to 4; CVAT: CvatDataExtractor,
// CvatToDmAnnotationConverter): every format except the two CVAT XMLs is made from items. Plain
// values; the functions are pure.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/rle.h"

namespace annofs {

// Datumaro's annotation types, as far as CVAT's exports have them.
enum class ItemType : uint8_t {
  kLabel,
  kBbox,
  kPolygon,
  kPolyline,
  kPoints,
  kEllipse,
  kMask,
  kSkeleton,
  kCuboid3d
};

// Of a checkbox, a number (float), track_id (int), anything else.
using ItemValue = std::variant<bool, double, int64_t, std::string>;

struct ItemAttribute {
  absl::string_view name;  // lives as long as the dataset and Item::source
  ItemValue value;
  friend bool operator==(const ItemAttribute&, const ItemAttribute&) = default;
};

// 0 absent, 1 hidden, 2 visible.
enum class Visibility : uint8_t { kAbsent = 0, kHidden = 1, kVisible = 2 };

struct ItemAnnotation {
  ItemType type = ItemType::kBbox;
  uint32_t label = 0;  // "label idx": index into DatasetInfo::labels
  int32_t z_order = 0;
  int32_t group = 0;
  int64_t id = 0;      // of 3D cuboids; else 0
  int32_t track = -1;  // -1: static. Also the attribute track_id
  double rotation = 0;
  // bbox: x, y, w, h (w and h are differences of rounded numbers); ellipse: x1, y1, x2, y2;
  // cuboid 3D: position, rotation, scale (9 numbers); mask, skeleton: empty; others x, y, x, y, …
  std::vector<double> points;
  // In the order of the dict: the label's in their order, with defaults; any others of the shape,
  // as text (CVAT has none); then occluded, rotation, track_id, keyframe. A number that is none
  // stays as the text that it is, where CVAT's whole export fails.
  std::vector<ItemAttribute> attributes;
  CocoMask mask;  // kMask, on the whole image
  // kSkeleton: an element for each sublabel in svg order, each kPoints of one point; one that the
  // shape does not have is absent at 0, 0 and has no attributes.
  std::vector<ItemAnnotation> elements;
  Visibility visibility = Visibility::kVisible;  // of an element
  // Index into FrameShapes::tags (kLabel) or ::shapes that it was made from; of a merged one: its
  // leader's.
  uint32_t origin = 0;

  const ItemValue* Find(absl::string_view attribute) const;  // nullptr: it has none of that name
};

struct Item {
  Rank rank = 0;
  // Path without extension; the name of its image file; safe and unique in its subset
  // (formats/subset_names.h), '/' separated. An image that shares its name with another but for the
  // extension keeps that in its id.
  std::string id, file_name;
  uint32_t frame = 0;              // absolute frame number
  uint32_t width = 0, height = 0;  // 0: not known
  uint32_t task = 0;
  std::shared_ptr<const FrameShapes> source;  // what the annotations were made from
  // Tags, then shapes by z order. Not among them: shapes that are outside, 2D cuboids, and masks
  // that cannot be on the image (its size is not known, or there are too many runs).
  std::vector<ItemAnnotation> annotations;
};

// Item::id and Item::file_name alone; the latter is MediaPath() (formats/media_path.h). The id of a
// point cloud is its base name, where no other directory has the same one (in datasets of more than
// kMaxPointCloudDirectories: always the path).
struct ItemNames {
  std::string id, file_name;
};
inline constexpr uint32_t kMaxPointCloudDirectories = 64;
absl::StatusOr<ItemNames> ItemNamesOf(const Dataset& data, Rank rank);
// The same where the frame is at hand.
absl::StatusOr<ItemNames> ItemNamesOf(const Dataset& data, Rank rank, const Frame& frame);
// The same for formats that have the images of all subsets in one directory: unique in the dataset,
// as FrameNames are. Those of point clouds are always so.
absl::StatusOr<ItemNames> UniqueItemNamesOf(const Dataset& data, Rank rank);

// So many defaults and absent elements an item gets that its shapes do not have: a few bytes of a
// hostile frame stand for no more. Behind that, attributes are the shapes' own, as text, and
// skeletons that lack elements are left out.
inline constexpr uint64_t kMaxFilledIn = uint64_t{1} << 20;
absl::StatusOr<Item> ItemOf(const Dataset& data, Rank rank);
// One shape of a frame, no tag; nothing if it has no place in an item. Its attributes live as long
// as the shape.
std::optional<ItemAnnotation> AnnotationOf(const DatasetInfo& info, const Frame& frame,
                                           const Shape& shape);

// The sublabels of a skeleton's label in svg order (indexes into DatasetInfo::labels) and its
// joints (1-based positions), §1.4. Sublabels that the svg does not name follow in their own order;
// names and joints that are none of the sublabels are left out. Time grows with the svg.
struct SkeletonTemplate {
  std::vector<uint32_t> sublabels;
  std::vector<std::pair<int, int>> joints;
};
SkeletonTemplate SkeletonTemplateOf(const DatasetInfo& info, uint32_t label);

// numpy.around(v, 2): the one rounding of coordinates.
double Round2(double value);
// x, y, w, h around the annotation, as Datumaro's get_bbox(); a skeleton's over elements that are
// not absent.
std::array<double, 4> BboxOf(const ItemAnnotation& annotation);

}  // namespace annofs
