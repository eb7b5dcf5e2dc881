// The ring of block files with kill -9, power loss and a second process.
#include <unistd.h>

#include <memory>
#include <string>

#include "cache/base/clock.h"
#include "cache/block_cache.h"
#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ForkedChild;
using testing::Has;
using testing::OpenRing;
using testing::RingFiles;
using testing::TempDir;
using testing::WriteBlock;
using testing::WriteFile;

constexpr uint64_t kBound = 32 << 20;
constexpr size_t kSize = 65'000;

void Sleep(int milliseconds) { RealClock().Sleep(absl::Milliseconds(milliseconds)); }

// Writes blocks [0, count) and ends without closing anything, as after kill -9.
void WriteAndDie(const std::string& path, uint64_t count) {
  ForkedChild child([&](ForkedChild&) -> int {
    auto ring = OpenRing(path, kBound);
    for (uint64_t number = 0; number < count; ++number) {
      WriteBlock(*ring, number, kSize);
      if (number % 64 == 0) ring->Flush();
    }
    ring->Flush();
    _exit(0);
  });
  ASSERT_EQ(child.Wait(), 0);
}

uint64_t CountThere(BlockCache& ring, uint64_t first, uint64_t count) {
  uint64_t there = 0;
  for (uint64_t number = first; number < first + count; ++number) {
    there += Has(ring, number, kSize) ? 1 : 0;
  }
  return there;
}
uint64_t CountThere(BlockCache& ring, uint64_t count) { return CountThere(ring, 0, count); }

TEST(BlockRingProcessTest, BlocksSurviveKillNine) {
  TempDir dir;
  WriteAndDie(dir.path(), 200);
  ASSERT_GE(RingFiles(dir.path()).size(), 3u);
  auto ring = OpenRing(dir.path(), kBound);
  EXPECT_EQ(CountThere(*ring, 200), 200u);
}

TEST(BlockRingProcessTest, ABlockReachesTheDiskWithoutBeingAskedTo) {
  TempDir dir;
  ForkedChild child([&](ForkedChild& self) {
    auto ring = OpenRing(dir.path(), kBound);
    WriteBlock(*ring, 1, kSize);
    for (int i = 0; i < 500 && ring->Info().writes == 0; ++i) Sleep(10);
    self.Say();
    self.AwaitWord();
    return 0;
  });
  ASSERT_TRUE(child.Hear());
  child.Kill();
  EXPECT_TRUE(Has(*OpenRing(dir.path(), kBound), 1, kSize));
}

TEST(BlockRingProcessTest, AfterPowerLossOnlyTheUnsyncedFileIsDropped) {
  TempDir dir;
  WriteAndDie(dir.path(), 200);
  const std::string youngest = RingFiles(dir.path()).back();
  ASSERT_TRUE(WriteFile(dir / "blocks/BOOT", "00000000-0000-0000-0000-000000000000\n").ok());
  auto ring = OpenRing(dir.path(), kBound);
  EXPECT_NE(access(youngest.c_str(), F_OK), 0);
  uint64_t there = CountThere(*ring, 200);
  EXPECT_GT(there, 100u);
  EXPECT_LT(there, 200u);
}

TEST(BlockRingProcessTest, AfterAnOrderlyEndNothingIsDroppedByAReboot) {
  TempDir dir;
  {
    auto ring = OpenRing(dir.path(), kBound);
    WriteBlock(*ring, 1, kSize);
  }
  // What would be the boot id after kill -9 is the word for "all on disk".
  EXPECT_EQ(testing::ReadFile(dir / "blocks/BOOT").value(), "synced\n");
  EXPECT_TRUE(Has(*OpenRing(dir.path(), kBound), 1, kSize));
}

TEST(BlockRingProcessTest, TwoProcessesWriteAndReadWhatTheOtherWrote) {
  TempDir dir;
  ForkedChild other([&](ForkedChild& self) {
    auto ring = OpenRing(dir.path(), kBound);
    for (int turn = 0; turn < 4; ++turn) {
      for (uint64_t number = 0; number < 100; ++number) {
        WriteBlock(*ring, turn * 1000 + number, kSize);
      }
      ring->Flush();
      self.Say();
      self.AwaitWord();
      if (CountThere(*ring, turn * 1000 + 500, 20) != 20) return 1;
    }
    return 0;
  });
  auto ring = OpenRing(dir.path(), kBound);
  for (int turn = 0; turn < 4; ++turn) {
    ASSERT_TRUE(other.Hear());
    EXPECT_EQ(CountThere(*ring, turn * 1000, 100), 100u);
    for (uint64_t number = 500; number < 520; ++number) {
      WriteBlock(*ring, turn * 1000 + number, kSize);
    }
    ring->Flush();
    other.SayToChild();
  }
  EXPECT_EQ(other.Wait(), 0);
  EXPECT_EQ(ring->Info().writes, 80u);
  EXPECT_EQ(ring->Info().damaged, 0u);
  EXPECT_LE(testing::DiskBytes(dir.path()), kBound);
}

// "All on disk" holds until the next process writes, which takes it back first.
TEST(BlockRingProcessTest, WhatOneProcessSaysOfTheDiskIsTakenBackByAnotherThatWritesOn) {
  TempDir dir;
  auto first = OpenRing(dir.path(), kBound);
  auto second = OpenRing(dir.path(), kBound);
  WriteBlock(*second, 1, kSize);
  second->Flush();
  WriteBlock(*first, 2, kSize);
  first->Flush();
  const std::string boot = testing::ReadFile(dir / "blocks/BOOT").value();
  EXPECT_NE(boot, "synced\n");
  first.reset();
  EXPECT_EQ(testing::ReadFile(dir / "blocks/BOOT").value(), "synced\n");
  WriteBlock(*second, 3, kSize);
  second->Flush();
  EXPECT_EQ(testing::ReadFile(dir / "blocks/BOOT").value(), boot);
  // One that never wrote says nothing.
  OpenRing(dir.path(), kBound).reset();
  EXPECT_EQ(testing::ReadFile(dir / "blocks/BOOT").value(), boot);
  second.reset();
  EXPECT_EQ(testing::ReadFile(dir / "blocks/BOOT").value(), "synced\n");
}

// Whatever one process reads again and again stays, though another one writes.
TEST(BlockRingProcessTest, WhatAnotherProcessUsesSurvives) {
  TempDir dir;
  auto writer = OpenRing(dir.path(), kBound);
  WriteBlock(*writer, 1'000'000, kSize);
  WriteBlock(*writer, 1'000'001, kSize);
  writer->Flush();
  ForkedChild reader([&](ForkedChild&) {
    auto ring = OpenRing(dir.path(), kBound);
    for (int i = 0; i < 1200; ++i) {  // until it is killed, or for a minute
      Has(*ring, 1'000'000, kSize);
      Has(*ring, 9'000'000, kSize);  // a miss: it looks around
      Sleep(50);
    }
    return 0;
  });
  for (uint64_t number = 0; number < 1400; ++number) {  // 87 MiB
    WriteBlock(*writer, number, kSize);
    if (number % 16 != 0) continue;
    writer->Flush();
    Sleep(25);
  }
  reader.Kill();
  EXPECT_TRUE(Has(*writer, 1'000'000, kSize));
  EXPECT_FALSE(Has(*writer, 1'000'001, kSize));
}

// A process that finds all it wants does not look around; what others removed it gives back anyway.
TEST(BlockRingProcessTest, SpaceOfRemovedFilesComesBackThoughAnotherProcessOnlyHits) {
  TempDir dir;
  auto writer = OpenRing(dir.path(), kBound);
  WriteBlock(*writer, 1, kSize);
  writer->Flush();
  auto reader = OpenRing(dir.path(), kBound);
  EXPECT_TRUE(Has(*reader, 1, kSize));
  EXPECT_GT(reader->Info().bytes, 0u);
  ASSERT_TRUE(writer->GiveUpSpace());
  for (int i = 0; i < 100 && reader->Info().bytes > 0; ++i) Sleep(100);
  EXPECT_EQ(reader->Info().bytes, 0u);
}

TEST(BlockRingProcessTest, UseIsRememberedOverTheEndOfAProcess) {
  TempDir dir;
  {
    auto ring = OpenRing(dir.path(), kBound);
    WriteBlock(*ring, 1'000'000, kSize);
    WriteBlock(*ring, 1'000'001, kSize);
    ring->Flush();
    EXPECT_TRUE(Has(*ring, 1'000'000, kSize));
  }
  auto ring = OpenRing(dir.path(), kBound);
  for (uint64_t number = 0; number < 520; ++number) {  // about the bound, and not twice it
    WriteBlock(*ring, number, kSize);
    if (number % 32 == 0) ring->Flush();
  }
  ring->Flush();
  EXPECT_TRUE(ring->Has(testing::TestKey(1'000'000), Keep::kEvictable));
  EXPECT_FALSE(ring->Has(testing::TestKey(1'000'001), Keep::kEvictable));
}

TEST(BlockRingProcessTest, ASecondProcessFindsWhatIsWrittenLater) {
  TempDir dir;
  ForkedChild writer([&](ForkedChild& self) {
    auto ring = OpenRing(dir.path(), kBound);
    WriteBlock(*ring, 0, kSize);
    ring->Flush();
    self.Say();
    self.AwaitWord();
    for (uint64_t number = 1; number < 200; ++number) WriteBlock(*ring, number, kSize);
    ring->Flush();
    self.Say();
    self.AwaitWord();
    return 0;
  });
  ASSERT_TRUE(writer.Hear());
  auto ring = OpenRing(dir.path(), kBound);
  EXPECT_TRUE(Has(*ring, 0, kSize));
  writer.SayToChild();
  ASSERT_TRUE(writer.Hear());
  EXPECT_EQ(CountThere(*ring, 200), 200u);
}

// A writer killed at any moment, with a reader of another process attached, never makes a wrong
// block and never spoils the ring.
TEST(BlockRingProcessTest, KilledAtAnyMomentNothingWrongIsServed) {
  TempDir dir;
  for (int round = 0; round < 12; ++round) {
    ForkedChild writer([&](ForkedChild& self) {
      auto ring = OpenRing(dir.path(), kBound);
      self.Say();
      for (uint64_t number = round * 10'000;; ++number) {
        WriteBlock(*ring, number, kSize);
        if (number % 16 == 0) ring->Flush();
      }
      return 0;
    });
    ASSERT_TRUE(writer.Hear());
    auto ring = OpenRing(dir.path(), kBound);
    for (int i = 0; i < 20 + round * 20; ++i) Has(*ring, round * 10'000 + i, kSize);
    Sleep(20 + round * 7);
    writer.Kill();
    ring.reset();
    EXPECT_LE(testing::DiskBytes(dir.path()), kBound);
  }
  auto ring = OpenRing(dir.path(), kBound);
  EXPECT_GT(ring->Info().bytes, 0u);
  EXPECT_EQ(ring->Info().damaged, 0u);
  WriteBlock(*ring, 1, kSize);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 1, kSize));
}

}  // namespace
}  // namespace annofs
