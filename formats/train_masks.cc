#include "formats/train_masks.h"

#include <algorithm>
#include <queue>
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
constexpr absl::string_view kTooManyInstances = "a picture has no more than 65,535 instances";

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
  size_t count = 0;
  for (TrainObject& object : ObjectsOf(all)) {
    DrawnObject drawn{.object = std::move(object)};
    drawn.why = WhyNotDrawn(info, frame, all, drawn.object);
    if (drawn.why.empty()) drawn.why = DrawParts(frame, all, drawn.object, drawn.parts);
    if (drawn.why.empty() && ++count > UINT16_MAX) drawn.why = kTooManyInstances;
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

// Pixels that follow each other down a column and on in the next, of one part.
struct DrawnRun {
  uint64_t begin = 0, end = 0;
  uint32_t shape = 0;
  size_t object = 0;
  // The last of the shapes lies over the others.
  bool operator<(const DrawnRun& other) const { return shape < other.shape; }
};

std::vector<DrawnRun> RunsOf(const std::vector<DrawnObject>& objects) {
  std::vector<DrawnRun> runs;
  for (size_t object = 0; object < objects.size(); ++object) {
    for (const DrawnPart& part : objects[object].parts) {
      uint64_t at = 0;
      for (size_t i = 0; i < part.mask.runs.size(); ++i) {
        const uint64_t end = at + part.mask.runs[i];
        if (i % 2 == 1 && end > at) runs.push_back({at, end, part.shape, object});
        at = end;
      }
    }
  }
  std::sort(runs.begin(), runs.end(),
            [](const DrawnRun& a, const DrawnRun& b) { return a.begin < b.begin; });
  return runs;
}

// Marks the objects that other objects lie over: a sweep over the pixels where what lies above
// changes.
void MarkHidden(std::vector<DrawnObject>& objects) {
  const std::vector<DrawnRun> runs = RunsOf(objects);
  std::vector<bool> is_seen(objects.size());
  std::priority_queue<DrawnRun> open;
  size_t next = 0;
  uint64_t at = 0;
  while (next < runs.size() || !open.empty()) {
    if (open.empty()) at = runs[next].begin;
    for (; next < runs.size() && runs[next].begin <= at; ++next) open.push(runs[next]);
    while (!open.empty() && open.top().end <= at) open.pop();
    if (open.empty()) continue;
    is_seen[open.top().object] = true;
    at = open.top().end;
    if (next < runs.size()) at = std::min(at, runs[next].begin);
  }
  for (size_t i = 0; i < objects.size(); ++i) {
    if (objects[i].why.empty() && !is_seen[i]) objects[i].why = kOthersHideIt;
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
                     return uint16_t(number);
                   }));
  return Png(pixels, VocColors(kPaletteSize), Greatest(pixels.values));
}

}  // namespace annofs
