#include "cache/ring_lock.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::TempDir;

TEST(RingLockTest, IsHadByOneAtATime) {
  TempDir dir;
  RingLock one(dir / "LOCK");
  RingLock other(dir / "LOCK");
  ASSERT_TRUE(one.Acquire(absl::ZeroDuration()).ok());
  EXPECT_TRUE(absl::IsDeadlineExceeded(other.Acquire(absl::ZeroDuration())));
  one.Release();
  EXPECT_TRUE(other.Acquire(absl::ZeroDuration()).ok());
}

TEST(RingLockTest, IsWaitedForAndNoLongerThanAsked) {
  TempDir dir;
  RingLock one(dir / "LOCK");
  RingLock other(dir / "LOCK");
  ASSERT_TRUE(one.Acquire(absl::ZeroDuration()).ok());
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(other.Acquire(absl::Milliseconds(100))));
  EXPECT_GT(absl::Now() - begin, absl::Milliseconds(90));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
  std::thread releaser([&] {
    absl::SleepFor(absl::Milliseconds(50));
    one.Release();
  });
  EXPECT_TRUE(other.Acquire(absl::Seconds(10)).ok());
  releaser.join();
}

TEST(RingLockTest, WhoeverWantsItAllTheTimeLetsOthersHaveIt) {
  TempDir dir;
  std::atomic<bool> stop{false};
  std::atomic<bool> runs{false};
  std::thread greedy([&] {
    RingLock lock(dir / "LOCK");
    while (!stop.load()) {
      if (!lock.Acquire(absl::Seconds(5)).ok()) continue;
      runs.store(true);
      absl::SleepFor(absl::Milliseconds(20));
      lock.Release();
    }
  });
  while (!runs.load()) absl::SleepFor(absl::Milliseconds(1));
  RingLock lock(dir / "LOCK");
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(lock.Acquire(absl::Seconds(1)).ok()) << i;
    lock.Release();
  }
  stop.store(true);
  greedy.join();
}

TEST(RingLockTest, ADirectoryThatWasMadeAgainHasAnotherLock) {
  TempDir dir;
  ASSERT_TRUE(std::filesystem::create_directory(dir / "blocks"));
  RingLock lock(dir / "blocks/LOCK");
  ASSERT_TRUE(lock.Acquire(absl::ZeroDuration()).ok());
  lock.Release();
  std::filesystem::remove_all(dir / "blocks");
  EXPECT_FALSE(lock.Acquire(absl::ZeroDuration()).ok());
  ASSERT_TRUE(std::filesystem::create_directory(dir / "blocks"));
  RingLock other(dir / "blocks/LOCK");
  ASSERT_TRUE(other.Acquire(absl::ZeroDuration()).ok());
  EXPECT_TRUE(absl::IsDeadlineExceeded(lock.Acquire(absl::ZeroDuration())));
}

}  // namespace
}  // namespace annofs
