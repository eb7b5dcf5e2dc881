// Which sources are of one task, which of them is read, and what their dataset is called.
#include "fs/source_groups.h"

#include "cache/base/digest.h"
#include "gmock/gmock.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class FakeReader : public Reader {
 public:
  FakeReader(absl::string_view name, int richness) : info_{.name = name, .richness = richness} {}
  ReaderInfo Info() const override { return info_; }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source&) const override {
    return std::optional<ProbeResult>();
  }
  absl::Status Read(Source&, DatasetSink&) const override { return absl::OkStatus(); }

 private:
  const ReaderInfo info_;
};

const FakeReader kBackup("backup", 90), kXml("xml", 50), kCoco("coco", 30),
    kManifest("manifest", 5);

FoundSource Named(const std::string& key, const Reader& reader, const std::string& name,
                  const std::string& number = "") {
  return {.object = {.key = key, .version = "v"},
          .reader = &reader,
          .name = name,
          .has_own_name = true,
          .number = number};
}
// Without a name of its own: its stem.
FoundSource Nameless(const std::string& key, const Reader& reader, const std::string& number = "") {
  return {.object = {.key = key, .version = "v"},
          .reader = &reader,
          .name = key.substr(0, key.rfind('.')),
          .number = number};
}

class SourceGroupsTest : public ::testing::Test {
 protected:
  // "NAME: KEY" or "NAME: KEY < poorer KEYs" of each dataset.
  std::vector<std::string> Group(std::vector<FoundSource> sources) {
    std::vector<std::string> lines;
    for (const SourceGroup& group : GroupSources(std::move(sources), notes_)) {
      std::string line = group.name + ": " + group.source.object.key;
      for (size_t i = 0; i < group.others.size(); ++i) {
        line += (i == 0 ? " < " : ", ") + group.others[i].object.key;
      }
      lines.push_back(line);
    }
    return lines;
  }
  std::vector<std::string> notes_;
};

TEST_F(SourceGroupsTest, ASourceThatIsPoorerThanItsFormatIsNotRead) {
  FoundSource tracks = Named("tracks.xml", kBackup, "t");
  tracks.own_richness = 29;
  EXPECT_THAT(Group({tracks, Named("images.xml", kXml, "t"), Named("coco.json", kCoco, "t")}),
              ElementsAre("t: images.xml < coco.json, tracks.xml"));
  EXPECT_THAT(Group({tracks}), ElementsAre("t: tracks.xml"));
}

TEST_F(SourceGroupsTest, SourcesOfOneNameAreOneTaskAndTheRichestIsRead) {
  EXPECT_THAT(Group({Named("a.xml", kXml, "street"), Named("b.zip", kBackup, "street"),
                     Named("c.json", kCoco, "street")}),
              ElementsAre("street: b.zip < a.xml, c.json"));
}

TEST_F(SourceGroupsTest, SourcesOfOneNumberAreOneTask) {
  EXPECT_THAT(Group({Named("a.xml", kXml, "street", "task 12"), Nameless("b.zip", kCoco, "task 12"),
                     Nameless("c.zip", kCoco, "task 13")}),
              UnorderedElementsAre("street: a.xml < b.zip", "c: c.zip"));
  EXPECT_THAT(Group({Nameless("a.zip", kCoco, "task 12"), Nameless("b.xml", kXml, "task 12")}),
              ElementsAre("b: b.xml < a.zip"));
}

TEST_F(SourceGroupsTest, ANumberBringsANamelessSourceToTheBackupOfItsName) {
  EXPECT_THAT(Group({Named("a.zip", kBackup, "street"), Named("b.xml", kXml, "street", "task 12"),
                     Nameless("c.zip", kCoco, "task 12")}),
              ElementsAre("street: a.zip < b.xml, c.zip"));
}

TEST_F(SourceGroupsTest, DifferentNamesOfOneNumberAreNotUnited) {
  EXPECT_THAT(Group({Named("a.xml", kXml, "one", "task 1"),
                     Named("b.zip", kBackup, "two", "task 1"), Nameless("c.zip", kCoco, "task 1")}),
              UnorderedElementsAre("one: a.xml", "two: b.zip", "c: c.zip"));
}

TEST_F(SourceGroupsTest, OneNameOfSeveralNumbersIsSeveralTasks) {
  EXPECT_THAT(
      Group({Named("a.xml", kXml, "street", "task 1"), Named("b.zip", kCoco, "street", "task 2")}),
      UnorderedElementsAre("street-" + Hash8Hex("a.xml") + ": a.xml",
                           "street-" + Hash8Hex("b.zip") + ": b.zip"));
}

TEST_F(SourceGroupsTest, AsRichSourcesOfOneNameAreADatasetEach) {
  EXPECT_THAT(Group({Named("a.xml", kXml, "street"), Named("b.xml", kXml, "street"),
                     Named("c.json", kCoco, "street")}),
              UnorderedElementsAre("street-" + Hash8Hex("a.xml") + ": a.xml < c.json",
                                   "street-" + Hash8Hex("b.xml") + ": b.xml < c.json"));
}

FoundSource At(FoundSource source, int64_t seconds) {
  source.object.modified = absl::FromUnixSeconds(seconds);
  return source;
}

TEST_F(SourceGroupsTest, OfOneFormatNameAndNumberTheNewestIsReadThenTheFirstKey) {
  EXPECT_THAT(Group({At(Named("a.xml", kXml, "street", "task 9"), 100),
                     At(Named("b.xml", kXml, "street", "task 9"), 200),
                     At(Named("c.xml", kXml, "street", "task 9"), 200),
                     At(Named("d.json", kCoco, "street"), 300)}),
              ElementsAre("street: b.xml < a.xml, c.xml, d.json"));
  EXPECT_THAT(Group({At(Nameless("a.zip", kCoco, "task 9"), 100),
                     At(Nameless("b.zip", kCoco, "task 9"), 200)}),
              ElementsAre("b: b.zip < a.zip"));
}

TEST_F(SourceGroupsTest, OfOneNameAndFormatWithoutNumberNoneIsHidden) {
  EXPECT_EQ(Group({At(Named("a.zip", kBackup, "street"), 100),
                   At(Named("b.zip", kBackup, "street"), 200)})
                .size(),
            2u);
  EXPECT_EQ(Group({At(Named("a.xml", kXml, "street", "task 9"), 100),
                   At(Named("b.xml", kXml, "street"), 200)})
                .size(),
            2u);
}

TEST_F(SourceGroupsTest, ABrokenNewerSourceDoesNotHideAnOlderOne) {
  FoundSource broken = At(Named("b.xml", kXml, "street", "task 9"), 200);
  broken.broken = absl::InvalidArgumentError("cut");
  EXPECT_EQ(Group({At(Named("a.xml", kXml, "street", "task 9"), 100), broken}).size(), 2u);
}

TEST_F(SourceGroupsTest, ObjectsThatAreCalledTheSameInTwoDirectoriesAreTwoDatasets) {
  auto stem = [](const std::string& key, const Reader& reader) {
    FoundSource source = Nameless(key, reader);
    source.name = "annotations";
    return source;
  };
  EXPECT_EQ(Group({stem("x/annotations.xml", kXml), stem("y/annotations.zip", kCoco)}).size(), 2u);
  EXPECT_THAT(Group({stem("x/annotations.xml", kXml), stem("x/annotations.zip", kCoco)}),
              ElementsAre("annotations: x/annotations.xml < x/annotations.zip"));
}

TEST_F(SourceGroupsTest, ABrokenSourceHidesNoneAndIsHiddenByNone) {
  FoundSource broken = Named("b.zip", kBackup, "street");
  broken.broken = absl::InvalidArgumentError("cut");
  EXPECT_THAT(Group({Named("a.xml", kXml, "street"), broken}),
              UnorderedElementsAre("street-" + Hash8Hex("a.xml") + ": a.xml",
                                   "street-" + Hash8Hex("b.zip") + ": b.zip"));
}

TEST_F(SourceGroupsTest, AManifestBesideAboveOrBelowARicherSourceIsNoDataset) {
  EXPECT_THAT(
      Group({Named("x/a.zip", kBackup, "street"), Nameless("manifest.jsonl", kManifest),
             Nameless("x/manifest.jsonl", kManifest), Nameless("x/y/manifest.jsonl", kManifest)}),
      ElementsAre("street: x/a.zip"));
  ASSERT_EQ(notes_.size(), 1u);
  EXPECT_THAT(notes_[0], HasSubstr("3 sources that hold least ('manifest.jsonl', manifest; …)"));
}

TEST_F(SourceGroupsTest, AManifestElsewhereIsADataset) {
  EXPECT_THAT(
      Group({Named("x/a.zip", kBackup, "street"), Nameless("xy/manifest.jsonl", kManifest)}),
      UnorderedElementsAre("street: x/a.zip", ::testing::EndsWith(": xy/manifest.jsonl")));
  FoundSource broken = Named("a.zip", kBackup, "b");
  broken.broken = absl::InvalidArgumentError("cut");
  EXPECT_EQ(Group({broken, Nameless("manifest.jsonl", kManifest)}).size(), 2u);
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(SourceGroupsTest, TheOrderOfSourcesDoesNotMatter) {
  std::vector<FoundSource> sources = {
      Named("a.zip", kBackup, "street"), Named("b.xml", kXml, "street", "task 12"),
      Nameless("c.zip", kCoco, "task 12"), Named("d.xml", kXml, "Street")};
  const std::vector<std::string> groups = Group(sources);
  std::reverse(sources.begin(), sources.end());
  std::vector<std::string> reversed = Group(sources);
  ASSERT_EQ(groups.size(), 2u);
  for (size_t i = 0; i < groups.size(); ++i) {
    EXPECT_EQ(groups[i].substr(0, groups[i].find(" <")),
              reversed[i].substr(0, reversed[i].find(" <")));
  }
}

}  // namespace
}  // namespace annofs::testing
