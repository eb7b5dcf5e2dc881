// The ring of block files, within one process. Other processes and kill -9:
// block_ring_process_test.cc.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "cache/block_cache.h"
#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ContentOf;
using testing::DiskBytes;
using testing::FlipByteAfter;
using testing::ForkedChild;
using testing::Has;
using testing::MixedSize;
using testing::OpenRing;
using testing::ReadFile;
using testing::RingFiles;
using testing::TempDir;
using testing::TestKey;
using testing::WriteBlock;
using testing::WriteFile;

constexpr uint64_t kMiB = 1 << 20;

TEST(BlockRingTest, ABlockIsThereAtOnceAndAfterItWasWritten) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 16 * kMiB);
  WriteBlock(*ring, 1, 100'000);
  EXPECT_TRUE(Has(*ring, 1, 100'000));
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 1, 100'000));
  EXPECT_EQ(ring->Info().writes, 1u);
}

TEST(BlockRingTest, WhatWasNeverWrittenIsAMiss) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 16 * kMiB);
  EXPECT_FALSE(Has(*ring, 1, 10));
  WriteBlock(*ring, 1, 10);
  ring->Flush();
  EXPECT_FALSE(Has(*ring, 2, 10));
  EXPECT_EQ(ring->Info().misses, 2u);
}

TEST(BlockRingTest, ABoundThatHoldsNothingIsRefused) {
  TempDir dir;
  EXPECT_EQ(OpenBlockRing({.path = dir.path(), .bound = kMiB}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(BlockRingTest, BlocksOfEverySizeComeBack) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 64 * kMiB);
  const std::vector<size_t> sizes = {0, 1, 100, 2000, 4060, 4096, 65'484, 65'536, kMiB - 1, kMiB};
  for (size_t i = 0; i < sizes.size(); ++i) WriteBlock(*ring, i, sizes[i]);
  ring->Flush();
  for (size_t i = 0; i < sizes.size(); ++i) EXPECT_TRUE(Has(*ring, i, sizes[i])) << sizes[i];
}

TEST(BlockRingTest, KeepsItsBoundThroughFiveTurnovers) {
  TempDir dir;
  const uint64_t bound = 64 * kMiB;
  auto ring = OpenRing(dir.path(), bound);
  uint64_t number = 0;
  uint64_t written = 0;
  for (uint64_t checked = 0; written < 5 * bound; ++number) {
    WriteBlock(*ring, number, MixedSize(number));
    written += MixedSize(number);
    if (number > 0 && number % 3 == 0)
      Has(*ring, number / 2, MixedSize(number / 2));  // some are used
    if (written - checked < 2 * kMiB) continue;
    checked = written;
    ring->Flush();
    ASSERT_LE(DiskBytes(dir.path()), bound) << "after " << written << " bytes";
  }
  ring->Flush();
  EXPECT_EQ(ring->Info().dropped, 0u);
  EXPECT_GE(ring->Info().bytes, bound * 3 / 4);
  // What came last is there.
  for (uint64_t back = 1, bytes = 0; bytes < bound / 3; ++back) {
    bytes += MixedSize(number - back);
    ASSERT_TRUE(Has(*ring, number - back, MixedSize(number - back))) << back;
  }
}

TEST(BlockRingTest, ABlockThatIsUsedAgainAndAgainSurvives) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 32 * kMiB);
  WriteBlock(*ring, 1'000'000, 50'000);
  WriteBlock(*ring, 1'000'001, 50'000);
  for (uint64_t number = 0; number < 1600; ++number) {  // 100 MiB
    WriteBlock(*ring, number, 65'000);
    if (number % 32 != 0) continue;
    ring->Flush();
    ASSERT_TRUE(Has(*ring, 1'000'000, 50'000)) << "after block " << number;
  }
  ring->Flush();
  EXPECT_FALSE(Has(*ring, 1'000'001, 50'000)) << "was never used, and should have gone";
}

TEST(BlockRingTest, ABlockLargerThanAFileIsDropped) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 16 * kMiB);
  WriteBlock(*ring, 1, 5 * kMiB);
  ring->Flush();
  EXPECT_EQ(ring->Info().dropped, 1u);
  WriteBlock(*ring, 2, 1000);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 2, 1000));
}

TEST(BlockRingTest, ReadersAndTheWriterDoNotDisturbEachOther) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 32 * kMiB);
  std::atomic<uint64_t> written{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  std::atomic<uint64_t> hits{0};
  for (uint64_t reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&, reader] {
      for (uint64_t i = reader; !stop.load(); ++i) {
        uint64_t number = written.load();
        number -= std::min(number, i * 7919 % 600);
        // Has() compares every byte of a hit.
        if (Has(*ring, number, 20'000 + number % 50'000)) hits.fetch_add(1);
      }
    });
  }
  for (uint64_t number = 0; number < 3000; ++number) {
    WriteBlock(*ring, number, 20'000 + number % 50'000);
    written.store(number);
    if (number % 100 == 0) ring->Flush();
  }
  stop.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(hits.load(), 100u);
  EXPECT_EQ(ring->Info().damaged, 0u);
}

// Small blocks lie in pages that the writer uses again, and readers keep no writer from that.
TEST(BlockRingTest, NoBlockIsMissedWhileItsPageIsRewritten) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), 32 * kMiB);
  std::atomic<uint64_t> written{0};
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> missed{0}, read{0};
  std::vector<std::thread> readers;
  for (uint64_t reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&, reader] {
      for (uint64_t i = reader; !stop.load(); i += 7919) {
        const uint64_t there = written.load();
        if (there == 0) continue;
        if (!Has(*ring, i % there, 300 + i % there % 1500)) missed.fetch_add(1);
        read.fetch_add(1);
      }
    });
  }
  for (uint64_t number = 0; number < 2500; ++number) {
    WriteBlock(*ring, number, 300 + number % 1500);
    if (number % 5 == 0) ring->Flush();
    written.store(number + 1);
  }
  stop.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(read.load(), 1000u);
  EXPECT_EQ(missed.load(), 0u);
  EXPECT_EQ(ring->Info().damaged, 0u);
}

TEST(BlockRingTest, WithoutTheFilesThatRememberUseEverythingWorks) {
  TempDir dir;
  {
    auto ring = OpenRing(dir.path(), 32 * kMiB);
    for (uint64_t number = 0; number < 300; ++number) WriteBlock(*ring, number, 65'000);
  }
  const std::vector<std::string> names = testing::ListTree(dir.path()).value();
  int removed = 0;
  for (const std::string& name : names) {
    if (absl::EndsWith(name, ".use")) removed += unlink((dir / name).c_str()) == 0 ? 1 : 0;
  }
  EXPECT_GE(removed, 3);
  auto ring = OpenRing(dir.path(), 32 * kMiB);
  for (uint64_t number = 0; number < 300; ++number) EXPECT_TRUE(Has(*ring, number, 65'000));
  for (uint64_t number = 300; number < 900; ++number) WriteBlock(*ring, number, 65'000);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 899, 65'000));
}

TEST(BlockRingTest, BlocksOutliveTheRing) {
  TempDir dir;
  {
    auto ring = OpenRing(dir.path(), 32 * kMiB);
    for (uint64_t number = 0; number < 300; ++number) WriteBlock(*ring, number, 65'000);
  }
  auto ring = OpenRing(dir.path(), 32 * kMiB);
  for (uint64_t number = 0; number < 300; ++number)
    ASSERT_TRUE(Has(*ring, number, 65'000)) << number;
}

TEST(BlockRingTest, ASmallerBoundIsKeptFromTheNextOpenOn) {
  TempDir dir;
  {
    auto ring = OpenRing(dir.path(), 64 * kMiB);
    for (uint64_t number = 0; number < 900; ++number) WriteBlock(*ring, number, 65'000);
  }
  auto ring = OpenRing(dir.path(), 24 * kMiB);
  EXPECT_LE(DiskBytes(dir.path()), 24 * kMiB);
  EXPECT_TRUE(Has(*ring, 899, 65'000));
}

TEST(BlockRingTest, AFlippedByteIsAMissAndTheBlockCanBeWrittenAgain) {
  TempDir dir;
  {
    auto ring = OpenRing(dir.path(), 16 * kMiB);
    WriteBlock(*ring, 1, 50'000);
    WriteBlock(*ring, 2, 50'000);
  }
  FlipByteAfter(RingFiles(dir.path()).front(), ContentOf(1, 50'000).substr(20'000, 64));
  auto ring = OpenRing(dir.path(), 16 * kMiB);
  EXPECT_FALSE(Has(*ring, 1, 50'000));
  EXPECT_EQ(ring->Info().damaged, 1u);
  EXPECT_TRUE(Has(*ring, 2, 50'000));
  WriteBlock(*ring, 1, 50'000);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 1, 50'000));
}

// Fills several files and closes the ring.
std::vector<std::string> FilledRing(const std::string& path) {
  auto ring = OpenRing(path, 32 * kMiB);
  for (uint64_t number = 0; number < 300; ++number) WriteBlock(*ring, number, 65'000);
  ring.reset();
  return RingFiles(path);
}

size_t CountThere(BlockCache& ring) {
  size_t count = 0;
  for (uint64_t number = 0; number < 300; ++number) count += Has(ring, number, 65'000) ? 1 : 0;
  return count;
}

TEST(BlockRingTest, AFileCutShortIsRemovedAndTheOthersAreUsed) {
  for (bool youngest : {false, true}) {
    TempDir dir;
    std::vector<std::string> files = FilledRing(dir.path());
    ASSERT_GE(files.size(), 3u);
    const std::string& cut = youngest ? files.back() : files[1];
    ASSERT_EQ(truncate(cut.c_str(), ReadFile(cut)->size() / 2), 0);
    auto ring = OpenRing(dir.path(), 32 * kMiB);
    EXPECT_NE(access(cut.c_str(), F_OK), 0);
    EXPECT_GT(CountThere(*ring), 100u);
    EXPECT_LT(CountThere(*ring), 300u);
    WriteBlock(*ring, 1000, 100);
    ring->Flush();
    EXPECT_TRUE(Has(*ring, 1000, 100));
  }
}

TEST(BlockRingTest, AFileThatLmdbCannotOpenIsRemovedAndTheOthersAreUsed) {
  for (absl::string_view content : {"", "garbage"}) {
    for (bool youngest : {false, true}) {
      TempDir dir;
      std::vector<std::string> files = FilledRing(dir.path());
      ASSERT_TRUE(WriteFile(youngest ? files.back() : files[1], content).ok());
      auto ring = OpenRing(dir.path(), 32 * kMiB);
      EXPECT_GT(CountThere(*ring), 100u);
      WriteBlock(*ring, 1000, 100);
      ring->Flush();
      EXPECT_TRUE(Has(*ring, 1000, 100));
    }
  }
}

TEST(BlockRingTest, TheFastLaneDoesNotWaitForTheDisk) {
  TempDir dir;
  {
    auto ring = OpenRing(dir.path(), 16 * kMiB);
    WriteBlock(*ring, 1, 500'000);
  }
  int file = open(RingFiles(dir.path()).front().c_str(), O_RDONLY);
  posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  close(file);
  auto ring = OpenRing(dir.path(), 16 * kMiB);
  bool seen = false;
  BlockResult result = ring->Read(TestKey(1), Lane::kFast, [&](absl::string_view) { seen = true; });
  if (result == BlockResult::kHit) GTEST_SKIP() << "this file system keeps its files in memory";
  EXPECT_EQ(result, BlockResult::kWouldBlock);
  EXPECT_FALSE(seen);
  EXPECT_TRUE(Has(*ring, 1, 500'000));  // the slow lane waits
  EXPECT_EQ(ring->Read(TestKey(1), Lane::kFast, [](absl::string_view) {}), BlockResult::kHit);
}

TEST(BlockRingTest, AFullDiskStopsWritingAndNotReading) {
  TempDir dir;
  ForkedChild child([&](ForkedChild&) {
    signal(SIGXFSZ, SIG_IGN);
    auto ring = OpenRing(dir.path(), 64 * kMiB);
    WriteBlock(*ring, 1, 700'000);
    ring->Flush();
    // No file of this process may grow beyond 1 MiB: the write fails as on a full disk.
    rlimit limit{kMiB, kMiB};
    setrlimit(RLIMIT_FSIZE, &limit);
    for (uint64_t number = 2; number < 6; ++number) WriteBlock(*ring, number, 500'000);
    ring->Flush();
    if (ring->Info().dropped != 4) return 2;
    if (!Has(*ring, 1, 700'000)) return 3;
    // While the disk rests, what was read last is still served.
    WriteBlock(*ring, 7, 500'000);
    return Has(*ring, 7, 500'000) && ring->Info().writes == 1 ? 0 : 4;
  });
  EXPECT_EQ(child.Wait(), 0);
}

}  // namespace
}  // namespace annofs
