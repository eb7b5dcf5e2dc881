// Frames and images that are read together: the same as each read alone, and kept for a while.
#include "fs/recent_groups.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fs/frame_blocks.h"
#include "fs/media_blocks.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

struct FakeGroup {
  Rank first = 0, behind = 0;
  size_t size = 100;
  Rank begin() const { return first; }
  Rank end() const { return behind; }
  size_t bytes() const { return size; }
};

std::shared_ptr<const FakeGroup> Group(Rank begin, Rank end, size_t bytes = 100) {
  return std::make_shared<const FakeGroup>(FakeGroup{begin, end, bytes});
}

TEST(RecentGroups, FindAGroupByEachOfItsRanksAndByNoOther) {
  RecentGroups<FakeGroup> recent;
  const auto group = Group(13, 29);  // across two slots
  recent.Put(group);
  for (Rank rank = 0; rank < 1000; ++rank) {
    EXPECT_EQ(recent.Find(rank), rank >= 13 && rank < 29 ? group : nullptr) << rank;
  }
}

TEST(RecentGroups, HoldSoManyWhereverTheyAre) {
  RecentGroups<FakeGroup> recent;
  size_t held = 0;
  for (Rank rank = 0; rank < 10'000; rank += 16) recent.Put(Group(rank, rank + 16));
  for (Rank rank = 0; rank < 10'000; rank += 16) held += recent.Find(rank) != nullptr ? 1 : 0;
  EXPECT_EQ(held, RecentGroups<FakeGroup>::kSlots);
  EXPECT_NE(recent.Find(9'999), nullptr);  // the last one is among them
}

TEST(RecentGroups, LargeOnesAreNotHeld) {
  RecentGroups<FakeGroup> recent;
  recent.Put(Group(0, 16, RecentGroups<FakeGroup>::kMostBytes + 1));
  EXPECT_EQ(recent.Find(3), nullptr);
}

// Frames of every kind: other names, own stems, context images, images in a zip, other sizes, tasks
// and subsets.
struct Written {
  std::string name, path, subset, own_stem, related;
  FrameEntry entry;
};

std::vector<Written> Frames() {
  std::vector<Written> frames(100);
  for (uint32_t i = 0; i < frames.size(); ++i) {
    Written& frame = frames[i];
    frame.path = absl::StrCat("directory/", 1000 + i, ".jpg");
    frame.name = i % 3 == 0 ? absl::StrCat("other ", i) : frame.path;
    frame.subset = i % 40 < 20 ? "train" : "a subset with a long name";
    frame.own_stem = absl::StrCat("stem-", i);
    frame.related = absl::StrCat("related/", i);
    frame.entry = {.name = frame.name,
                   .path = frame.path,
                   .subset = frame.subset,
                   .number = i % 7 == 0 ? 5000 - i : i,
                   .task = i / 30,
                   .width = i % 5 == 0 ? 640u + i : 0u,
                   .height = 480,
                   .shares_stem = i % 4 == 0};
    if (i % 6 == 0) frame.entry.own_stem = frame.own_stem;
    if (i % 8 == 0) frame.entry.related = {frame.related, "second"};
    if (i % 9 == 0) frame.entry.inner = InnerMedia{.header_offset = i, .size = 9, .crc32 = 7};
  }
  return frames;
}

void ExpectSame(const FrameGroup& group, Rank rank, const Written& written) {
  const Frame frame = group.GetFrame(rank);
  const FrameNames names = group.Names(rank);
  const FrameEntry& entry = written.entry;
  EXPECT_EQ(frame.name, written.name);
  EXPECT_EQ(group.Name(rank), written.name);
  EXPECT_EQ(frame.subset, written.subset);
  EXPECT_EQ(frame.number, entry.number);
  EXPECT_EQ(frame.task, entry.task);
  EXPECT_EQ(frame.width, entry.width);
  EXPECT_EQ(frame.height, entry.height);
  EXPECT_EQ(frame.related, std::vector<std::string>(entry.related.begin(), entry.related.end()));
  EXPECT_EQ(frame.inner.has_value(), entry.inner.has_value());
  EXPECT_EQ(frame.inner ? frame.inner->header_offset : 0,
            entry.inner ? entry.inner->header_offset : 0);
  EXPECT_EQ(names.path, written.path);
  EXPECT_EQ(names.shares_stem, entry.shares_stem);
  EXPECT_EQ(names.stem,
            entry.own_stem ? written.own_stem : "directory_" + written.path.substr(10, 4));
}

TEST(FrameGroups, GiveEveryFrameOfABlockAsItWasWritten) {
  const std::vector<Written> frames = Frames();
  FrameBlockWriter writer;
  for (const Written& frame : frames) ASSERT_TRUE(writer.Add(frame.entry));
  const std::string block = writer.Take();
  FrameBlockReader reader(block);
  ASSERT_TRUE(reader.status().ok());
  constexpr Rank kFirst = 777;
  for (uint32_t place = 0; place < frames.size(); ++place) {
    SCOPED_TRACE(place);
    const absl::StatusOr<FrameGroup> group = reader.Group(place, kFirst);
    ASSERT_TRUE(group.ok()) << group.status();
    ASSERT_LE(group->begin(), kFirst + place);
    ASSERT_GT(group->end(), kFirst + place);
    for (Rank rank = group->begin(); rank < group->end(); ++rank) {
      ExpectSame(*group, rank, frames[rank - kFirst]);
    }
  }
}

// Images with gaps between them, by rank.
std::map<uint32_t, MatchedMedia> Images() {
  std::map<uint32_t, MatchedMedia> images;
  uint32_t rank = 50;
  for (uint32_t i = 0; i < 60; ++i) {
    MatchedMedia matched{.row = 1000 - 3 * i};
    matched.media.key = i % 5 == 0 ? absl::StrCat("elsewhere/", i, ".png")
                                   : absl::StrCat(i % 20 < 10 ? "" : "base/", "frame ", rank);
    matched.media.size = i * i;
    if (i % 3 == 0) matched.media.digest = "md5:00112233445566778899aabbccddeeff";
    if (i % 7 == 0) matched.media.digest = "crc32c:text";
    images[rank] = matched;
    rank += i % 10 == 9 ? 40 : 1 + i % 2;
  }
  return images;
}

TEST(MediaGroups, GiveTheImagesOfEveryRankAsTheyWereWritten) {
  const std::map<uint32_t, MatchedMedia> images = Images();
  MediaBlockWriter writer;
  for (const auto& [rank, matched] : images) {
    ASSERT_TRUE(writer.Add(rank, absl::StrCat("frame ", rank), matched));
  }
  const std::string block = writer.Take();
  const uint32_t last = images.rbegin()->first;
  for (uint32_t begin = 50; begin < last + 40; ++begin) {
    SCOPED_TRACE(begin);
    const absl::StatusOr<MediaGroup> group = MediaGroup::Read(block, 50, begin);
    ASSERT_TRUE(group.ok()) << group.status();
    EXPECT_EQ(group->begin(), begin);
    ASSERT_GT(group->end(), begin);
    EXPECT_LE(group->end() - begin, MediaGroup::kMostRanks);
    // What stands behind the block may be in the next one.
    EXPECT_LE(group->end(), std::max(last, begin) + 1);
    for (uint32_t rank = begin; rank < group->end(); ++rank) {
      const auto written = images.find(rank);
      ASSERT_EQ(group->Row(rank).has_value(), written != images.end()) << rank;
      if (written == images.end()) continue;
      const MatchedMedia matched = group->Get(rank, absl::StrCat("frame ", rank));
      EXPECT_EQ(group->Row(rank), written->second.row);
      EXPECT_EQ(matched.row, written->second.row);
      EXPECT_EQ(matched.media.key, written->second.media.key);
      EXPECT_EQ(matched.media.size, written->second.media.size);
      EXPECT_EQ(matched.media.digest, written->second.media.digest);
    }
  }
}

TEST(MediaGroups, CutBlocksAreDamaged) {
  MediaBlockWriter writer;
  ASSERT_TRUE(writer.Add(3, "n", {.row = 1}));
  const std::string block = writer.Take();
  for (size_t size = 0; size < block.size(); ++size) {
    EXPECT_FALSE(MediaGroup::Read(absl::string_view(block).substr(0, size), 3, 3).ok()) << size;
  }
}

}  // namespace
}  // namespace annofs
