// A polygon or polyline between two keyframes, as CVAT draws it there (reference/cvat.md §4.3,
// CVAT: TrackManager.get_interpolated_shapes): points are matched by their place along the line,
// and the number of points in between may differ from both ends. Pure; immutable.
#pragma once

#include <cstddef>
#include <vector>

namespace annofs {

class PolylineSpan {
 public:
  enum class Line { kOpen, kClosed };

  // `left`, `right`: x0, y0, x1, y1, …; at least one point each. O(n log n).
  PolylineSpan(const std::vector<double>& left, const std::vector<double>& right, Line line);

  // t: 0 at the left keyframe, 1 at the right one. O(n).
  std::vector<double> At(double t) const;

 private:
  struct Point {
    double x = 0, y = 0;
  };
  using Points = std::vector<Point>;
  // A run of interpolated points that belong to one point on the other side; they are thinned out
  // by their distances.
  struct Segment {
    size_t start = 0, end = 0;  // positions in the interpolated list
    double threshold = 0;       // 0 for a single point
  };

  static Points ToPoints(const std::vector<double>& numbers, Line line);
  static std::vector<double> Distances(const Points& points);
  static std::vector<double> Offsets(const std::vector<double>& distances);
  static double Distance(Point a, Point b);
  void Match();
  void Reduce();
  void AddLeft(size_t first, size_t last);
  void AddRight(size_t index);
  void Thin(const Points& points, const Segment& segment, Points& out) const;

  Line line_;
  Points left_, right_;
  std::vector<std::vector<size_t>> matches_;  // by left point: right points, ascending
  std::vector<size_t> positions_;             // by left point: of its first match in the list
  std::vector<Segment> segments_;
};

}  // namespace annofs
