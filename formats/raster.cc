#include "formats/raster.h"

#include <algorithm>
#include <cmath>

#include "cache/base/status.h"
#include "formats/gauss_area.h"
#include "formats/polygon_crossings.h"

namespace annofs {
namespace {

absl::Status CheckSize(uint64_t height, uint64_t width) {
  if (height == 0 || width == 0 || height > kMaxRasterPixels || width > kMaxRasterPixels ||
      height * width > kMaxRasterPixels) {
    return absl::InvalidArgumentError("an image whose size is not known, or absurd");
  }
  return absl::OkStatus();
}

// Two crossings at one place are none.
std::vector<uint64_t> RunsBetween(const std::vector<uint64_t>& crossings, uint64_t pixels) {
  std::vector<uint64_t> runs;
  uint64_t at = 0;
  for (size_t i = 0; i < crossings.size() && crossings[i] < pixels;) {
    size_t end = i + 1;
    while (end < crossings.size() && crossings[end] == crossings[i]) ++end;
    if ((end - i) % 2 == 1) {
      runs.push_back(crossings[i] - at);
      at = crossings[i];
    }
    i = end;
  }
  if (pixels > at || runs.empty()) runs.push_back(pixels - at);
  return runs;
}

// The far end of a box as a whole number: Python's int(min + (max - min)).
uint64_t Side(double least, double greatest) {
  const double side = least + (greatest - least);
  return side >= 1 && side < 1e12 ? uint64_t(side) : 0;
}

}  // namespace

absl::StatusOr<CocoMask> PolygonMask(const std::vector<double>& points, uint64_t height,
                                     uint64_t width) {
  RETURN_IF_ERROR(CheckSize(height, width));
  ASSIGN_OR_RETURN(const std::vector<uint64_t> crossings, PolygonCrossings(points, height, width));
  CocoMask mask{.height = height, .width = width};
  mask.runs = RunsBetween(crossings, height * width);
  return mask;
}

double PolygonArea(const std::vector<double>& points) {
  if (points.size() < 2) return 0;
  double left = points[0], right = left, top = points[1], bottom = top;
  for (size_t i = 0; i + 1 < points.size(); i += 2) {
    left = std::min(left, points[i]);
    right = std::max(right, points[i]);
    top = std::min(top, points[i + 1]);
    bottom = std::max(bottom, points[i + 1]);
  }
  const uint64_t height = Side(top, bottom), width = Side(left, right);
  if (height == 0 || width == 0) return 0;
  const auto crossings = PolygonCrossings(points, height, width);
  if (!crossings.ok()) return GaussArea(points);
  CocoMask mask{.height = height, .width = width};
  mask.runs = RunsBetween(*crossings, height * width);
  return double(Area(mask));
}

}  // namespace annofs
