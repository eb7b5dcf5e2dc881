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

// A shape's pixels, with the value of its object.
struct DrawnPart {
  uint32_t shape = 0;
  uint16_t value = 0;
  CocoMask mask;
};

// The parts of an object; none if it has no pixels, or one of them cannot be drawn.
std::vector<DrawnPart> PartsOf(const TrainFrame& on, const TrainObject& object) {
  std::vector<DrawnPart> parts;
  uint64_t area = 0;
  for (uint32_t shape : object.parts) {
    absl::StatusOr<CocoMask> mask = MaskOf(on.frame, on.all, {.parts = {shape}});
    if (!mask.ok()) return {};
    area += Area(*mask);
    parts.push_back({.shape = shape, .mask = *std::move(mask)});
  }
  if (area == 0) parts.clear();
  return parts;
}

// `value_of`: of an object, by its number among those drawn, from 1. Something else may lie between
// two parts of an object: all parts are drawn by their own z order.
absl::StatusOr<PixelMap> Draw(const Dataset& data, Rank rank,
                              absl::FunctionRef<uint16_t(const TrainObject&, size_t)> value_of) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  std::vector<DrawnPart> parts;
  size_t objects = 0;
  for (const TrainObject& object : ObjectsOf(on.all)) {
    if (!WhyNoArea(data.info(), on.frame, on.all, object).empty()) continue;
    if (!HasOutline(on.all, object)) continue;
    std::vector<DrawnPart> of_object = PartsOf(on, object);
    if (of_object.empty()) continue;
    const uint16_t value = value_of(object, ++objects);
    for (DrawnPart& part : of_object) {
      part.value = value;
      parts.push_back(std::move(part));
    }
  }
  std::sort(parts.begin(), parts.end(),
            [](const DrawnPart& a, const DrawnPart& b) { return a.shape < b.shape; });
  std::vector<const CocoMask*> masks;
  std::vector<uint16_t> values;
  for (const DrawnPart& part : parts) {
    masks.push_back(&part.mask);
    values.push_back(part.value);
  }
  return DrawMasks(masks, values, on.frame.height, on.frame.width);
}

std::string Png(const PixelMap& pixels, const std::vector<Rgb>& palette, size_t greatest) {
  return greatest < kPaletteSize ? PngIndexed(pixels, palette) : PngGray16(pixels);
}

size_t Greatest(const std::vector<uint16_t>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
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
    return CanBeDrawn(frame) && !IsPointCloud(data.info(), frame);
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
  return Png(pixels, palette, Greatest(values));
}

absl::StatusOr<std::string> InstancePng(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const PixelMap pixels, Draw(data, rank, [](const TrainObject&, size_t number) {
                     return uint16_t(std::min(number, size_t{UINT16_MAX}));
                   }));
  return Png(pixels, VocColors(kPaletteSize), Greatest(pixels.values));
}

}  // namespace annofs
