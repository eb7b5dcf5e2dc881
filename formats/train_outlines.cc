// Outlines and masks of train_objects.h.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
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

// What of a ring is inside the image; empty if that has no area.
Ring Inside(const Frame& frame, Ring ring) {
  ring = CutAt(ring, 0, -1, 0);
  ring = CutAt(ring, 0, 1, frame.width);
  ring = CutAt(ring, 1, -1, 0);
  ring = CutAt(ring, 1, 1, frame.height);
  if (ring.size() < 6 || !(AreaOf(ring) > 0)) return {};
  return ring;
}

absl::StatusOr<std::vector<Ring>> RingsOfMask(const Frame& frame, const Shape& shape) {
  ASSIGN_OR_RETURN(const CocoMask mask, CocoMaskOf(shape.points, frame.height, frame.width));
  ASSIGN_OR_RETURN(std::vector<Ring> rings, PolygonsOfMask(mask));
  for (Ring& ring : rings) {
    const size_t size = ring.size();
    if (size >= 8 && ring[0] == ring[size - 2] && ring[1] == ring[size - 1]) ring.resize(size - 2);
  }
  std::erase_if(rings, [](const Ring& ring) { return ring.size() < 6 || !(AreaOf(ring) > 0); });
  if (rings.empty() && Area(mask) > 0) {
    const auto [x, y, width, height] = BoundingBox(mask);
    rings.push_back(Corners({x, y, x + width, y + height}, 0));
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

absl::StatusOr<std::optional<std::array<double, 8>>> CornersOf(const Frame& frame,
                                                               const FrameShapes& all,
                                                               const TrainObject& object) {
  const Shape& first = all.shapes[object.parts[0]];
  std::vector<Ring> outlines;
  const std::optional<Box> box = OwnBox(first);
  const bool is_box = first.type == ShapeType::kRectangle || first.type == ShapeType::kSkeleton;
  if (object.parts.size() == 1 && is_box) {
    if (!box || !(box->width() > 0 && box->height() > 0)) return std::nullopt;
    const Ring corners = Corners(*box, first.rotation);
    std::array<double, 8> own;
    std::copy(corners.begin(), corners.end(), own.begin());
    if (IsInside(frame, own.data(), own.size())) return own;
    if (Ring inside = Inside(frame, corners); !inside.empty())
      outlines.push_back(std::move(inside));
  } else {
    ASSIGN_OR_RETURN(outlines, OutlinesOf(frame, all, object));
  }
  Ring points;
  for (const Ring& ring : outlines) points.insert(points.end(), ring.begin(), ring.end());
  if (points.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(auto least, LeastRectangle(points));
  for (size_t i = 0; i < least.size(); ++i)
    least[i] = std::clamp<double>(least[i], 0, i % 2 == 0 ? frame.width : frame.height);
  if (!(AreaOf(Ring(least.begin(), least.end())) > 0)) return std::nullopt;
  return least;
}

absl::StatusOr<bool> HasHoles(const CocoMask& mask) {
  const std::array<double, 4> box = BoundingBox(mask);
  const uint64_t left = uint64_t(box[0]), top = uint64_t(box[1]);
  const int width = int(box[2]), height = int(box[3]);
  if (width < 3 || height < 3) return false;
  // Background that does not reach the edge of the box, drawn with a rim of one pixel.
  bool has_holes = false;
  RETURN_IF_ERROR(Guarded([&] {
    cv::Mat pixels(width + 2, height + 2, CV_8UC1, cv::Scalar(0));
    uint64_t at = 0;
    for (size_t i = 0; i < mask.runs.size(); ++i) {
      for (uint64_t p = at; i % 2 == 1 && p < at + mask.runs[i]; ++p) {
        pixels.at<uint8_t>(int(p / mask.height - left) + 1, int(p % mask.height - top) + 1) = 1;
      }
      at += mask.runs[i];
    }
    std::vector<std::vector<cv::Point>> contours;
    std::vector<cv::Vec4i> hierarchy;
    cv::findContours(pixels, contours, hierarchy, cv::RETR_CCOMP, cv::CHAIN_APPROX_SIMPLE);
    has_holes = std::any_of(hierarchy.begin(), hierarchy.end(),
                            [](const cv::Vec4i& contour) { return contour[3] >= 0; });
  }));
  return has_holes;
}

}  // namespace annofs
