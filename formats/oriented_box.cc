#include "formats/oriented_box.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace annofs {
namespace {

struct Point {
  double x = 0, y = 0;
};
Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
double Length(Point p) { return std::hypot(p.x, p.y); }

double Degrees(Point direction) {
  double degrees = std::atan2(direction.y, direction.x) * 180 / std::numbers::pi;
  if (degrees < 0) degrees += 360;
  return degrees >= 360 - 1e-9 || degrees < 1e-9 ? 0 : degrees;
}

OrientedBox Around(Point centre, double width, double height, double rotation) {
  return {.left = centre.x - width / 2,
          .top = centre.y - height / 2,
          .right = centre.x + width / 2,
          .bottom = centre.y + height / 2,
          .rotation = rotation};
}

// The rectangle around all points with a side along `direction` (of length 1).
OrientedBox Enclose(const std::array<Point, 4>& points, Point direction) {
  double low_u = std::numeric_limits<double>::infinity(), high_u = -low_u, low_v = low_u,
         high_v = -low_u;
  for (Point p : points) {
    double u = p.x * direction.x + p.y * direction.y, v = p.y * direction.x - p.x * direction.y;
    low_u = std::min(low_u, u);
    high_u = std::max(high_u, u);
    low_v = std::min(low_v, v);
    high_v = std::max(high_v, v);
  }
  double u = (low_u + high_u) / 2, v = (low_v + high_v) / 2;
  Point centre = {u * direction.x - v * direction.y, u * direction.y + v * direction.x};
  return Around(centre, high_u - low_u, high_v - low_v, std::fmod(Degrees(direction), 180));
}

// One side of the smallest rectangle lies on an edge of the hull, which joins two of the points.
OrientedBox Smallest(const std::array<Point, 4>& points) {
  OrientedBox best = Enclose(points, {1, 0});
  auto area = [](const OrientedBox& box) {
    return (box.right - box.left) * (box.bottom - box.top);
  };
  for (size_t i = 0; i < points.size(); ++i) {
    for (size_t j = i + 1; j < points.size(); ++j) {
      Point edge = points[j] - points[i];
      double length = Length(edge);
      if (!(length > 0)) continue;
      OrientedBox box = Enclose(points, {edge.x / length, edge.y / length});
      if (area(box) < area(best)) best = box;
    }
  }
  best.is_exact = false;
  return best;
}

}  // namespace

OrientedBox BoxOfCorners(const std::array<double, 8>& c) {
  std::array<Point, 4> p = {Point{c[0], c[1]}, {c[2], c[3]}, {c[4], c[5]}, {c[6], c[7]}};
  Point first = p[2] - p[0], second = p[3] - p[1];
  Point apart = (p[0] + p[2]) - (p[1] + p[3]);
  double tolerance = 0.5 + 0.01 * std::max(Length(first), Length(second));
  bool is_rectangle =
      Length(apart) / 2 <= tolerance && std::abs(Length(first) - Length(second)) <= tolerance;
  if (!is_rectangle) return Smallest(p);
  Point across = (p[1] - p[0]) + (p[2] - p[3]), down = (p[3] - p[0]) + (p[2] - p[1]);
  Point centre = {(p[0].x + p[1].x + p[2].x + p[3].x) / 4, (p[0].y + p[1].y + p[2].y + p[3].y) / 4};
  // A box without width has its direction from its height.
  Point direction = Length(across) > 0 ? across : Point{down.y, -down.x};
  return Around(centre, Length(across) / 2, Length(down) / 2, Degrees(direction));
}

}  // namespace annofs
