#include "fs/media_blocks.h"

#include <map>
#include <string>

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

const std::string kSha1 = "sha1:" + std::string(40, 'a');
const std::string kMd5 = "md5:" + std::string(32, '7');

// Images at 2, 3, 4 and 7: each key and digest is written otherwise than the one before.
std::string BlockWithGaps() {
  MediaBlockWriter writer;
  const auto add = [&writer](uint64_t place, RowId row, std::string name, std::string key,
                             std::string digest) {
    const Media media{.key = std::move(key), .size = 10 * place, .digest = std::move(digest)};
    EXPECT_TRUE(writer.Add(place, name, {.row = row, .media = media}));
  };
  add(2, 20, "a.jpg", "bucket/a.jpg", kSha1);
  add(3, 19, "b.jpg", "bucket/b.jpg", "");
  add(4, 500, "c.jpg", "elsewhere", kMd5);
  add(7, 501, "d.jpg", "other/d.jpg", "crc:1");
  return writer.Take();
}

TEST(MediaBlocks, AReaderGoesToAnyImageFromAnyOther) {
  const std::string block = BlockWithGaps();
  const auto expect = [](MediaBlockReader& reader, uint64_t place) {
    SCOPED_TRACE(place);
    const std::map<uint64_t, MatchedMedia> wanted = {
        {2, {.row = 20, .media = {.key = "bucket/name", .digest = kSha1}}},
        {3, {.row = 19, .media = {.key = "bucket/name"}}},
        {4, {.row = 500, .media = {.key = "elsewhere", .digest = kMd5}}},
        {7, {.row = 501, .media = {.key = "other/name", .digest = "crc:1"}}}};
    ASSERT_TRUE(reader.GoTo(place).value());
    const MatchedMedia got = reader.Get("name");
    EXPECT_EQ(reader.row(), wanted.at(place).row);
    EXPECT_EQ(got.media.key, wanted.at(place).media.key);
    EXPECT_EQ(got.media.digest, wanted.at(place).media.digest);
    EXPECT_EQ(got.media.size, 10 * place);
  };
  for (uint64_t from : {2, 3, 4, 7}) {
    for (uint64_t to : {2, 3, 4, 7}) {
      MediaBlockReader reader = MediaBlockReader::Open(block, 2).value();
      expect(reader, from);
      expect(reader, to);
    }
  }
}

TEST(MediaBlocks, AReaderThatFoundNoImageFindsTheOthers) {
  const std::string block = BlockWithGaps();
  for (uint64_t absent : {0, 1, 5, 6, 8, 1000}) {
    SCOPED_TRACE(absent);
    MediaBlockReader reader = MediaBlockReader::Open(block, 2).value();
    EXPECT_FALSE(reader.GoTo(absent).value());
    for (uint64_t place : {7, 2, 3}) EXPECT_TRUE(reader.GoTo(place).value()) << place;
    EXPECT_FALSE(reader.GoTo(absent).value());
  }
}

}  // namespace
}  // namespace annofs::testing
