#include "cache/pending_blocks.h"

#include <string>
#include <thread>

#include "gtest/gtest.h"

namespace annofs {
namespace {

BlockKey TestKey(uint32_t index) { return {.index = index}; }

TEST(PendingBlocksTest, ABlockCanBeReadUntilItIsWritten) {
  PendingBlocks pending(1000);
  EXPECT_EQ(pending.Find(TestKey(1)), nullptr);
  EXPECT_EQ(pending.Add(TestKey(1), SharedBytes::CopyOf("data")), 0u);
  ASSERT_NE(pending.Find(TestKey(1)), nullptr);
  PendingBatch batch = pending.Take(1000, absl::InfinitePast());
  ASSERT_EQ(batch.size(), 1u);
  ASSERT_NE(pending.Find(TestKey(1)), nullptr);
  EXPECT_EQ(pending.Find(TestKey(1))->data.view(), "data");
  pending.Done(batch);
  EXPECT_EQ(pending.Find(TestKey(1)), nullptr);
}

TEST(PendingBlocksTest, HoldsWhatItIsGivenWithoutACopy) {
  PendingBlocks pending(1000);
  const SharedBytes data = SharedBytes::CopyOf("data");
  pending.Add(TestKey(1), data);
  EXPECT_EQ(pending.Find(TestKey(1))->data.view().data(), data.view().data());
}

TEST(PendingBlocksTest, AFullQueueDropsItsOldest) {
  PendingBlocks pending(300);
  for (uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(pending.Add(TestKey(i), SharedBytes::CopyOf(std::string(100, 'x'))), 0u);
  EXPECT_EQ(pending.Add(TestKey(3), SharedBytes::CopyOf(std::string(100, 'y'))), 1u);
  EXPECT_EQ(pending.Find(TestKey(0)), nullptr);
  EXPECT_NE(pending.Find(TestKey(3)), nullptr);
}

TEST(PendingBlocksTest, WhatIsBeingWrittenKeepsItsRoom) {
  PendingBlocks pending(300);
  for (uint32_t i = 0; i < 3; ++i)
    pending.Add(TestKey(i), SharedBytes::CopyOf(std::string(100, 'x')));
  PendingBatch batch = pending.Take(300, absl::InfinitePast());
  EXPECT_EQ(pending.Add(TestKey(9), SharedBytes::CopyOf(std::string(100, 'y'))), 1u);
  EXPECT_EQ(pending.Find(TestKey(9)), nullptr);
  pending.Done(batch);
  EXPECT_EQ(pending.Add(TestKey(9), SharedBytes::CopyOf(std::string(100, 'y'))), 0u);
}

TEST(PendingBlocksTest, AKeyWaitsOnce) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("first"));
  pending.Add(TestKey(1), SharedBytes::CopyOf("again"));
  EXPECT_EQ(pending.Take(1000, absl::InfinitePast()).size(), 1u);
}

TEST(PendingBlocksTest, ALoneBlockIsNotKeptWaitingForABatch) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"));
  absl::Time start = absl::Now();
  EXPECT_EQ(pending.Take(1000, absl::InfinitePast()).size(), 1u);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST(PendingBlocksTest, AFlushEndsEveryWait) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"));
  std::thread writer([&] {
    // Not before the end of time, but for the flush.
    PendingBatch batch = pending.Take(1000, absl::InfiniteFuture());
    EXPECT_EQ(batch.size(), 1u);
    pending.Done(batch);
  });
  pending.Flush();
  EXPECT_EQ(pending.Find(TestKey(1)), nullptr);
  writer.join();
}

TEST(PendingBlocksTest, ClosingAnswersWhatIsLeftAndThenNothing) {
  PendingBlocks pending(1000);
  pending.Add(TestKey(1), SharedBytes::CopyOf("data"));
  pending.Close();
  PendingBatch batch = pending.Take(1000, absl::InfiniteFuture());
  EXPECT_EQ(batch.size(), 1u);
  pending.Done(batch);
  EXPECT_TRUE(pending.Take(1000, absl::InfiniteFuture()).empty());
  EXPECT_EQ(pending.Add(TestKey(2), SharedBytes::CopyOf("late")), 1u);
}

}  // namespace
}  // namespace annofs
