#include "fs/media_blocks.h"

#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

MatchedMedia At(RowId row, std::string key) { return {.row = row, .media = {.key = key}}; }

std::string KeyIn(absl::string_view block, uint64_t first, uint64_t place, absl::string_view name) {
  return FindMedia(block, first, place, name).value().value().media.key;
}

TEST(MediaBlocks, ABlockTakesNoBaseFromTheOneBefore) {
  MediaBlockWriter writer;
  ASSERT_TRUE(writer.Add(0, "a.jpg", At(1, "bucket/a.jpg")));
  writer.Take();
  ASSERT_TRUE(writer.Add(1, "b.jpg", At(2, "elsewhere")));
  ASSERT_TRUE(writer.Add(2, "c.jpg", At(3, "bucket/c.jpg")));
  const std::string block = writer.Take();
  EXPECT_EQ(KeyIn(block, 1, 1, "b.jpg"), "elsewhere");
  EXPECT_EQ(KeyIn(block, 1, 2, "c.jpg"), "bucket/c.jpg");
}

TEST(MediaBlocks, PlacesOfContextImagesAreWiderThanRanks) {
  MediaBlockWriter writer;
  const uint64_t last = RelatedPlace(UINT32_MAX, 63);
  ASSERT_TRUE(writer.Add(RelatedPlace(0, 1), "r/x.png", At(9, "b/r/x.png")));
  ASSERT_TRUE(writer.Add(last, "r/y.png", At(7, "b/r/y.png")));
  EXPECT_EQ(writer.first_place(), 1u);
  const std::string block = writer.Take();
  EXPECT_EQ(KeyIn(block, 1, last, "r/y.png"), "b/r/y.png");
  EXPECT_EQ(FindMedia(block, 1, last, "r/y.png").value()->row, 7u);
  EXPECT_FALSE(FindMedia(block, 1, RelatedPlace(0, 2), "r/z.png").value().has_value());
}

}  // namespace
}  // namespace annofs::testing
