#include "formats/item_transforms.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <optional>
#include <utility>

#include "formats/raster.h"

namespace annofs {
namespace {

using Annotations = std::vector<ItemAnnotation>;

// Python's math.radians().
double Radians(double degrees) { return degrees * (std::numbers::pi / 180); }

std::vector<double> RotatedCorners(const ItemAnnotation& box) {
  const double x0 = box.points[0], y0 = box.points[1];
  // The far corner has two digits, which the sum may have lost.
  const double x1 = Round2(x0 + box.points[2]), y1 = Round2(y0 + box.points[3]);
  const double cx = x0 + (x1 - x0) / 2, cy = y0 + (y1 - y0) / 2;
  const double sine = std::sin(Radians(box.rotation)), cosine = std::cos(Radians(box.rotation));
  std::vector<double> points;
  for (const auto& [x, y] : {std::pair{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}) {
    points.push_back(Round2(cx + cosine * (x - cx) - sine * (y - cy)));
    points.push_back(Round2(cy + sine * (x - cx) + cosine * (y - cy)));
  }
  return points;
}

std::vector<double> Corners(const ItemAnnotation& box) {
  const std::vector<double>& p = box.points;
  return {p[0], p[1], p[0] + p[2], p[1], p[0] + p[2], p[1] + p[3], p[0], p[1] + p[3]};
}

// Draws those of one type in place; what cannot be drawn leaves the list.
template <typename Draw>
void ToMasks(Item& item, ItemType type, Draw draw) {
  std::erase_if(item.annotations, [&](ItemAnnotation& annotation) {
    if (annotation.type != type) return false;
    absl::StatusOr<CocoMask> mask = draw(annotation);
    if (!mask.ok()) return true;
    annotation.type = ItemType::kMask;
    annotation.mask = *std::move(mask);
    annotation.points.clear();
    return false;
  });
}

// All of one group, or one alone, as one.
ItemAnnotation Merged(Annotations::iterator begin, Annotations::iterator end) {
  if (end - begin == 1) return std::move(*begin);
  const auto leader = std::max_element(
      begin, end, [](const auto& a, const auto& b) { return Area(a.mask) < Area(b.mask); });
  std::vector<const CocoMask*> masks;
  for (auto member = begin; member != end; ++member) masks.push_back(&member->mask);
  CocoMask together = Union(masks);
  ItemAnnotation merged = std::move(*leader);
  merged.mask = std::move(together);
  return merged;
}

}  // namespace

void RotatedBoxesToPolygons(Item& item) {
  Annotations& all = item.annotations;
  const auto is_rotated = [](const ItemAnnotation& annotation) {
    return annotation.type == ItemType::kBbox && annotation.rotation != 0;
  };
  const auto rotated =
      std::stable_partition(all.begin(), all.end(), [&](const auto& a) { return !is_rotated(a); });
  for (auto box = rotated; box != all.end(); ++box) {
    box->points = RotatedCorners(*box);
    box->type = ItemType::kPolygon;
  }
}

void PolygonsToMasks(Item& item) {
  ToMasks(item, ItemType::kPolygon, [&item](const ItemAnnotation& polygon) {
    return PolygonMask(polygon.points, item.height, item.width);
  });
}

void BoxesToMasks(Item& item) {
  ToMasks(item, ItemType::kBbox, [&item](const ItemAnnotation& box) {
    return PolygonMask(Corners(box), item.height, item.width);
  });
}

void EllipsesToMasks(Item& item) {
  ToMasks(item, ItemType::kEllipse, [&item](const ItemAnnotation& ellipse) {
    return EllipseMask(ellipse.points, ellipse.rotation, item.height, item.width);
  });
}

void MergeInstances(Item& item) {
  Annotations& all = item.annotations;
  const auto segments = std::stable_partition(
      all.begin(), all.end(), [](const auto& a) { return a.type != ItemType::kMask; });
  std::stable_sort(segments, all.end(),
                   [](const auto& a, const auto& b) { return a.group < b.group; });
  Annotations merged;
  for (auto begin = segments; begin != all.end();) {
    auto end = begin + 1;
    while (begin->group != 0 && end != all.end() && end->group == begin->group) ++end;
    merged.push_back(Merged(begin, end));
    begin = end;
  }
  all.erase(segments, all.end());
  std::move(merged.begin(), merged.end(), std::back_inserter(all));
}

void MasksToPolygons(Item& item) {
  Annotations all;
  for (ItemAnnotation& annotation : item.annotations) {
    if (annotation.type != ItemType::kMask) {
      all.push_back(std::move(annotation));
      continue;
    }
    absl::StatusOr<std::vector<std::vector<double>>> polygons = PolygonsOfMask(annotation.mask);
    if (!polygons.ok()) continue;
    annotation.mask = {};
    annotation.type = ItemType::kPolygon;
    for (std::vector<double>& polygon : *polygons) {
      annotation.points = std::move(polygon);
      all.push_back(annotation);
    }
  }
  item.annotations = std::move(all);
}

void KeepTracks(Item& item) {
  std::erase_if(item.annotations, [](const ItemAnnotation& annotation) {
    return annotation.Find("track_id") == nullptr;
  });
}

void EverythingToMasks(Item& item) {
  RotatedBoxesToPolygons(item);
  PolygonsToMasks(item);
  BoxesToMasks(item);
  EllipsesToMasks(item);
  MergeInstances(item);
}

}  // namespace annofs
