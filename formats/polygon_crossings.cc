#include "formats/polygon_crossings.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

// The rasteriser counts in fifths of a pixel.
constexpr int64_t kScale = 5;
constexpr double kMaxCoordinate = double(int64_t{1} << 26);

struct Vertex {
  int64_t x = 0, y = 0;
};

// Truncated toward zero, as a cast does it.
int64_t Scaled(double value) {
  return int64_t(kScale * std::clamp(value, -kMaxCoordinate, kMaxCoordinate) + .5);
}

// The boundary of columns x and x + 1 lies between 5x + 2 and 5x + 3; rows likewise, rounded up.
constexpr int64_t kBoundary = 2;

uint64_t RowOf(int64_t y, uint64_t height) {
  if (y <= kBoundary) return 0;
  return std::min(uint64_t((y + kBoundary) / kScale), height);
}

class Outline {
 public:
  Outline(uint64_t height, uint64_t width) : height_(height), width_(int64_t(width)) {}

  // False: there are too many crossings.
  bool AddEdge(Vertex from, Vertex to) {
    const int64_t dx = std::abs(to.x - from.x), dy = std::abs(to.y - from.y);
    // Both ways along an edge give the same points: from the smaller end of its longer axis.
    if (dx >= dy ? from.x > to.x : from.y > to.y) std::swap(from, to);
    if (dx == 0) return true;
    return dx >= dy ? AddFlat(from, to) : AddSteep(from, to);
  }

  std::vector<uint64_t> Take() {
    std::sort(crossings_.begin(), crossings_.end());
    return std::move(crossings_);
  }

 private:
  // The columns whose boundary to the next one lies between two numbers of fifths.
  std::pair<int64_t, int64_t> ColumnsBetween(int64_t left, int64_t right) const {
    // The first with 5x + 2 >= left, the last with 5x + 3 <= right.
    const int64_t first = left <= kBoundary ? 0 : (left - kBoundary + kScale - 1) / kScale;
    const int64_t last = right < kBoundary + 1 ? -1 : (right - kBoundary - 1) / kScale;
    return {first, std::min(last, width_ - 1)};
  }

  bool HasRoomFor(int64_t first, int64_t last) const {
    return last < first || crossings_.size() + size_t(last - first + 1) <= kMaxCrossings;
  }

  void Add(int64_t column, int64_t y) {
    crossings_.push_back(uint64_t(column) * height_ + RowOf(y, height_));
  }

  // Walked along x, upwards.
  bool AddFlat(Vertex from, Vertex to) {
    const double slope = double(to.y - from.y) / double(to.x - from.x);
    const auto [first, last] = ColumnsBetween(from.x, to.x);
    if (!HasRoomFor(first, last)) return false;
    auto y_at = [&](int64_t x) {
      return int64_t(double(from.y) + slope * double(x - from.x) + .5);
    };
    for (int64_t column = first; column <= last; ++column) {
      const int64_t x = kScale * column + kBoundary;
      Add(column, std::min(y_at(x), y_at(x + 1)));
    }
    return true;
  }

  // Walked along y, upwards; x grows or shrinks by at most one with each step.
  bool AddSteep(Vertex from, Vertex to) {
    const int64_t dy = to.y - from.y;
    const double slope = double(to.x - from.x) / double(dy);
    auto x_at = [&](int64_t t) { return int64_t(double(from.x) + slope * double(t) + .5); };
    const int64_t start = x_at(0), end = x_at(dy);
    const auto [first, last] = ColumnsBetween(std::min(start, end), std::max(start, end));
    if (!HasRoomFor(first, last)) return false;
    for (int64_t column = first; column <= last; ++column) {
      const int64_t left = kScale * column + kBoundary;
      // The step from `before` to `before` + 1 goes over the boundary.
      auto is_beyond = [&](int64_t t) { return slope > 0 ? x_at(t) > left : x_at(t) <= left; };
      const double about = (double(left) + .5 - double(from.x)) / slope;
      int64_t before = std::clamp(int64_t(about), int64_t{0}, dy - 1);
      while (before > 0 && is_beyond(before)) --before;
      while (before < dy - 1 && !is_beyond(before + 1)) ++before;
      Add(column, from.y + before);
    }
    return true;
  }

  const uint64_t height_;
  const int64_t width_;
  std::vector<uint64_t> crossings_;
};

}  // namespace

absl::StatusOr<std::vector<uint64_t>> PolygonCrossings(const std::vector<double>& points,
                                                       uint64_t height, uint64_t width) {
  std::vector<Vertex> vertices;
  vertices.reserve(points.size() / 2);
  for (size_t i = 0; i + 1 < points.size(); i += 2) {
    if (!std::isfinite(points[i]) || !std::isfinite(points[i + 1])) {
      return absl::InvalidArgumentError("a polygon with coordinates that are no numbers");
    }
    vertices.push_back({Scaled(points[i]), Scaled(points[i + 1])});
  }
  Outline outline(height, width);
  for (size_t i = 0; i < vertices.size(); ++i) {
    if (!outline.AddEdge(vertices[i], vertices[(i + 1) % vertices.size()])) {
      return absl::UnimplementedError(absl::StrCat("a polygon whose outline crosses more than ",
                                                   kMaxCrossings, " columns is not drawn"));
    }
  }
  return outline.Take();
}

}  // namespace annofs
