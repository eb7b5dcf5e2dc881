// The refresh thread alone.
#include "fs/follower.h"

#include <atomic>

#include "absl/strings/match.h"
#include "cache/base/log.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

constexpr absl::Duration kPeriod = absl::Milliseconds(20);

template <typename Done>
bool WaitUntil(Done done) {
  for (absl::Time end = absl::Now() + absl::Seconds(10); absl::Now() < end;
       absl::SleepFor(absl::Milliseconds(2))) {
    if (done()) return true;
  }
  return false;
}

TEST(FollowerTest, RefreshesAfterEachPeriodOneAtATime) {
  std::atomic<int> calls{0}, inside{0}, most{0};
  absl::Time begin = absl::Now();
  Follower follower(kPeriod, [&](const CallContext&) {
    most = std::max(most.load(), ++inside);
    absl::SleepFor(kPeriod);
    --inside;
    ++calls;
    return absl::OkStatus();
  });
  EXPECT_TRUE(WaitUntil([&] { return calls >= 5; }));
  EXPECT_EQ(most, 1);
  // A period after the end of the one before.
  EXPECT_GE(absl::Now() - begin, 10 * kPeriod);
}

TEST(FollowerTest, EndsAtOnceBetweenTwoRefreshes) {
  absl::Time begin = absl::Now();
  {
    Follower follower(absl::Hours(1), [](const CallContext&) { return absl::OkStatus(); });
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
}

TEST(FollowerTest, CancelsTheRefreshUnderWayWhenItEnds) {
  std::atomic<bool> running{false};
  absl::Status end;
  {
    Follower follower(kPeriod, [&](const CallContext& context) {
      running = true;
      while ((end = context.Check()).ok()) absl::SleepFor(absl::Milliseconds(1));
      return end;
    });
    EXPECT_TRUE(WaitUntil([&] { return running.load(); }));
  }
  EXPECT_TRUE(absl::IsCancelled(end));
}

TEST(FollowerTest, AFailureAndItsEndAreALineEach) {
  TempDir directory;
  ASSERT_TRUE(StartLog({.file = directory / "log", .level = LogLevel::kInfo}).ok());
  std::atomic<int> calls{0};
  {
    Follower follower(kPeriod, [&](const CallContext&) {
      int call = ++calls;
      return call <= 3 ? absl::UnavailableError("the network is down") : absl::OkStatus();
    });
    EXPECT_TRUE(WaitUntil([&] { return calls >= 6; }));
  }
  ASSERT_TRUE(StartLog({.level = LogLevel::kWarning}).ok());
  absl::StatusOr<std::string> log = ReadFile(directory / "log");
  ASSERT_TRUE(log.ok()) << log.status();
  size_t first = log->find("the network is down");
  EXPECT_NE(first, std::string::npos) << *log;
  EXPECT_EQ(log->find("the network is down", first + 1), std::string::npos) << *log;
  EXPECT_EQ(std::count(log->begin(), log->end(), '\n'), 2) << *log;
}

}  // namespace
}  // namespace annofs::testing
