#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/testing/memory_store.h"

namespace annofs::testing {
namespace {

class LimitedStoreTest : public ::testing::Test {
 protected:
  void Make(int connections) {
    auto memory = std::make_unique<MemoryStore>();
    memory_ = memory.get();
    version_ = memory_->Put("file", "12345");
    store_ = NewLimitedStore(std::move(memory), connections);
  }

  absl::Status Get(const CallContext& context) {
    return store_->Get(
        version_, {0, 5}, [](absl::string_view) { return absl::OkStatus(); }, context);
  }

  MemoryStore* memory_ = nullptr;
  ObjectVersion version_;
  std::unique_ptr<ObjectStore> store_;
};

void JoinAll(std::vector<std::thread>& threads) {
  for (std::thread& thread : threads) thread.join();
}

TEST_F(LimitedStoreTest, NeverMoreCallsInsideThanConnections) {
  Make(3);
  memory_->SetLatency(absl::Milliseconds(10));
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([this] { EXPECT_TRUE(Get({}).ok()); });
  }
  JoinAll(threads);
  EXPECT_EQ(memory_->most_at_once(), 3);
  EXPECT_EQ(memory_->gets(), 12);
}

TEST_F(LimitedStoreTest, ListingsAndFirstContactCountToo) {
  Make(1);
  memory_->SetLatency(absl::Milliseconds(10));
  std::vector<std::thread> threads;
  threads.emplace_back([this] { EXPECT_TRUE(store_->List({}, {}).ok()); });
  threads.emplace_back([this] { EXPECT_TRUE(store_->Connect({}).ok()); });
  threads.emplace_back([this] { EXPECT_TRUE(Get({}).ok()); });
  JoinAll(threads);
  EXPECT_EQ(memory_->most_at_once(), 1);
}

TEST_F(LimitedStoreTest, AFailedCallGivesItsPlaceBack) {
  Make(1);
  memory_->Fail(MemoryStore::Call::kGet, absl::UnavailableError("no"), 3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(absl::IsUnavailable(Get({})));
  EXPECT_TRUE(Get({}).ok());
}

TEST_F(LimitedStoreTest, WaitingEndsWithTheDeadline) {
  Make(1);
  memory_->Hold();
  std::thread holder([this] { EXPECT_TRUE(Get({}).ok()); });
  memory_->WaitForHeld(1);
  const absl::Time start = absl::Now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(Get({.deadline = start + absl::Milliseconds(100)})));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_EQ(memory_->gets(), 1);  // the second never came in
  memory_->Release();
  holder.join();
}

TEST_F(LimitedStoreTest, WaitingEndsWithTheCancellation) {
  Make(1);
  memory_->Hold();
  std::thread holder([this] { EXPECT_TRUE(Get({}).ok()); });
  memory_->WaitForHeld(1);
  Cancellation cancellation;
  std::thread waiter([&] { EXPECT_TRUE(absl::IsCancelled(Get({.cancellation = &cancellation}))); });
  absl::SleepFor(absl::Milliseconds(20));
  cancellation.Cancel();
  waiter.join();
  memory_->Release();
  holder.join();
  EXPECT_TRUE(Get({}).ok());  // and left no hole in the queue
}

TEST_F(LimitedStoreTest, FirstComeFirstServed) {
  Make(1);
  memory_->Hold();
  std::thread holder([this] { EXPECT_TRUE(Get({}).ok()); });
  memory_->WaitForHeld(1);
  absl::Mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&, i] {
      const auto note = [&](absl::string_view) {
        absl::MutexLock lock(&mutex);
        order.push_back(i);
        return absl::OkStatus();
      };
      EXPECT_TRUE(store_->Get(version_, {0, 5}, note, {}).ok());
    });
    absl::SleepFor(absl::Milliseconds(30));  // until it has queued up
  }
  memory_->Release();
  holder.join();
  JoinAll(threads);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_F(LimitedStoreTest, TheFastLaneNeverWaits) {
  Make(1);
  EXPECT_TRUE(IsWouldBlock(Get({.lane = Lane::kFast})));
  EXPECT_EQ(memory_->gets(), 0);
}

}  // namespace
}  // namespace annofs::testing
