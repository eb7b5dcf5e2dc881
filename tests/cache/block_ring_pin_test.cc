// Blocks that eviction leaves alone.
#include <memory>

#include "cache/block_cache.h"
#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::DiskBytes;
using testing::ForkedChild;
using testing::Has;
using testing::OpenRing;
using testing::TempDir;
using testing::TestKey;
using testing::WriteBlock;

constexpr uint64_t kBound = 32 << 20;
constexpr size_t kSize = 65'536;

uint64_t CountPinned(BlockCache& ring, uint64_t count) {
  uint64_t pinned = 0;
  for (uint64_t number = 0; number < count; ++number) {
    pinned += ring.Has(TestKey(number), Keep::kPinned) && Has(ring, number, kSize) ? 1 : 0;
  }
  return pinned;
}

TEST(BlockRingPinTest, APinnedBlockIsFoundAtOnceAndAfterItWasWritten) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  WriteBlock(*ring, 1, kSize, Keep::kPinned);
  EXPECT_TRUE(ring->Has(TestKey(1), Keep::kPinned));
  EXPECT_TRUE(ring->Has(TestKey(1), Keep::kEvictable));
  ring->Flush();
  EXPECT_TRUE(ring->Has(TestKey(1), Keep::kPinned));
  EXPECT_TRUE(Has(*ring, 1, kSize));
  EXPECT_GT(ring->Info().pinned, kSize);
}

TEST(BlockRingPinTest, WhatIsThereIsNotPinnedBeforeItIsWrittenSo) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  WriteBlock(*ring, 1, kSize);
  ring->Flush();
  EXPECT_FALSE(ring->Has(TestKey(1), Keep::kPinned));
  WriteBlock(*ring, 1, kSize, Keep::kPinned);
  ring->Flush();
  EXPECT_TRUE(ring->Has(TestKey(1), Keep::kPinned));
}

TEST(BlockRingPinTest, PinnedBlocksStayWhileTheOthersAreTurnedOverAndTheBoundHolds) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  for (uint64_t number = 0; number < 120; ++number) {
    WriteBlock(*ring, number, kSize, Keep::kPinned);
    if (number % 20 == 0) ring->Flush();
  }
  for (uint64_t number = 1000; number < 3000; ++number) {  // 125 MiB
    WriteBlock(*ring, number, kSize);
    if (number % 32 != 0) continue;
    ring->Flush();
    ASSERT_LE(DiskBytes(dir.path()), kBound) << number;
  }
  ring->Flush();
  EXPECT_EQ(CountPinned(*ring, 120), 120u);
  EXPECT_TRUE(Has(*ring, 2999, kSize));
  EXPECT_EQ(ring->Info().dropped, 0u);
  ring.reset();
  EXPECT_EQ(CountPinned(*OpenRing(dir.path(), kBound), 120), 120u);
}

TEST(BlockRingPinTest, AFullRingGivesWayToWhatIsPinned) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  for (uint64_t number = 1000; number < 1600; ++number) WriteBlock(*ring, number, kSize);
  ring->Flush();
  for (uint64_t number = 0; number < 180; ++number) {
    WriteBlock(*ring, number, kSize, Keep::kPinned);
    if (number % 20 != 0) continue;
    ring->Flush();
    ASSERT_LE(DiskBytes(dir.path()), kBound) << number;
  }
  ring->Flush();
  EXPECT_EQ(CountPinned(*ring, 180), 180u);
  EXPECT_TRUE(Has(*ring, 1599, kSize)) << "what came last is there still";
}

TEST(BlockRingPinTest, MoreThanHalfOfTheBoundIsNotPinned) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  uint64_t pinned = 0;
  for (uint64_t number = 0; number < 400; ++number) {  // 25 MiB
    WriteBlock(*ring, number, kSize, Keep::kPinned);
    ring->Flush();
    pinned += ring->Has(TestKey(number), Keep::kPinned) ? 1 : 0;
  }
  EXPECT_GT(pinned, 200u);
  EXPECT_LT(pinned, 250u);
  EXPECT_LE(ring->Info().pinned, kBound / 2);
  EXPECT_EQ(CountPinned(*ring, 400), pinned) << "and those that were pinned stay";
  WriteBlock(*ring, 1000, kSize);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 1000, kSize)) << "others are written as before";
}

// Whoever pins writes, asks, and flushes when the queue is full.
TEST(BlockRingPinTest, AWriterThatFlushesWhenItIsToldToLosesNone) {
  TempDir dir;
  auto opened = OpenBlockRing({.path = dir.path(), .bound = kBound, .queue_bytes = 4 * kSize});
  ASSERT_TRUE(opened.ok());
  BlockCache& ring = **opened;
  int flushes = 0;
  for (uint64_t number = 0; number < 100; ++number) {
    WriteBlock(ring, number, kSize, Keep::kPinned);
    if (ring.Has(TestKey(number), Keep::kPinned)) continue;
    ring.Flush();
    ++flushes;
    WriteBlock(ring, number, kSize, Keep::kPinned);
    EXPECT_TRUE(ring.Has(TestKey(number), Keep::kPinned));
  }
  ring.Flush();
  EXPECT_GT(flushes, 0);
  EXPECT_EQ(CountPinned(ring, 100), 100u);
}

TEST(BlockRingPinTest, AnotherProcessFindsThemPinned) {
  TempDir dir;
  ForkedChild child([&](ForkedChild&) {
    auto ring = OpenRing(dir.path(), kBound);
    for (uint64_t number = 0; number < 50; ++number) {
      WriteBlock(*ring, number, kSize, Keep::kPinned);
    }
    ring->Flush();
    return 0;
  });
  auto ring = OpenRing(dir.path(), kBound);
  ASSERT_EQ(child.Wait(), 0);
  EXPECT_FALSE(Has(*ring, 100, kSize));  // it looks around
  EXPECT_EQ(CountPinned(*ring, 50), 50u);
}

TEST(BlockRingPinTest, ADamagedPinnedBlockIsNotThereAndCanBePinnedAnew) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 64 << 20);
  ring->Write(TestKey(1), SharedBytes::CopyOf(testing::ContentOf(1, 60'000)), Keep::kPinned);
  ring->Flush();
  ASSERT_TRUE(ring->Has(TestKey(1), Keep::kPinned));
  testing::FlipByteAfter(testing::RingFiles(dir.path() + "/pinned").front(),
                         testing::ContentOf(1, 60'000).substr(0, 30'000));
  EXPECT_FALSE(Has(*ring, 1, 60'000));
  EXPECT_FALSE(ring->Has(TestKey(1), Keep::kPinned));
  ring->Write(TestKey(1), SharedBytes::CopyOf(testing::ContentOf(1, 60'000)), Keep::kPinned);
  ring->Flush();
  EXPECT_TRUE(ring->Has(TestKey(1), Keep::kPinned));
  EXPECT_TRUE(Has(*ring, 1, 60'000));
}

}  // namespace
}  // namespace annofs
