// One ring file until it is full: the reckoning of its room, whatever the sizes are.
#include "cache/ring_appender.h"

#include <sys/stat.h>

#include <random>
#include <string>

#include "cache/ring_file.h"
#include "gtest/gtest.h"
#include "tests/cache/ring_testing.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ContentOf;
using testing::TempDir;
using testing::TestKey;
using Outcome = RingAppender::Outcome;

constexpr uint64_t kBytes = 24 << 20;

struct Sizes {
  const char* name;
  size_t least, most;
  size_t in_batch;
  double full;  // so much of the file is data at the end, at least
};

class RingAppenderTest : public ::testing::TestWithParam<Sizes> {};

TEST_P(RingAppenderTest, IsFullBeforeLmdbSaysSo) {
  const Sizes& sizes = GetParam();
  TempDir dir;
  auto file = RingAppender::Make(dir / "00000001.mdb", 1, kBytes);
  ASSERT_TRUE(file.ok()) << file.status();
  std::mt19937_64 random(5);
  uint64_t number = 0;
  uint64_t bytes = 0;
  Outcome outcome = Outcome::kDone;
  while (outcome == Outcome::kDone) {
    PendingBatch batch;
    uint64_t batch_bytes = 0;
    for (size_t i = 0; i < sizes.in_batch; ++i, ++number) {
      const size_t size = sizes.least + random() % (sizes.most - sizes.least + 1);
      batch.push_back(std::make_shared<PendingBlock>(
          PendingBlock{TestKey(number), SharedBytes::CopyOf(ContentOf(number, size))}));
      batch_bytes += size;
    }
    outcome = (*file)->Append(batch);
    if (outcome == Outcome::kDone) bytes += batch_bytes;
    ASSERT_LT(bytes, kBytes);
  }
  EXPECT_EQ(outcome, Outcome::kFull);
  struct stat info;
  ASSERT_EQ(stat((dir / "00000001.mdb").c_str(), &info), 0);
  EXPECT_LE(static_cast<uint64_t>(info.st_size), kBytes);
  EXPECT_GE(static_cast<double>(bytes), sizes.full * static_cast<double>(kBytes));
  auto reader = RingFile::Open(dir / "00000001.mdb", 1, "");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->Content().blocks, number - sizes.in_batch);
  EXPECT_TRUE((*reader)->IsWhole());
}

// Small blocks lie in the tree: its pages are two thirds full, and there are up to two old copies
// of each.
INSTANTIATE_TEST_SUITE_P(BlocksOf, RingAppenderTest,
                         ::testing::Values(Sizes{"MixedSizes", 4096, 1 << 20, 4, 0.80},
                                           Sizes{"ThePartsOfLargeObjects", 65536, 65536, 16, 0.88},
                                           Sizes{"SmallImages", 4000, 20000, 100, 0.75},
                                           Sizes{"Labels", 100, 300, 2000, 0.18},
                                           Sizes{"OneAtATime", 2500, 9000, 1, 0.6}),
                         [](const auto& info) { return info.param.name; });

TEST(RingAppenderFileTest, ABlockThatIsThereIsLeftAsItIs) {
  TempDir dir;
  auto file = RingAppender::Make(dir / "00000001.mdb", 1, kBytes);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto block = std::make_shared<PendingBlock>(
      PendingBlock{TestKey(1), SharedBytes::CopyOf(ContentOf(1, 500'000))});
  ASSERT_EQ((*file)->Append({block}), Outcome::kDone);
  struct stat before, after;
  ASSERT_EQ(stat((dir / "00000001.mdb").c_str(), &before), 0);
  for (int again = 0; again < 5; ++again) ASSERT_EQ((*file)->Append({block}), Outcome::kDone);
  ASSERT_EQ(stat((dir / "00000001.mdb").c_str(), &after), 0);
  EXPECT_LT(after.st_size - before.st_size, 100'000);
}

TEST(RingAppenderFileTest, AFileOfAnotherProgramIsRefused) {
  TempDir dir;
  ASSERT_TRUE(testing::WriteFile(dir / "00000001.mdb", std::string(100'000, 'x')).ok());
  EXPECT_FALSE(RingAppender::Open(dir / "00000001.mdb", 1).ok());
  EXPECT_FALSE(RingAppender::Open(dir / "00000002.mdb", 2).ok());
}

}  // namespace
}  // namespace annofs
