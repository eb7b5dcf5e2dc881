#include "formats/train_objects.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/item.h"

namespace annofs {
namespace {

bool IsOutline(ShapeType type) {
  return type == ShapeType::kPolygon || type == ShapeType::kEllipse || type == ShapeType::kMask;
}

bool MayBeAPart(const Shape& shape) {
  return shape.group != 0 && (IsOutline(shape.type) || shape.type == ShapeType::kRectangle ||
                              shape.type == ShapeType::kCuboid);
}

using GroupKey = std::pair<int32_t, uint32_t>;  // group, label

// Groups with an outline: only these are one object.
std::map<GroupKey, std::optional<size_t>> MergedGroups(const FrameShapes& all) {
  std::map<GroupKey, std::optional<size_t>> groups;
  for (const Shape& shape : all.shapes) {
    if (MayBeAPart(shape) && IsOutline(shape.type)) groups[{shape.group, shape.label}];
  }
  return groups;
}

}  // namespace

absl::StatusOr<TrainFrame> TrainFrameOf(const Dataset& data, Rank rank) {
  TrainFrame frame;
  ASSIGN_OR_RETURN(frame.frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(frame.all, data.Shapes(rank));
  return frame;
}

std::vector<TrainObject> ObjectsOf(const FrameShapes& all) {
  std::map<GroupKey, std::optional<size_t>> groups = MergedGroups(all);  // place of its object
  std::vector<TrainObject> objects;
  for (uint32_t i = 0; i < all.shapes.size(); ++i) {
    const Shape& shape = all.shapes[i];
    auto group = MayBeAPart(shape) ? groups.find({shape.group, shape.label}) : groups.end();
    if (group != groups.end() && group->second) {
      objects[*group->second].parts.push_back(i);
      continue;
    }
    if (group != groups.end()) group->second = objects.size();
    objects.push_back({.label = shape.label, .parts = {i}});
  }
  return objects;
}

absl::string_view WhyNoArea(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                            const TrainObject& object) {
  const ShapeType type = all.shapes[object.parts[0]].type;
  if (type == ShapeType::kPolyline || type == ShapeType::kPoints) return "this type has no area";
  if (IsPointCloud(info, frame)) return "a 3D cuboid has no box in an image";
  if (info.labels[object.label].parent >= 0)
    return "its label is a part of a skeleton and no class";
  if (frame.width == 0 || frame.height == 0) return "the size of the image is not known";
  return "";
}

std::vector<absl::string_view> WhyNotObjects(
    const FrameShapes& all, absl::string_view why_tag,
    absl::FunctionRef<absl::string_view(const TrainObject&)> why_not) {
  std::vector<absl::string_view> why(all.tags.size() + all.shapes.size(), why_tag);
  for (const TrainObject& object : ObjectsOf(all)) {
    const absl::string_view reason = why_not(object);
    for (uint32_t part : object.parts) why[all.tags.size() + part] = reason;
  }
  return why;
}

std::optional<Box> BoxInImage(const Frame& frame, const FrameShapes& all,
                              const TrainObject& object) {
  std::optional<Box> around;
  for (uint32_t part : object.parts) {
    const std::optional<Box> box = EnclosingBox(all.shapes[part]);
    if (!box) continue;
    around = around
                 ? Box{std::min(around->left, box->left), std::min(around->top, box->top),
                       std::max(around->right, box->right), std::max(around->bottom, box->bottom)}
                 : *box;
  }
  if (!around) return std::nullopt;
  const Box inside = Clip(*around, frame.width, frame.height);
  if (!(inside.width() > 0 && inside.height() > 0)) return std::nullopt;
  return inside;
}

absl::string_view WhyNoBox(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                           const TrainObject& object) {
  if (absl::string_view why = WhyNoArea(info, frame, all, object); !why.empty()) return why;
  return BoxInImage(frame, all, object) ? "" : kNotInsideImage;
}

std::vector<absl::string_view> WhyNoBoxes(const DatasetInfo& info, const Frame& frame,
                                          const FrameShapes& all) {
  return WhyNotObjects(all, kTagHasNoArea, [&](const TrainObject& object) {
    return WhyNoBox(info, frame, all, object);
  });
}

std::optional<Box> RoundedBoxInImage(const Frame& frame, const FrameShapes& all,
                                     const TrainObject& object) {
  const std::optional<Box> box = BoxInImage(frame, all, object);
  if (!box) return std::nullopt;
  const Box rounded{Round2(box->left), Round2(box->top), Round2(box->right), Round2(box->bottom)};
  if (rounded.left == rounded.right || rounded.top == rounded.bottom) return std::nullopt;
  return rounded;
}

absl::string_view WhyNoRoundedBox(const DatasetInfo& info, const Frame& frame,
                                  const FrameShapes& all, const TrainObject& object) {
  if (absl::string_view why = WhyNoBox(info, frame, all, object); !why.empty()) return why;
  return RoundedBoxInImage(frame, all, object) ? "" : kTooSmallForTwoDecimals;
}

std::vector<ShapeType> TypesWithBoxes() {
  return {ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kEllipse,
          ShapeType::kCuboid,    ShapeType::kMask,    ShapeType::kSkeleton};
}

std::string ClassNames(const DatasetInfo& info) {
  std::string text;
  for (const Label& label : info.labels) {
    if (label.parent < 0) absl::StrAppend(&text, TsvEscape(label.name), "\n");
  }
  return text;
}

double AreaOf(const Ring& ring) {
  double twice = 0;
  for (size_t i = 0; i + 1 < ring.size(); i += 2) {
    const size_t next = i + 2 < ring.size() ? i + 2 : 0;
    twice += ring[i] * ring[next + 1] - ring[next] * ring[i + 1];
  }
  return std::abs(twice) / 2;
}

namespace {

// So many pairs of points are compared to find short lines between the rings of one object.
constexpr size_t kMostPairs = size_t{1} << 24;

// The places (of x) of two near points, one of each ring.
std::pair<size_t, size_t> NearPoints(const Ring& a, const Ring& b) {
  std::pair<size_t, size_t> best{0, 0};
  double least = INFINITY;
  for (size_t i = 0; i < a.size(); i += 2) {
    for (size_t j = 0; j < b.size(); j += 2) {
      const double dx = a[i] - b[j], dy = a[i + 1] - b[j + 1];
      if (const double distance = dx * dx + dy * dy; distance < least) {
        least = distance;
        best = {i, j};
      }
    }
  }
  return best;
}

// `into` up to the point near `ring`, all of `ring` from there and back to there, then the rest.
void Splice(const Ring& ring, Ring& into) {
  const auto [at, from] = NearPoints(into, ring);
  Ring detour(ring.begin() + long(from), ring.end());
  detour.insert(detour.end(), ring.begin(), ring.begin() + long(from));
  detour.insert(detour.end(), {ring[from], ring[from + 1], into[at], into[at + 1]});
  into.insert(into.begin() + long(at) + 2, detour.begin(), detour.end());
}

}  // namespace

Ring Joined(const std::vector<Ring>& rings) {
  Ring joined = rings[0];
  size_t pairs = 0, i = 1;
  for (; i < rings.size(); ++i) {
    pairs += joined.size() / 2 * (rings[i].size() / 2);
    if (pairs > kMostPairs) break;
    Splice(rings[i], joined);
  }
  // The rest from the first point and back to it.
  const double x = joined[0], y = joined[1];
  if (i < rings.size()) joined.insert(joined.end(), {x, y});
  for (; i < rings.size(); ++i) {
    joined.insert(joined.end(), rings[i].begin(), rings[i].end());
    joined.insert(joined.end(), {rings[i][0], rings[i][1], x, y});
  }
  return joined;
}

}  // namespace annofs
