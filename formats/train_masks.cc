#include "formats/train_masks.h"

#include <algorithm>
#include <utility>

#include "absl/functional/function_ref.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/drawable.h"
#include "formats/label_colors.h"
#include "formats/raster.h"

namespace annofs {
namespace {

constexpr size_t kPaletteSize = 256;

bool HasOutline(const FrameShapes& all, const TrainObject& object) {
  return all.shapes[object.parts[0]].type != ShapeType::kSkeleton;
}

// `value_of`: of an object, by its number among those drawn, from 1.
absl::StatusOr<PixelMap> Draw(const Dataset& data, Rank rank,
                              absl::FunctionRef<uint16_t(const TrainObject&, size_t)> value_of) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  std::vector<CocoMask> masks;
  std::vector<uint16_t> values;
  for (const TrainObject& object : ObjectsOf(on.all)) {
    if (!WhyNoArea(data.info(), on.frame, on.all, object).empty()) continue;
    if (!HasOutline(on.all, object)) continue;
    absl::StatusOr<CocoMask> mask = MaskOf(on.frame, on.all, object);
    if (!mask.ok() || Area(*mask) == 0) continue;
    masks.push_back(*std::move(mask));
    values.push_back(value_of(object, masks.size()));
  }
  std::vector<const CocoMask*> list;
  for (const CocoMask& mask : masks) list.push_back(&mask);
  return DrawMasks(list, values, on.frame.height, on.frame.width);
}

std::string IndexedOrGray(const PixelMap& pixels, const std::vector<Rgb>& palette) {
  const bool is_small = std::all_of(pixels.values.begin(), pixels.values.end(),
                                    [](uint16_t value) { return value < kPaletteSize; });
  return is_small ? PngIndexed(pixels, palette) : PngGray16(pixels);
}

}  // namespace

std::vector<uint16_t> ClassValues(const DatasetInfo& info) {
  std::vector<uint16_t> values;
  for (int number : TopLevelIndexes(info)) {
    values.push_back(uint16_t(std::min(number + 1, int{UINT16_MAX})));
  }
  return values;
}

absl::string_view WhyNotInPicture(const DatasetInfo& info, const Frame& frame,
                                  const FrameShapes& all, const TrainObject& object) {
  if (absl::string_view why = WhyNoArea(info, frame, all, object); !why.empty()) return why;
  if (!HasOutline(all, object)) return kSkeletonHasNoOutline;
  if (!CanBeDrawn(frame)) return kImageTooLarge;
  const absl::StatusOr<CocoMask> mask = MaskOf(frame, all, object);
  if (!mask.ok()) return kTooIntricate;
  return Area(*mask) == 0 ? kNotInsideImage : "";
}

std::vector<absl::string_view> WhyNotInPictures(const DatasetInfo& info, const Frame& frame,
                                                const FrameShapes& all) {
  return WhyNotObjects(all, kTagHasNoArea, [&](const TrainObject& object) {
    return WhyNotInPicture(info, frame, all, object);
  });
}

absl::StatusOr<RankSet> FramesToDraw(const Dataset& data, const RankSet& frames) {
  return FramesWhere(data, frames, [](const Dataset& data, Rank rank) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
    return CanBeDrawn(frame);
  });
}

const std::vector<ShapeType>& TypesWithOutlines() {
  static const std::vector<ShapeType>& types =
      *new std::vector<ShapeType>{ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kEllipse,
                                  ShapeType::kCuboid, ShapeType::kMask};
  return types;
}

absl::StatusOr<RankSet> FramesWithOutlines(const Dataset& data) {
  return FramesWithTypes(data, TypesWithOutlines());
}

absl::StatusOr<std::string> ClassPng(const Dataset& data, Rank rank,
                                     const std::vector<uint16_t>& values,
                                     const std::vector<Rgb>& palette) {
  ASSIGN_OR_RETURN(const PixelMap pixels,
                   Draw(data, rank, [&values](const TrainObject& object, size_t) {
                     return values[object.label];
                   }));
  return IndexedOrGray(pixels, palette);
}

absl::StatusOr<std::string> InstancePng(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const PixelMap pixels, Draw(data, rank, [](const TrainObject&, size_t number) {
                     return uint16_t(std::min(number, size_t{UINT16_MAX}));
                   }));
  return IndexedOrGray(pixels, VocColors(kPaletteSize));
}

}  // namespace annofs
