#include "formats/item.h"
#include "formats/point_box.h"
#include "formats/raster.h"

namespace annofs {
namespace {

void Add(const std::vector<double>& points, PointBox& box) {
  for (size_t i = 0; i + 1 < points.size(); i += 2) box.Add(points[i], points[i + 1]);
}

std::array<double, 4> SidesOf(const PointBox& box) {
  return {box.left, box.top, box.right - box.left, box.bottom - box.top};
}

}  // namespace

std::array<double, 4> BboxOf(const ItemAnnotation& annotation) {
  const std::vector<double>& points = annotation.points;
  PointBox box;
  switch (annotation.type) {
    case ItemType::kBbox:
      return {points[0], points[1], points[2], points[3]};
    case ItemType::kMask:
      return BoundingBox(annotation.mask);
    case ItemType::kSkeleton:
      for (const ItemAnnotation& element : annotation.elements) {
        if (element.visibility != Visibility::kAbsent) Add(element.points, box);
      }
      return SidesOf(box);
    case ItemType::kPolygon:
    case ItemType::kPolyline:
    case ItemType::kPoints:
    case ItemType::kEllipse:
      Add(points, box);
      return SidesOf(box);
    case ItemType::kLabel:
    case ItemType::kCuboid3d:
      break;
  }
  return {};
}

}  // namespace annofs
