#include "cache/cache_dir.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/small_disk.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ReadFile;
using testing::TempDir;
using testing::WriteFile;

constexpr uint64_t kSmall = 16 << 20;

mode_t ModeOf(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

TEST(CacheDirTest, IsMadePrivateWithItsFormatNumber) {
  TempDir dir;
  const std::string path = dir / "deep/down/cache";
  auto cache = OpenCacheDir({.path = path, .block_bytes = kSmall});
  ASSERT_TRUE(cache.ok()) << cache.status();
  EXPECT_EQ(ReadFile(path + "/VERSION").value(), "2\n");
  EXPECT_EQ(ModeOf(path), 0700u);
  EXPECT_EQ(ModeOf(path + "/catalog"), 0700u);
  EXPECT_EQ(ModeOf(path + "/blocks"), 0700u);
  EXPECT_EQ(ModeOf(path + "/VERSION"), 0600u);
  EXPECT_EQ(ModeOf(path + "/catalog/data.mdb"), 0600u);
  cache->blocks->Write({}, SharedBytes::CopyOf("data"), Keep::kEvictable);
  cache->blocks->Flush();
  EXPECT_EQ(ModeOf(path + "/blocks/00000001.mdb"), 0600u);
}

TEST(CacheDirTest, KeepsCatalogAndBlocksOverReopen) {
  TempDir dir;
  {
    auto cache = OpenCacheDir({.path = dir / "c", .block_bytes = kSmall});
    ASSERT_TRUE(cache.ok()) << cache.status();
    ASSERT_TRUE(
        cache->catalog
            ->Update([](LmdbWriter& writer) { return writer.Put(kSlotsTable, "key", "value"); })
            .ok());
    cache->blocks->Write({.index = 5}, SharedBytes::CopyOf("block"), Keep::kEvictable);
  }
  auto cache = OpenCacheDir({.path = dir / "c", .block_bytes = kSmall});
  ASSERT_TRUE(cache.ok()) << cache.status();
  EXPECT_TRUE(cache->catalog
                  ->View([](const LmdbReader& reader) {
                    EXPECT_EQ(reader.Get(kSlotsTable, "key"), "value");
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(cache->blocks->Read({.index = 5}, Lane::kSlow,
                                [](absl::string_view data) { EXPECT_EQ(data, "block"); }),
            BlockResult::kHit);
}

TEST(CacheDirTest, AnotherFormatIsRefusedWithTheRemedyAndNothingIsTouched) {
  TempDir dir;
  for (const std::string format : {"1\n", "3\n", "x"}) {
    ASSERT_TRUE(WriteFile(dir / "c/VERSION", format).ok());
    ASSERT_TRUE(WriteFile(dir / "c/catalog/data.mdb", "of another program").ok());
    auto cache = OpenCacheDir({.path = dir / "c", .block_bytes = kSmall});
    EXPECT_EQ(cache.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(absl::StrContains(cache.status().message(), "--cache")) << cache.status();
    EXPECT_TRUE(absl::StrContains(cache.status().message(), "remove")) << cache.status();
    EXPECT_TRUE(absl::StrContains(cache.status().message(), dir / "c")) << cache.status();
    EXPECT_EQ(ReadFile(dir / "c/catalog/data.mdb").value(), "of another program");
    EXPECT_EQ(ReadFile(dir / "c/VERSION").value(), format);
  }
}

TEST(CacheDirTest, ACatalogWithoutAFormatNumberIsRefused) {
  TempDir dir;
  ASSERT_TRUE(WriteFile(dir / "c/catalog/data.mdb", "?").ok());
  EXPECT_EQ(OpenCacheDir({.path = dir / "c", .block_bytes = kSmall}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(CacheDirTest, ADirectoryThatCannotBeWrittenIsNamedWithTheRemedy) {
  testing::SmallDisk disk(4 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a small disk";
  ASSERT_TRUE(OpenCacheDir({.path = disk.path(), .block_bytes = kSmall}).ok());
  ASSERT_TRUE(disk.SetReadOnly());
  for (const std::string& path : {disk.path(), disk.path() + "/new"}) {
    const auto cache = OpenCacheDir({.path = path, .block_bytes = kSmall});
    ASSERT_FALSE(cache.ok());
    EXPECT_TRUE(absl::StrContains(cache.status().message(), path)) << cache.status();
    EXPECT_TRUE(absl::StrContains(cache.status().message(), "--cache")) << cache.status();
    EXPECT_TRUE(absl::StrContains(cache.status().message(), "Read-only")) << cache.status();
  }
}

TEST(CacheDirTest, BlocksThatCannotBeUsedAreReplacedByMemory) {
  TempDir dir;
  ASSERT_TRUE(WriteFile(dir / "c/blocks", "not a directory").ok());
  auto cache = OpenCacheDir({.path = dir / "c", .block_bytes = kSmall});
  ASSERT_TRUE(cache.ok()) << cache.status();
  cache->blocks->Write({.index = 5}, SharedBytes::CopyOf("block"), Keep::kEvictable);
  EXPECT_EQ(cache->blocks->Read({.index = 5}, Lane::kFast, [](absl::string_view) {}),
            BlockResult::kHit);
  EXPECT_EQ(cache->blocks->Info().bound, uint64_t{64} << 20);
}

// Blocks can be fetched again: where they have filled the disk, the catalog takes their place.
TEST(CacheDirTest, ADiskThatBlocksHaveFilledIsNotFullForTheCatalog) {
  testing::SmallDisk disk(24 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a small disk";
  const std::string path = disk.path() + "/cache";
  const auto fill = [&](BlockCache& blocks) {
    for (uint32_t i = 0; i < 200; ++i) {
      blocks.Write({.index = i}, SharedBytes::CopyOf(std::string(65'536, 'x')), Keep::kEvictable);
      if (i % 50 == 0) blocks.Flush();
    }
    blocks.Flush();
    disk.Fill();
  };
  {
    auto cache = OpenCacheDir({.path = path, .block_bytes = kSmall});
    ASSERT_TRUE(cache.ok()) << cache.status();
    fill(*cache->blocks);
    for (int i = 0; i < 3; ++i) {
      const absl::Status saved = cache->catalog->Update([&](LmdbWriter& writer) {
        return writer.Put(kSlotsTable, std::string(1, 'a' + i), std::string(1 << 20, 'y'));
      });
      EXPECT_TRUE(saved.ok()) << saved;
    }
    EXPECT_GT(cache->blocks->Info().bytes, 0u) << "not more than is needed";
  }
  disk.Fill();
  auto cache = OpenCacheDir({.path = path, .block_bytes = kSmall});
  EXPECT_TRUE(cache.ok()) << cache.status();
}

class DefaultCacheDirTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* value = getenv("XDG_CACHE_HOME");
    if (value != nullptr) before_ = value;
  }
  void TearDown() override {
    before_.empty() ? unsetenv("XDG_CACHE_HOME") : setenv("XDG_CACHE_HOME", before_.c_str(), 1);
  }
  std::string before_;
};

TEST_F(DefaultCacheDirTest, FollowsTheUsersCacheHome) {
  setenv("XDG_CACHE_HOME", "/some/where", 1);
  EXPECT_EQ(DefaultCacheDir(), "/some/where/annofs");
}

TEST_F(DefaultCacheDirTest, WithoutOneIsTheUsualPlace) {
  unsetenv("XDG_CACHE_HOME");
  if (geteuid() == 0) {
    EXPECT_EQ(DefaultCacheDir(), "/var/cache/annofs");
  } else {
    EXPECT_TRUE(absl::EndsWith(DefaultCacheDir(), "/.cache/annofs"));
  }
}

}  // namespace
}  // namespace annofs
