#include "cache/pending_blocks.h"

#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

BlockKey TestKey(uint32_t index) { return {.index = index}; }

TEST(PendingBlocksTest, ABlockCanBeReadUntilItIsWritten) {
  PendingBlocks pending(1000);
  EXPECT_EQ(pending.Find(TestKey(1)), nullptr);
  EXPECT_EQ(pending.Add(TestKey(1), SharedBytes::CopyOf("data"), Keep::kEvictable), 0u);
  ASSERT_NE(pending.Find(TestKey(1)), nullptr);
  PendingBlocks::Taken taken = pending.Take(1000, absl::InfinitePast(), absl::Seconds(5));
  ASSERT_EQ(taken.batch.size(), 1u);
  ASSERT_NE(pending.Find(TestKey(1)), nullptr);
  EXPECT_EQ(pending.Find(TestKey(1))->data.view(), "data");
  pending.Done(taken);
  EXPECT_EQ(pending.Find(TestKey(1)), nullptr);
}

TEST(PendingBlocksTest, HoldsWhatItIsGivenWithoutACopy) {
  PendingBlocks pending(1000);
  const SharedBytes data = SharedBytes::CopyOf("data");
  pending.Add(TestKey(1), data, Keep::kEvictable);
  EXPECT_EQ(pending.Find(TestKey(1))->data.view().data(), data.view().data());
}

TEST(PendingBlocksTest, AFullQueueDropsItsOldest) {
  PendingBlocks pending(300);
  for (uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(pending.Add(TestKey(i), SharedBytes::CopyOf(std::string(100, 'x')), Keep::kEvictable),
              0u);
  EXPECT_EQ(pending.Add(TestKey(3), SharedBytes::CopyOf(std::string(100, 'y')), Keep::kEvictable),
            1u);
  EXPECT_EQ(pending.Find(TestKey(0)), nullptr);
  EXPECT_NE(pending.Find(TestKey(3)), nullptr);
}

TEST(PendingBlocksTest, WhatIsBeingWrittenKeepsItsRoom) {
  PendingBlocks pending(300);
  for (uint32_t i = 0; i < 3; ++i)
    pending.Add(TestKey(i), SharedBytes::CopyOf(std::string(100, 'x')), Keep::kEvictable);
  PendingBlocks::Taken taken = pending.Take(300, absl::InfinitePast(), absl::Seconds(5));
  EXPECT_EQ(pending.Add(TestKey(9), SharedBytes::CopyOf(std::string(100, 'y')), Keep::kEvictable),
            1u);
  EXPECT_EQ(pending.Find(TestKey(9)), nullptr);
  pending.Done(taken);
  EXPECT_EQ(pending.Add(TestKey(9), SharedBytes::CopyOf(std::string(100, 'y')), Keep::kEvictable),
            0u);
}

TEST(PendingBlocksTest, APinnedBlockIsNotDroppedForAnother) {
  PendingBlocks pending(300);
  const SharedBytes data = SharedBytes::CopyOf(std::string(100, 'x'));
  EXPECT_EQ(pending.Add(TestKey(0), data, Keep::kPinned), 0u);
  for (uint32_t i = 1; i < 9; ++i) pending.Add(TestKey(i), data, Keep::kEvictable);
  EXPECT_TRUE(pending.HasPinned(TestKey(0)));
  EXPECT_EQ(pending.Add(TestKey(10), data, Keep::kPinned), 1u) << "an evictable one goes";
  EXPECT_EQ(pending.Add(TestKey(11), data, Keep::kPinned), 1u);
  EXPECT_EQ(pending.Add(TestKey(12), data, Keep::kPinned), 1u) << "this one";
  EXPECT_FALSE(pending.HasPinned(TestKey(12)));
  EXPECT_TRUE(pending.HasPinned(TestKey(0)));
}

TEST(PendingBlocksTest, WhatWaitsToBeKeptAWhileCanBePinnedToo) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"), Keep::kEvictable);
  EXPECT_FALSE(pending.HasPinned(TestKey(1)));
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"), Keep::kPinned);
  EXPECT_TRUE(pending.HasPinned(TestKey(1)));
  const PendingBlocks::Taken first = pending.Take(1000, absl::InfinitePast(), absl::Seconds(5));
  EXPECT_EQ(first.keep, Keep::kPinned);
  pending.Done(first);
  EXPECT_NE(pending.Find(TestKey(1)), nullptr) << "the other one";
  EXPECT_EQ(pending.Take(1000, absl::InfinitePast(), absl::Seconds(5)).keep, Keep::kEvictable);
}

TEST(PendingBlocksTest, WhereNothingComesTheTakerIsAskedNowAndThen) {
  PendingBlocks pending(1000);
  const PendingBlocks::Taken taken =
      pending.Take(1000, absl::InfinitePast(), absl::Milliseconds(5));
  EXPECT_TRUE(taken.batch.empty());
  EXPECT_FALSE(taken.closed);
}

TEST(PendingBlocksTest, AFlushThatHasEndedHurriesNothingThatComesLater) {
  PendingBlocks pending(1000);
  const absl::Time not_before = absl::Now() + absl::Milliseconds(400);
  absl::Time taken;
  std::thread taker([&] {
    pending.Take(1000, not_before, absl::Seconds(5));
    taken = absl::Now();
  });
  std::thread flusher([&] { pending.Flush(); });
  flusher.join();
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"), Keep::kEvictable);
  taker.join();
  EXPECT_GE(taken, not_before);
}

TEST(PendingBlocksTest, AKeyWaitsOnce) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("first"), Keep::kEvictable);
  pending.Add(TestKey(1), SharedBytes::CopyOf("again"), Keep::kEvictable);
  EXPECT_EQ(pending.Take(1000, absl::InfinitePast(), absl::Seconds(5)).batch.size(), 1u);
}

TEST(PendingBlocksTest, ALoneBlockIsNotKeptWaitingForABatch) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"), Keep::kEvictable);
  absl::Time start = absl::Now();
  EXPECT_EQ(pending.Take(1000, absl::InfinitePast(), absl::Seconds(5)).batch.size(), 1u);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST(PendingBlocksTest, AFlushEndsEveryWait) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"), Keep::kEvictable);
  std::thread writer([&] {
    // Not before the end of time, but for the flush.
    PendingBlocks::Taken taken = pending.Take(1000, absl::InfiniteFuture(), absl::Seconds(5));
    EXPECT_EQ(taken.batch.size(), 1u);
    pending.Done(taken);
  });
  pending.Flush();
  EXPECT_EQ(pending.Find(TestKey(1)), nullptr);
  writer.join();
}

TEST(PendingBlocksTest, ClosingAnswersWhatIsLeftAndThenNothing) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"), Keep::kEvictable);
  pending.Close();
  PendingBlocks::Taken taken = pending.Take(1000, absl::InfiniteFuture(), absl::Seconds(5));
  EXPECT_EQ(taken.batch.size(), 1u);
  pending.Done(taken);
  EXPECT_TRUE(pending.Take(1000, absl::InfiniteFuture(), absl::Seconds(5)).closed);
  EXPECT_EQ(pending.Add(TestKey(2), SharedBytes::CopyOf("late"), Keep::kEvictable), 1u);
}

}  // namespace
}  // namespace annofs
