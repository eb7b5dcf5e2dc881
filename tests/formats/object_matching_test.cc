#include "formats/object_matching.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(ObjectMatching, ThePairsOfTheGreatestSumAreTaken) {
  // Left 0 is more like right 0, but together 0-1 and 1-0 are better.
  const Matching matching =
      MatchAlike(2, 2, {{0, 0, 0.9}, {0, 1, 0.8}, {1, 0, 0.85}}, /*max_cost=*/0.25);
  EXPECT_THAT(matching.right_of, ElementsAre(Optional(1u), Optional(0u)));
}

TEST(ObjectMatching, PairsThatAreNotAlikeEnoughAreNotTaken) {
  const Matching matching = MatchAlike(2, 2, {{0, 0, 0.75}, {1, 1, 0.74}}, /*max_cost=*/0.25);
  EXPECT_THAT(matching.right_of, ElementsAre(Optional(0u), std::nullopt));
}

// Disjoint pairs, alike to every degree, in a square too large for one matrix.
TEST(ObjectMatching, ManyObjectsAreMatchedGroupByGroup) {
  constexpr size_t kCount = 50000;
  std::vector<Likeness> pairs;
  for (size_t i = 0; i < kCount; ++i) {
    pairs.push_back({.left = i, .right = kCount - 1 - i, .similarity = 0.9});
    pairs.push_back({.left = i, .right = (kCount - i) % kCount, .similarity = 0.1});
  }
  // All hang together in pairs of neighbours.
  std::vector<Likeness> apart;
  for (const Likeness& pair : pairs) {
    if (pair.similarity > 0.5 || pair.left % 2 == 1) apart.push_back(pair);
  }
  const Matching matching = MatchAlike(kCount, kCount, apart, /*max_cost=*/0.5);
  EXPECT_FALSE(matching.is_cut);
  for (size_t i = 0; i < kCount; ++i) {
    ASSERT_THAT(matching.right_of[i], Optional(kCount - 1 - i)) << i;
  }
}

TEST(ObjectMatching, AGroupThatIsTooLargeIsSaid) {
  constexpr size_t kCount = 5000;
  std::vector<Likeness> pairs;
  for (size_t i = 0; i < kCount; ++i) {
    pairs.push_back({.left = i, .right = i, .similarity = 0.9});
    pairs.push_back({.left = i, .right = (i + 1) % kCount, .similarity = 0.1});
  }
  const Matching matching = MatchAlike(kCount, kCount, pairs, /*max_cost=*/0.5);
  EXPECT_TRUE(matching.is_cut);
  EXPECT_EQ(matching.right_of[0], std::nullopt);
}

}  // namespace
}  // namespace annofs::testing
