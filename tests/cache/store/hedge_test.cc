// When a late request is sent again: the policy, as a function of the answers before.
#include "cache/store/hedge.h"

#include <algorithm>
#include <random>

#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

const absl::Time kNow = absl::UnixEpoch() + absl::Hours(1);

class HedgePolicyTest : public ::testing::Test {
 protected:
  // Answers that take 10 to 20 ms, evenly spread.
  void Answer(int count) {
    for (int i = 0; i < count; ++i) {
      policy_.Started();
      policy_.Answered(absl::Milliseconds(10) + (i * 37 % 100) * absl::Microseconds(100), false);
    }
  }

  // How many may be sent now.
  int TakeAll() {
    int taken = 0;
    while (policy_.Take(kNow)) ++taken;
    return taken;
  }

  HedgePolicy policy_;
};

TEST_F(HedgePolicyTest, BeforeItKnowsWhatIsUsualItWaitsASecond) {
  EXPECT_EQ(policy_.Delay(), absl::Seconds(1));
  Answer(49);
  EXPECT_EQ(policy_.Delay(), absl::Seconds(1));
}

TEST_F(HedgePolicyTest, LateIsAQuarterMoreThanWhatNearlyAllTake) {
  Answer(1000);
  EXPECT_GE(policy_.Delay(), absl::Milliseconds(24));
  EXPECT_LE(policy_.Delay(), absl::Milliseconds(25));
}

TEST_F(HedgePolicyTest, AnswersThatComeAtOnceAreGivenSomeMilliseconds) {
  for (int i = 0; i < 1000; ++i) policy_.Answered(absl::Microseconds(300), false);
  EXPECT_GE(policy_.Delay(), absl::Milliseconds(5));
}

TEST_F(HedgePolicyTest, AFewSlowAnswersDoNotDelayTheNextOnes) {
  for (int i = 0; i < 20; ++i) {
    Answer(199);
    policy_.Answered(absl::Seconds(30), false);
    EXPECT_LE(policy_.Delay(), absl::Seconds(1));
  }
  EXPECT_LE(policy_.Delay(), absl::Milliseconds(25));
}

TEST_F(HedgePolicyTest, ManyStallsThatTheAllowanceDoesNotReachForDoNotDelayTheNextOnes) {
  Answer(1000);
  for (int i = 0; i < 500; ++i) {
    Answer(9);
    policy_.Answered(absl::Seconds(30), /*refused=*/true);
  }
  EXPECT_LE(policy_.Delay(), absl::Milliseconds(25));
}

TEST_F(HedgePolicyTest, AStoreThatBecomesSlowerIsWaitedForLonger) {
  Answer(1000);
  // All are late; who got a second request learns what is usual now.
  for (int i = 0; i < 2000; ++i) {
    policy_.Started();
    policy_.Answered(absl::Milliseconds(100), !policy_.Take(kNow));
  }
  EXPECT_GE(policy_.Delay(), absl::Milliseconds(100));
}

TEST_F(HedgePolicyTest, AStoreThatBecomesFasterIsWaitedForLess) {
  for (int i = 0; i < 1000; ++i) policy_.Answered(absl::Milliseconds(500), false);
  Answer(520);
  EXPECT_LE(policy_.Delay(), absl::Milliseconds(25));
}

TEST_F(HedgePolicyTest, ExtraRequestsAreTwoPercentWhateverIsAskedFor) {
  std::mt19937 random(1);
  for (int sequence = 0; sequence < 100; ++sequence) {
    policy_ = HedgePolicy();
    const unsigned stalls = random() % 100 + 1;
    int started = 0, taken = 0;
    for (int i = 0; i < 3000; ++i) {
      policy_.Started();
      ++started;
      if (random() % 100 < stalls) taken += policy_.Take(kNow);
      ASSERT_LE(taken, 1 + kHedgeShare * started + 1e-6);
    }
  }
}

TEST_F(HedgePolicyTest, WithAStallInAHundredEachIsSentAgain) {
  std::mt19937 random(2);
  Answer(1000);
  int stalls = 0, taken = 0;
  for (int i = 0; i < 100'000; ++i) {
    policy_.Started();
    if (random() % 100 != 0) continue;
    ++stalls;
    taken += policy_.Take(kNow);
  }
  EXPECT_GE(taken, stalls * 99 / 100);
}

TEST_F(HedgePolicyTest, WhatIsSavedUpInQuietTimesIsBounded) {
  Answer(100'000);
  EXPECT_EQ(TakeAll(), static_cast<int>(kHedgeBurst));
}

TEST_F(HedgePolicyTest, NothingIsSentTwiceWhileTheServiceThrottles) {
  Answer(1000);
  policy_.Throttled(kNow);
  EXPECT_FALSE(policy_.Take(kNow));
  EXPECT_FALSE(policy_.Take(kNow + absl::Milliseconds(999)));
  EXPECT_TRUE(policy_.Take(kNow + absl::Seconds(1)));
}

}  // namespace
}  // namespace annofs::testing
