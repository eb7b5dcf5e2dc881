#include "cache/base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace annofs {
namespace {

TEST(WorkerPoolTest, RunsAsManyJobsAtOnceAsItMayHaveThreads) {
  absl::Notification go;
  std::atomic<int> here{0};
  WorkerPool lane(50);
  for (int i = 0; i < 50; ++i) {
    lane.Submit([&] {
      ++here;
      go.WaitForNotification();
    });
  }
  absl::Time end = absl::Now() + absl::Seconds(10);
  while (here < 50 && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_EQ(here, 50);
  go.Notify();
}

TEST(WorkerPoolTest, QueuesWhatIsBeyondItsBound) {
  absl::Notification go;
  std::atomic<int> done{0};
  {
    WorkerPool lane(3);
    for (int i = 0; i < 100; ++i) {
      lane.Submit([&] {
        go.WaitForNotification();
        ++done;
      });
    }
    EXPECT_EQ(lane.threads(), 3u);
    go.Notify();
  }
  EXPECT_EQ(done, 100);
}

TEST(WorkerPoolTest, StartsNoThreadBeforeTheFirstJobAndEndsIdleOnes) {
  WorkerPool lane(10);
  EXPECT_EQ(lane.threads(), 0u);
  lane.Submit([] {});
  absl::Time end = absl::Now() + absl::Seconds(20);
  while (lane.threads() > 0 && absl::Now() < end) absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(lane.threads(), 0u);
  absl::Notification again;
  lane.Submit([&again] { again.Notify(); });
  EXPECT_TRUE(again.WaitForNotificationWithTimeout(absl::Seconds(10)));
}

}  // namespace
}  // namespace annofs
