#include "formats/rank_set.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <set>

#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

std::vector<Rank> Members(const RankSet& set) {
  std::vector<Rank> ranks;
  set.ForEach(0, [&ranks](Rank rank) {
    ranks.push_back(rank);
    return true;
  });
  return ranks;
}

// Sparse, dense, in runs, few and many.
std::vector<Rank> RandomRanks(std::mt19937& random) {
  const uint32_t shapes[] = {10, 1000, 100000, 1000000};
  const uint32_t bound = shapes[random() % 4];
  std::set<Rank> ranks;
  for (uint32_t left = random() % 3 == 0 ? random() % 20000 : random() % 70; left > 0; --left) {
    const Rank first = random() % bound;
    for (uint32_t run = random() % 4 == 0 ? random() % 50 : 1; run > 0; --run) {
      ranks.insert(first + run);
    }
  }
  return {ranks.begin(), ranks.end()};
}

TEST(RankSetTest, AnswersAsAListDoes) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    const std::vector<Rank> list = RandomRanks(random);
    const RankSet set = RankSet::Of(list);
    ASSERT_EQ(set.size(), list.size());
    ASSERT_EQ(Members(set), list);
    for (int i = 0; i < 20 && !list.empty(); ++i) {
      const size_t index = random() % list.size();
      EXPECT_EQ(set[index], list[index]);
      const Rank rank = list[index] + random() % 3;
      const auto bound = std::lower_bound(list.begin(), list.end(), rank);
      EXPECT_EQ(set.LowerBound(rank), size_t(bound - list.begin()));
      EXPECT_EQ(set.Contains(rank), bound != list.end() && *bound == rank);
    }
  }
}

TEST(RankSetTest, IntersectsAsListsDo) {
  std::mt19937 random(2);
  for (int round = 0; round < 100; ++round) {
    const std::vector<Rank> a = RandomRanks(random), b = RandomRanks(random);
    std::vector<Rank> both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    EXPECT_EQ(Members(Intersect(RankSet::Of(a), RankSet::Of(b))), both);
  }
}

TEST(RankSetTest, BytesGiveTheSetBack) {
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) {
    const RankSet set = RankSet::Of(RandomRanks(random));
    EXPECT_EQ(Members(RankSet::Decode(set.Encode()).value()), Members(set));
  }
  const RankSet range = RankSet::Range(7, 4000000000u);
  EXPECT_LT(range.Encode().size(), 16u);
  EXPECT_EQ(RankSet::Decode(range.Encode())->size(), range.size());
}

TEST(RankSetTest, CutBytesAreAnError) {
  std::mt19937 random(4);
  for (int round = 0; round < 30; ++round) {
    const std::string bytes = RankSet::Of(RandomRanks(random)).Encode();
    const size_t size = random() % bytes.size();
    if (bytes[0] == 'f' && size > 0) continue;  // a list of fewer
    EXPECT_TRUE(absl::IsInternal(RankSet::Decode(bytes.substr(0, size)).status())) << size;
  }
}

TEST(RankSetTest, EmptySetsAreEqual) {
  const RankSet sets[] = {RankSet(), RankSet::Range(5, 5), RankSet::Of(std::vector<Rank>()),
                          RankCollector().Take(), RankSet::Decode(RankSet().Encode()).value()};
  for (const RankSet& set : sets) {
    EXPECT_TRUE(set.empty());
    EXPECT_TRUE(Members(set).empty());
    EXPECT_TRUE(Intersect(set, RankSet::Of({1, 3})).empty());
  }
}

TEST(RankSetTest, ACollectorTakesRanksInAnyOrder) {
  RankCollector collector;
  EXPECT_TRUE(collector.empty());
  for (Rank rank : {7, 7, 3, 9, 3, 0}) collector.Add(rank);
  collector.AddAll(RankSet::Range(8, 10));
  collector.Add(8);
  EXPECT_EQ(Members(collector.Take()), (std::vector<Rank>{0, 3, 7, 8, 9}));
  EXPECT_TRUE(collector.empty());
}

TEST(RankSetTest, ForEachStartsAndEndsAnywhere) {
  std::vector<Rank> seen;
  RankSet::Of({1, 5, 9, 12}).ForEach(4, [&seen](Rank rank) {
    seen.push_back(rank);
    return rank < 9;
  });
  EXPECT_EQ(seen, (std::vector<Rank>{5, 9}));
}

}  // namespace
}  // namespace annofs::testing
