#include "cache/memory_budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "cache/base/readings.h"

namespace annofs {
namespace {

CallContext Soon() { return {.deadline = absl::Now() + absl::Milliseconds(50)}; }

TEST(MemoryBudgetTest, WhatDoesNotFitWaitsAndIsGivenInTheOrderOfAsking) {
  const auto shared = std::make_shared<MemoryBudget>(100);
  MemoryBudget& budget = *shared;
  std::optional<Charge> first = *budget.Acquire(60, {});
  std::vector<int> order;
  absl::Mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      absl::StatusOr<Charge> charge = budget.Acquire(60, {});
      EXPECT_TRUE(charge.ok());
      absl::MutexLock lock(&mutex);
      order.push_back(i);
    });
    absl::SleepFor(absl::Milliseconds(30));
  }
  {
    absl::MutexLock lock(&mutex);
    EXPECT_TRUE(order.empty());
  }
  first.reset();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(MemoryBudgetTest, ASmallRequestDoesNotOvertakeALargeOneThatWaits) {
  const auto shared = std::make_shared<MemoryBudget>(100);
  MemoryBudget& budget = *shared;
  Charge first = *budget.Acquire(60, {});
  std::atomic<bool> done{false};
  std::thread large([&] {
    EXPECT_TRUE(budget.Acquire(90, {}).ok());
    done = true;
  });
  absl::SleepFor(absl::Milliseconds(30));
  EXPECT_TRUE(absl::IsDeadlineExceeded(budget.Acquire(1, Soon()).status()));
  EXPECT_FALSE(done);
  { Charge gone = std::move(first); }
  large.join();
}

TEST(MemoryBudgetTest, WhoGivesUpDoesNotStopTheNext) {
  const auto shared = std::make_shared<MemoryBudget>(100);
  MemoryBudget& budget = *shared;
  Charge first = *budget.Acquire(60, {});
  std::thread gives_up([&] { EXPECT_FALSE(budget.Acquire(90, Soon()).ok()); });
  absl::SleepFor(absl::Milliseconds(10));
  EXPECT_TRUE(budget.Acquire(30, {}).ok()) << "as soon as the other has gone";
  gives_up.join();
}

TEST(MemoryBudgetTest, WhoHasWaitedForAWhileMakesOthersGiveBackWhatTheyCan) {
  std::optional<Charge> spare;
  const auto shared = std::make_shared<MemoryBudget>(100, [&spare](uint64_t wanted) {
    EXPECT_GE(wanted, 30u);
    spare.reset();
  });
  MemoryBudget& budget = *shared;
  spare = *budget.Acquire(80, {});
  EXPECT_TRUE(budget.Acquire(30, {}).ok());
}

TEST(MemoryBudgetTest, MoreThanThereIsIsHadAlone) {
  const auto shared = std::make_shared<MemoryBudget>(100);
  MemoryBudget& budget = *shared;
  { EXPECT_TRUE(budget.Acquire(1000, {}).ok()); }
  Charge other = *budget.Acquire(1, {});
  EXPECT_FALSE(budget.Acquire(1000, Soon()).ok());
}

TEST(MemoryBudgetTest, WhatCanBeLeftIsGivenOnlyWhileThereIsPlenty) {
  const auto shared = std::make_shared<MemoryBudget>(100);
  MemoryBudget& budget = *shared;
  EXPECT_FALSE(budget.TryAcquire(76).has_value());
  std::optional<Charge> half = budget.TryAcquire(50);
  ASSERT_TRUE(half.has_value());
  EXPECT_FALSE(budget.IsTight());
  EXPECT_FALSE(budget.TryAcquire(30).has_value());
  Charge more = *budget.Acquire(30, {});
  EXPECT_TRUE(budget.IsTight());
  EXPECT_FALSE(budget.TryAcquire(0).has_value());
}

TEST(MemoryBudgetTest, ABufferKeepsItsChargeAsLongAsSomebodyHoldsAPartOfIt) {
  const auto shared = std::make_shared<MemoryBudget>(100);
  MemoryBudget& budget = *shared;
  SharedBytes part;
  {
    ChargedBuffer buffer(100, *budget.Acquire(100, {}));
    std::memset(buffer.data(), 'x', buffer.size());
    part = buffer.Share().Part(10, 5);
  }
  EXPECT_EQ(part.view(), "xxxxx");
  EXPECT_FALSE(budget.Acquire(1, Soon()).ok());
  part = SharedBytes();
  EXPECT_TRUE(budget.Acquire(100, {}).ok());
}

TEST(MemoryBudgetTest, ABufferMayOutliveItsBudget) {
  SharedBytes bytes;
  {
    const auto budget = std::make_shared<MemoryBudget>(100);
    bytes = ChargedBuffer(10, *budget->Acquire(10, {})).Share();
  }
  EXPECT_EQ(bytes.size(), 10u);
}

TEST(MemoryBudgetTest, TheSharesAreLessThanTheWhole) {
  for (uint64_t mib : {128, 256, 1024, 65536}) {
    const uint64_t memory = mib << 20;
    const MemoryShares shares = ShareMemory(memory);
    EXPECT_LE(shares.fetches + shares.answers + (64 << 20), memory) << mib;
    EXPECT_GT(shares.answers, memory / 16);
  }
}

TEST(MemoryBudgetTest, TellsWhatIsTakenAndWhoWaits) {
  Counters counters;
  const auto budget = std::make_shared<MemoryBudget>(100);
  budget->TellTo(Gauge(counters, "used"), Gauge(counters, "waiting"));
  std::optional<Charge> first = *budget->Acquire(60, {});
  EXPECT_EQ(ReadAll(counters).Of("used"), 60);
  std::thread waits([&] { EXPECT_TRUE(budget->Acquire(60, {}).ok()); });
  const absl::Time until = absl::Now() + absl::Seconds(10);
  while (ReadAll(counters).Of("waiting") == 0 && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(ReadAll(counters).Of("waiting"), 1);
  first.reset();
  waits.join();
  EXPECT_EQ(ReadAll(counters).Of("used"), 0);
  EXPECT_EQ(ReadAll(counters).Of("waiting"), 0);
}

TEST(MemoryBudgetTest, WhatIsChargedMayOutliveTheCounters) {
  const auto budget = std::make_shared<MemoryBudget>(100);
  std::optional<Charge> charge;
  {
    Counters counters;
    budget->TellTo(Gauge(counters, "used"), Gauge(counters, "waiting"));
    charge = *budget->Acquire(60, {});
    budget->StopTelling();
    EXPECT_EQ(ReadAll(counters).Of("used"), 0);
  }
  charge.reset();
}

}  // namespace
}  // namespace annofs
