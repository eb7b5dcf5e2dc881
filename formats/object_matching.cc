#include "formats/object_matching.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "formats/assignment.h"

namespace annofs {
namespace {

// Sets that grow together: left objects first, then the right ones.
class Groups {
 public:
  explicit Groups(size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), size_t{0});
  }
  size_t Of(size_t member) {
    while (parent_[member] != member) {
      parent_[member] = parent_[parent_[member]];
      member = parent_[member];
    }
    return member;
  }
  void Join(size_t a, size_t b) { parent_[std::max(Of(a), Of(b))] = std::min(Of(a), Of(b)); }

 private:
  std::vector<size_t> parent_;
};

// The places of some objects, ascending, in a smaller list.
class Places {
 public:
  void Add(size_t object) { objects_.push_back(object); }
  void Finish() {
    std::sort(objects_.begin(), objects_.end());
    objects_.erase(std::unique(objects_.begin(), objects_.end()), objects_.end());
  }
  size_t size() const { return objects_.size(); }
  size_t ObjectAt(size_t place) const { return objects_[place]; }
  size_t PlaceOf(size_t object) const {
    return size_t(std::lower_bound(objects_.begin(), objects_.end(), object) - objects_.begin());
  }

 private:
  std::vector<size_t> objects_;
};

// A pair outside the group costs 1 whatever is chosen, so the groups of the best assignment are
// each the best of its own.
void MatchGroup(const std::vector<Likeness>& group, double max_cost, Matching& matching) {
  Places left, right;
  for (const Likeness& pair : group) {
    left.Add(pair.left);
    right.Add(pair.right);
  }
  left.Finish();
  right.Finish();
  if (left.size() > kMaxMatchCells / right.size()) {
    matching.is_cut = true;
    return;
  }
  CostMatrix matrix{.rows = left.size(), .columns = right.size(), .costs = {}};
  matrix.costs.assign(left.size() * right.size(), 1);
  for (const Likeness& pair : group) {
    matrix.At(left.PlaceOf(pair.left), right.PlaceOf(pair.right)) = 1 - pair.similarity;
  }
  const std::vector<std::optional<size_t>> columns = AssignLeastCost(matrix);
  for (size_t row = 0; row < columns.size(); ++row) {
    if (!columns[row] || matrix.At(row, *columns[row]) > max_cost) continue;
    matching.right_of[left.ObjectAt(row)] = right.ObjectAt(*columns[row]);
  }
}

}  // namespace

Matching MatchAlike(size_t left_count, size_t right_count, const std::vector<Likeness>& pairs,
                    double max_cost) {
  Matching matching;
  matching.right_of.resize(left_count);
  Groups groups(left_count + right_count);
  for (const Likeness& pair : pairs) groups.Join(pair.left, left_count + pair.right);
  absl::flat_hash_map<size_t, std::vector<Likeness>> by_group;
  for (const Likeness& pair : pairs) by_group[groups.Of(pair.left)].push_back(pair);
  for (const auto& [first, group] : by_group) MatchGroup(group, max_cost, matching);
  return matching;
}

}  // namespace annofs
