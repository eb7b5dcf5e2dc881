#include "cache/base/call_context.h"

#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"

namespace annofs {
namespace {

TEST(CallContextTest, AContextByDefaultNeverEnds) {
  const CallContext context;
  EXPECT_EQ(context.Check(), absl::OkStatus());
  EXPECT_EQ(context.Remaining(), absl::InfiniteDuration());
}

TEST(CallContextTest, ADeadlineThatHasComeIsExceeded) {
  testing::FakeClock clock;
  const CallContext context{.clock = &clock, .deadline = clock.Now() + absl::Seconds(2)};
  clock.Sleep(absl::Seconds(1));
  EXPECT_EQ(context.Check(), absl::OkStatus());
  EXPECT_EQ(context.Remaining(), absl::Seconds(1));
  clock.Sleep(absl::Seconds(1));
  EXPECT_TRUE(absl::IsDeadlineExceeded(context.Check()));
  clock.Sleep(absl::Seconds(1));
  EXPECT_EQ(context.Remaining(), absl::ZeroDuration());
}

TEST(CallContextTest, CancellationGoesBeforeTheDeadline) {
  testing::FakeClock clock;
  Cancellation cancellation;
  const CallContext context{
      .clock = &clock, .deadline = clock.Now(), .cancellation = &cancellation};
  EXPECT_TRUE(absl::IsDeadlineExceeded(context.Check()));
  cancellation.Cancel();
  EXPECT_TRUE(absl::IsCancelled(context.Check()));
}

TEST(ClockTest, TheRealClockSleepsAtLeastAsLongAsAsked) {
  const absl::Time before = RealClock().Now();
  RealClock().Sleep(absl::Milliseconds(2));
  EXPECT_GE(RealClock().Now() - before, absl::Milliseconds(2));
}

}  // namespace
}  // namespace annofs
