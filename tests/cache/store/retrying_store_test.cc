#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/memory_store.h"

namespace annofs::testing {
namespace {

using Call = MemoryStore::Call;

// Delivers more than one piece before the scripted error: the fake gives 16 KiB at a time.
constexpr uint64_t kBytes = 100000;

class RetryingStoreTest : public ::testing::Test {
 protected:
  RetryingStoreTest() {
    auto memory = std::make_unique<MemoryStore>();
    memory_ = memory.get();
    for (uint64_t i = 0; content_.size() < kBytes; ++i) absl::StrAppend(&content_, i, ",");
    content_.resize(kBytes);
    version_ = memory_->Put("file", content_);
    store_ = NewRetryingStore(std::move(memory), absl::Seconds(60));
  }

  // Collects into got_.
  absl::Status Get(ByteRange range, const CallContext& context) {
    return store_->Get(
        version_, range,
        [this](absl::string_view piece) {
          absl::StrAppend(&got_, piece);
          return absl::OkStatus();
        },
        context);
  }

  FakeClock clock_;
  const CallContext context_{.clock = &clock_};
  MemoryStore* memory_;
  std::string content_;
  ObjectVersion version_;
  std::unique_ptr<ObjectStore> store_;
  std::string got_;
};

TEST_F(RetryingStoreTest, ASuccessIsNotTriedAgain) {
  EXPECT_TRUE(store_->List({}, context_).ok());
  EXPECT_EQ(memory_->lists(), 1);
  EXPECT_EQ(clock_.slept(), absl::ZeroDuration());
}

TEST_F(RetryingStoreTest, AnUnavailableListingIsTriedAgain) {
  memory_->Fail(Call::kList, absl::UnavailableError("busy"), 3);
  const absl::StatusOr<ListPage> page = store_->List({}, context_);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(memory_->lists(), 4);
}

TEST_F(RetryingStoreTest, TheFirstContactIsTriedAgainToo) {
  memory_->Fail(Call::kConnect, absl::UnavailableError("busy"), 2);
  EXPECT_TRUE(store_->Connect(context_).ok());
  EXPECT_EQ(memory_->connects(), 3);
}

TEST_F(RetryingStoreTest, AWrongPlaceIsFoundOutWithinTwentySeconds) {
  memory_->Fail(Call::kConnect, absl::UnavailableError("refused"), 1000);
  const absl::Time start = clock_.Now();
  const absl::Status status = store_->Connect(context_);
  EXPECT_TRUE(absl::StrContains(status.message(), "--endpoint")) << status;
  EXPECT_LE(clock_.Now() - start, absl::Seconds(20));
}

TEST_F(RetryingStoreTest, AnAnswerThatFailsItsChecksIsAskedForOnceMore) {
  memory_->Fail(Call::kList, absl::DataLossError("garbage"));
  EXPECT_TRUE(store_->List({}, context_).ok());
  EXPECT_EQ(memory_->lists(), 2);
  memory_->ResetCounts();
  memory_->Fail(Call::kList, absl::DataLossError("garbage"), 10);
  EXPECT_TRUE(absl::IsDataLoss(store_->List({}, context_).status()));
  EXPECT_EQ(memory_->lists(), 2);
}

TEST_F(RetryingStoreTest, NothingElseIsTriedAgain) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kNotFound, absl::StatusCode::kPermissionDenied,
        absl::StatusCode::kUnauthenticated, absl::StatusCode::kResourceExhausted,
        absl::StatusCode::kAborted, absl::StatusCode::kInvalidArgument,
        absl::StatusCode::kCancelled, absl::StatusCode::kInternal}) {
    memory_->ResetCounts();
    memory_->Fail(Call::kList, absl::Status(code, "no"));
    EXPECT_EQ(store_->List({}, context_).status().code(), code);
    EXPECT_EQ(memory_->lists(), 1) << code;
  }
}

TEST_F(RetryingStoreTest, WaitsLongerAndLongerButNeverOverEightSeconds) {
  memory_->Fail(Call::kList, absl::UnavailableError("busy"), 1000);
  EXPECT_TRUE(absl::IsUnavailable(store_->List({}, context_).status()));
  // Full jitter: half of the ceiling on average. Without growth 60 s would hold hundreds of tries,
  // with waits over 8 s hardly any.
  EXPECT_GE(memory_->lists(), 8);
  EXPECT_LE(memory_->lists(), 100);
  EXPECT_LE(clock_.slept(), absl::Seconds(60));
}

TEST_F(RetryingStoreTest, TheAnswerAfterTheTimeoutIsTheErrorOfTheStore) {
  memory_->Fail(Call::kList, absl::UnavailableError("the pod is on fire"), 1000);
  const absl::Status status = store_->List({}, context_).status();
  EXPECT_TRUE(absl::StrContains(status.message(), "the pod is on fire")) << status;
}

TEST_F(RetryingStoreTest, TheDeadlineOfTheCallerBoundsTheTries) {
  memory_->Fail(Call::kList, absl::UnavailableError("busy"), 1000);
  const absl::Time start = clock_.Now();
  const CallContext hasty{.clock = &clock_, .deadline = start + absl::Seconds(2)};
  EXPECT_FALSE(store_->List({}, hasty).ok());
  EXPECT_LE(clock_.Now() - start, absl::Seconds(2));
}

TEST_F(RetryingStoreTest, RetryAfterIsHonoured) {
  memory_->Fail(Call::kList, WithRetryAfter(absl::UnavailableError("busy"), absl::Seconds(7)));
  ASSERT_TRUE(store_->List({}, context_).ok());
  EXPECT_GE(clock_.slept(), absl::Seconds(7));
  EXPECT_LE(clock_.slept(), absl::Seconds(8));
}

TEST_F(RetryingStoreTest, ARetryAfterBeyondTheDeadlineIsNotWaitedFor) {
  memory_->Fail(Call::kList, WithRetryAfter(absl::UnavailableError("busy"), absl::Hours(1)));
  const absl::Status status = store_->List({}, context_).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(clock_.slept(), absl::ZeroDuration());
  EXPECT_EQ(memory_->lists(), 1);
}

TEST_F(RetryingStoreTest, ACancelledCallStopsWaiting) {
  // Cancels as soon as somebody sleeps.
  class CancellingClock : public FakeClock {
   public:
    void Sleep(absl::Duration duration) override {
      FakeClock::Sleep(duration);
      cancellation.Cancel();
    }
    Cancellation cancellation;
  };
  CancellingClock clock;
  memory_->Fail(Call::kList, WithRetryAfter(absl::UnavailableError("busy"), absl::Seconds(30)));
  const CallContext context{.clock = &clock, .cancellation = &clock.cancellation};
  EXPECT_TRUE(absl::IsCancelled(store_->List({}, context).status()));
  EXPECT_LT(clock.slept(), absl::Seconds(1));
}

TEST_F(RetryingStoreTest, AGetThatBreaksOffGoesOnAtTheFirstMissingByte) {
  memory_->CutNextGet(40000, absl::UnavailableError("reset"));
  memory_->CutNextGet(1, absl::UnavailableError("reset"));
  ASSERT_TRUE(Get({1000, 90000}, context_).ok());
  EXPECT_EQ(got_, content_.substr(1000, 90000));
  EXPECT_EQ(memory_->gets(), 3);
  EXPECT_EQ(memory_->bytes(), 90000u);  // and no byte was asked twice
}

TEST_F(RetryingStoreTest, AGetThatFailsForGoodMidwayIsNotTriedAgain) {
  memory_->CutNextGet(40000, absl::AbortedError("gone"));
  EXPECT_TRUE(absl::IsAborted(Get({0, kBytes}, context_)));
  EXPECT_EQ(memory_->gets(), 1);
}

TEST_F(RetryingStoreTest, TheErrorOfTheSinkIsTheCallersAndIsNeverTriedAgain) {
  const auto refuse = [](absl::string_view) { return absl::UnavailableError("mine"); };
  EXPECT_EQ(store_->Get(version_, {0, kBytes}, refuse, context_), absl::UnavailableError("mine"));
  EXPECT_EQ(memory_->gets(), 1);
}

TEST_F(RetryingStoreTest, AThrottledStoreSlowsDownTheOtherCalls) {
  memory_->Fail(Call::kList, Throttled(absl::UnavailableError("busy")));
  const CallContext hasty{.clock = &clock_, .deadline = clock_.Now() + absl::Milliseconds(1)};
  EXPECT_TRUE(absl::IsUnavailable(store_->List({}, hasty).status()));
  const absl::Time start = clock_.Now();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(store_->List({}, context_).ok());
  EXPECT_GE(clock_.Now() - start, absl::Milliseconds(500));
}

TEST_F(RetryingStoreTest, TriesOfOneCallKeepTheRequestRate) {
  auto memory = std::make_unique<MemoryStore>();
  memory->Fail(Call::kList, absl::UnavailableError("busy"), 5);
  const auto slow = NewRetryingStore(std::move(memory), absl::Minutes(5), 0.1);
  const absl::Time start = clock_.Now();
  EXPECT_TRUE(slow->List({}, context_).ok());
  EXPECT_GE(clock_.Now() - start, absl::Milliseconds(49'900));
}

TEST_F(RetryingStoreTest, WaitingForTheRateEndsWithTheDeadlineAndTheErrorOfTheStore) {
  auto memory = std::make_unique<MemoryStore>();
  memory->Fail(Call::kConnect, absl::UnavailableError("the pod is on fire"), 5);
  const auto slow = NewRetryingStore(std::move(memory), absl::Minutes(5), 0.01);
  const absl::Time start = clock_.Now();
  const absl::Status status =
      slow->Connect({.clock = &clock_, .deadline = start + absl::Seconds(2)});
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "the pod is on fire")) << status;
  EXPECT_LE(clock_.Now() - start, absl::Seconds(2));
}

TEST_F(RetryingStoreTest, ATimeoutWithoutADeadlineOfTheCallerBoundsTheWaitForATurnToo) {
  auto memory = std::make_unique<MemoryStore>();
  const auto slow = NewRetryingStore(std::move(memory), absl::Seconds(3), 0.01);
  EXPECT_TRUE(slow->Connect(context_).ok());
  const absl::Time start = clock_.Now();
  EXPECT_TRUE(absl::IsDeadlineExceeded(slow->Connect(context_)));
  EXPECT_LE(clock_.Now() - start, absl::Seconds(3));
}

TEST_F(RetryingStoreTest, TheDelayIsAnythingBetweenNothingAndItsCeiling) {
  absl::Duration shortest = absl::InfiniteDuration();
  absl::Duration longest = absl::ZeroDuration();
  for (int i = 0; i < 200; ++i) {
    memory_->Fail(Call::kList, absl::UnavailableError("busy"));
    const absl::Time start = clock_.Now();
    ASSERT_TRUE(store_->List({}, context_).ok());
    shortest = std::min(shortest, clock_.Now() - start);
    longest = std::max(longest, clock_.Now() - start);
  }
  EXPECT_LT(shortest, absl::Milliseconds(20));
  EXPECT_GT(longest, absl::Milliseconds(180));
  EXPECT_LE(longest, absl::Milliseconds(200));
}

TEST_F(RetryingStoreTest, AnEmptyRangeIsWhatTheStoreSaysAboutIt) {
  EXPECT_TRUE(absl::IsInvalidArgument(Get({5, 0}, context_)));
}

TEST_F(RetryingStoreTest, WouldBlockIsPassedOn) {
  memory_->Fail(Call::kList, WouldBlock());
  EXPECT_TRUE(IsWouldBlock(store_->List({}, context_).status()));
  EXPECT_EQ(memory_->lists(), 1);
}

TEST_F(RetryingStoreTest, HasTheNameOfWhatItWraps) { EXPECT_EQ(store_->name(), "memory://test"); }

}  // namespace
}  // namespace annofs::testing
