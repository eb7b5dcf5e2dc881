#include "formats/mask_export.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/box.h"

namespace annofs {
namespace {

constexpr size_t kPaletteSize = 256;

}  // namespace

const std::vector<ShapeType>& TypesThatBecomeMasks() {
  static const std::vector<ShapeType>& types = *new std::vector<ShapeType>{
      ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kEllipse, ShapeType::kMask};
  return types;
}

bool BecomesMask(ShapeType type) {
  const std::vector<ShapeType>& types = TypesThatBecomeMasks();
  return std::find(types.begin(), types.end(), type) != types.end();
}

absl::StatusOr<RankSet> DrawnFrames(const Dataset& data, const RankSet& frames,
                                    const std::vector<ShapeType>& types) {
  ASSIGN_OR_RETURN(RankSet with_types, FramesWithTypes(data, types));
  return FramesWhere(data, Intersect(frames, with_types),
                     [](const Dataset& data, Rank rank) -> absl::StatusOr<bool> {
                       ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
                       return CanBeDrawn(frame);
                     });
}

absl::StatusOr<RankSet> FramesWithoutAnnotations(const Dataset& data, const RankSet& frames) {
  std::vector<ShapeType> types = AllShapeTypes();
  types.erase(std::remove(types.begin(), types.end(), ShapeType::kCuboid), types.end());
  ASSIGN_OR_RETURN(RankSet annotated, FramesWithTypes(data, types));
  return Without(frames, annotated);
}

absl::StatusOr<Item> ItemOfMasks(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  EverythingToMasks(item);
  return item;
}

absl::StatusOr<PixelMap> DrawItem(const Item& item,
                                  absl::FunctionRef<uint16_t(const PlacedMask&)> value_of) {
  std::vector<size_t> places(item.annotations.size());
  size_t count = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    places[i] = count;
    count += item.annotations[i].type == ItemType::kMask;
  }
  std::vector<const CocoMask*> masks;
  std::vector<uint16_t> values;
  for (size_t index : MasksInOrder(item)) {
    const ItemAnnotation& mask = item.annotations[index];
    values.push_back(value_of({.mask = mask, .place = places[index], .depth = masks.size()}));
    masks.push_back(&mask.mask);
  }
  return DrawMasks(masks, values, item.height, item.width);
}

absl::StatusOr<std::string> ClassPicture(const Item& item, const LabelMap& map) {
  ASSIGN_OR_RETURN(PixelMap pixels, DrawItem(item, [&map](const PlacedMask& placed) {
                     const uint32_t number = map.class_of_label[placed.mask.label];
                     return uint16_t(number == map.background ? 0 : 1 + number % kPaletteSize);
                   }));
  std::vector<Rgb> colors = {map.entries[map.background % kPaletteSize].color};
  for (const LabelMap::Entry& entry : map.entries) colors.push_back(entry.color);
  return PngRgb(pixels, colors);
}

absl::StatusOr<std::string> InstancePicture(const Item& item, const LabelMap& map) {
  ASSIGN_OR_RETURN(PixelMap pixels, DrawItem(item, [&map](const PlacedMask& placed) {
                     bool is_background = map.class_of_label[placed.mask.label] == map.background;
                     return uint16_t(is_background ? 0 : (placed.depth + 1) % kPaletteSize);
                   }));
  return PngRgb(pixels, VocColors(kPaletteSize));
}

std::vector<absl::string_view> WhyNot(const DatasetInfo& info, const Frame& frame,
                                      const FrameShapes& all,
                                      absl::FunctionRef<absl::string_view(const Shape&)> why_not) {
  const size_t count = all.tags.size() + all.shapes.size();
  if (IsPointCloud(info, frame)) return {count, kNotForPointClouds};
  std::vector<absl::string_view> why;
  why.reserve(count);
  for (const std::vector<Shape>* list : {&all.tags, &all.shapes}) {
    for (const Shape& shape : *list) why.push_back(shape.outside ? "" : why_not(shape));
  }
  return why;
}

std::vector<absl::string_view> WhyNotDrawn(const DatasetInfo& info, const Frame& frame,
                                           const FrameShapes& all) {
  SortedBackground background(info);
  return WhyNot(info, frame, all, [&](const Shape& shape) -> absl::string_view {
    if (!BecomesMask(shape.type)) return kTypeNotInFormat;
    if (absl::string_view why = WhyNotDrawable(frame, shape); !why.empty()) return why;
    return background.Is(shape.label) ? kIsBackground : "";
  });
}

bool SortedBackground::Is(uint32_t label) {
  const Label& own = info_.labels[label];
  // Any other is none, whatever the rest are called.
  if (own.name != "background" && ColorOf(own) != Rgb{0, 0, 0}) return false;
  if (!is_known_) {
    const LabelMap map = SortedLabelMap(info_);
    name_ = map.entries[map.background].name;
    is_known_ = true;
  }
  return own.name == name_;
}

absl::StatusOr<std::vector<ExportSubset>> FilledSubsets(const Dataset& data) {
  ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, ExportSubsets(data));
  subsets.erase(std::remove_if(subsets.begin(), subsets.end(),
                               [](const ExportSubset& subset) { return subset.frames.empty(); }),
                subsets.end());
  return subsets;
}

RankSet FramesOf(const std::vector<ExportSubset>& subsets) {
  RankCollector frames;
  for (const ExportSubset& subset : subsets) frames.AddAll(subset.frames);
  return frames.Take();
}

Segments IdList(RankSet frames) {
  Segments list;
  list.sections.push_back({.frames = std::move(frames),
                           .segment = [](const Dataset& data, const SegmentAt& at, Running&,
                                         std::string& out) -> absl::Status {
                             ASSIGN_OR_RETURN(const FrameNames names, data.Names(at.rank));
                             absl::StrAppend(&out, names.sidecar(), "\n");
                             return absl::OkStatus();
                           }});
  return list;
}

}  // namespace annofs
