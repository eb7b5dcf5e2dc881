// Slots, remembered sizes, build threads, records.
#include <atomic>
#include <set>
#include <thread>

#include "absl/synchronization/notification.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "fs/build_pool.h"
#include "fs/dataset_records.h"
#include "fs/frame_blocks.h"
#include "fs/shared_jobs.h"
#include "fs/size_store.h"
#include "fs/slots.h"
#include "fs/wait.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

class LmdbTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    lmdb_.reset();
    lmdb_ =
        OpenCacheDir({.path = directory_ / "c", .block_bytes = uint64_t{16} << 20}).value().catalog;
  }
  TempDir directory_;
  std::unique_ptr<Lmdb> lmdb_;
};

using Slots = LmdbTest;
using Sizes = LmdbTest;

TEST_F(Slots, AreTheSameInAnyOrderAndAfterReopening) {
  std::vector<uint32_t> first = SlotsFor(*lmdb_, {"a", "b", "c"}).value();
  EXPECT_EQ(SlotsFor(*lmdb_, {"c", "a"}).value(), (std::vector<uint32_t>{first[2], first[0]}));
  Open();
  EXPECT_EQ(SlotsFor(*lmdb_, {"a", "b", "c"}).value(), first);
}

TEST_F(Slots, OfNewNamesAreNewAndNeverZero) {
  std::vector<uint32_t> some = SlotsFor(*lmdb_, {"a", "b"}).value();
  Open();
  std::vector<uint32_t> more = SlotsFor(*lmdb_, {"a", "x", "y", "b"}).value();
  std::set<uint32_t> distinct(more.begin(), more.end());
  EXPECT_EQ(distinct.size(), 4u);
  EXPECT_EQ(distinct.count(0), 0u);
  EXPECT_EQ(more[0], some[0]);
  EXPECT_EQ(more[3], some[1]);
}

TEST_F(Slots, ANameTwiceIsOneSlot) {
  std::vector<uint32_t> slots = SlotsFor(*lmdb_, {"a", "a"}).value();
  EXPECT_EQ(slots[0], slots[1]);
}

TEST_F(Slots, ARangeIsTheSameAgainAndApartFromAllOthers) {
  const uint32_t before = SlotsFor(*lmdb_, {"a"}).value()[0];
  const uint32_t range = SlotRangeFor(*lmdb_, "range", 1000).value();
  const uint32_t after = SlotsFor(*lmdb_, {"b"}).value()[0];
  EXPECT_TRUE(before < range || before >= range + 1000);
  EXPECT_TRUE(after < range || after >= range + 1000);
  Open();
  EXPECT_EQ(SlotRangeFor(*lmdb_, "range", 1000).value(), range);
}

TEST_F(Slots, ARangeThatHasNoRoomIsAnErrorAndTakesNothing) {
  EXPECT_FALSE(SlotRangeFor(*lmdb_, "range", 1u << 28).ok());
  EXPECT_TRUE(SlotsFor(*lmdb_, {"a"}).ok());
}

constexpr SizeStore::Length kShort = SizeStore::Length::kShort;

TEST_F(Sizes, AreMadeOnceHoweverManyAsk) {
  SizeStore sizes(*lmdb_);
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      auto make = [&](const CallContext&) -> absl::StatusOr<std::string> {
        ++made;
        return std::string("value");
      };
      EXPECT_EQ(sizes.Make(3, 5, kShort, make, CallContext()).value(), "value");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

TEST_F(Sizes, AreKeptAndBelongToTheirSlotAndUnit) {
  auto value = [](const CallContext&) -> absl::StatusOr<std::string> { return std::string("x"); };
  ASSERT_TRUE(SizeStore(*lmdb_).Make(1, 2, kShort, value, CallContext()).ok());
  Open();
  SizeStore sizes(*lmdb_);
  std::string found;
  auto take = [&](absl::string_view bytes) {
    found = std::string(bytes);
    return absl::OkStatus();
  };
  EXPECT_TRUE(sizes.Read(1, 2, take).value());
  EXPECT_EQ(found, "x");
  EXPECT_FALSE(sizes.Read(2, 1, take).value());
  EXPECT_FALSE(sizes.Read(1, 3, take).value());
}

TEST_F(Sizes, AFailureIsNotRemembered) {
  SizeStore sizes(*lmdb_);
  auto fails = [](const CallContext&) -> absl::StatusOr<std::string> {
    return absl::InternalError("no");
  };
  EXPECT_FALSE(sizes.Make(1, 2, kShort, fails, CallContext()).ok());
  auto works = [](const CallContext&) -> absl::StatusOr<std::string> { return std::string("yes"); };
  EXPECT_EQ(sizes.Make(1, 2, kShort, works, CallContext()).value(), "yes");
}

TEST(SizeRecords, GiveBackWhatWasPut) {
  std::string sizes = EncodeSizes({1, 0, 4294967295u});
  EXPECT_EQ(SizeAt(sizes, 0).value(), 1u);
  EXPECT_EQ(SizeAt(sizes, 2).value(), 4294967295u);
  EXPECT_FALSE(SizeAt(sizes, 3).ok());
}

// Whoever is tired of waiting for another's pass over a dataset goes.
TEST_F(Sizes, WhoWaitsForAnotherMakerMayLeave) {
  SizeStore sizes(*lmdb_);
  absl::Notification is_making, may_end;
  std::thread maker([&] {
    auto make = [&](const CallContext&) -> absl::StatusOr<std::string> {
      is_making.Notify();
      may_end.WaitForNotification();
      return std::string("value");
    };
    EXPECT_EQ(sizes.Make(1, 2, kShort, make, CallContext()).value(), "value");
  });
  is_making.WaitForNotification();
  Cancellation cancellation;
  cancellation.Cancel();
  const CallContext context{.cancellation = &cancellation};
  auto value = [](const CallContext&) -> absl::StatusOr<std::string> {
    return std::string("other");
  };
  EXPECT_EQ(sizes.Make(1, 2, kShort, value, context).status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(sizes.Make(1, 3, SizeStore::Length::kLong, value, CallContext()).value(), "other");
  may_end.Notify();
  maker.join();
}

// Those that are read from their beginning on, with whatever stands in them.
TEST(Records, CutAnywhereAreDamagedAndNeverReadFurther) {
  FrameBlockWriter writer;
  ASSERT_TRUE(writer.Add({.name = "n", .path = "n.jpg", .subset = "s", .own_stem = "m"}));
  const std::string frames = writer.Take();
  const std::string posting = EncodePosting(FrameTerm::OfSubset("s"), 7, RankSet::Range(3, 9));
  const std::string problem = EncodeDatasetProblem({.reason = "r"});
  const std::string counts = EncodeCounts({.frames = 3, .extensions = {".jpg"}});
  for (size_t size = 0; size < frames.size(); ++size) {
    EXPECT_FALSE(FrameBlockReader(absl::string_view(frames).substr(0, size)).status().ok()) << size;
  }
  for (size_t size = 0; size < posting.size(); ++size) {
    RankSet ranks;
    EXPECT_FALSE(DecodePosting(posting.substr(0, size), nullptr, nullptr, &ranks).ok()) << size;
  }
  for (size_t size = 0; size < problem.size(); ++size) {
    EXPECT_FALSE(DecodeDatasetProblem(problem.substr(0, size)).ok()) << size;
  }
  for (size_t size = 0; size < counts.size(); ++size) {
    EXPECT_FALSE(DecodeCounts(counts.substr(0, size)).ok()) << size;
  }
}

TEST(BuildPool, RunsJobsOnSeveralThreadsAndWaitsForWhatHasBegun) {
  std::atomic<int> ended = 0;
  {
    BuildPool pool;
    absl::Notification begun;
    pool.Submit([&] {
      begun.Notify();
      absl::SleepFor(absl::Milliseconds(50));
      ++ended;
    });
    begun.WaitForNotification();
  }
  EXPECT_EQ(ended, 1);
}

TEST(BuildPool, RunsEveryJob) {
  absl::Mutex mutex;
  int ended = 0;
  BuildPool pool;
  for (int i = 0; i < 100; ++i) {
    pool.Submit([&] {
      absl::MutexLock lock(&mutex);
      ++ended;
    });
  }
  absl::MutexLock lock(&mutex);
  auto all = [&] { return ended == 100; };
  EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&all), absl::Seconds(20)));
}

TEST(SharedJobs, AJobGoesOnWhenItsCallerHasLeftAndWhoComesLaterJoinsIt) {
  absl::Notification may_end;
  std::atomic<int> begun = 0;
  SharedJobs<int> jobs;
  auto job = [&](const CallContext&) -> absl::StatusOr<int> {
    ++begun;
    may_end.WaitForNotification();
    return 7;
  };
  const CallContext late{.deadline = absl::Now() + absl::Milliseconds(20)};
  EXPECT_TRUE(absl::IsDeadlineExceeded(jobs.Run(1, job, late).status()));
  EXPECT_TRUE(absl::IsDeadlineExceeded(jobs.Run(1, job, late).status()));
  EXPECT_EQ(begun, 1);
  std::thread ends([&] {
    absl::SleepFor(absl::Milliseconds(20));
    may_end.Notify();
  });
  EXPECT_EQ(jobs.Run(1, job, CallContext()).value(), 7);
  ends.join();
}

TEST(SharedJobs, AShortOneDoesNotWaitForLongOnesToEnd) {
  absl::Notification may_end;
  SharedJobs<int> jobs;
  auto endless = [&](const CallContext&) -> absl::StatusOr<int> {
    may_end.WaitForNotification();
    return 1;
  };
  const CallContext late{.deadline = absl::Now() + absl::Milliseconds(20)};
  for (uint64_t key = 1; key < SharedJobs<int>::kMostInTurns; ++key)
    EXPECT_TRUE(absl::IsDeadlineExceeded(jobs.Run(key, endless, late).status()));
  auto brief = [](const CallContext&) -> absl::StatusOr<int> { return 2; };
  const CallContext patient{.deadline = absl::Now() + absl::Seconds(20)};
  EXPECT_EQ(jobs.Run(100, brief, patient).value_or(0), 2);
  may_end.Notify();
}

TEST(SharedJobs, AreCancelledAtTheEnd) {
  absl::Status status;
  {
    SharedJobs<int> jobs;
    auto endless = [&status](const CallContext& context) -> absl::StatusOr<int> {
      while (status.ok()) status = context.Check();
      return status;
    };
    const CallContext late{.deadline = absl::Now() + absl::Milliseconds(50)};
    EXPECT_TRUE(absl::IsDeadlineExceeded(jobs.Run(1, endless, late).status()));
  }
  EXPECT_TRUE(absl::IsCancelled(status));
}

TEST(AwaitUnder, EndsByDeadlineAndByCancellation) {
  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
  auto never = [] { return false; };
  CallContext late{.deadline = absl::Now() + absl::Milliseconds(30)};
  EXPECT_TRUE(absl::IsDeadlineExceeded(AwaitUnder(mutex, absl::Condition(&never), late)));
  Cancellation cancellation;
  cancellation.Cancel();
  CallContext cancelled{.cancellation = &cancellation};
  EXPECT_TRUE(absl::IsCancelled(AwaitUnder(mutex, absl::Condition(&never), cancelled)));
}

}  // namespace
}  // namespace annofs::testing
