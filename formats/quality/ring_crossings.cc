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

// Edge i goes from corner i to the next one.
struct Edge {
  double begin, end;   // along the sweep
  double least, most;  // across it
  uint32_t number;
};

bool DoOverlap(const Edge& a, const Edge& b) { return a.least <= b.most && b.least <= a.most; }

// Two edges with the end `b` in common run on each other.
bool FoldsBack(const Point& a, const Point& b, const Point& c) {
  return Turn(a, b, c) == 0 && (a.x - b.x) * (c.x - b.x) + (a.y - b.y) * (c.y - b.y) > 0;
}

// The same memory for one outline after the other.
class Ring {
 public:
  RingVerdict Check(const std::vector<double>& points) {
    TakeCorners(points);
    if (corners_.size() < 3) return RingVerdict::kSimple;
    MakeEdges();
    size_t left = corners_.size() * kPairsOfEdge + kMorePairs;
    active_.clear();
    for (const Edge& edge : edges_) {
      for (size_t i = 0; i < active_.size();) {
        if (active_[i].end < edge.begin) {
          active_[i] = active_.back();
          active_.pop_back();
          continue;
        }
        if (left-- == 0) return RingVerdict::kTooManyNear;
        if (DoOverlap(active_[i], edge) && AreWrong(active_[i].number, edge.number)) {
          return RingVerdict::kCrosses;
        }
        ++i;
      }
      active_.push_back(edge);
    }
    return RingVerdict::kSimple;
  }

 private:
  // Turned so that the sweep, which goes along x, goes along the longer axis.
  void TakeCorners(const std::vector<double>& points) {
    corners_.clear();
    Point least, most;
    for (size_t i = 0; i + 1 < points.size(); i += 2) {
      const Point point{points[i], points[i + 1]};
      if (i == 0) least = most = point;
      least = {std::min(least.x, point.x), std::min(least.y, point.y)};
      most = {std::max(most.x, point.x), std::max(most.y, point.y)};
      if (corners_.empty() || !(corners_.back() == point)) corners_.push_back(point);
    }
    while (corners_.size() > 1 && corners_.back() == corners_.front()) corners_.pop_back();
    if (most.y - least.y <= most.x - least.x) return;
    for (Point& corner : corners_) std::swap(corner.x, corner.y);
  }

  uint32_t Next(uint32_t number) const { return number + 1 == corners_.size() ? 0 : number + 1; }

  void MakeEdges() {
    edges_.clear();
    for (uint32_t i = 0; i < corners_.size(); ++i) {
      const Point &from = corners_[i], &to = corners_[Next(i)];
      edges_.push_back({std::min(from.x, to.x), std::max(from.x, to.x), std::min(from.y, to.y),
                        std::max(from.y, to.y), i});
    }
    std::sort(edges_.begin(), edges_.end(),
              [](const Edge& a, const Edge& b) { return a.begin < b.begin; });
  }

  bool AreWrong(uint32_t a, uint32_t b) const {
    const Point &a_from = corners_[a], &a_to = corners_[Next(a)];
    const Point &b_from = corners_[b], &b_to = corners_[Next(b)];
    if (Next(a) == b) return FoldsBack(a_from, a_to, b_to);
    if (Next(b) == a) return FoldsBack(b_from, b_to, a_to);
    return DoMeet(a_from, a_to, b_from, b_to);
  }

  std::vector<Point> corners_;
  std::vector<Edge> edges_;   // by where they begin
  std::vector<Edge> active_;  // those that may reach the next one
};

}  // namespace

RingVerdict CheckRing(const std::vector<double>& points) {
  thread_local Ring ring;
  return ring.Check(points);
}

}  // namespace annofs
