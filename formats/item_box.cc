#include <algorithm>

#include "formats/item.h"
#include "formats/raster.h"

namespace annofs {
namespace {

// Grows around points.
class PointBox {
 public:
  void Add(const std::vector<double>& points) {
    for (size_t i = 0; i + 1 < points.size(); i += 2) Add(points[i], points[i + 1]);
  }
  std::array<double, 4> Get() const { return {left_, top_, right_ - left_, bottom_ - top_}; }

 private:
  void Add(double x, double y) {
    left_ = is_empty_ ? x : std::min(left_, x);
    top_ = is_empty_ ? y : std::min(top_, y);
    right_ = is_empty_ ? x : std::max(right_, x);
    bottom_ = is_empty_ ? y : std::max(bottom_, y);
    is_empty_ = false;
  }

  bool is_empty_ = true;
  double left_ = 0, top_ = 0, right_ = 0, bottom_ = 0;
};

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
        if (element.visibility != Visibility::kAbsent) box.Add(element.points);
      }
      return box.Get();
    case ItemType::kPolygon:
    case ItemType::kPolyline:
    case ItemType::kPoints:
    case ItemType::kEllipse:
      box.Add(points);
      return box.Get();
    case ItemType::kLabel:
    case ItemType::kCuboid3d:
      break;
  }
  return {};
}

}  // namespace annofs
