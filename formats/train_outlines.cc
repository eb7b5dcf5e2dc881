// Outlines and masks of train_objects.h.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/mask_outlines.h"
#include "formats/raster.h"
#include "formats/train_objects.h"

namespace annofs {
namespace {

constexpr int kEllipsePoints = 64;

// Turned clockwise on screen about the centre of the box.
Ring Corners(const Box& box, double rotation) {
  const double angle = rotation * std::numbers::pi / 180;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const double cx = (box.left + box.right) / 2, cy = (box.top + box.bottom) / 2;
  Ring ring;
  for (const auto& [x, y] : {std::pair(box.left, box.top), std::pair(box.right, box.top),
                             std::pair(box.right, box.bottom), std::pair(box.left, box.bottom)}) {
    if (rotation == 0) {
      ring.insert(ring.end(), {x, y});
      continue;
    }
    const double dx = x - cx, dy = y - cy;
    ring.insert(ring.end(), {cx + dx * cosine - dy * sine, cy + dx * sine + dy * cosine});
  }
  return ring;
}

Ring EllipseRing(const Box& box, double rotation) {
  const double angle = rotation * std::numbers::pi / 180;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const double cx = (box.left + box.right) / 2, cy = (box.top + box.bottom) / 2;
  Ring ring;
  for (int i = 0; i < kEllipsePoints; ++i) {
    const double t = 2 * std::numbers::pi * i / kEllipsePoints;
    const double dx = box.width() / 2 * std::cos(t), dy = box.height() / 2 * std::sin(t);
    ring.insert(ring.end(), {cx + dx * cosine - dy * sine, cy + dx * sine + dy * cosine});
  }
  return ring;
}

// OpenCV throws.
template <typename Call>
absl::Status Guarded(Call call) {
  try {
    call();
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("OpenCV: ", error.what()));
  }
  return absl::OkStatus();
}

std::vector<cv::Point2f> PointsOf(const Ring& ring) {
  std::vector<cv::Point2f> points;
  for (size_t i = 0; i + 1 < ring.size(); i += 2)
    points.emplace_back(float(ring[i]), float(ring[i + 1]));
  return points;
}

absl::StatusOr<Ring> Hull(const Ring& ring) {
  std::vector<int> places;  // not points: these would have lost digits
  RETURN_IF_ERROR(Guarded([&] { cv::convexHull(PointsOf(ring), places); }));
  Ring hull;
  for (int place : places) hull.insert(hull.end(), {ring[2 * place], ring[2 * place + 1]});
  return hull;
}

// The part of a ring on one side of a line: coordinate `axis` times `sign` at most `limit`
// (Sutherland and Hodgman).
Ring CutAt(const Ring& ring, size_t axis, double sign, double limit) {
  Ring cut;
  const size_t size = ring.size();
  for (size_t i = 0; i + 1 < size; i += 2) {
    const double* from = &ring[(i + size - 2) % size];
    const double* to = &ring[i];
    const double over_from = sign * from[axis] - limit, over_to = sign * to[axis] - limit;
    if ((over_from > 0) != (over_to > 0)) {
      const double share = over_from / (over_from - over_to);
      double point[2] = {from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])};
      point[axis] = limit == 0 ? 0 : sign * limit;  // never -0
      cut.insert(cut.end(), {point[0], point[1]});
    }
    if (over_to <= 0) cut.insert(cut.end(), {to[0], to[1]});
  }
  return cut;
}

// Crossings of a ring with a line of pixels at `y`, in order.
std::vector<double> CrossingsAt(const Ring& ring, double y) {
  std::vector<double> crossings;
  for (size_t i = 0; i + 1 < ring.size(); i += 2) {
    const size_t next = i + 2 < ring.size() ? i + 2 : 0;
    if ((ring[i + 1] < y) == (ring[next + 1] < y)) continue;
    const double share = (y - ring[i + 1]) / (ring[next + 1] - ring[i + 1]);
    crossings.push_back(ring[i] + share * (ring[next] - ring[i]));
  }
  std::sort(crossings.begin(), crossings.end());
  return crossings;
}

bool FillsAt(const Ring& ring, double y, double least) {
  const std::vector<double> crossings = CrossingsAt(ring, y);
  for (size_t i = 0; i + 1 < crossings.size(); i += 2) {
    if (crossings[i + 1] - crossings[i] > least) return true;
  }
  return false;
}

// A width of a fill that rounding alone may make.
constexpr double kRounding = 1e-9;

// True if an even-odd fill of the ring is not empty. Gauss's formula answers 0 of a figure eight,
// too: then lines between the heights of the points are looked at, of many the widest gaps. Two
// lines in each, since edges may cross in the middle.
bool HasFill(const Ring& ring) {
  constexpr size_t kMostGaps = 64;
  if (AreaOf(ring) > 0) return true;
  std::vector<double> heights;
  for (size_t i = 1; i < ring.size(); i += 2) heights.push_back(ring[i]);
  std::sort(heights.begin(), heights.end());
  std::vector<std::pair<double, double>> gaps;  // width, from
  for (size_t i = 1; i < heights.size(); ++i) {
    if (heights[i] > heights[i - 1]) gaps.emplace_back(heights[i] - heights[i - 1], heights[i - 1]);
  }
  std::sort(gaps.rbegin(), gaps.rend());
  if (gaps.size() > kMostGaps) gaps.resize(kMostGaps);
  return std::any_of(gaps.begin(), gaps.end(), [&ring](const auto& gap) {
    return FillsAt(ring, gap.second + gap.first * 0.31, kRounding) ||
           FillsAt(ring, gap.second + gap.first * 0.73, kRounding);
  });
}

// What of a ring is inside the image; empty if that has no area.
Ring Inside(const Frame& frame, Ring ring) {
  ring = CutAt(ring, 0, -1, 0);
  ring = CutAt(ring, 0, 1, frame.width);
  ring = CutAt(ring, 1, -1, 0);
  ring = CutAt(ring, 1, 1, frame.height);
  if (ring.size() < 6 || !HasFill(ring)) return {};
  return ring;
}

// A ring for each region, with its holes.
absl::StatusOr<std::vector<Ring>> RingsOfMask(const Frame& frame, const Shape& shape) {
  ASSIGN_OR_RETURN(const CocoMask mask, CocoMaskOf(shape.points, frame.height, frame.width));
  ASSIGN_OR_RETURN(std::vector<RegionOutline> regions, OutlinesOfMask(mask));
  std::vector<Ring> rings;
  for (RegionOutline& region : regions) {
    std::vector<Ring> all = std::move(region.holes);
    all.insert(all.begin(), std::move(region.outer));
    rings.push_back(Joined(all));
  }
  return rings;
}

// Not cut. REQUIRES: no skeleton, a type with an area.
absl::StatusOr<std::vector<Ring>> RingsOf(const Frame& frame, const Shape& shape) {
  if (shape.type == ShapeType::kMask) return RingsOfMask(frame, shape);
  const std::optional<Box> box = OwnBox(shape);
  if (!box) return std::vector<Ring>{};
  switch (shape.type) {
    case ShapeType::kEllipse:
      return std::vector<Ring>{EllipseRing(*box, shape.rotation)};
    case ShapeType::kPolygon:
      return std::vector<Ring>{
          Ring(shape.points.begin(), shape.points.end() - long(shape.points.size() % 2))};
    case ShapeType::kCuboid: {
      ASSIGN_OR_RETURN(Ring hull, Hull(Ring(shape.points.begin(),
                                            shape.points.end() - long(shape.points.size() % 2))));
      return std::vector<Ring>{std::move(hull)};
    }
    default:
      return std::vector<Ring>{Corners(*box, shape.rotation)};
  }
}

absl::StatusOr<CocoMask> MaskOfPart(const Frame& frame, const Shape& shape) {
  if (shape.type == ShapeType::kMask) return CocoMaskOf(shape.points, frame.height, frame.width);
  const CocoMask nothing{
      .height = frame.height, .width = frame.width, .runs = {uint64_t{frame.height} * frame.width}};
  ASSIGN_OR_RETURN(const std::vector<Ring> rings, RingsOf(frame, shape));
  if (rings.empty() || rings[0].size() < 6) return nothing;
  return PolygonMask(rings[0], frame.height, frame.width);
}

absl::StatusOr<std::array<double, 8>> LeastRectangle(const Ring& points) {
  std::array<double, 8> corners = {};
  RETURN_IF_ERROR(Guarded([&] {
    cv::Point2f found[4];
    cv::minAreaRect(PointsOf(points)).points(found);
    for (size_t i = 0; i < 4; ++i) {
      corners[2 * i] = found[i].x;
      corners[2 * i + 1] = found[i].y;
    }
  }));
  return corners;
}

bool IsInside(const Frame& frame, const double* corners, size_t size) {
  for (size_t i = 0; i + 1 < size; i += 2) {
    if (corners[i] < 0 || corners[i] > frame.width) return false;
    if (corners[i + 1] < 0 || corners[i + 1] > frame.height) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<Ring>> OutlinesOf(const Frame& frame, const FrameShapes& all,
                                             const TrainObject& object) {
  std::vector<Ring> outlines;
  for (uint32_t part : object.parts) {
    ASSIGN_OR_RETURN(std::vector<Ring> rings, RingsOf(frame, all.shapes[part]));
    for (Ring& ring : rings) {
      Ring inside = Inside(frame, std::move(ring));
      if (!inside.empty()) outlines.push_back(std::move(inside));
    }
  }
  return outlines;
}

absl::StatusOr<CocoMask> MaskOf(const Frame& frame, const FrameShapes& all,
                                const TrainObject& object) {
  std::vector<CocoMask> masks;
  for (uint32_t part : object.parts) {
    ASSIGN_OR_RETURN(CocoMask mask, MaskOfPart(frame, all.shapes[part]));
    masks.push_back(std::move(mask));
  }
  if (masks.size() == 1) return std::move(masks[0]);
  std::vector<const CocoMask*> list;
  for (const CocoMask& mask : masks) list.push_back(&mask);
  return Union(list);
}

namespace {

void AppendBox(const Box& box, Ring& points) {
  points.insert(points.end(), {box.left, box.top, box.right, box.top, box.right, box.bottom,
                               box.left, box.bottom});
}

// The corners of pixels, as many as their hull needs: of any mask, however intricate its outline.
void AppendPixels(const CocoMask& mask, Ring& points) {
  uint64_t at = 0;
  for (size_t i = 0; i < mask.runs.size(); ++i) {
    const uint64_t end = at + mask.runs[i];
    // Column by column: the run's first, its last, and whole ones between.
    for (uint64_t from = at; i % 2 == 1 && from < end;) {
      const uint64_t x = from / mask.height, y = from % mask.height;
      const uint64_t columns = y == 0 ? std::max<uint64_t>((end - from) / mask.height, 1) : 1;
      const uint64_t to = std::min(end, (x + columns) * mask.height);
      const uint64_t bottom = columns > 1 ? mask.height : y + to - from;
      AppendBox({double(x), double(y), double(x + columns), double(bottom)}, points);
      from = to;
    }
    at = end;
  }
}

// What the rectangle of least area is around; inside the image.
absl::StatusOr<Ring> HullPoints(const Frame& frame, const FrameShapes& all,
                                const TrainObject& object) {
  Ring points;
  for (uint32_t part : object.parts) {
    const Shape& shape = all.shapes[part];
    if (shape.type == ShapeType::kMask) {
      ASSIGN_OR_RETURN(const CocoMask mask, MaskOfPart(frame, shape));
      AppendPixels(mask, points);
      continue;
    }
    std::vector<Ring> rings;
    if (shape.type == ShapeType::kSkeleton) {
      if (const std::optional<Box> box = OwnBox(shape)) rings.push_back(Corners(*box, 0));
    } else {
      ASSIGN_OR_RETURN(rings, RingsOf(frame, shape));
    }
    for (Ring& ring : rings) {
      const Ring inside = Inside(frame, std::move(ring));
      points.insert(points.end(), inside.begin(), inside.end());
    }
  }
  return points;
}

// A box that is as it is drawn, if the image holds all of it.
std::optional<std::array<double, 8>> OwnCorners(const Frame& frame, const Shape& shape) {
  const bool is_box = shape.type == ShapeType::kRectangle || shape.type == ShapeType::kEllipse ||
                      shape.type == ShapeType::kSkeleton;
  if (!is_box) return std::nullopt;
  const std::optional<Box> box = OwnBox(shape);
  if (!box || !(box->width() > 0 && box->height() > 0)) return std::nullopt;
  const Ring corners = Corners(*box, shape.type == ShapeType::kSkeleton ? 0 : shape.rotation);
  std::array<double, 8> own;
  std::copy(corners.begin(), corners.end(), own.begin());
  if (!IsInside(frame, own.data(), own.size())) return std::nullopt;
  return own;
}

}  // namespace

absl::StatusOr<std::optional<std::array<double, 8>>> CornersOf(const Frame& frame,
                                                               const FrameShapes& all,
                                                               const TrainObject& object) {
  if (object.parts.size() == 1) {
    if (auto own = OwnCorners(frame, all.shapes[object.parts[0]])) return own;
  }
  ASSIGN_OR_RETURN(const Ring points, HullPoints(frame, all, object));
  if (points.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(auto least, LeastRectangle(points));
  for (size_t i = 0; i < least.size(); ++i)
    least[i] = std::clamp<double>(least[i], 0, i % 2 == 0 ? frame.width : frame.height);
  if (!(AreaOf(Ring(least.begin(), least.end())) > 0)) return std::nullopt;
  return least;
}

absl::StatusOr<bool> HasHoles(const CocoMask& mask) {
  ASSIGN_OR_RETURN(const std::vector<RegionOutline> regions, OutlinesOfMask(mask));
  return std::any_of(regions.begin(), regions.end(),
                     [](const RegionOutline& region) { return !region.holes.empty(); });
}

}  // namespace annofs
