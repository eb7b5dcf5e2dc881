// Which objects of two jobs on one frame are alike (reference/cvat.md §4.6). Pure but for the
// budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "formats/model.h"
#include "formats/object_matching.h"

namespace annofs {

// A bound for the time that comparing takes, whatever the input claims. Units: about 5 ns.
class CompareBudget {
 public:
  explicit CompareBudget(uint64_t units = uint64_t{1} << 32) : left_(units) {}
  // False: there is less left than `units`.
  bool Take(uint64_t units) {
    if (units > left_) return false;
    left_ -= units;
    return true;
  }

 private:
  uint64_t left_;
};

// ShapeSimilarity(), and 1 for tags of one label. Nothing: too many points, or the budget is used
// up.
std::optional<double> CompareShapes(const Shape& a, const Shape& b, bool is_3d,
                                    CompareBudget& budget);

// Pairs of (left, right). At most kMaxMatchCells are found.
Alike FindAlikeShapes(const std::vector<Shape>& left, const std::vector<Shape>& right, bool is_3d,
                      CompareBudget& budget);

}  // namespace annofs
