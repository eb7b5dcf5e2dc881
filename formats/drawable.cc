#include "formats/drawable.h"

#include <algorithm>
#include <cmath>

#include "formats/box.h"
#include "formats/item_limits.h"
#include "formats/polygon_crossings.h"
#include "formats/raster.h"
#include "formats/rle.h"

namespace annofs {
namespace {

constexpr absl::string_view kNoPlace = "an item has no place for this shape";
constexpr double kMaxRotation = 1e6;  // of an ellipse (EllipseMask)

// True if the mask is one in the item. A small one, whose runs are few in any direction, is told
// without turning it.
bool IsMask(const std::vector<double>& points, uint64_t height, uint64_t width) {
  constexpr double kPlain = 65535;
  const size_t size = points.size();
  bool is_plain = size >= 5 && size <= kMaxMaskRuns && height <= kPlain && width <= kPlain;
  for (double number : points) is_plain = is_plain && number >= 0 && number <= kPlain;
  if (is_plain) {
    const double columns = std::trunc(points[size - 2]) - std::trunc(points[size - 4]) + 1;
    const double rows = std::trunc(points[size - 1]) - std::trunc(points[size - 3]) + 1;
    if (columns > 0 && rows > 0 && columns * rows < double(kMaxMaskRuns / 2)) return true;
  }
  return CocoMaskOf(points, height, width).ok();
}

bool HasSaneOutline(const Frame& frame, const std::vector<double>& points) {
  // An edge crosses each column once at most.
  const uint64_t most = points.size() / 2 * (uint64_t{frame.width} + 1);
  return most <= kMaxCrossings || PolygonMask(points, frame.height, frame.width).ok();
}

bool IsSane(const Frame& frame, const Shape& shape) {
  const std::vector<double>& p = shape.points;
  switch (shape.type) {
    case ShapeType::kMask:
      return IsMask(p, frame.height, frame.width);
    case ShapeType::kPolygon:
      return HasSaneOutline(frame, p);
    case ShapeType::kRectangle:
      return HasSaneOutline(frame, {p[0], p[1], p[2], p[1], p[2], p[3], p[0], p[3]});
    case ShapeType::kEllipse:
      return std::abs(shape.rotation) <= kMaxRotation;
    default:
      return false;
  }
}

bool HasSize(const Frame& frame) { return frame.width > 0 && frame.height > 0; }

absl::string_view WhyNoPlace(bool is_3d, const Frame& frame, const Shape& shape) {
  if (shape.type == ShapeType::kCuboid) return is_3d ? "" : kNoPlace;
  if (shape.type != ShapeType::kMask) return "";
  if (!HasSize(frame)) return kSizeNotKnown;
  return IsMask(shape.points, frame.height, frame.width) ? "" : kTooIntricate;
}

}  // namespace

bool CanBeDrawn(const Frame& frame) {
  const uint64_t pixels = uint64_t{frame.width} * frame.height;
  return pixels > 0 && pixels <= kMaxRasterPixels;
}

absl::string_view WhyNotDrawable(const Frame& frame, const Shape& shape) {
  if (!HasSize(frame)) return kSizeNotKnown;
  if (!CanBeDrawn(frame)) return kImageTooLarge;
  return IsSane(frame, shape) ? "" : kTooIntricate;
}

std::vector<absl::string_view> WhyNotInItem(const DatasetInfo& info, const Frame& frame,
                                            const FrameShapes& all) {
  std::vector<absl::string_view> why(all.tags.size());
  why.reserve(all.tags.size() + all.shapes.size());
  const bool is_3d = IsPointCloud(info, frame);
  for (const Shape& shape : all.shapes) {
    why.push_back(shape.outside ? "" : WhyNoPlace(is_3d, frame, shape));
  }
  for (uint32_t left_out : SkeletonsLeftOut(info, frame, all)) {
    why[all.tags.size() + left_out] = kSkeletonsLackTooMuch;
  }
  return why;
}

}  // namespace annofs
