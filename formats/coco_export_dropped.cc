#include "formats/coco_export_dropped.h"

#include <memory>

#include "absl/algorithm/container.h"
#include "formats/coco_export_instances.h"
#include "formats/cvat_export.h"
#include "formats/item_limits.h"
#include "formats/item_transforms.h"
#include "formats/raster.h"
#include "formats/rle.h"

namespace annofs {
namespace {

// Masks of fewer runs have too few vertices to be refused.
constexpr size_t kFewRuns = 4096;

bool MayBeRefused(const Frame& frame, const Shape& shape) {
  if (shape.type != ShapeType::kMask || shape.outside) return false;
  const absl::StatusOr<CocoMask> mask = CocoMaskOf(shape.points, frame.height, frame.width);
  return mask.ok() && mask->runs.size() > kFewRuns;
}

}  // namespace

std::vector<uint32_t> MasksWithoutOutline(const DatasetInfo& info, const Frame& frame,
                                          const FrameShapes& all) {
  std::vector<uint32_t> refused;
  const bool has_large = absl::c_any_of(
      all.shapes, [&frame](const Shape& shape) { return MayBeRefused(frame, shape); });
  if (!has_large) return refused;
  Item item = ItemOfShapes(info, frame, std::make_shared<const FrameShapes>(all));
  EllipsesToMasks(item);
  ForEachCocoObject(item, [&](CocoParts parts) {
    std::vector<const CocoMask*> masks;
    for (const ItemAnnotation* part : parts) {
      if (part->type == ItemType::kMask) masks.push_back(&part->mask);
    }
    if (masks.empty() || CocoObjectOf(item, parts).is_crowd) return;
    if (PolygonsOfMask(masks.size() == 1 ? *masks[0] : Union(masks)).ok()) return;
    for (const ItemAnnotation* part : parts) {
      if (part->type == ItemType::kMask) refused.push_back(part->origin);
    }
  });
  return refused;
}

absl::string_view WhyNoPixels(const Frame& frame, const Shape& shape) {
  if (shape.outside) return "";
  if (frame.width == 0 || frame.height == 0) return kSizeNotKnown;
  if (uint64_t{frame.width} * frame.height > kMaxRasterPixels)
    return "the image is too large for masks";
  if (shape.type == ShapeType::kMask && !CocoMaskOf(shape.points, frame.height, frame.width).ok())
    return "the mask is broken";
  return "";
}

absl::string_view WhyNoCocoPart(const DatasetInfo& info, const Frame& frame, const Shape& shape) {
  if (IsPointCloud(info, frame)) return kPointCloudNotInFormat;
  if (shape.outside) return "";
  switch (shape.type) {
    case ShapeType::kRectangle:
    case ShapeType::kPolygon:
      return "";
    case ShapeType::kEllipse:
    case ShapeType::kMask:
      return WhyNoPixels(frame, shape);
    default:
      return kTypeNotInFormat;
  }
}

}  // namespace annofs
