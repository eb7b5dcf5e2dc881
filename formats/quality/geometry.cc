// The numbers of each shape by itself (reference/cvat.md §1.2). Datumaro: InvalidValue,
// NegativeLength (there a side of less than a pixel is one, too: here tiny-shape).
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kInvalid = {"invalid-value", QualitySeverity::kError,
                                  "shapes with numbers that are none, or too few",
                                  "draw them again, or delete them"};
constexpr QualityRule kNegative = {"negative-length", QualitySeverity::kError,
                                   "shapes whose right is left of their left, or bottom above top",
                                   "draw them again, or swap the corners"};
constexpr QualityRule kZeroArea = {"zero-area", QualitySeverity::kError,
                                   "shapes without area or length",
                                   "delete them: trainers drop them, or fail"};
constexpr QualityRule kEmptyMask = {"empty-mask", QualitySeverity::kError, "masks without a pixel",
                                    "delete them"};
constexpr QualityRule kTiny = {"tiny-shape", QualitySeverity::kWarning,
                               "shapes with a side of less than a pixel",
                               "delete them, or draw them again: mostly clicks by mistake"};

bool AreFinite(const std::vector<double>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(),
                     [](double number) { return std::isfinite(number); });
}

// Fewer are no shape of that type; polygons and polylines of few points are told apart.
size_t LeastNumbers(ShapeType type) {
  switch (type) {
    case ShapeType::kRectangle:
    case ShapeType::kEllipse:
      return 4;
    case ShapeType::kMask:
      return 5;
    case ShapeType::kCuboid:
      return 16;
    default:
      return 2;
  }
}

// "" if all is well.
std::string WhyInvalid(const Shape& shape) {
  if (!AreFinite(shape.points)) return "a coordinate is not a finite number";
  if (!std::isfinite(shape.rotation)) return "the rotation is not a finite number";
  if (!(shape.score >= 0 && shape.score <= 1)) {
    return absl::StrCat("score ", Rounded(shape.score), ", not from 0 to 1");
  }
  if (shape.type == ShapeType::kSkeleton) {
    return shape.elements.empty() ? "a skeleton without elements" : "";
  }
  if (shape.points.size() >= LeastNumbers(shape.type)) return "";
  return absl::StrCat(shape.points.size(), " numbers, fewer than a ", ShapeTypeName(shape.type),
                      " has");
}

// The sides as the numbers give them; nothing for types that have none.
struct Sides {
  double width, height;
};
std::optional<Sides> SidesOf(const Shape& shape, bool is_in_space) {
  const std::vector<double>& p = shape.points;
  switch (shape.type) {
    case ShapeType::kRectangle:
      if (p.size() < 4) return std::nullopt;
      return Sides{p[2] - p[0], p[3] - p[1]};
    case ShapeType::kEllipse:
      if (p.size() < 4) return std::nullopt;
      return Sides{2 * (p[2] - p[0]), 2 * (p[1] - p[3])};
    case ShapeType::kMask: {
      if (p.size() < 5) return std::nullopt;
      const double* ends = p.data() + p.size() - 4;
      return Sides{ends[2] - ends[0] + 1, ends[3] - ends[1] + 1};
    }
    case ShapeType::kCuboid:
      // Full sizes in space; the least of the three decides.
      if (!is_in_space || p.size() < 9) return std::nullopt;
      return Sides{std::min(p[6], p[7]), p[8]};
    default:
      return std::nullopt;
  }
}

std::string SizeText(double width, double height) {
  return absl::StrCat(Rounded(width), " x ", Rounded(height), " px");
}

bool HasForeground(const std::vector<double>& points) {
  for (size_t i = 1; i + 4 < points.size(); i += 2) {
    if (points[i] > 0) return true;
  }
  return false;
}

bool AreOnALine(const std::vector<double>& points) {
  size_t other = 2;  // the first that is not the first point
  while (other + 1 < points.size() && points[other] == points[0] && points[other + 1] == points[1])
    other += 2;
  for (size_t i = other + 2; i + 1 < points.size(); i += 2) {
    const double cross = (points[other] - points[0]) * (points[i + 1] - points[1]) -
                         (points[other + 1] - points[1]) * (points[i] - points[0]);
    if (cross != 0) return false;
  }
  return true;
}

bool IsWithoutExtent(const Shape& shape, const Box& box) {
  switch (shape.type) {
    case ShapeType::kRectangle:
    case ShapeType::kEllipse:
    case ShapeType::kCuboid:
      return box.width() == 0 || box.height() == 0;
    case ShapeType::kPolygon:
      return AreOnALine(shape.points);
    case ShapeType::kPolyline:
      return box.width() == 0 && box.height() == 0;
    default:
      return false;
  }
}

bool HasSides(ShapeType type) {
  return type == ShapeType::kRectangle || type == ShapeType::kEllipse ||
         type == ShapeType::kPolygon || type == ShapeType::kCuboid;
}

class Geometry : public Rule {
 public:
  explicit Geometry(const RuleGround& ground)
      : invalid_(ground.tallies.Of(kInvalid)),
        negative_(ground.tallies.Of(kNegative)),
        zero_area_(ground.tallies.Of(kZeroArea)),
        empty_mask_(ground.tallies.Of(kEmptyMask)),
        tiny_(ground.tallies.Of(kTiny)),
        least_side_(ground.thresholds().least_side) {}

  absl::Status Look(const SeenFrame& seen) override {
    ForEachAnnotation(seen, [this](const Annotation& annotation) {
      if (annotation.shape.type != ShapeType::kTag) LookAt(annotation);
    });
    return absl::OkStatus();
  }

 private:
  void LookAt(const Annotation& annotation) {
    const Shape& shape = annotation.shape;
    std::string invalid = WhyInvalid(shape);
    if (!invalid.empty()) {
      invalid_.Add([&] { return annotation.Place(std::move(invalid)); });
      return;
    }
    const bool is_in_space = annotation.seen.is_point_cloud();
    const std::optional<Sides> sides = SidesOf(shape, is_in_space);
    if (sides && (sides->width < 0 || sides->height < 0)) {
      negative_.Add([&] { return annotation.Place(SizeText(sides->width, sides->height)); });
      return;
    }
    if (shape.type == ShapeType::kMask && !HasForeground(shape.points)) {
      empty_mask_.Add([&] { return annotation.Place(SizeText(sides->width, sides->height)); });
    }
    if (is_in_space) {
      LookInSpace(annotation, sides);
    } else if (!annotation.element && annotation.seen.own_boxes()[annotation.number]) {
      LookAtBox(annotation, *annotation.seen.own_boxes()[annotation.number]);
    }
  }

  void LookInSpace(const Annotation& annotation, const std::optional<Sides>& sides) {
    if (!sides || (sides->width > 0 && sides->height > 0)) return;
    zero_area_.Add([&] { return annotation.Place("a cuboid with a side of 0"); });
  }

  void LookAtBox(const Annotation& annotation, const Box& box) {
    if (IsWithoutExtent(annotation.shape, box)) {
      zero_area_.Add([&] { return annotation.Place(SizeText(box.width(), box.height())); });
    } else if (HasSides(annotation.shape.type) &&
               std::min(box.width(), box.height()) < least_side_) {
      tiny_.Add([&] { return annotation.Place(SizeText(box.width(), box.height())); });
    }
  }

  Tally &invalid_, &negative_, &zero_area_, &empty_mask_, &tiny_;
  const double least_side_;
};

}  // namespace

RuleGroup GeometryRules() {
  return {{kInvalid, kNegative, kZeroArea, kEmptyMask, kTiny}, MakeRule<Geometry>};
}

}  // namespace annofs
