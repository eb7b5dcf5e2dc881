#include "formats/train_masks.h"

#include <algorithm>
#include <array>
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

// A shape's pixels.
struct DrawnPart {
  uint32_t shape = 0;
  CocoMask mask;
};

// An object and its parts; or why it has no pixels, and no parts.
struct DrawnObject {
  TrainObject object;
  absl::string_view why;
  std::vector<DrawnPart> parts;
};

absl::string_view WhyNotDrawn(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                              const TrainObject& object) {
  if (absl::string_view why = WhyNoArea(info, frame, all, object); !why.empty()) return why;
  if (!HasOutline(all, object)) return kSkeletonHasNoOutline;
  return CanBeDrawn(frame) ? "" : kImageTooLarge;
}

absl::string_view DrawParts(const Frame& frame, const FrameShapes& all, const TrainObject& object,
                            std::vector<DrawnPart>& parts) {
  uint64_t area = 0;
  for (uint32_t shape : object.parts) {
    absl::StatusOr<CocoMask> mask = MaskOf(frame, all, {.parts = {shape}});
    if (!mask.ok()) return kTooIntricate;
    area += Area(*mask);
    parts.push_back({.shape = shape, .mask = *std::move(mask)});
  }
  return area == 0 ? kNotInsideImage : "";
}

std::vector<DrawnObject> DrawObjects(const DatasetInfo& info, const Frame& frame,
                                     const FrameShapes& all) {
  std::vector<DrawnObject> objects;
  for (TrainObject& object : ObjectsOf(all)) {
    DrawnObject drawn{.object = std::move(object)};
    drawn.why = WhyNotDrawn(info, frame, all, drawn.object);
    if (drawn.why.empty()) drawn.why = DrawParts(frame, all, drawn.object, drawn.parts);
    if (!drawn.why.empty()) drawn.parts.clear();
    objects.push_back(std::move(drawn));
  }
  return objects;
}

// `value_of`: of an object, by its number among those drawn, from 1. Something else may lie between
// two parts of an object: all parts are drawn by their own z order.
absl::StatusOr<PixelMap> Draw(const Dataset& data, Rank rank,
                              absl::FunctionRef<uint16_t(const TrainObject&, size_t)> value_of) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  const std::vector<DrawnObject> objects = DrawObjects(data.info(), on.frame, on.all);
  std::vector<std::pair<const DrawnPart*, uint16_t>> parts;
  size_t count = 0;
  for (const DrawnObject& drawn : objects) {
    if (!drawn.why.empty()) continue;
    const uint16_t value = value_of(drawn.object, ++count);
    for (const DrawnPart& part : drawn.parts) parts.emplace_back(&part, value);
  }
  std::sort(parts.begin(), parts.end(),
            [](const auto& a, const auto& b) { return a.first->shape < b.first->shape; });
  std::vector<const CocoMask*> masks;
  std::vector<uint16_t> values;
  for (const auto& [part, value] : parts) {
    masks.push_back(&part->mask);
    values.push_back(value);
  }
  return DrawMasks(masks, values, on.frame.height, on.frame.width);
}

// A part of an object with what is needed to find what lies over it.
struct PlacedPart {
  const DrawnPart* part = nullptr;
  const DrawnObject* of = nullptr;
  std::array<double, 4> box = {};  // left, top, width, height
};

double CommonArea(const std::array<double, 4>& a, const std::array<double, 4>& b) {
  const double width = std::min(a[0] + a[2], b[0] + b[2]) - std::max(a[0], b[0]);
  const double height = std::min(a[1] + a[3], b[1] + b[3]) - std::max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

// True if parts of other objects lie over all of it. Masks are only looked at where the boxes of
// these parts are large enough for that.
bool IsHidden(const PlacedPart& placed, const std::vector<PlacedPart>& all) {
  std::vector<const CocoMask*> over;
  double most = 0;
  for (const PlacedPart& other : all) {
    if (other.of == placed.of || other.part->shape < placed.part->shape) continue;
    const double common = CommonArea(placed.box, other.box);
    if (common == 0) continue;
    most += common;
    over.push_back(&other.part->mask);
  }
  if (over.empty() || most < double(Area(placed.part->mask))) return false;
  const uint64_t without = Area(Union(over));
  over.push_back(&placed.part->mask);
  return Area(Union(over)) == without;
}

// Every two parts are compared: not of absurdly many.
constexpr size_t kMostComparedParts = 4096;

// Marks the objects that other objects lie over.
void MarkHidden(std::vector<DrawnObject>& objects) {
  std::vector<PlacedPart> parts;
  for (const DrawnObject& drawn : objects) {
    for (const DrawnPart& part : drawn.parts)
      parts.push_back({.part = &part, .of = &drawn, .box = BoundingBox(part.mask)});
  }
  if (parts.size() > kMostComparedParts) return;
  std::vector<const DrawnObject*> seen;
  for (const PlacedPart& placed : parts) {
    if (Area(placed.part->mask) > 0 && !IsHidden(placed, parts)) seen.push_back(placed.of);
  }
  for (DrawnObject& drawn : objects) {
    const bool is_seen = std::find(seen.begin(), seen.end(), &drawn) != seen.end();
    if (drawn.why.empty() && !is_seen) drawn.why = kOthersHideIt;
  }
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

std::vector<absl::string_view> WhyNotInPictures(const DatasetInfo& info, const Frame& frame,
                                                const FrameShapes& all) {
  std::vector<DrawnObject> objects = DrawObjects(info, frame, all);
  MarkHidden(objects);
  auto next = objects.begin();
  return WhyNotObjects(all, kTagHasNoArea, [&](const TrainObject&) { return (next++)->why; });
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
