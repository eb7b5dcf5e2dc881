#include "cache/recent_failures.h"

#include "gtest/gtest.h"

namespace annofs {
namespace {

constexpr absl::Time kNow = absl::UnixEpoch();
const BlockKey kBlock{.version = {1}, .index = 2};
const BlockKey kOther{.version = {1}, .index = 3};

TEST(RecentFailuresTest, WhatTookLongIsRememberedForASecond) {
  RecentFailures failures;
  failures.Add(kBlock, absl::DeadlineExceededError("late"), absl::Seconds(60), kNow);
  EXPECT_TRUE(absl::IsDeadlineExceeded(failures.Find(kBlock, kNow + absl::Milliseconds(999))));
  EXPECT_TRUE(failures.Find(kBlock, kNow + absl::Seconds(1)).ok());
  EXPECT_TRUE(failures.Find(kOther, kNow).ok());
}

TEST(RecentFailuresTest, WhatFailedAtOnceIsTriedAgainAtOnce) {
  RecentFailures failures;
  failures.Add(kBlock, absl::UnavailableError("offline"), absl::Milliseconds(10), kNow);
  EXPECT_TRUE(failures.Find(kBlock, kNow).ok());
}

TEST(RecentFailuresTest, DamageIsRememberedHoweverFastItCame) {
  RecentFailures failures;
  failures.Add(kBlock, absl::DataLossError("damaged"), absl::ZeroDuration(), kNow);
  EXPECT_TRUE(absl::IsDataLoss(failures.Find(kBlock, kNow)));
}

}  // namespace
}  // namespace annofs
