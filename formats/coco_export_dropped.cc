#include "formats/coco_export_dropped.h"

#include "formats/cvat_export.h"
#include "formats/raster.h"
#include "formats/rle.h"

namespace annofs {
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
