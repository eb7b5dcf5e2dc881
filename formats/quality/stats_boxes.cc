#include "formats/quality/stats_boxes.h"

#include <algorithm>
#include <cmath>

namespace annofs {
namespace {

constexpr double kSmallArea = 32 * 32, kLargeArea = 96 * 96;  // COCO: COCOeval's areaRng

bool IsFinite(const Box& box) {
  return std::isfinite(box.left) && std::isfinite(box.top) && std::isfinite(box.width()) &&
         std::isfinite(box.height());
}

}  // namespace

void CentreGrid::Add(double x, double y) {
  if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) {
    ++outside;
    return;
  }
  const int column = std::min(int(x * kCells), kCells - 1);
  const int row = std::min(int(y * kCells), kCells - 1);
  ++counts[size_t(row * kCells + column)];
}

void CentreGrid::AddAll(const CentreGrid& other) {
  for (size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  outside += other.outside;
}

uint64_t CentreGrid::Most() const { return *std::max_element(counts.begin(), counts.end()); }

void BoxStats::Add(const Box& box, uint32_t frame_width, uint32_t frame_height) {
  if (!IsFinite(box)) return;
  const double w = box.width(), h = box.height();
  ++boxes;
  width.Add(w);
  height.Add(h);
  area.Add(w * h);
  ++(w * h < kSmallArea ? small : w * h < kLargeArea ? medium : large);
  width_sum += w;
  height_sum += h;
  if (w > 0 && h > 0) {
    aspect.Add(w / h);
  } else {
    ++empty;
  }
  if (frame_width == 0 || frame_height == 0) {
    ++without_size;
    return;
  }
  const double across = double(frame_width), down = double(frame_height);
  width_share.Add(w / across);
  height_share.Add(h / down);
  area_share.Add(w / across * h / down);
  centres.Add((box.left + w / 2) / across, (box.top + h / 2) / down);
}

void BoxStats::AddAll(const BoxStats& other) {
  width.AddAll(other.width);
  height.AddAll(other.height);
  area.AddAll(other.area);
  width_share.AddAll(other.width_share);
  height_share.AddAll(other.height_share);
  area_share.AddAll(other.area_share);
  aspect.AddAll(other.aspect);
  centres.AddAll(other.centres);
  boxes += other.boxes;
  small += other.small;
  medium += other.medium;
  large += other.large;
  empty += other.empty;
  without_size += other.without_size;
  width_sum += other.width_sum;
  height_sum += other.height_sum;
}

std::optional<Box> CountedBox(const Shape& shape) {
  switch (shape.type) {
    case ShapeType::kTag:
    case ShapeType::kPolyline:
    case ShapeType::kPoints:
      return std::nullopt;
    default:
      return EnclosingBox(shape);
  }
}

}  // namespace annofs
