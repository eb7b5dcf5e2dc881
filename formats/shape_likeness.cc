#include "formats/shape_likeness.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "formats/shape_overlap.h"

namespace annofs {
namespace {

constexpr uint64_t kUnitsPerPoint = 64;  // of a polygon, in GEOS

}  // namespace

std::optional<double> CompareShapes(const Shape& a, const Shape& b, bool is_3d,
                                    CompareBudget& budget) {
  if (a.type != b.type || a.label != b.label) return 0;
  if (a.type == ShapeType::kTag) return 1;
  const bool is_costly = a.type == ShapeType::kPolygon && DoBoundsMeet(a.points, b.points);
  const uint64_t units = is_costly ? kUnitsPerPoint * (a.points.size() + b.points.size()) : 1;
  if (!budget.Take(units)) return std::nullopt;
  return ShapeSimilarity(a, b, is_3d);
}

Alike FindAlikeShapes(const std::vector<Shape>& left, const std::vector<Shape>& right, bool is_3d,
                      CompareBudget& budget) {
  using Kind = std::pair<ShapeType, uint32_t>;
  absl::flat_hash_map<Kind, std::vector<size_t>> by_kind;
  for (size_t j = 0; j < right.size(); ++j) by_kind[{right[j].type, right[j].label}].push_back(j);
  Alike alike;
  for (size_t i = 0; i < left.size(); ++i) {
    for (size_t j : by_kind[{left[i].type, left[i].label}]) {
      const std::optional<double> similarity = CompareShapes(left[i], right[j], is_3d, budget);
      if (!similarity || (*similarity > 0 && alike.pairs.size() >= kMaxMatchCells)) {
        alike.is_cut = true;
      } else if (*similarity > 0) {
        alike.pairs.push_back({.left = i, .right = j, .similarity = *similarity});
      }
    }
  }
  return alike;
}

}  // namespace annofs
