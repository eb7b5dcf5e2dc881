#include "formats/shape_check.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

constexpr double kMaxCoordinate = 1e7;
constexpr double kMaxMaskPixels = 1e9;

ShapeVerdict LeaveOut(std::string why) { return {.keep = false, .problem = std::move(why)}; }

// The runs of a mask are no coordinates: its box bounds them (MendMask).
bool AreSane(const Shape& shape) {
  const std::vector<double>& points = shape.points;
  const size_t runs =
      shape.type == ShapeType::kMask && points.size() > 4 ? points.size() - 4 : size_t{0};
  return std::all_of(points.begin(), points.begin() + ptrdiff_t(runs),
                     [](double value) { return std::isfinite(value); }) &&
         std::all_of(points.begin() + ptrdiff_t(runs), points.end(), [](double value) {
           return std::isfinite(value) && std::abs(value) <= kMaxCoordinate;
         });
}

// Empty if the count fits the type.
std::string WrongCount(ShapeType type, size_t count) {
  auto want = [&](absl::string_view what) {
    return absl::StrCat("a ", ShapeTypeName(type), " with ", count, " numbers, wanted ", what);
  };
  switch (type) {
    case ShapeType::kRectangle:
    case ShapeType::kEllipse:
      return count == 4 ? "" : want("4");
    case ShapeType::kPolygon:
      return count >= 6 && count % 2 == 0 ? "" : want("an even count of at least 6");
    case ShapeType::kPolyline:
      return count >= 4 && count % 2 == 0 ? "" : want("an even count of at least 4");
    case ShapeType::kPoints:
      return count >= 2 && count % 2 == 0 ? "" : want("an even count of at least 2");
    case ShapeType::kCuboid:
      return count == 16 ? "" : want("16");
    case ShapeType::kMask:
      return count >= 5 ? "" : want("at least 5");
    case ShapeType::kTag:
    case ShapeType::kSkeleton:
      return count == 0 ? "" : want("none");
  }
  return "";
}

ShapeVerdict MendMask(std::vector<double>& points) {
  const double* ends = points.data() + points.size() - 4;
  double width = std::trunc(ends[2]) - std::trunc(ends[0]) + 1;
  double height = std::trunc(ends[3]) - std::trunc(ends[1]) + 1;
  if (!(width >= 1 && height >= 1 && width * height <= kMaxMaskPixels))
    return LeaveOut("a mask whose box is empty or absurd");
  double left = width * height;
  size_t runs = points.size() - 4;
  for (size_t i = 0; i < runs; ++i) {
    if (points[i] < 0 || points[i] != std::trunc(points[i]))
      return LeaveOut("a mask with a run that is no count");
    if (points[i] > left) {
      points[i] = left;
      points.erase(points.begin() + ptrdiff_t(i) + 1, points.begin() + ptrdiff_t(runs));
      return {.problem = "a mask with more pixels than its box: cut"};
    }
    left -= points[i];
  }
  // A missing run of background at the end is usual; one of foreground is not there.
  if (left > 0 && runs % 2 == 0) points.insert(points.begin() + ptrdiff_t(runs), left);
  if (left > 0 && runs % 2 == 1)
    return {.problem = "a mask with fewer pixels than its box: the rest is background"};
  return {};
}

ShapeVerdict CheckElements(Shape& skeleton) {
  ShapeVerdict verdict;
  std::erase_if(skeleton.elements, [&verdict](Shape& element) {
    ShapeVerdict one = CheckShape(element);
    if (!one.problem.empty())
      verdict.problem = absl::StrCat("an element of a skeleton is left out: ", one.problem);
    return !one.keep;
  });
  return verdict;
}

}  // namespace

ShapeVerdict CheckShape(Shape& shape) {
  if (!AreSane(shape) || !std::isfinite(shape.rotation))
    return LeaveOut("coordinates that are no sane numbers");
  if (shape.type == ShapeType::kSkeleton) {
    shape.points.clear();
    return CheckElements(shape);
  }
  std::string wrong = WrongCount(shape.type, shape.points.size());
  if (!wrong.empty()) return LeaveOut(std::move(wrong));
  if (shape.type == ShapeType::kMask) return MendMask(shape.points);
  return {};
}

}  // namespace annofs
