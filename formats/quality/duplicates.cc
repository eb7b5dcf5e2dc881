// Shapes that a frame has twice: of one label and type, all coordinates equal within half a pixel,
// or upright rectangles that cover each other.
//
// Of few shapes each is compared with each. Many are sorted by label, type and box, and each is
// compared with those behind it whose left edge is near enough, at most 64: equal boxes are
// neighbours, so only where more than 64 shapes of one label begin at the same column may one that
// is nearly equal go unseen. Time: O(n log n).
#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kDuplicate = {
    "duplicate-shape", QualitySeverity::kWarning, "shapes that their frame has twice",
    "delete one of them: trainers count both, and some drop the image"};

constexpr size_t kFew = 16, kMostNeighbours = 64;

bool AreSamePoints(const Shape& a, const Shape& b, double tolerance) {
  if (a.points.size() != b.points.size() || a.elements.size() != b.elements.size()) return false;
  for (size_t i = 0; i < a.points.size(); ++i) {
    if (!(std::abs(a.points[i] - b.points[i]) <= tolerance)) return false;
  }
  for (size_t i = 0; i < a.elements.size(); ++i) {
    const Shape &one = a.elements[i], &other = b.elements[i];
    if (one.label != other.label || one.outside != other.outside ||
        !AreSamePoints(one, other, tolerance)) {
      return false;
    }
  }
  return true;
}

double Overlap(const Box& a, const Box& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (!(width > 0 && height > 0)) return 0;
  const double common = width * height;
  return common / (a.width() * a.height() + b.width() * b.height() - common);
}

class Duplicates : public Rule {
 public:
  explicit Duplicates(const RuleGround& ground)
      : duplicate_(ground.tallies.Of(kDuplicate)), thresholds_(ground.thresholds()) {}

  absl::Status Look(const SeenFrame& seen) override {
    if (seen.is_point_cloud() || seen.shapes().size() < 2) return absl::OkStatus();
    twin_of_.assign(seen.shapes().size(), -1);
    if (seen.shapes().size() <= kFew) {
      CompareAll(seen);
    } else {
      Sort(seen);
      for (size_t i = 0; i < order_.size(); ++i) CompareWithNeighbours(seen, i);
    }
    for (size_t i = 0; i < twin_of_.size(); ++i) {
      if (twin_of_[i] < 0) continue;
      duplicate_.Add([&] { return seen.OfShape(i, Describe(seen, i, size_t(twin_of_[i]))); });
    }
    return absl::OkStatus();
  }

 private:
  void CompareAll(const SeenFrame& seen) {
    const std::vector<Shape>& shapes = seen.shapes();
    for (uint32_t i = 0; i < shapes.size(); ++i) {
      if (!seen.own_boxes()[i]) continue;
      const double reach = ReachOf(*seen.own_boxes()[i]);
      for (uint32_t other = 0; other < i; ++other) {
        if (!seen.own_boxes()[other] || shapes[i].label != shapes[other].label ||
            shapes[i].type != shapes[other].type ||
            std::abs(seen.own_boxes()[i]->left - seen.own_boxes()[other]->left) > reach) {
          continue;
        }
        Compare(seen, i, other);
      }
    }
  }

  void Sort(const SeenFrame& seen) {
    const std::vector<Shape>& shapes = seen.shapes();
    const std::vector<std::optional<Box>>& boxes = seen.own_boxes();
    order_.clear();
    for (uint32_t i = 0; i < shapes.size(); ++i) {
      if (boxes[i]) order_.push_back(i);
    }
    auto key = [&](uint32_t i) {
      const Box& box = *boxes[i];
      return std::tuple(shapes[i].label, shapes[i].type, box.left, box.top, box.right, box.bottom,
                        i);
    };
    std::sort(order_.begin(), order_.end(),
              [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  }

  void CompareWithNeighbours(const SeenFrame& seen, size_t at) {
    const uint32_t one = order_[at];
    const Shape& shape = seen.shapes()[one];
    const Box& box = *seen.own_boxes()[one];
    const double reach = ReachOf(box);
    const size_t end = std::min(order_.size(), at + 1 + kMostNeighbours);
    for (size_t i = at + 1; i < end; ++i) {
      const uint32_t other = order_[i];
      const Shape& next = seen.shapes()[other];
      if (next.label != shape.label || next.type != shape.type ||
          seen.own_boxes()[other]->left - box.left > reach) {
        return;
      }
      Compare(seen, one, other);
    }
  }

  // Shapes that are the same begin no further apart: rectangles that cover each other may by so
  // much of their width.
  double ReachOf(const Box& box) const {
    const double covered = 1 / thresholds_.same_overlap - 1;
    return std::max(thresholds_.pixel_tolerance, covered * box.width());
  }

  void Compare(const SeenFrame& seen, uint32_t one, uint32_t other) {
    int64_t& twin = twin_of_[std::max(one, other)];
    if (twin < 0 &&
        (AreSame(seen.shapes()[one], seen.shapes()[other]) || DoCover(seen, one, other))) {
      twin = std::min(one, other);
    }
  }

  bool AreSame(const Shape& a, const Shape& b) const {
    return a.rotation == b.rotation && AreSamePoints(a, b, thresholds_.pixel_tolerance);
  }

  bool DoCover(const SeenFrame& seen, size_t a, size_t b) const {
    const Shape &one = seen.shapes()[a], &other = seen.shapes()[b];
    return one.type == ShapeType::kRectangle && one.rotation == 0 && other.rotation == 0 &&
           Overlap(*seen.own_boxes()[a], *seen.own_boxes()[b]) >= thresholds_.same_overlap;
  }

  std::string Describe(const SeenFrame& seen, size_t number, size_t twin) const {
    if (AreSame(seen.shapes()[number], seen.shapes()[twin])) {
      return absl::StrCat("equal to shape ", twin, " within ", Rounded(thresholds_.pixel_tolerance),
                          " px");
    }
    return absl::StrCat("covers shape ", twin, ", intersection over union ",
                        Rounded(Overlap(*seen.own_boxes()[number], *seen.own_boxes()[twin])));
  }

  Tally& duplicate_;
  const QualityThresholds& thresholds_;
  std::vector<uint32_t> order_;   // the frame's shapes with a box, as they are compared
  std::vector<int64_t> twin_of_;  // by shape: an earlier one that is the same; -1
};

}  // namespace

RuleGroup DuplicateRules() { return {{kDuplicate}, MakeRule<Duplicates>}; }

}  // namespace annofs
