// Polygons and polylines by their points (reference/cvat.md §1.2).
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "formats/quality/ring_crossings.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kFew = {"few-points", QualitySeverity::kError,
                              "polygons of fewer than three points, polylines of fewer than two",
                              "delete them: they enclose nothing"};
constexpr QualityRule kRepeated = {
    "duplicate-points", QualitySeverity::kWarning,
    "polygons and polylines with points that repeat the one before",
    "delete the points; a polygon's first point is not repeated at its end"};
constexpr QualityRule kCrossing = {
    "self-intersecting-polygon", QualitySeverity::kWarning,
    "polygons whose outline crosses or touches itself",
    "draw them again, or as several: tools disagree about what such an outline encloses"};
constexpr QualityRule kNotChecked = {"outline-not-checked", QualitySeverity::kInfo,
                                     "polygons too intricate to look for crossings",
                                     "nothing; or simplify them"};

bool IsSameAsBefore(const std::vector<double>& points, size_t i, size_t before) {
  return points[i] == points[before] && points[i + 1] == points[before + 1];
}

size_t CountRepeated(const Shape& shape) {
  const std::vector<double>& points = shape.points;
  size_t count = 0;
  for (size_t i = 2; i + 1 < points.size(); i += 2) {
    if (IsSameAsBefore(points, i, i - 2)) ++count;
  }
  const size_t last = points.size() / 2 * 2 - 2;
  if (shape.type == ShapeType::kPolygon && IsSameAsBefore(points, 0, last)) ++count;
  return count;
}

class Outlines : public Rule {
 public:
  explicit Outlines(const RuleGround& ground)
      : few_(ground.tallies.Of(kFew)),
        repeated_(ground.tallies.Of(kRepeated)),
        crossing_(ground.tallies.Of(kCrossing)),
        not_checked_(ground.tallies.Of(kNotChecked)) {}

  absl::Status Look(const SeenFrame& seen) override {
    if (seen.is_point_cloud()) return absl::OkStatus();
    for (size_t i = 0; i < seen.shapes().size(); ++i) {
      const ShapeType type = seen.shapes()[i].type;
      if (type == ShapeType::kPolygon || type == ShapeType::kPolyline) LookAt(seen, i);
    }
    return absl::OkStatus();
  }

 private:
  void LookAt(const SeenFrame& seen, size_t number) {
    const Shape& shape = seen.shapes()[number];
    // Without a box: no points, or numbers that are none (invalid-value).
    if (!seen.own_boxes()[number] ||
        !std::all_of(shape.points.begin(), shape.points.end(),
                     [](double value) { return std::isfinite(value); })) {
      return;
    }
    const size_t count = shape.points.size() / 2;
    const bool is_polygon = shape.type == ShapeType::kPolygon;
    if (count < (is_polygon ? 3 : 2)) {
      few_.Add([&] { return seen.OfShape(number, Points(count)); });
      return;
    }
    if (const size_t repeated = CountRepeated(shape); repeated > 0) {
      repeated_.Add(
          [&] { return seen.OfShape(number, absl::StrCat(repeated, " of ", Points(count))); });
    }
    if (!is_polygon) return;
    switch (CheckRing(shape.points)) {
      case RingVerdict::kSimple:
        return;
      case RingVerdict::kCrosses:
        crossing_.Add([&] { return seen.OfShape(number, Points(count)); });
        return;
      case RingVerdict::kTooManyNear:
        not_checked_.Add([&] { return seen.OfShape(number, Points(count)); });
    }
  }

  static std::string Points(size_t count) {
    return absl::StrCat(count, count == 1 ? " point" : " points");
  }

  Tally &few_, &repeated_, &crossing_, &not_checked_;
};

}  // namespace

RuleGroup OutlineRules() { return {{kFew, kRepeated, kCrossing, kNotChecked}, MakeRule<Outlines>}; }

}  // namespace annofs
