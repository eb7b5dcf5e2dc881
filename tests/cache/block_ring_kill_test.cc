// Two processes write the same cache and a third one reads it, all the time; each is killed at any
// moment and starts again. ANNOFS_CASES is the number of rounds: 20 here, 200 and more where there
// is time.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <random>
#include <string>

#include "absl/time/clock.h"
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
using testing::MixedSize;
using testing::OpenRing;
using testing::TempDir;
using testing::WriteBlock;

constexpr uint64_t kBound = 20 << 20;
constexpr uint64_t kNumbers = 400;
constexpr uint64_t kPinned = 8;

size_t SizeOf(uint64_t number) { return MixedSize(number) / 3 + 1; }

// Writes what is not there. Both write the same blocks, so that they meet.
[[noreturn]] void Write(const std::string& path, uint64_t seed) {
  std::mt19937_64 random(seed);
  auto ring = OpenRing(path, kBound);
  for (;;) {
    const uint64_t number = random() % kNumbers;
    if (!Has(*ring, number, SizeOf(number))) WriteBlock(*ring, number, SizeOf(number));
    if (random() % 16 == 0) WriteBlock(*ring, 5000 + random() % kPinned, 9000, Keep::kPinned);
    if (random() % 32 == 0) ring->Flush();
    if (random() % 512 == 0) ring->GiveUpSpace();
    if (random() % 1024 == 0) ring = OpenRing(path, kBound);
  }
}

// Ends the process at a wrong byte.
[[noreturn]] void Read(const std::string& path, uint64_t seed) {
  std::mt19937_64 random(seed);
  auto ring = OpenRing(path, kBound);
  for (;;) {
    const uint64_t number = random() % kNumbers;
    Has(*ring, number, SizeOf(number));
    Has(*ring, 5000 + random() % kPinned, 9000);
    if (random() % 4096 == 0) ring = OpenRing(path, kBound);
  }
}

TEST(BlockRingKillTest, KilledAtRandomNothingWrongIsServedAndNothingIsSpoilt) {
  const uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  TempDir dir(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  const auto start = [&](size_t role) {
    return std::make_unique<ForkedChild>([&](ForkedChild&) -> int {
      role < 2 ? Write(dir.path(), random()) : Read(dir.path(), random());
    });
  };
  std::unique_ptr<ForkedChild> processes[3] = {start(0), start(1), start(2)};
  const int rounds = testing::NumberOf("ANNOFS_CASES", 20);
  for (int round = 0; round < rounds; ++round) {
    absl::SleepFor(absl::Milliseconds(random() % 150));
    const size_t role = random() % 3;
    processes[role]->Signal(SIGKILL);
    ASSERT_EQ(processes[role]->Wait(), 128 + SIGKILL) << "it has ended before, in round " << round;
    random.discard(2);  // another seed
    processes[role] = start(role);
    ASSERT_LE(DiskBytes(dir.path()), kBound) << "in round " << round;
  }
  for (auto& process : processes) {
    process->Signal(SIGKILL);
    ASSERT_EQ(process->Wait(), 128 + SIGKILL) << "it has ended before";
  }
  auto ring = OpenRing(dir.path(), kBound);
  uint64_t there = 0;
  for (uint64_t number = 0; number < kNumbers; ++number) {
    there += Has(*ring, number, SizeOf(number)) ? 1 : 0;
  }
  EXPECT_GT(there, 10u);
  EXPECT_EQ(ring->Info().damaged, 0u);
  WriteBlock(*ring, 10'000, 5000);
  ring->Flush();
  EXPECT_TRUE(Has(*ring, 10'000, 5000));
}

}  // namespace
}  // namespace annofs
