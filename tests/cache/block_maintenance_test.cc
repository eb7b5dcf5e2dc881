#include "cache/block_maintenance.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::DiskBytes;
using testing::Has;
using testing::OpenRing;
using testing::RingFiles;
using testing::TempDir;
using testing::TestKey;
using testing::WriteBlock;

constexpr uint64_t kBound = 32 << 20;
constexpr size_t kSize = 60'000;

// 300 blocks, and 20 pinned ones.
void Fill(BlockCache& ring) {
  for (uint64_t number = 0; number < 300; ++number) WriteBlock(ring, number, kSize);
  for (uint64_t number = 0; number < 20; ++number) {
    WriteBlock(ring, 1000 + number, kSize, Keep::kPinned);
  }
  ring.Flush();
}

BlockVerdict Verify(const std::string& path) {
  const auto verdict = VerifyBlocks(path, [](uint64_t, uint64_t) {}, {});
  EXPECT_TRUE(verdict.ok()) << verdict.status();
  return verdict.value_or(BlockVerdict());
}

TEST(BlockMaintenanceTest, TellsWhatIsThere) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  Fill(*ring);
  const auto info = InspectBlocks(dir.path());
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->evictable.blocks, 300u);
  EXPECT_EQ(info->pinned.blocks, 20u);
  EXPECT_EQ(info->pinned.files, 1u);
  EXPECT_GE(info->evictable.files, 3u);
  EXPECT_GT(info->evictable.bytes, 300 * kSize);
  EXPECT_LE(info->evictable.bytes + info->pinned.bytes, DiskBytes(dir.path()));
}

TEST(BlockMaintenanceTest, WhereThereIsNoCacheThereIsNothingAndNothingIsMade) {
  TempDir dir;
  const std::string path = dir / "none";
  EXPECT_EQ(InspectBlocks(path)->evictable.files, 0u);
  EXPECT_EQ(Verify(path).blocks, 0u);
  EXPECT_EQ(EvictBlocks(path, 0, {}).value(), 0u);
  EXPECT_EQ(ClearBlocks(path, {}).value(), 0u);
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST(BlockMaintenanceTest, ASoundCacheIsFoundSound) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  Fill(*ring);
  uint64_t last = 0;
  uint64_t all = 0;
  const auto verdict = VerifyBlocks(dir.path(),
                                    [&](uint64_t done, uint64_t total) {
                                      EXPECT_GE(done, last);
                                      last = done;
                                      all = total;
                                    },
                                    {});
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->blocks, 320u);
  EXPECT_EQ(verdict->bytes, 320 * kSize);
  EXPECT_EQ(verdict->damaged, 0u);
  EXPECT_TRUE(verdict->broken.empty());
  EXPECT_EQ(last, all);
}

TEST(BlockMaintenanceTest, ADamagedBlockIsCounted) {
  TempDir dir;
  Fill(*OpenRing(dir.path(), kBound));
  testing::FlipByteAfter(RingFiles(dir.path()).front(),
                         testing::ContentOf(3, kSize).substr(20'000, 64));
  const BlockVerdict verdict = Verify(dir.path());
  EXPECT_EQ(verdict.damaged, 1u);
  EXPECT_EQ(verdict.blocks, 319u);
}

TEST(BlockMaintenanceTest, AFileThatIsCutOrGarbageIsNamed) {
  TempDir dir;
  Fill(*OpenRing(dir.path(), kBound));
  const std::vector<std::string> files = RingFiles(dir.path());
  ASSERT_EQ(truncate(files[0].c_str(), 2 << 20), 0);
  ASSERT_TRUE(testing::WriteFile(files[1], "garbage").ok());
  const BlockVerdict verdict = Verify(dir.path());
  EXPECT_LT(verdict.blocks, 320u);
  EXPECT_GT(verdict.blocks, 100u);
  ASSERT_EQ(verdict.broken.size(), 2u);
  EXPECT_TRUE(absl::StrContains(verdict.broken[0], files[1])) << verdict.broken[0];
  EXPECT_TRUE(absl::StrContains(verdict.broken[1], files[0])) << verdict.broken[1];
}

TEST(BlockMaintenanceTest, VerifyingEndsWhenItIsCancelled) {
  TempDir dir;
  Fill(*OpenRing(dir.path(), kBound));
  Cancellation cancellation;
  const auto verdict = VerifyBlocks(dir.path(), [&](uint64_t, uint64_t) { cancellation.Cancel(); },
                                    {.cancellation = &cancellation});
  EXPECT_TRUE(absl::IsCancelled(verdict.status())) << verdict.status();
}

TEST(BlockMaintenanceTest, EvictsTheOldestAndTheMountGoesOn) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  Fill(*ring);
  const uint64_t before = InspectBlocks(dir.path())->evictable.bytes;
  const auto freed = EvictBlocks(dir.path(), 8 << 20, {});
  ASSERT_TRUE(freed.ok()) << freed.status();
  const auto info = InspectBlocks(dir.path());
  EXPECT_LE(info->evictable.bytes, 8u << 20);
  EXPECT_EQ(info->evictable.bytes, before - *freed);
  EXPECT_EQ(info->pinned.blocks, 20u);
  EXPECT_FALSE(Has(*ring, 50'000, kSize));  // a miss: it looks around
  EXPECT_FALSE(Has(*ring, 0, kSize));
  EXPECT_TRUE(Has(*ring, 299, kSize));
  for (uint64_t number = 300; number < 600; ++number) WriteBlock(*ring, number, kSize);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 599, kSize));
  EXPECT_EQ(ring->Info().dropped, 0u);
}

TEST(BlockMaintenanceTest, ClearsEverythingAndTheMountGoesOn) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  Fill(*ring);
  const auto freed = ClearBlocks(dir.path(), {});
  ASSERT_TRUE(freed.ok()) << freed.status();
  EXPECT_GT(*freed, 320 * kSize);
  EXPECT_TRUE(RingFiles(dir.path()).empty());
  EXPECT_FALSE(Has(*ring, 50'000, kSize));  // a miss: it looks around
  EXPECT_FALSE(Has(*ring, 299, kSize));
  EXPECT_FALSE(ring->Has(TestKey(1000), Keep::kPinned));
  Fill(*ring);
  EXPECT_TRUE(Has(*ring, 299, kSize));
  EXPECT_TRUE(ring->Has(TestKey(1000), Keep::kPinned));
}

TEST(BlockMaintenanceTest, WorksBesideAMountThatWrites) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (uint64_t number = 0; !stop.load(); ++number) {
      WriteBlock(*ring, number, testing::MixedSize(number) / 4);
      if (number % 64 == 0) ring->Flush();
      Has(*ring, number / 2, testing::MixedSize(number / 2) / 4);
    }
  });
  for (int round = 0; round < 10; ++round) {
    const BlockVerdict verdict = Verify(dir.path());
    EXPECT_EQ(verdict.damaged, 0u);
    EXPECT_TRUE(verdict.broken.empty()) << verdict.broken.front();
    EXPECT_TRUE(
        (round % 4 == 3 ? ClearBlocks(dir.path(), {}) : EvictBlocks(dir.path(), 12 << 20, {}))
            .ok());
  }
  stop.store(true);
  writer.join();
  EXPECT_EQ(ring->Info().damaged, 0u);
}

TEST(BlockMaintenanceTest, WaitsForTheRightToWriteUntilTheDeadline) {
  TempDir dir;
  Fill(*OpenRing(dir.path(), kBound));
  const int lock = open((dir / "blocks/LOCK").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  CallContext context;
  context.deadline = context.clock->Now() + absl::Milliseconds(300);
  EXPECT_TRUE(absl::IsDeadlineExceeded(ClearBlocks(dir.path(), context).status()));
  EXPECT_FALSE(RingFiles(dir.path()).empty());
  close(lock);
  EXPECT_TRUE(ClearBlocks(dir.path(), {}).ok());
}

}  // namespace
}  // namespace annofs
