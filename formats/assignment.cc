#include "formats/assignment.h"

#include <limits>
#include <utility>

namespace annofs {
namespace {

constexpr size_t kNone = std::numeric_limits<size_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// REQUIRES: not more rows than columns.
class ShortestPaths {
 public:
  explicit ShortestPaths(const CostMatrix& matrix)
      : matrix_(matrix),
        row_price_(matrix.rows),
        column_price_(matrix.columns),
        column_of_(matrix.rows, kNone),
        row_of_(matrix.columns, kNone),
        reached_from_(matrix.columns, kNone) {}

  std::vector<size_t> Run() {
    for (size_t row = 0; row < matrix_.rows; ++row) Place(row);
    return column_of_;
  }

 private:
  void Place(size_t row) {
    distance_.assign(matrix_.columns, kInfinity);
    is_settled_.assign(matrix_.columns, false);
    is_visited_.assign(matrix_.rows, false);
    const auto [free_column, length] = FindFreeColumn(row);
    UpdatePrices(row, length);
    Shift(row, free_column);
  }

  // The free column that is nearest to `row`, over columns that others hold, and its distance.
  std::pair<size_t, double> FindFreeColumn(size_t row) {
    // From the last to the first: of equal ones the first is found last, and kept.
    open_.resize(matrix_.columns);
    for (size_t i = 0; i < open_.size(); ++i) open_[i] = open_.size() - 1 - i;
    double length = 0;
    while (true) {
      const size_t nearest = Extend(row, length);
      const size_t column = open_[nearest];
      length = distance_[column];
      is_settled_[column] = true;
      if (row_of_[column] == kNone) return {column, length};
      row = row_of_[column];
      open_[nearest] = open_.back();
      open_.pop_back();
    }
  }

  // Looks from `row` at every open column; the place of the nearest in `open_`.
  size_t Extend(size_t row, double length) {
    is_visited_[row] = true;
    size_t nearest = 0;
    double least = kInfinity;
    for (size_t i = 0; i < open_.size(); ++i) {
      const size_t column = open_[i];
      const double over =
          length + matrix_.At(row, column) - row_price_[row] - column_price_[column];
      if (over < distance_[column]) {
        distance_[column] = over;
        reached_from_[column] = row;
      }
      const double distance = distance_[column];
      if (distance < least || (distance == least && row_of_[column] == kNone)) {
        least = distance;
        nearest = i;
      }
    }
    return nearest;
  }

  void UpdatePrices(size_t start, double length) {
    row_price_[start] += length;
    for (size_t row = 0; row < matrix_.rows; ++row) {
      if (is_visited_[row] && row != start) row_price_[row] += length - distance_[column_of_[row]];
    }
    for (size_t column = 0; column < matrix_.columns; ++column) {
      if (is_settled_[column]) column_price_[column] -= length - distance_[column];
    }
  }

  // Along the path that led to `column` each row takes the column that it leads to.
  void Shift(size_t start, size_t column) {
    while (true) {
      const size_t row = reached_from_[column];
      row_of_[column] = row;
      std::swap(column_of_[row], column);
      if (row == start) return;
    }
  }

  const CostMatrix& matrix_;
  std::vector<double> row_price_, column_price_;
  std::vector<size_t> column_of_, row_of_;
  std::vector<size_t> reached_from_;  // by column: the row before it on its path
  std::vector<double> distance_;      // by column
  std::vector<bool> is_settled_;      // by column
  std::vector<bool> is_visited_;      // by row
  std::vector<size_t> open_;          // columns that are not settled
};

CostMatrix Transposed(const CostMatrix& matrix) {
  CostMatrix turned{.rows = matrix.columns, .columns = matrix.rows, .costs = {}};
  turned.costs.resize(matrix.costs.size());
  for (size_t row = 0; row < matrix.rows; ++row) {
    for (size_t column = 0; column < matrix.columns; ++column) {
      turned.At(column, row) = matrix.At(row, column);
    }
  }
  return turned;
}

}  // namespace

std::vector<std::optional<size_t>> AssignLeastCost(const CostMatrix& matrix) {
  std::vector<std::optional<size_t>> columns(matrix.rows);
  if (matrix.rows <= matrix.columns) {
    const std::vector<size_t> found = ShortestPaths(matrix).Run();
    for (size_t row = 0; row < found.size(); ++row) columns[row] = found[row];
    return columns;
  }
  const CostMatrix turned = Transposed(matrix);
  const std::vector<size_t> rows = ShortestPaths(turned).Run();
  for (size_t column = 0; column < rows.size(); ++column) columns[rows[column]] = column;
  return columns;
}

}  // namespace annofs
