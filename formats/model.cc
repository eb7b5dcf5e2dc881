#include "formats/model.h"

namespace annofs {

std::vector<ShapeType> AllShapeTypes() {
  std::vector<ShapeType> types;
  for (int type = 0; type < kShapeTypeCount; ++type) types.push_back(ShapeType(type));
  return types;
}

absl::string_view ShapeTypeName(ShapeType type) {
  switch (type) {
    case ShapeType::kTag:
      return "tag";
    case ShapeType::kRectangle:
      return "rectangle";
    case ShapeType::kPolygon:
      return "polygon";
    case ShapeType::kPolyline:
      return "polyline";
    case ShapeType::kPoints:
      return "points";
    case ShapeType::kEllipse:
      return "ellipse";
    case ShapeType::kCuboid:
      return "cuboid";
    case ShapeType::kMask:
      return "mask";
    case ShapeType::kSkeleton:
      return "skeleton";
  }
  return "unknown";
}

}  // namespace annofs
