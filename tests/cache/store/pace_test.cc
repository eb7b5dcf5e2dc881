// The pace by itself, by a clock of the test.
#include "cache/store/pace.h"

#include "cache/base/status.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace annofs::testing {
namespace {

class PaceTest : public ::testing::Test {
 protected:
  void Succeed(int count) {
    for (int i = 0; i < count; ++i) pace_.Report(absl::OkStatus(), context_);
  }
  // `count` successes, evenly in the second that passes.
  void SucceedForASecond(int count) {
    for (int i = 0; i < count; ++i) {
      Succeed(1);
      clock_.Advance(absl::Seconds(1) / count);
    }
  }
  void Throttle() { pace_.Report(Throttled(absl::UnavailableError("busy")), context_); }
  // How long `count` turns take from now.
  absl::Duration TimeOf(Pace& pace, int count) {
    const absl::Time start = clock_.Now();
    for (int i = 0; i < count; ++i) EXPECT_TRUE(pace.Await(context_).ok());
    return clock_.Now() - start;
  }

  FakeClock clock_;
  CallContext context_{.clock = &clock_};
  Pace pace_{0};
};

TEST_F(PaceTest, WithoutARateOrAThrottleNobodyWaits) {
  Succeed(100);
  pace_.Report(absl::UnavailableError("reset"), context_);
  EXPECT_EQ(TimeOf(pace_, 1000), absl::ZeroDuration());
}

TEST_F(PaceTest, TurnsKeepTheRequestRate) {
  Pace pace(10);
  EXPECT_EQ(TimeOf(pace, 21), absl::Seconds(2));
}

TEST_F(PaceTest, AThrottleLowersThePaceToAPartOfWhatSucceeded) {
  SucceedForASecond(500);  // long ago
  clock_.Advance(absl::Seconds(2));
  SucceedForASecond(100);
  Throttle();
  // 95 per second, 99.75 after a second.
  const absl::Duration time = TimeOf(pace_, 97);
  EXPECT_GE(time, absl::Milliseconds(980));
  EXPECT_LE(time, absl::Milliseconds(1020));
}

TEST_F(PaceTest, ThePaceIsLoweredOnceASecondAtMost) {
  SucceedForASecond(100);
  for (int i = 0; i < 50; ++i) Throttle();
  clock_.Advance(absl::Milliseconds(900));
  Throttle();
  EXPECT_LE(TimeOf(pace_, 90), absl::Milliseconds(1020));
  clock_.Advance(absl::Seconds(1));
  Throttle();  // without a success in the last second
  EXPECT_GE(TimeOf(pace_, 2), absl::Milliseconds(900));
}

TEST_F(PaceTest, AMeasuredPaceGrowsSlowlyUntilThereIsNoLimit) {
  SucceedForASecond(1000);
  Throttle();
  clock_.Advance(absl::Seconds(14));  // 1.05^14 = 1.98
  const absl::Duration doubled = TimeOf(pace_, 179);
  EXPECT_GE(doubled, absl::Milliseconds(90));
  EXPECT_LE(doubled, absl::Milliseconds(110));
  clock_.Advance(absl::Seconds(34));  // 1.05^48 = 10.4
  EXPECT_EQ(TimeOf(pace_, 1000), absl::ZeroDuration());
}

TEST_F(PaceTest, AThrottleAtTheFirstRequestsCostsSeconds) {
  Throttle();
  EXPECT_GE(TimeOf(pace_, 2), absl::Milliseconds(900));  // one per second at first
  clock_.Advance(absl::Seconds(3));
  EXPECT_EQ(TimeOf(pace_, 1000), absl::ZeroDuration());
}

TEST_F(PaceTest, AnUnmeasuredPaceRisesToWhatSucceedsMeanwhile) {
  Throttle();
  Succeed(50);  // were on their way
  EXPECT_LE(TimeOf(pace_, 30), absl::Milliseconds(700));
}

TEST_F(PaceTest, TheRequestRateBoundsTheGrowth) {
  Pace pace(10);
  pace.Report(Throttled(absl::UnavailableError("busy")), context_);
  clock_.Advance(absl::Minutes(10));
  EXPECT_EQ(TimeOf(pace, 21), absl::Seconds(2));
}

TEST_F(PaceTest, WaitingEndsWithTheDeadline) {
  Pace pace(0.1);
  EXPECT_TRUE(pace.Await(context_).ok());
  context_.deadline = clock_.Now() + absl::Seconds(1);
  EXPECT_TRUE(absl::IsDeadlineExceeded(pace.Await(context_)));
  EXPECT_EQ(clock_.slept(), absl::Seconds(1));
  context_.deadline = absl::InfiniteFuture();
  EXPECT_EQ(TimeOf(pace, 1), absl::Seconds(9));  // its turn was not lost
}

TEST_F(PaceTest, WaitingEndsWithTheCancellation) {
  Pace pace(0.1);
  EXPECT_TRUE(pace.Await(context_).ok());
  Cancellation cancellation;
  cancellation.Cancel();
  context_.cancellation = &cancellation;
  EXPECT_TRUE(absl::IsCancelled(pace.Await(context_)));
}

TEST_F(PaceTest, TheFastLaneNeverWaits) {
  context_.lane = Lane::kFast;
  EXPECT_TRUE(IsWouldBlock(pace_.Await(context_)));
}

}  // namespace
}  // namespace annofs::testing
