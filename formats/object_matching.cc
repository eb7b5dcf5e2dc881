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

// Objects of one list in their order: which rows or columns they are.
class Lines {
 public:
  static Lines All(size_t count) {
    Lines lines;
    lines.objects_.resize(count);
    std::iota(lines.objects_.begin(), lines.objects_.end(), size_t{0});
    return lines;
  }
  static Lines Of(std::vector<size_t> objects) {
    std::sort(objects.begin(), objects.end());
    objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
    Lines lines;
    lines.objects_ = std::move(objects);
    return lines;
  }
  size_t size() const { return objects_.size(); }
  size_t ObjectAt(size_t line) const { return objects_[line]; }
  size_t LineOf(size_t object) const {
    return size_t(std::lower_bound(objects_.begin(), objects_.end(), object) - objects_.begin());
  }

 private:
  std::vector<size_t> objects_;
};

void Solve(const Lines& left, const Lines& right, const std::vector<Likeness>& pairs,
           double max_cost, Matching& matching) {
  CostMatrix matrix{.rows = left.size(), .columns = right.size(), .costs = {}};
  matrix.costs.assign(left.size() * right.size(), 1);
  for (const Likeness& pair : pairs) {
    matrix.At(left.LineOf(pair.left), right.LineOf(pair.right)) = 1 - pair.similarity;
  }
  const std::vector<std::optional<size_t>> columns = AssignLeastCost(matrix);
  for (size_t row = 0; row < columns.size(); ++row) {
    if (!columns[row] || matrix.At(row, *columns[row]) > max_cost) continue;
    matching.right_of[left.ObjectAt(row)] = right.ObjectAt(*columns[row]);
  }
}

void SolveGroup(const std::vector<Likeness>& group, double max_cost, Matching& matching) {
  std::vector<size_t> left, right;
  for (const Likeness& pair : group) {
    left.push_back(pair.left);
    right.push_back(pair.right);
  }
  const Lines rows = Lines::Of(std::move(left)), columns = Lines::Of(std::move(right));
  if (rows.size() > kMaxMatchCells / columns.size()) {
    matching.is_cut = true;
  } else {
    Solve(rows, columns, group, max_cost, matching);
  }
}

// A pair of two groups costs 1 whatever is chosen, so the groups of the best assignment are each
// the best of its own.
void SolveByGroup(size_t left_count, size_t right_count, const std::vector<Likeness>& pairs,
                  double max_cost, Matching& matching) {
  Groups groups(left_count + right_count);
  for (const Likeness& pair : pairs) groups.Join(pair.left, left_count + pair.right);
  absl::flat_hash_map<size_t, std::vector<Likeness>> by_group;
  for (const Likeness& pair : pairs) by_group[groups.Of(pair.left)].push_back(pair);
  for (const auto& [first, group] : by_group) SolveGroup(group, max_cost, matching);
}

}  // namespace

Matching MatchAlike(size_t left_count, size_t right_count, const std::vector<Likeness>& pairs,
                    double max_cost) {
  Matching matching;
  matching.right_of.resize(left_count);
  if (pairs.empty()) return matching;
  if (left_count <= kMaxWholeCells / right_count) {
    Solve(Lines::All(left_count), Lines::All(right_count), pairs, max_cost, matching);
  } else {
    SolveByGroup(left_count, right_count, pairs, max_cost, matching);
  }
  return matching;
}

}  // namespace annofs
