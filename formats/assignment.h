// The assignment problem: which row goes to which column so that the sum of costs is least. CVAT
// solves it with SciPy's linear_sum_assignment where it merges jobs (reference/cvat.md §4.6); of
// several best answers this finds the same one. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace annofs {

// Costs of `rows` x `columns`, row after row; finite.
struct CostMatrix {
  size_t rows = 0, columns = 0;
  std::vector<double> costs;

  double& At(size_t row, size_t column) { return costs[row * columns + column]; }
  double At(size_t row, size_t column) const { return costs[row * columns + column]; }
};

// By row: its column. min(rows, columns) rows have one, no column has two. Of equal answers the one
// that shortest augmenting paths (D. F. Crouse, 2016) find when they prefer columns that are still
// free, and of these the first: a matrix of equal costs gives row i column i. O(n^3) at worst.
std::vector<std::optional<size_t>> AssignLeastCost(const CostMatrix& matrix);

}  // namespace annofs
