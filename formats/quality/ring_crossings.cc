#include "formats/quality/ring_crossings.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace annofs {
namespace {

constexpr size_t kPairsOfEdge = 256, kMorePairs = 65536;

struct Point {
  double x = 0, y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

// > 0: a, b, c turn left; 0: they are on a line.
double Turn(const Point& a, const Point& b, const Point& c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

int Sign(double value) { return (value > 0) - (value < 0); }

// Of a point on the line through the ends.
bool IsBetween(const Point& point, const Point& a, const Point& b) {
  return point.x >= std::min(a.x, b.x) && point.x <= std::max(a.x, b.x) &&
         point.y >= std::min(a.y, b.y) && point.y <= std::max(a.y, b.y);
}

bool DoMeet(const Point& a, const Point& b, const Point& c, const Point& d) {
  const int c_side = Sign(Turn(a, b, c)), d_side = Sign(Turn(a, b, d));
  const int a_side = Sign(Turn(c, d, a)), b_side = Sign(Turn(c, d, b));
  if (c_side * d_side < 0 && a_side * b_side < 0) return true;
  return (c_side == 0 && IsBetween(c, a, b)) || (d_side == 0 && IsBetween(d, a, b)) ||
         (a_side == 0 && IsBetween(a, c, d)) || (b_side == 0 && IsBetween(b, c, d));
}

class Ring {
 public:
  explicit Ring(const std::vector<double>& points) {
    double left = 0, right = 0, top = 0, bottom = 0;
    for (size_t i = 0; i + 1 < points.size(); i += 2) {
      const Point point{points[i], points[i + 1]};
      if (i == 0) {
        left = right = point.x;
        top = bottom = point.y;
      }
      left = std::min(left, point.x);
      right = std::max(right, point.x);
      top = std::min(top, point.y);
      bottom = std::max(bottom, point.y);
      if (corners_.empty() || !(corners_.back() == point)) corners_.push_back(point);
    }
    while (corners_.size() > 1 && corners_.back() == corners_.front()) corners_.pop_back();
    // The sweep goes along x.
    if (bottom - top > right - left) {
      for (Point& corner : corners_) std::swap(corner.x, corner.y);
    }
  }

  RingVerdict Check() {
    if (corners_.size() < 3) return RingVerdict::kSimple;
    SortEdges();
    size_t left = corners_.size() * kPairsOfEdge + kMorePairs;
    std::vector<uint32_t> active;  // edges that may reach the next one
    for (const uint32_t edge : edges_) {
      const double begin = Begin(edge);
      for (size_t i = 0; i < active.size();) {
        if (End(active[i]) < begin) {
          active[i] = active.back();
          active.pop_back();
          continue;
        }
        if (left-- == 0) return RingVerdict::kTooManyNear;
        if (AreWrong(active[i], edge)) return RingVerdict::kCrosses;
        ++i;
      }
      active.push_back(edge);
    }
    return RingVerdict::kSimple;
  }

 private:
  const Point& From(uint32_t edge) const { return corners_[edge]; }
  const Point& To(uint32_t edge) const {
    return corners_[edge + 1 == corners_.size() ? 0 : edge + 1];
  }
  double Begin(uint32_t edge) const { return std::min(From(edge).x, To(edge).x); }
  double End(uint32_t edge) const { return std::max(From(edge).x, To(edge).x); }

  void SortEdges() {
    edges_.resize(corners_.size());
    for (uint32_t i = 0; i < edges_.size(); ++i) edges_[i] = i;
    std::sort(edges_.begin(), edges_.end(),
              [this](uint32_t a, uint32_t b) { return Begin(a) < Begin(b); });
  }

  bool IsNext(uint32_t edge, uint32_t next) const {
    return (edge + 1 == corners_.size() ? 0 : edge + 1) == next;
  }

  bool AreWrong(uint32_t a, uint32_t b) const {
    if (IsNext(a, b)) return FoldsBack(From(a), To(a), To(b));
    if (IsNext(b, a)) return FoldsBack(From(b), To(b), To(a));
    const bool are_apart = std::max(From(a).y, To(a).y) < std::min(From(b).y, To(b).y) ||
                           std::max(From(b).y, To(b).y) < std::min(From(a).y, To(a).y);
    return !are_apart && DoMeet(From(a), To(a), From(b), To(b));
  }

  // Two edges with the end `b` in common run on each other.
  static bool FoldsBack(const Point& a, const Point& b, const Point& c) {
    return Turn(a, b, c) == 0 && (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y) > 0;
  }

  std::vector<Point> corners_;
  std::vector<uint32_t> edges_;  // by where they begin
};

}  // namespace

RingVerdict CheckRing(const std::vector<double>& points) { return Ring(points).Check(); }

}  // namespace annofs
