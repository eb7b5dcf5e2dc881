#include "formats/assignment.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

using Columns = std::vector<std::optional<size_t>>;

// -1: none.
std::vector<int> Assign(const CostMatrix& matrix) {
  std::vector<int> columns;
  for (const std::optional<size_t>& column : AssignLeastCost(matrix)) {
    columns.push_back(column ? int(*column) : -1);
  }
  return columns;
}

TEST(Assignment, FindsTheLeastSum) {
  EXPECT_THAT(Assign({3, 3, {4, 1, 3, 2, 0, 5, 3, 2, 2}}), ElementsAre(1, 0, 2));
}

TEST(Assignment, EqualCostsLeaveTheOrder) {
  EXPECT_THAT(Assign({3, 3, std::vector<double>(9, 1)}), ElementsAre(0, 1, 2));
  EXPECT_THAT(Assign({2, 4, std::vector<double>(8, 0)}), ElementsAre(0, 1));
  EXPECT_THAT(Assign({4, 2, std::vector<double>(8, 0)}), ElementsAre(0, 1, -1, -1));
}

TEST(Assignment, NothingIsAssignedToNothing) {
  EXPECT_THAT(Assign({0, 0, {}}), ElementsAre());
  EXPECT_THAT(Assign({2, 0, {}}), ElementsAre(-1, -1));
  EXPECT_THAT(Assign({0, 2, {}}), ElementsAre());
}

// Matrices with several best answers; the columns are those of SciPy 1.17's linear_sum_assignment.
struct ScipyAnswer {
  size_t rows, columns;
  std::vector<double> costs;
  std::vector<int> expected;
};
const ScipyAnswer kScipyAnswers[] = {
    {5, 3, {1, 0.25, 1, 1, 1, 1, 0, 0.5, 0, 1, 0, 0, 0, 0.25, 0.5}, {-1, -1, 2, 1, 0}},
    {2, 4, {1, 0, 1, 0, 0, 1, 0, 0.5}, {1, 0}},
    {3, 2, {0.5, 0, 0, 0, 1, 1}, {1, 0, -1}},
    {4, 2, {0, 0, 0, 0, 0, 0, 0, 0.25}, {0, 1, -1, -1}},
    {3, 2, {1, 1, 1, 0, 0, 1}, {-1, 1, 0}},
    {2, 4, {0.25, 0, 0.25, 0.5, 0, 0, 0.25, 0}, {1, 0}},
    {3, 3, {1, 1, 0, 1, 1, 1, 0.25, 0, 0.25}, {2, 0, 1}},
    {3, 3, {0.5, 1, 0.25, 0, 0.5, 0.5, 1, 0, 0}, {2, 0, 1}},
    {3, 1, {1, 0.25, 0.5}, {-1, 0, -1}},
    {1, 5, {0.5, 0.25, 0.5, 1, 0}, {4}},
    {4, 1, {1, 0, 1, 0}, {-1, 0, -1, -1}},
    {1, 2, {0.5, 0.25}, {1}},
    {5, 3, {1, 0.25, 0.5, 0, 1, 1, 0.25, 0.25, 0, 0.5, 0, 0, 0.25, 1, 1}, {-1, 0, 2, 1, -1}},
    {3, 2, {0.25, 0.25, 1, 1, 0, 0.25}, {1, -1, 0}},
};

TEST(Assignment, OfEqualAnswersItFindsScipys) {
  for (const ScipyAnswer& answer : kScipyAnswers) {
    EXPECT_EQ(Assign({answer.rows, answer.columns, answer.costs}), answer.expected)
        << ::testing::PrintToString(answer.costs);
  }
}

// Of all ways to choose one column per row. REQUIRES: not more rows than columns.
double LeastSum(const CostMatrix& matrix) {
  std::vector<size_t> columns(matrix.columns);
  std::iota(columns.begin(), columns.end(), size_t{0});
  double least = 1e300;
  do {
    double sum = 0;
    for (size_t row = 0; row < matrix.rows; ++row) sum += matrix.At(row, columns[row]);
    least = std::min(least, sum);
  } while (std::next_permutation(columns.begin(), columns.end()));
  return least;
}

TEST(Assignment, IsNeverWorseThanAnyOther) {
  std::mt19937 engine(3);
  for (int i = 0; i < 300; ++i) {
    CostMatrix matrix{.rows = 1 + engine() % 5, .columns = 6, .costs = {}};
    for (size_t cell = 0; cell < matrix.rows * matrix.columns; ++cell) {
      matrix.costs.push_back(double(engine() % 8) / 8);
    }
    double sum = 0;
    const Columns columns = AssignLeastCost(matrix);
    for (size_t row = 0; row < matrix.rows; ++row) {
      ASSERT_TRUE(columns[row]);
      sum += matrix.At(row, *columns[row]);
    }
    EXPECT_EQ(sum, LeastSum(matrix));
  }
}

}  // namespace
}  // namespace annofs::testing
