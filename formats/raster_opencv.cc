// What raster.h draws and follows with OpenCV.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/raster.h"

namespace annofs {
namespace {

using Points = std::vector<cv::Point>;

// A part of an image: columns [left, left + width), rows [top, top + height).
struct Part {
  int64_t left = 0, top = 0, width = 0, height = 0;
  bool empty() const { return width <= 0 || height <= 0; }
};

// OpenCV throws.
absl::Status Guarded(absl::FunctionRef<void()> call) {
  try {
    call();
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("OpenCV: ", error.what()));
  }
  return absl::OkStatus();
}

// `columns`: a row of bytes for each column of the part; not 0 is foreground.
CocoMask MaskOfColumns(const cv::Mat& columns, const Part& part, uint64_t height, uint64_t width) {
  CocoMask mask{.height = height, .width = width};
  uint64_t at = 0;  // where the runs end
  auto change_at = [&](uint64_t place) {
    const bool is_repeated = !mask.runs.empty() && place == at;
    if (is_repeated) {  // foreground down to the edge, and on from the next column's top
      at -= mask.runs.back();
      mask.runs.pop_back();
      return;
    }
    mask.runs.push_back(place - at);
    at = place;
  };
  for (int column = 0; column < columns.rows; ++column) {
    const uint8_t* bytes = columns.ptr<uint8_t>(column);
    const uint64_t start = uint64_t(part.left + column) * height + uint64_t(part.top);
    const uint8_t* end = bytes + columns.cols;
    for (const uint8_t* next = bytes; next != end;) {
      const uint8_t* first = std::find_if(next, end, [](uint8_t pixel) { return pixel != 0; });
      if (first == end) break;
      next = std::find(first, end, 0);
      change_at(start + uint64_t(first - bytes));
      change_at(start + uint64_t(next - bytes));
    }
  }
  if (at < height * width) mask.runs.push_back(height * width - at);
  return mask;
}

// The pixels of a mask in its box, row by row; not 0 is foreground.
cv::Mat PixelsOf(const CocoMask& mask, const Part& box) {
  cv::Mat columns(int(box.width), int(box.height), CV_8UC1, cv::Scalar(0));
  uint64_t at = 0;
  for (size_t i = 0; i < mask.runs.size(); ++i) {
    const uint64_t end = at + mask.runs[i];
    while (i % 2 == 1 && at < end) {
      const uint64_t column = at / mask.height;
      const uint64_t part_end = std::min(end, (column + 1) * mask.height);
      std::memset(columns.ptr<uint8_t>(int(column - uint64_t(box.left))) +
                      (at % mask.height - uint64_t(box.top)),
                  1, part_end - at);
      at = part_end;
    }
    at = end;
  }
  cv::Mat pixels;
  cv::transpose(columns, pixels);
  return pixels;
}

// Python's round().
int64_t Whole(double value) {
  constexpr double kMost = double(int64_t{1} << 24);
  return int64_t(std::nearbyint(std::clamp(value, -kMost, kMost)));
}

bool IsClockwise(const Points& contour) {
  int64_t sum = 0;
  for (size_t i = 0; i < contour.size(); ++i) {
    const cv::Point &from = contour[i], &to = contour[(i + 1) % contour.size()];
    sum += int64_t(to.x - from.x) * (to.y + from.y);
  }
  return sum < 0;
}

// OpenCV compares contours with each other.
constexpr size_t kMaxContourRuns = size_t{1} << 17;

absl::Status TooIntricate() {
  return absl::UnimplementedError("a mask with so many holes and parts does not become polygons");
}

// Joins a hole to the contour around it where their vertices are closest: there and back on one
// line, the outer contour clockwise and the hole against it.
class Joiner {
 public:
  // Distances between vertices that are looked at, of one mask.
  static constexpr uint64_t kMaxDistances = uint64_t{1} << 27;

  // False: that would take too long.
  bool Join(Points hole, Points& outer) {
    if (!IsClockwise(outer)) std::reverse(outer.begin(), outer.end());
    if (IsClockwise(hole)) std::reverse(hole.begin(), hole.end());
    distances_ += uint64_t(hole.size()) * outer.size();
    if (distances_ > kMaxDistances) return false;
    size_t at = 0, hole_at = 0;
    int64_t least = INT64_MAX;
    const cv::Point* vertices = hole.data();
    const size_t count = hole.size();
    for (size_t i = 0; i < outer.size(); ++i) {
      const int64_t x = outer[i].x, y = outer[i].y;
      for (size_t j = 0; j < count; ++j) {
        const int64_t dx = x - vertices[j].x, dy = y - vertices[j].y;
        const int64_t distance = dx * dx + dy * dy;
        if (distance >= least) continue;
        least = distance;
        at = i;
        hole_at = j;
      }
    }
    Points joined(outer.begin(), outer.begin() + ptrdiff_t(at) + 1);
    joined.insert(joined.end(), hole.begin() + ptrdiff_t(hole_at), hole.end());
    joined.insert(joined.end(), hole.begin(), hole.begin() + ptrdiff_t(hole_at) + 1);
    joined.insert(joined.end(), outer.begin() + ptrdiff_t(at), outer.end());
    outer = std::move(joined);
    return true;
  }

 private:
  uint64_t distances_ = 0;
};

struct Contours {
  std::vector<Points> points;
  std::vector<cv::Vec4i> tree;  // next, previous, first child, parent
};

// By index: true for holes, which are at odd depth.
std::vector<bool> HolesOf(const std::vector<cv::Vec4i>& tree) {
  std::vector<bool> is_hole(tree.size());
  for (size_t i = 0; i < tree.size(); ++i) {
    const int parent = tree[i][3];  // stands before its children
    is_hole[i] = parent >= 0 && !is_hole[size_t(parent)];
  }
  return is_hole;
}

bool IsPolygon(const Points& contour) { return contour.size() > 2; }

// Closed, nothing negative.
std::vector<double> PolygonOf(const Points& contour) {
  std::vector<double> polygon;
  polygon.reserve(2 * contour.size() + 2);
  auto add = [&polygon](const cv::Point& point) {
    polygon.push_back(std::max(point.x, 0));
    polygon.push_back(std::max(point.y, 0));
  };
  for (const cv::Point& point : contour) add(point);
  if (contour.front() != contour.back()) add(contour.front());
  return polygon;
}

}  // namespace

absl::StatusOr<CocoMask> EllipseMask(const std::vector<double>& box, double rotation,
                                     uint64_t height, uint64_t width) {
  const bool is_sane =
      std::all_of(box.begin(), box.end(), [](double v) { return std::isfinite(v); });
  if (box.size() != 4 || !is_sane || !std::isfinite(rotation) || std::abs(rotation) > 1e6) {
    return absl::InvalidArgumentError("an ellipse with coordinates that are no sane numbers");
  }
  // An outline without points: the size of the image is checked, and all is background.
  ASSIGN_OR_RETURN(const CocoMask background, PolygonMask({}, height, width));
  const int64_t x = Whole((box[0] + box[2]) / 2), y = Whole((box[1] + box[3]) / 2);
  const int64_t rx = Whole(std::abs(box[2] - box[0]) / 2),
                ry = Whole(std::abs(box[3] - box[1]) / 2);
  // Only around the ellipse: where the image does not cut it, its part does not either.
  constexpr int64_t kMargin = 2;
  const int64_t reach = std::max(rx, ry) + kMargin;
  Part part{.left = std::max<int64_t>(x - reach, 0), .top = std::max<int64_t>(y - reach, 0)};
  part.width = std::min(x + reach + 1, int64_t(width)) - part.left;
  part.height = std::min(y + reach + 1, int64_t(height)) - part.top;
  if (part.empty()) return background;
  CocoMask mask;
  RETURN_IF_ERROR(Guarded([&] {
    cv::Mat pixels(int(part.height), int(part.width), CV_8UC1, cv::Scalar(0)), columns;
    cv::ellipse(pixels, cv::Point(int(x - part.left), int(y - part.top)),
                cv::Size(int(rx), int(ry)), rotation, 0, 360, cv::Scalar(255), cv::FILLED);
    cv::transpose(pixels, columns);
    mask = MaskOfColumns(columns, part, height, width);
  }));
  return mask;
}

absl::StatusOr<std::vector<std::vector<double>>> PolygonsOfMask(const CocoMask& mask) {
  std::vector<std::vector<double>> polygons;
  RETURN_IF_ERROR(PolygonMask({}, mask.height, mask.width).status());
  const std::array<double, 4> bounds = BoundingBox(mask);
  const Part box{int64_t(bounds[0]), int64_t(bounds[1]), int64_t(bounds[2]), int64_t(bounds[3])};
  if (box.empty()) return polygons;
  if (mask.runs.size() > kMaxContourRuns) return TooIntricate();
  Contours contours;
  RETURN_IF_ERROR(Guarded([&] {
    cv::findContours(PixelsOf(mask, box), contours.points, contours.tree, cv::RETR_TREE,
                     cv::CHAIN_APPROX_TC89_KCOS, cv::Point(int(box.left), int(box.top)));
  }));
  const std::vector<bool> is_hole = HolesOf(contours.tree);
  Joiner joiner;
  for (size_t i = 0; i < contours.points.size(); ++i) {
    if (!is_hole[i] || !IsPolygon(contours.points[i])) continue;
    Points& outer = contours.points[size_t(contours.tree[i][3])];
    if (!IsPolygon(outer)) continue;
    if (!joiner.Join(contours.points[i], outer)) return TooIntricate();
  }
  for (size_t i = 0; i < contours.points.size(); ++i) {
    if (is_hole[i] || !IsPolygon(contours.points[i])) continue;
    std::vector<double> polygon = PolygonOf(contours.points[i]);
    ASSIGN_OR_RETURN(const CocoMask drawn, PolygonMask(polygon, mask.height, mask.width));
    if (Area(drawn) >= 1) polygons.push_back(std::move(polygon));
  }
  return polygons;
}

}  // namespace annofs
