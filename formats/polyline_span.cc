#include "formats/polyline_span.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace annofs {
namespace {

// The first index whose offset is nearest to `offset`. REQUIRES: ascending, not empty.
size_t Nearest(const std::vector<double>& offsets, double offset) {
  const auto above = std::lower_bound(offsets.begin(), offsets.end(), offset);
  double best = above == offsets.end() ? HUGE_VAL : *above - offset;
  if (above == offsets.begin()) return 0;
  best = std::min(best, offset - *(above - 1));
  // Below, the distances fall: the first that is small enough.
  const auto nearest = std::partition_point(offsets.begin(), above,
                                            [=](double below) { return offset - below > best; });
  return size_t(nearest - offsets.begin());
}

}  // namespace

PolylineSpan::PolylineSpan(const std::vector<double>& left, const std::vector<double>& right,
                           Line line)
    : line_(line), left_(ToPoints(left, line)), right_(ToPoints(right, line)) {
  Match();
  Reduce();
}

// A closed line ends where it starts.
PolylineSpan::Points PolylineSpan::ToPoints(const std::vector<double>& numbers, Line line) {
  Points points;
  for (size_t i = 0; i + 1 < numbers.size(); i += 2) points.push_back({numbers[i], numbers[i + 1]});
  if (line == Line::kClosed) points.push_back(Point(points.front()));
  return points;
}

double PolylineSpan::Distance(Point a, Point b) {
  const double dx = a.x - b.x, dy = a.y - b.y;
  return std::sqrt(dx * dx + dy * dy);
}

// From the first point along the line.
std::vector<double> PolylineSpan::Distances(const Points& points) {
  std::vector<double> distances = {0};
  for (size_t i = 1; i < points.size(); ++i) {
    distances.push_back(distances.back() + Distance(points[i], points[i - 1]));
  }
  return distances;
}

// The same as parts of the whole. A line without length (CVAT fails there) has all its points at
// its start.
std::vector<double> PolylineSpan::Offsets(const std::vector<double>& distances) {
  std::vector<double> offsets = distances;
  if (distances.back() > 0) {
    for (double& offset : offsets) offset /= distances.back();
  }
  return offsets;
}

void PolylineSpan::Match() {
  const std::vector<double> left = Offsets(Distances(left_)), right = Offsets(Distances(right_));
  matches_.resize(left.size());
  std::vector<bool> is_matched(right.size());
  for (size_t i = 0; i < left.size(); ++i) {
    const size_t j = Nearest(right, left[i]);
    matches_[i].push_back(j);
    is_matched[j] = true;
  }
  for (size_t j = 0; j < right.size(); ++j) {
    if (!is_matched[j]) matches_[Nearest(left, right[j])].push_back(j);
  }
  size_t position = 0;
  for (std::vector<size_t>& match : matches_) {
    std::sort(match.begin(), match.end());
    positions_.push_back(position);
    position += match.size();
  }
}

// Points that several others are matched to would pile up: runs of them become segments.
void PolylineSpan::Reduce() {
  std::optional<size_t> opened;
  for (size_t i = 0; i < matches_.size(); ++i) {
    if (matches_[i].size() == 1) {
      if (opened && matches_[i].front() == matches_[*opened].front()) continue;
      if (opened) AddLeft(*opened, i - 1);
      opened = i;
    } else {
      if (opened) AddLeft(*opened, i - 1);
      opened.reset();
      AddRight(i);
    }
  }
  if (opened) AddLeft(*opened, matches_.size() - 1);
}

void PolylineSpan::AddLeft(size_t first, size_t last) {
  Segment segment{.start = positions_[first], .end = positions_[last]};
  const Points run(left_.begin() + ptrdiff_t(first), left_.begin() + ptrdiff_t(last) + 1);
  segment.threshold = Distances(run).back() / double(2 * run.size());
  segments_.push_back(segment);
}

void PolylineSpan::AddRight(size_t index) {
  const std::vector<size_t>& match = matches_[index];
  Segment segment{.start = positions_[index], .end = positions_[index] + match.size() - 1};
  const Points run(right_.begin() + ptrdiff_t(match.front()),
                   right_.begin() + ptrdiff_t(match.back()) + 1);
  segment.threshold = Distances(run).back() / double(2 * run.size());
  segments_.push_back(segment);
}

void PolylineSpan::Thin(const Points& points, const Segment& segment, Points& out) const {
  const Point start = points[segment.start], end = points[segment.end];
  if (segment.start == segment.end) {
    out.push_back(start);
    return;
  }
  const size_t first = out.size();
  out.push_back(start);
  for (size_t i = segment.start + 1; i < segment.end; ++i) {
    if (Distance(out.back(), points[i]) >= segment.threshold) out.push_back(points[i]);
  }
  out.push_back(end);
  if (out.size() - first == 2 && Distance(start, end) < segment.threshold) {
    out.resize(first);
    out.push_back({(start.x + end.x) / 2, (start.y + end.y) / 2});
  }
}

std::vector<double> PolylineSpan::At(double t) const {
  Points points;
  for (size_t i = 0; i < matches_.size(); ++i) {
    const Point from = left_[i];
    for (size_t j : matches_[i]) {
      const Point to = right_[j];
      points.push_back({from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t});
    }
  }
  Points out;
  for (const Segment& segment : segments_) Thin(points, segment, out);
  if (line_ == Line::kClosed) out.pop_back();
  std::vector<double> numbers;
  for (Point point : out) {
    numbers.push_back(point.x);
    numbers.push_back(point.y);
  }
  return numbers;
}

}  // namespace annofs
