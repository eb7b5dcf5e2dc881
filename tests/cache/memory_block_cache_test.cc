#include <memory>
#include <string>

#include "cache/block_cache.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

std::string ReadOrEmpty(BlockCache& cache, uint32_t index) {
  std::string data;
  cache.Read({.index = index}, Lane::kFast,
             [&](absl::string_view bytes) { data = std::string(bytes); });
  return data;
}

TEST(MemoryBlockCacheTest, GivesBackWhatWasWritten) {
  std::unique_ptr<BlockCache> cache = NewMemoryBlockCache(1000);
  cache->Write({.index = 1}, SharedBytes::CopyOf("one"), Keep::kEvictable);
  EXPECT_EQ(ReadOrEmpty(*cache, 1), "one");
  EXPECT_EQ(cache->Read({.index = 2}, Lane::kSlow, [](absl::string_view) {}), BlockResult::kMiss);
}

TEST(MemoryBlockCacheTest, ForgetsTheLeastRecentlyUsedToKeepItsBound) {
  std::unique_ptr<BlockCache> cache = NewMemoryBlockCache(300);
  for (uint32_t i = 1; i <= 3; ++i)
    cache->Write({.index = i}, SharedBytes::CopyOf(std::string(100, 'a')), Keep::kEvictable);
  ReadOrEmpty(*cache, 1);
  cache->Write({.index = 4}, SharedBytes::CopyOf(std::string(100, 'b')), Keep::kEvictable);
  EXPECT_EQ(ReadOrEmpty(*cache, 2), "");
  EXPECT_EQ(ReadOrEmpty(*cache, 1), std::string(100, 'a'));
  EXPECT_LE(cache->Info().bytes, 300u);
}

TEST(MemoryBlockCacheTest, DropsABlockThatIsLargerThanItsBound) {
  std::unique_ptr<BlockCache> cache = NewMemoryBlockCache(10);
  cache->Write({.index = 1}, SharedBytes::CopyOf("0123456789+"), Keep::kEvictable);
  EXPECT_EQ(cache->Info().dropped, 1u);
  EXPECT_EQ(ReadOrEmpty(*cache, 1), "");
}

}  // namespace
}  // namespace annofs
