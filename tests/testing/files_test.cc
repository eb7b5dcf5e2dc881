#include "tests/testing/files.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

TEST(FilesTest, WhatIsWrittenIsReadAndListed) {
  const TempDir dir;
  ASSERT_EQ(WriteFile(dir / "b/c/d", absl::string_view("\0\n", 2)), absl::OkStatus());
  ASSERT_EQ(WriteFile(dir / "a", "old"), absl::OkStatus());
  ASSERT_EQ(WriteFile(dir / "a", "n"), absl::OkStatus());
  EXPECT_EQ(*ReadFile(dir / "b/c/d"), absl::string_view("\0\n", 2));
  EXPECT_EQ(*ReadFile(dir / "a"), "n");
  EXPECT_THAT(*ListTree(dir.path()), ElementsAre("a", "b/", "b/c/", "b/c/d"));
}

TEST(FilesTest, WhatIsNotThereIsNotFound) {
  const TempDir dir;
  EXPECT_TRUE(absl::IsNotFound(ReadFile(dir / "a").status()));
  EXPECT_TRUE(absl::IsNotFound(ListTree(dir / "a").status()));
  EXPECT_FALSE(ReadFile(dir.path()).ok());
}

TEST(FilesTest, TheTestDataIsThere) { EXPECT_TRUE(ReadFile(Fixture("MANIFEST.md")).ok()); }

TEST(TempDirTest, IsGoneWithEverythingInIt) {
  std::string path;
  {
    const TempDir dir;
    path = dir.path();
    ASSERT_EQ(WriteFile(dir / "a/b", ""), absl::OkStatus());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(FakeClockTest, TimePassesOnlyBySleepAndAdvance) {
  FakeClock clock;
  const absl::Time start = clock.Now();
  clock.Sleep(absl::Hours(1));
  clock.Advance(absl::Minutes(1));
  EXPECT_EQ(clock.Now() - start, absl::Hours(1) + absl::Minutes(1));
  EXPECT_EQ(clock.slept(), absl::Hours(1));
}

}  // namespace
}  // namespace annofs::testing
