// Sources with their companions, and what a source may ask of the bucket while it is read.
#include "fs/discovery.h"

#include <set>

#include "absl/strings/str_split.h"
#include "fs/media_header.h"
#include "fs/reading_surroundings.h"
#include "gmock/gmock.h"
#include "tests/formats/reading.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Takes objects whose content begins with its word; the words behind it are its companions, but
// for "less": a source that is poorer than the others.
class WordReader : public Reader {
 public:
  WordReader(absl::string_view word, int richness) : info_{.name = word, .richness = richness} {}
  ReaderInfo Info() const override { return info_; }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    absl::StatusOr<std::string> text = source.Read(0, source.size());
    if (!text.ok()) return text.status();
    std::vector<std::string> words = absl::StrSplit(*text, ' ');
    if (words[0] != info_.name) return std::optional<ProbeResult>();
    absl::StatusOr<std::vector<std::string>> siblings = source.Siblings();
    if (!siblings.ok()) return siblings.status();
    ProbeResult result;
    for (size_t i = 1; i < words.size(); ++i) {
      if (words[i] == "less") {
        result.richness = 10;
        continue;
      }
      if (words[i] == "named") {
        result.name = "street";
        continue;
      }
      const bool is_there =
          std::find(siblings->begin(), siblings->end(), words[i]) != siblings->end();
      EXPECT_EQ(source.OpenSibling(words[i]).ok(), is_there) << words[i];
      result.companions.push_back(words[i]);
    }
    return std::optional<ProbeResult>(std::move(result));
  }
  absl::Status Read(Source&, DatasetSink&) const override { return absl::OkStatus(); }

 private:
  const ReaderInfo info_;
};

class DiscoveryTest : public ::testing::Test {
 protected:
  DiscoveryTest() {
    readers_.push_back(std::make_unique<WordReader>("rich", 50));
    readers_.push_back(std::make_unique<WordReader>("poor", 20));
    cache_ = OpenCacheDir({.path = directory_ / "c", .block_bytes = uint64_t{16} << 20}).value();
    reader_ = NewObjectReader(store_, *cache_.blocks, counters_, {.source = store_.identity()});
  }
  void Open() { catalog_ = OpenCatalog(*cache_.catalog, store_, {}).value(); }
  // Of each source its key, then its companions' keys.
  std::vector<std::string> Found() {
    Open();
    absl::StatusOr<Discovery> found = Discover(*catalog_, *reader_, readers_, {}, Soon());
    EXPECT_TRUE(found.ok()) << found.status();
    sources_ = found->sources;
    std::vector<std::string> lines;
    for (const FoundSource& source : sources_) {
      lines.push_back(source.object.key);
      for (const ObjectVersion& one : source.companions) lines.back() += " + " + one.key;
    }
    return lines;
  }

  MemoryStore store_;
  TempDir directory_;
  Counters counters_;
  CacheDir cache_;
  std::unique_ptr<ObjectReader> reader_;
  std::unique_ptr<Catalog> catalog_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<FoundSource> sources_;
};

TEST_F(DiscoveryTest, CompanionsAreReadWithASourceAndAreNoSources) {
  store_.Put("labels/annotations.json", "rich labels.json absent.json data_meta.json");
  store_.Put("labels/labels.json", "poor");
  store_.Put("labels/data_meta.json", "else");
  store_.Put("labels/other.json", "poor");
  EXPECT_THAT(Found(),
              ElementsAre("labels/annotations.json + labels/data_meta.json + labels/labels.json",
                          "labels/other.json"));
}

TEST_F(DiscoveryTest, ImagesBesideASourceDoNotHideItsCompanions) {
  store_.Put("labels/annotations.json", "rich labels.json");
  store_.Put("labels/labels.json", "poor");
  for (int i = 0; i < 1001; ++i) store_.Put(absl::StrCat("labels/frame_", i, ".jpg"), "x");
  EXPECT_THAT(Found(), ElementsAre("labels/annotations.json + labels/labels.json"));
}

TEST_F(DiscoveryTest, OfTwoThatNameEachOtherOneStays) {
  store_.Put("annotations1.json", "rich annotations2.json");
  store_.Put("annotations2.json", "rich annotations1.json");
  EXPECT_THAT(Found(), ElementsAre("annotations1.json + annotations2.json"));
}

TEST_F(DiscoveryTest, APoorerSourceDoesNotTakeARicherOne) {
  store_.Put("annotations1.json", "poor annotations2.json");
  store_.Put("annotations2.json", "rich");
  EXPECT_THAT(Found(), ElementsAre("annotations1.json + annotations2.json", "annotations2.json"));
}

TEST_F(DiscoveryTest, ASourceMayBePoorerThanItsFormat) {
  store_.Put("annotations1.json", "rich less annotations2.json");
  store_.Put("annotations2.json", "poor");
  EXPECT_THAT(Found(), ElementsAre("annotations1.json + annotations2.json", "annotations2.json"));
  EXPECT_EQ(sources_[0].richness(), 10);
  EXPECT_EQ(sources_[1].richness(), 20);
}

TEST_F(DiscoveryTest, ANumberInTheNameIsASourcesThatHasNoNameOfItsOwn) {
  store_.Put("task_12_annotations_2024_06_20_10_11_12_coco 1.0.zip", "poor");
  (void)Found();
  ASSERT_EQ(sources_.size(), 1u);
  EXPECT_EQ(sources_[0].number, "task 12");
  EXPECT_FALSE(sources_[0].has_own_name);
}

TEST_F(DiscoveryTest, ANumberInTheNameIsAlsoASourcesThatHasANameOfItsOwn) {
  store_.Put("task_12_annotations_2024_06_20_10_11_12_cvat for images 1.1.zip", "rich named");
  store_.Put("task-13-backup-instance1718871072.5-cvat.zip", "rich named");
  store_.Put("task_14_backup_2024_06_20_10_11_12.zip", "rich named");
  (void)Found();
  ASSERT_EQ(sources_.size(), 3u);
  EXPECT_TRUE(sources_[0].has_own_name);
  std::set<std::string> numbers;
  for (const FoundSource& source : sources_) numbers.insert(source.number);
  // The last is the backup of a task that is called "14".
  EXPECT_THAT(numbers, ElementsAre("", "task 12", "task 13"));
}

class ReadingTest : public DiscoveryTest {
 protected:
  std::unique_ptr<Source> OpenSource(const FoundSource& source) {
    surroundings_.emplace(*catalog_, *reader_, source, "", Soon());
    return NewCatalogSource(*reader_, source.object, Soon(), surroundings_->ForSource());
  }
  std::optional<ReadingSurroundings> surroundings_;
};

TEST_F(ReadingTest, ASourceSeesTheCompanionsThatItsProbeNamedAsTheyWereThen) {
  store_.Put("annotations.json", "rich labels.json");
  store_.Put("labels.json", "poor");
  (void)Found();
  ASSERT_EQ(sources_.size(), 1u);
  std::unique_ptr<Source> source = OpenSource(sources_[0]);
  EXPECT_THAT(source->Siblings().value(), ElementsAre("labels.json"));
  store_.Put("labels.json", "newer");
  std::unique_ptr<Source> sibling = source->OpenSibling("labels.json").value();
  source.reset();
  surroundings_.reset();
  EXPECT_EQ(sibling->name(), "labels.json");
  EXPECT_EQ(sibling->Read(0, 100).value(), "poor");
}

TEST_F(ReadingTest, WhatTheProbeDidNotNameIsNotSeen) {
  store_.Put("annotations.json", "rich");
  store_.Put("labels.json", "else");
  (void)Found();
  std::unique_ptr<Source> source = OpenSource(sources_[0]);
  EXPECT_THAT(source->Siblings().value(), IsEmpty());
  EXPECT_TRUE(absl::IsNotFound(source->OpenSibling("labels.json").status()));
}

// 640 x 480 pixels, orientation 6, says `file`.
constexpr char kTurned[] = "cvat/images/images/exif_rotated/left.jpg";

TEST_F(ReadingTest, TheSizeOfAnImageIsThatOfItsHeaderTurnedAsItSays) {
  store_.Put("annotations.json", "rich");
  store_.Put("images/left.jpg", FixtureText(kTurned));
  store_.Put("images/not.jpg", "no image");
  (void)Found();
  std::unique_ptr<Source> source = OpenSource(sources_[0]);
  EXPECT_EQ(source->SizeOfImage("left.jpg").value(), (ImageSize{480, 640}));
  EXPECT_EQ(source->SizeOfImage("left").value(), (ImageSize{480, 640}));
  EXPECT_EQ(source->SizeOfImage("not.jpg").value(), std::nullopt);
  EXPECT_EQ(source->SizeOfImage("absent.jpg").value(), std::nullopt);
}

TEST_F(ReadingTest, ASizeThatTheStoreDoesNotGiveIsAnErrorAndNeverOfTheContent) {
  store_.Put("annotations.json", "rich");
  store_.Put("left.jpg", FixtureText(kTurned));
  (void)Found();
  std::unique_ptr<Source> source = OpenSource(sources_[0]);
  for (absl::Status error : {absl::UnavailableError("down"), absl::InvalidArgumentError("400")}) {
    store_.Fail(MemoryStore::Call::kGet, error);
    EXPECT_TRUE(absl::IsUnavailable(source->SizeOfImage("left.jpg").status()));
    absl::SleepFor(absl::Milliseconds(1100));  // a failure is remembered for a second
  }
  EXPECT_TRUE(source->SizeOfImage("left.jpg").ok());
}

TEST_F(ReadingTest, AHeaderTellsWhetherAFramesSizeIsTheTurnedOne) {
  const ObjectVersion turned = store_.Put("left.jpg", FixtureText(kTurned));
  std::optional<ImageHeader> header = HeaderOfObject(*reader_, turned, Soon()).value();
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->orientation, 6);
  EXPECT_EQ(CompareSizes({.width = 480, .height = 640}, header), SizeAgreement::kTurned);
  EXPECT_EQ(CompareSizes({.width = 640, .height = 480}, header), SizeAgreement::kSame);
  EXPECT_EQ(CompareSizes({.width = 641, .height = 480}, header), SizeAgreement::kDiffers);
  EXPECT_EQ(CompareSizes({}, header), SizeAgreement::kUnknown);
  EXPECT_EQ(CompareSizes({.width = 1, .height = 1}, std::nullopt), SizeAgreement::kUnknown);
}

}  // namespace
}  // namespace annofs::testing
