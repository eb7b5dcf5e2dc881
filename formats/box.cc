#include "formats/box.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace annofs {
namespace {

std::optional<Box> AroundPoints(const std::vector<double>& points) {
  if (points.size() < 2) return std::nullopt;
  Box box{points[0], points[1], points[0], points[1]};
  for (size_t i = 0; i + 1 < points.size(); i += 2) {
    box.left = std::min(box.left, points[i]);
    box.right = std::max(box.right, points[i]);
    box.top = std::min(box.top, points[i + 1]);
    box.bottom = std::max(box.bottom, points[i + 1]);
  }
  return box;
}

Box Union(const Box& a, const Box& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

// The last four numbers are left, top, right, bottom, both ends inclusive.
std::optional<Box> OfMask(const std::vector<double>& points) {
  if (points.size() < 5) return std::nullopt;
  const double* ends = points.data() + points.size() - 4;
  return Box{std::trunc(ends[0]), std::trunc(ends[1]), std::trunc(ends[2]) + 1,
             std::trunc(ends[3]) + 1};
}

// cx, cy, right_x, top_y.
std::optional<Box> OfEllipse(const std::vector<double>& points) {
  if (points.size() < 4) return std::nullopt;
  double rx = std::abs(points[2] - points[0]);
  double ry = std::abs(points[1] - points[3]);
  return Box{points[0] - rx, points[1] - ry, points[0] + rx, points[1] + ry};
}

std::optional<Box> OfElements(const std::vector<Shape>& elements) {
  std::optional<Box> all;
  for (const Shape& element : elements) {
    std::optional<Box> one = element.outside ? std::nullopt : AroundPoints(element.points);
    if (one) all = all ? Union(*all, *one) : *one;
  }
  return all;
}

}  // namespace

std::optional<Box> OwnBox(const Shape& shape) {
  switch (shape.type) {
    case ShapeType::kTag:
      return std::nullopt;
    case ShapeType::kMask:
      return OfMask(shape.points);
    case ShapeType::kEllipse:
      return OfEllipse(shape.points);
    case ShapeType::kSkeleton:
      return OfElements(shape.elements);
    default:
      return AroundPoints(shape.points);
  }
}

std::optional<Box> EnclosingBox(const Shape& shape) {
  std::optional<Box> box = OwnBox(shape);
  bool turns = shape.type == ShapeType::kRectangle || shape.type == ShapeType::kEllipse;
  if (!box || !turns || shape.rotation == 0) return box;
  double angle = shape.rotation * std::numbers::pi / 180;
  double cosine = std::abs(std::cos(angle)), sine = std::abs(std::sin(angle));
  double a = box->width() / 2, b = box->height() / 2;
  bool is_ellipse = shape.type == ShapeType::kEllipse;
  double x = is_ellipse ? std::hypot(a * cosine, b * sine) : a * cosine + b * sine;
  double y = is_ellipse ? std::hypot(a * sine, b * cosine) : a * sine + b * cosine;
  double cx = (box->left + box->right) / 2, cy = (box->top + box->bottom) / 2;
  return Box{cx - x, cy - y, cx + x, cy + y};
}

Box Clip(const Box& box, double width, double height) {
  return {std::clamp(box.left, 0.0, width), std::clamp(box.top, 0.0, height),
          std::clamp(box.right, 0.0, width), std::clamp(box.bottom, 0.0, height)};
}

bool IsPointCloud(const DatasetInfo& info, const Frame& frame) {
  return frame.task < info.tasks.size() && info.tasks[frame.task].is_3d;
}

}  // namespace annofs
