// Shards of a WebDataset: which samples are in which, and what a sample is.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/annotation_text.h"
#include "formats/split.h"
#include "gmock/gmock.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/tar_reading.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::Finished;
using ::annofs::testing::TarEntries;
using ::annofs::testing::TarEntry;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Stands for an image's bytes: "RRRR" of the rank's digit.
std::string ImageOf(const FrameImage& image) {
  return std::string(image.size, char('0' + image.rank % 10));
}

// A shard with its images, as it is read.
std::string Rendered(const Segments& segments, const Dataset& data) {
  std::string bytes;
  SegmentReader reader(segments, data);
  for (bool is_more = true; is_more;) {
    std::string text;
    absl::StatusOr<bool> next = reader.Next(text);
    EXPECT_TRUE(next.ok()) << next.status();
    is_more = next.value_or(false);
    if (reader.image()) bytes += ImageOf(*reader.image());
    bytes += text;
  }
  return bytes;
}

// Members of each shard, by its name.
using Shards = std::map<std::string, std::vector<TarEntry>>;
Shards ShardsOf(const Dataset& data) {
  Shards shards;
  const Layout layout = Described("wds", data);
  for (const SingleFile& file : layout.files()) {
    if (!file.is_segmented()) continue;
    EXPECT_TRUE(shards.emplace(file.name, TarEntries(Rendered(file.segments, data))).second);
  }
  return shards;
}

std::string KeyOf(const TarEntry& entry) { return entry.name.substr(0, entry.name.find('.')); }
std::string ExtensionOf(const TarEntry& entry) {
  return entry.name.substr(entry.name.find('.') + 1);
}

std::vector<std::string> NamesOf(const std::vector<TarEntry>& entries) {
  std::vector<std::string> names;
  for (const TarEntry& entry : entries) names.push_back(entry.name);
  return names;
}

// Frames of one subset, so that all are train.
std::unique_ptr<Dataset> Trained(const std::vector<Frame>& frames,
                                 const DatasetBuilder::MediaFinder& media, uint32_t shard_frames) {
  DatasetBuilder builder;
  builder.SetInfo({.name = "d", .options = {.shard_frames = shard_frames}});
  builder.AddTask({.name = "a", .subset = "train"});
  builder.AddTask({.name = "b", .subset = "val"});
  builder.AddLabel({.name = "car"});
  builder.AddLabel({.name = "bus"});
  for (Frame frame : frames) {
    frame.subset = frame.task == 0 ? "train" : "val";
    EXPECT_TRUE(builder.AddFrame(std::move(frame)).ok());
  }
  return Finished(builder, media);
}

TEST(Wds, ASampleIsWhatHasItsKeyWithTheImageLast) {
  const std::unique_ptr<Dataset> data = EveryShape();
  std::map<std::string, std::vector<TarEntry>> samples;
  for (const auto& [name, entries] : ShardsOf(*data)) {
    for (const TarEntry& entry : entries) samples[KeyOf(entry)].push_back(entry);
  }
  ASSERT_EQ(samples.size(), 2u);
  // "sky" is the third class; parts of skeletons are none.
  EXPECT_THAT(NamesOf(samples["dir_b_1"]),
              ElementsAre("dir_b_1.json", "dir_b_1.cls", "dir_b_1.png"));
  EXPECT_EQ(samples["dir_b_1"][1].content, "2");
  EXPECT_THAT(NamesOf(samples["a"]), ElementsAre("a.json", "a.jpg"));
  for (const auto& [key, entries] : samples) {
    const Rank rank = data->FindStem(key)->value();
    EXPECT_EQ(entries[0].content, RenderJson(*data, rank).value());
    EXPECT_EQ(entries.back().content, std::string(7, char('0' + rank)));
  }
}

TEST(Wds, ClassesAreNumberedFrom0AsTheirListHasThem) {
  const std::unique_ptr<Dataset> data = EveryShape();
  const Layout layout = Described("wds", *data);
  EXPECT_EQ(layout.files()[*layout.FindFile("classes.txt")].render(*data).value(),
            "car\nperson\nsky\n");
}

TEST(Wds, OnlyOneClassAmongTheTagsIsTheImagesClass) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  for (const char* name : {"car", "bus"}) builder.AddLabel({.name = name});
  const std::vector<std::vector<uint32_t>> tags = {{}, {1}, {0, 1}, {1, 1}, {0}};
  for (size_t i = 0; i < tags.size(); ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(i, ".jpg")}).value();
    EXPECT_TRUE(builder.AddShape(frame, {.label = 0, .points = {1, 1, 5, 5}}).ok());
    for (uint32_t label : tags[i]) {
      EXPECT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag, .label = label}).ok());
    }
  }
  const std::unique_ptr<Dataset> data = Finished(builder);
  std::map<std::string, std::string> classes;
  for (const auto& [name, entries] : ShardsOf(*data)) {
    for (const TarEntry& entry : entries) {
      if (ExtensionOf(entry) == "cls") classes[KeyOf(entry)] = entry.content;
    }
  }
  EXPECT_EQ(classes, (std::map<std::string, std::string>{{"1", "1"}, {"3", "1"}, {"4", "0"}}));
}

TEST(Wds, ShardsAreFlatNumberedFrom0AndHaveSoManyFrames) {
  std::vector<Frame> frames;
  for (int i = 0; i < 7; ++i) frames.push_back({.name = absl::StrCat(i, ".jpg")});
  for (int i = 7; i < 9; ++i) frames.push_back({.name = absl::StrCat(i, ".jpg"), .task = 1});
  const std::unique_ptr<Dataset> data = Trained(frames, testing::EveryImage, 3);
  std::map<std::string, std::string> keys;
  for (const auto& [name, entries] : ShardsOf(*data)) {
    for (const TarEntry& entry : entries) {
      if (ExtensionOf(entry) == "jpg") keys[name] += KeyOf(entry);
    }
  }
  EXPECT_EQ(keys, (std::map<std::string, std::string>{{"train-000000.tar", "012"},
                                                      {"train-000001.tar", "345"},
                                                      {"train-000002.tar", "6"},
                                                      {"val-000000.tar", "78"}}));
}

TEST(Wds, APartWithoutImagesHasNoShard) {
  const std::vector<Frame> frames = {{.name = "a.jpg"}, {.name = "b.jpg"}, {.name = "c.jpg"}};
  auto none = [](const Frame&) -> absl::StatusOr<std::optional<Media>> { return std::nullopt; };
  const std::unique_ptr<Dataset> data = Trained(frames, none, 1000);
  EXPECT_THAT(ShardsOf(*data), IsEmpty());
  EXPECT_THAT(ShardsOf(*testing::NoFrames()), IsEmpty());
}

TEST(Wds, ThereAreNoMoreShardsThan16384OfAPart) {
  DatasetBuilder builder;
  builder.SetInfo({.options = {.shard_frames = 1}});
  builder.AddTask({.name = "t", .is_video = true});
  for (uint32_t i = 0; i < 25'000; ++i) {
    builder.AddFrame({.name = absl::StrCat("frame_", i, ".jpg"), .number = i}).value();
  }
  const std::unique_ptr<Dataset> data = Finished(builder);
  const Layout layout = Described("wds", *data);
  std::map<std::string, size_t> shards, frames;
  for (const SingleFile& file : layout.files()) {
    const std::string part = file.name.substr(0, file.name.find('-'));
    if (!file.is_segmented()) continue;
    ++shards[part];
    frames[part] += file.segments.sections[0].frames.size();
  }
  // The last fifth of the video is val.
  EXPECT_EQ(shards, (std::map<std::string, size_t>{{"train", 10'000}, {"val", 5'000}}));
  EXPECT_EQ(frames, (std::map<std::string, size_t>{{"train", 20'000}, {"val", 5'000}}));
}

TEST(Wds, AnImageHasItsExtensionInLowerCaseAndNeverThatOfAnotherMember) {
  std::vector<Frame> frames = {{.name = "a.JPG"},  {.name = "b.Webp"}, {.name = "c"},
                               {.name = "d.json"}, {.name = "e.cls"},  {.name = "f.tar.png"},
                               {.name = "g.pcd"}};
  auto media = [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
    return Media{.key = frame.name == "c" ? "bucket/c.jpeg" : frame.name, .size = 1};
  };
  const std::unique_ptr<Dataset> data = Trained(frames, media, 1000);
  std::map<char, std::string> extensions;
  for (const auto& [name, entries] : ShardsOf(*data)) {
    for (const TarEntry& entry : entries) {
      if (ExtensionOf(entry) != "json") extensions[entry.name[0]] = ExtensionOf(entry);
    }
  }
  EXPECT_EQ(extensions, (std::map<char, std::string>{{'a', "jpg"},
                                                     {'b', "webp"},
                                                     {'c', "jpeg"},
                                                     {'d', "bin"},
                                                     {'e', "bin"},
                                                     {'f', "png"},
                                                     {'g', "pcd"}}));
}

class WdsOfEveryDataset : public ::testing::TestWithParam<testing::DatasetCase> {
 protected:
  std::unique_ptr<Dataset> data_ = GetParam().make();
};

// WebDataset takes members with the same key for one sample while they follow each other, and what
// stands behind the first dot for the member's kind.
TEST_P(WdsOfEveryDataset, KeysHaveNoDotsAndTheirMembersFollowEachOther) {
  for (const auto& [name, entries] : ShardsOf(*data_)) {
    EXPECT_EQ(std::count(name.begin(), name.end(), '.'), 1) << name;
    std::set<std::string> keys, names;
    std::string last;
    for (const TarEntry& entry : entries) {
      EXPECT_EQ(std::count(entry.name.begin(), entry.name.end(), '.'), 1) << entry.name;
      EXPECT_EQ(std::count(entry.name.begin(), entry.name.end(), '/'), 0) << entry.name;
      EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
      if (KeyOf(entry) != last) EXPECT_TRUE(keys.insert(KeyOf(entry)).second) << entry.name;
      last = KeyOf(entry);
    }
  }
}

// A single image of the dataset is in both of train and val.
TEST_P(WdsOfEveryDataset, EveryFrameHasASampleInEachOfItsPartsOrAReasonWhyNot) {
  const std::unique_ptr<Writer> writer = WriterNamed("wds");
  std::map<std::string, size_t> samples;
  for (const auto& [name, entries] : ShardsOf(*data_)) {
    for (const TarEntry& entry : entries) {
      if (ExtensionOf(entry) == "json") ++samples[KeyOf(entry)];
    }
  }
  for (Rank rank = 0; rank < data_->frame_count(); ++rank) {
    const std::string stem = data_->Names(rank)->stem;
    size_t parts = 0;
    const std::vector<SplitPart> split = Split(*data_).value();
    for (const SplitPart& part : split) parts += part.frames.Contains(rank);
    const bool is_dropped = !writer->WhyFrameDropped(*data_, rank)->empty();
    EXPECT_EQ(is_dropped, !data_->GetMedia(rank)->has_value());
    EXPECT_EQ(samples[stem], is_dropped ? 0 : parts) << stem;
    EXPECT_GE(parts, 1u);
  }
}

TEST_P(WdsOfEveryDataset, TheJsonOfASampleHasEveryTagAndShape) {
  for (const auto& [name, entries] : ShardsOf(*data_)) {
    for (const TarEntry& entry : entries) {
      if (ExtensionOf(entry) != "json") continue;
      const Rank rank = data_->FindStem(KeyOf(entry))->value();
      EXPECT_EQ(entry.content, RenderJson(*data_, rank).value());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Datasets, WdsOfEveryDataset, testing::EveryDataset(), testing::CaseName);

}  // namespace
}  // namespace annofs
