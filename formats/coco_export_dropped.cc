#include "formats/coco_export_dropped.h"

#include "formats/cvat_export.h"
#include "formats/drawable.h"

namespace annofs {

absl::string_view WhyNoCocoPart(const DatasetInfo& info, const Frame& frame, const Shape& shape) {
  if (IsPointCloud(info, frame)) return kNotForPointClouds;
  if (shape.outside) return "";
  switch (shape.type) {
    case ShapeType::kRectangle:
    case ShapeType::kPolygon:
      return "";
    case ShapeType::kEllipse:
    case ShapeType::kMask:
      return WhyNotDrawable(frame, shape);
    default:
      return kTypeNotInFormat;
  }
}

}  // namespace annofs
