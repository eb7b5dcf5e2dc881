// What may go wrong around a block cache: other processes, disks, directories.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "cache/block_cache.h"
#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/small_disk.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ForkedChild;
using testing::Has;
using testing::OpenRing;
using testing::RingFiles;
using testing::SmallDisk;
using testing::TempDir;
using testing::TestKey;
using testing::WriteBlock;

constexpr uint64_t kBound = 32 << 20;
constexpr size_t kSize = 60'000;

template <typename Fn>
absl::Duration Timed(Fn&& fn) {
  const absl::Time begin = absl::Now();
  fn();
  return absl::Now() - begin;
}

TEST(BlockRingFailureTest, AStoppedProcessThatHoldsTheLockDelaysNobodyForLong) {
  TempDir dir;
  ForkedChild stopped([&](ForkedChild& self) {
    auto ring = OpenRing(dir.path(), kBound);
    WriteBlock(*ring, 1, kSize);
    ring->Flush();
    const int lock = open((dir / "blocks/LOCK").c_str(), O_RDWR | O_CLOEXEC);
    if (flock(lock, LOCK_EX) != 0) return 1;
    self.Say();
    raise(SIGSTOP);
    return 0;
  });
  ASSERT_TRUE(stopped.Hear());
  std::unique_ptr<BlockCache> ring;
  EXPECT_LT(Timed([&] { ring = OpenRing(dir.path(), kBound); }), absl::Milliseconds(500));
  EXPECT_LT(Timed([&] { EXPECT_TRUE(Has(*ring, 1, kSize)); }), absl::Milliseconds(200));
  WriteBlock(*ring, 2, kSize);
  absl::SleepFor(absl::Milliseconds(200));  // the batch is on its way
  EXPECT_LT(Timed([&] {
              EXPECT_TRUE(Has(*ring, 1, kSize));
              EXPECT_TRUE(Has(*ring, 2, kSize)) << "from memory";
              EXPECT_FALSE(Has(*ring, 3, kSize));
            }),
            absl::Milliseconds(200));
  for (uint64_t number = 10; number < 400; ++number) WriteBlock(*ring, number, kSize);
  EXPECT_LT(Timed([&] { ring->Flush(); }), absl::Seconds(4));
  EXPECT_GT(ring->Info().dropped, 0u);
  EXPECT_LT(Timed([&] { EXPECT_FALSE(ring->GiveUpSpace()); }), absl::Seconds(3));
  EXPECT_LT(Timed([&] { ring.reset(); }), absl::Seconds(4));
  stopped.Kill();
  ring = OpenRing(dir.path(), kBound);
  WriteBlock(*ring, 5, kSize);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 5, kSize));
  EXPECT_EQ(ring->Info().writes, 1u);
}

TEST(BlockRingFailureTest, WhenTheLockIsFreeAgainBlocksAreWrittenAgain) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  const int lock = open((dir / "blocks/LOCK").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  WriteBlock(*ring, 1, kSize);
  ring->Flush();
  EXPECT_EQ(ring->Info().dropped, 1u);
  close(lock);
  WriteBlock(*ring, 2, kSize);
  for (int i = 0; i < 100 && ring->Info().writes == 0; ++i) absl::SleepFor(absl::Milliseconds(100));
  EXPECT_EQ(ring->Info().writes, 1u) << "what came while it rested was kept";
}

TEST(BlockRingFailureTest, ACacheDirectoryThatIsRemovedCostsTheBlocksAndNothingElse) {
  TempDir dir;
  const std::string path = dir / "cache";
  auto ring = OpenRing(path, kBound);
  for (uint64_t number = 0; number < 100; ++number) WriteBlock(*ring, number, kSize);
  ring->Flush();
  std::filesystem::remove_all(path);
  EXPECT_FALSE(Has(*ring, 1000, kSize));
  EXPECT_FALSE(Has(*ring, 50, kSize));
  WriteBlock(*ring, 1, kSize);
  ring->Flush();
  EXPECT_EQ(ring->Info().dropped, 1u);
  EXPECT_FALSE(ring->GiveUpSpace());
  EXPECT_EQ(ring->Info().bytes, 0u);
  ring.reset();
  EXPECT_NE(access(path.c_str(), F_OK), 0) << "and it is not made again";
}

TEST(BlockRingFailureTest, ADirectoryThatAnotherProcessMadeAgainIsUsed) {
  TempDir dir;
  const std::string path = dir / "cache";
  auto ring = OpenRing(path, kBound);
  WriteBlock(*ring, 1, kSize);
  ring->Flush();
  std::filesystem::remove_all(path);
  auto other = OpenRing(path, kBound);
  WriteBlock(*other, 2, kSize);
  other->Flush();
  WriteBlock(*ring, 3, kSize);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 2, kSize));
  EXPECT_TRUE(Has(*other, 3, kSize));
  EXPECT_FALSE(Has(*ring, 1, kSize));
}

TEST(BlockRingFailureTest, AFullDiskEndsWritingAndNotReading) {
  SmallDisk disk(12 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a small disk";
  auto ring = OpenRing(disk.path(), kBound);
  for (uint64_t number = 0; number < 300; ++number) {
    WriteBlock(*ring, number, kSize);
    if (number % 10 == 0) ring->Flush();
  }
  ring->Flush();
  EXPECT_GT(ring->Info().dropped, 0u);
  uint64_t there = 0;
  for (uint64_t number = 0; number < 300; ++number) there += Has(*ring, number, kSize) ? 1 : 0;
  EXPECT_GT(there, 100u);
  EXPECT_EQ(ring->Info().damaged, 0u);
  ring.reset();
  ring = OpenRing(disk.path(), kBound);
  EXPECT_TRUE(Has(*ring, 0, kSize));
}

TEST(BlockRingFailureTest, GivesSpaceUntilThereIsNone) {
  TempDir dir;
  auto ring = OpenRing(dir.path(), kBound);
  for (uint64_t number = 0; number < 300; ++number) WriteBlock(*ring, number, kSize);
  for (uint64_t number = 1000; number < 1010; ++number) {
    WriteBlock(*ring, number, kSize, Keep::kPinned);
  }
  ring->Flush();
  uint64_t bytes = ring->Info().bytes;
  int given = 0;
  for (; ring->GiveUpSpace(); ++given) {
    EXPECT_LT(ring->Info().bytes, bytes);
    bytes = ring->Info().bytes;
  }
  EXPECT_GE(given, 3);
  EXPECT_FALSE(Has(*ring, 299, kSize));
  EXPECT_TRUE(Has(*ring, 1009, kSize)) << "what is pinned is not given";
  WriteBlock(*ring, 5, kSize);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 5, kSize));
}

TEST(BlockRingFailureTest, AFileThatIsCutWhileItIsReadIsDroppedAndRemoved) {
  TempDir dir;
  ForkedChild child([&](ForkedChild&) {
    auto ring = OpenRing(dir.path(), kBound);
    for (uint64_t number = 0; number < 300; ++number) WriteBlock(*ring, number, kSize);
    ring->Flush();
    const std::string file = RingFiles(dir.path()).front();
    for (uint64_t number = 0; number < 300; ++number) {
      if (!Has(*ring, number, kSize)) return 2;
    }
    bool cut = false;
    // Under the hands of whoever copies it.
    const BlockResult result = ring->Read(TestKey(0), Lane::kSlow, [&](absl::string_view data) {
      if (!cut && truncate(file.c_str(), 8192) != 0) _exit(3);
      cut = true;
      volatile char last = data.back();
      (void)last;
    });
    if (result != BlockResult::kMiss || !cut) return 4;
    if (access(file.c_str(), F_OK) == 0) return 5;
    if (ring->Info().damaged != 1) return 6;
    return Has(*ring, 299, kSize) ? 0 : 7;
  });
  EXPECT_EQ(child.Wait(), 0);
}

}  // namespace
}  // namespace annofs
