#include "cache/base/counters.h"

#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(CountersTest, TheSnapshotIsSortedByName) {
  Counters counters;
  counters.Get("store.requests.list").Add();
  counters.Get("cache.hits").Add(7);
  EXPECT_THAT(counters.Snapshot(),
              ElementsAre(Pair("cache.hits", 7), Pair("store.requests.list", 1)));
}

TEST(CountersTest, ACounterStaysWhereItIsWhenOthersAreMade) {
  Counters counters;
  Counter& first = counters.Get("first");
  for (int i = 0; i < 1000; ++i) counters.Get(std::to_string(i));
  EXPECT_EQ(&first, &counters.Get("first"));
}

TEST(CountersTest, NothingIsLostBetweenThreads) {
  Counters counters;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) counters.Get("shared").Add(2);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counters.Get("shared").value(), 8000u);
}

}  // namespace
}  // namespace annofs
