// Which datasets a bucket shows: where they are looked for, their names, and failures.
#include <thread>

#include "absl/strings/match.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "fs/discovery.h"
#include "gmock/gmock.h"
#include "tests/formats/zip_maker.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DatasetsTest : public ::testing::Test {
 protected:
  // What stands in views/, without the README.
  std::vector<std::string> Found(const FilesystemOptions& options = {}) {
    absl::Status opened = mount_.Open(options);
    EXPECT_TRUE(opened.ok()) << opened;
    return Shown();
  }
  std::vector<std::string> Shown() {
    absl::StatusOr<std::vector<std::string>> names = mount_.Names("views");
    EXPECT_TRUE(names.ok()) << names.status();
    if (!names.ok() || names->empty()) return {};
    EXPECT_EQ(names->back(), "README.txt");
    names->pop_back();
    return *names;
  }
  void PutTask(absl::string_view key, absl::string_view name) {
    store_.Put(key, ImagesXml(name, {"a.jpg"}));
  }
  MemoryStore store_;
  Mounted mount_{store_};
};

// A backup of a task with one frame "a.jpg".
std::string Backup(absl::string_view task) {
  return MakeZip(
      {{.name = "data/manifest.jsonl",
        .content = "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n"
                   "{\"name\":\"a\",\"extension\":\".jpg\",\"width\":10,\"height\":20}\n"},
       {.name = "task.json",
        .content = absl::StrCat(
            R"({"name":")", task, R"(","subset":"","version":"1.0","labels":[{"name":"car",)",
            R"("type":"any","attributes":[]}],"data":{"chunk_size":72,"image_quality":70,)",
            R"("start_frame":0,"stop_frame":0,"storage_method":"cache","storage":"local",)",
            R"("chunk_type":"imageset"},"jobs":[{"start_frame":0,"stop_frame":0,)",
            R"("status":"annotation"}]})")},
       {.name = "annotations.json",
        .content = R"([{"version":0,"tags":[],"shapes":[],"tracks":[]}])"}});
}

TEST_F(DatasetsTest, AreFoundInTheRootAndInDirectoriesWithTellingNamesTwoLevelsDeep) {
  PutTask("root.xml", "root");
  PutTask("My_Annotations/a.xml", "telling");
  PutTask("cvat-2/deeper/b.xml", "deeper");
  PutTask("cvat-2/deeper/still/c.xml", "too deep");
  PutTask("photos/d.xml", "elsewhere");
  store_.Put("photos/other.xml", "<other/>");
  store_.Put("cvat-2/readme.txt", "text");
  EXPECT_THAT(Found(), ElementsAre("deeper", "root", "telling"));
}

TEST_F(DatasetsTest, OtherXmlAndZipsAreNotDatasets) {
  store_.Put("a.xml", "<html><body/></html>");
  store_.Put("b.zip", MakeZip({{.name = "readme.txt", .content = "hello"}}));
  EXPECT_THAT(Found(), IsEmpty());
  EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr("Datasets found: 0"));
}

TEST_F(DatasetsTest, TheSearchStopsAfter32ListsAndSaysSo) {
  for (int i = 0; i < 40; ++i) {
    PutTask(absl::StrCat("labels", 10 + i, "/a.xml"), absl::StrCat("task", 10 + i));
  }
  EXPECT_EQ(Found().size(), size_t{kDiscoveryLists - 1});
  EXPECT_LE(store_.lists(), kDiscoveryLists);
  EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr("'/labels41/'"));
  EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr("--annotations"));
  EXPECT_THAT(mount_.Text(".annofs/problems.tsv"), HasSubstr("'/labels41/'"));
}

TEST_F(DatasetsTest, ASearchThatSawEverythingHasNoNote) {
  PutTask("a.xml", "a");
  (void)Found();
  EXPECT_THAT(mount_.Text("views/README.txt"), Not(HasSubstr("Note:")));
}

TEST_F(DatasetsTest, NamedSourcesReplaceTheSearch) {
  PutTask("root.xml", "root");
  PutTask("deep/er/x.xml", "exact");
  PutTask("glob/one.xml", "one");
  PutTask("glob/two.xml", "two");
  PutTask("odd/a[1].xml", "literal");
  EXPECT_THAT(Found({.annotations = {"deep/er/x.xml", "glob/*.xml", "odd/a[1].xml"}}),
              ElementsAre("exact", "literal", "one", "two"));
}

TEST_F(DatasetsTest, ANamedSourceTwiceIsOneDataset) {
  PutTask("a.xml", "a");
  EXPECT_THAT(Found({.annotations = {"a.xml", "*.xml"}}), ElementsAre("a"));
}

TEST_F(DatasetsTest, APatternThatNamesNothingIsANoteAndHidesNoOtherSource) {
  PutTask("a.xml", "a");
  for (std::string pattern : {"none.xml", "no/such/x.xml", "a.xml/b.xml", "*.zip", "../x"}) {
    EXPECT_THAT(Found({.annotations = {pattern, "a.xml"}}), ElementsAre("a")) << pattern;
    EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr(pattern));
  }
}

TEST_F(DatasetsTest, EverySourceThatIsNamedAndThatNoReaderTakesIsANote) {
  PutTask("a.xml", "a");
  store_.Put("random.bin", "\x01\x02\x03");
  store_.Put("nested.zip", MakeZip({{.name = "inner.zip", .content = "PK"}}));
  EXPECT_THAT(Found({.annotations = {"a.xml", "random.bin", "nested.zip"}}), ElementsAre("a"));
  for (const char* place : {"views/README.txt", ".annofs/problems.tsv"}) {
    EXPECT_THAT(mount_.Text(place), HasSubstr("does not read 'random.bin': no reader knows it"));
    EXPECT_THAT(mount_.Text(place), HasSubstr("does not read 'nested.zip': no reader knows it"));
    EXPECT_THAT(mount_.Text(place), Not(HasSubstr("'a.xml'")));
  }
}

TEST_F(DatasetsTest, ObjectsWithNamesOfAnnotationsThatNoReaderTakesAreBoundedNotes) {
  for (const char* key :
       {"annotations.xml", "labels/instances_val.json", "labels/manifest.jsonl"}) {
    store_.Put(key, "else");
  }
  store_.Put("MyBackup_1.zip", MakeZip({{.name = "inner.zip", .content = "PK"}}));
  store_.Put("photos.zip", MakeZip({{.name = "a.jpg", .content = "x"}}));
  EXPECT_THAT(Found(), IsEmpty());
  const std::string readme = mount_.Text("views/README.txt");
  for (const char* key : {"annotations.xml", "labels/instances_val.json", "MyBackup_1.zip",
                          "labels/manifest.jsonl"}) {
    EXPECT_THAT(readme, HasSubstr(absl::StrCat("does not read '", key, "': no reader knows it")));
  }
  EXPECT_THAT(readme, Not(HasSubstr("photos.zip")));
}

TEST_F(DatasetsTest, ManyUnreadObjectsAreCounted) {
  const std::string zip = MakeZip({{.name = "inner.zip", .content = "PK"}});
  for (int i = 0; i < 250; ++i) store_.Put(absl::StrCat("backup", 100 + i, ".zip"), zip);
  EXPECT_THAT(Found(), IsEmpty());
  const std::string readme = mount_.Text("views/README.txt");
  EXPECT_THAT(readme, HasSubstr("'backup199.zip'"));
  EXPECT_THAT(readme, Not(HasSubstr("'backup200.zip'")));
  EXPECT_THAT(readme, HasSubstr("does not read 150 more"));
}

TEST_F(DatasetsTest, NamesThatCollideGetAHashOfTheirKey) {
  PutTask("1.xml", "street");
  PutTask("2.xml", "Street");
  PutTask("3.xml", "other");
  EXPECT_THAT(Found(), ElementsAre(absl::StrCat("Street-", Hash8Hex("2.xml")), "other",
                                   absl::StrCat("street-", Hash8Hex("1.xml"))));
}

TEST_F(DatasetsTest, NamesThatTheTreeNeedsGetAHash) {
  PutTask("1.xml", "images");
  PutTask("2.xml", "README.txt");
  EXPECT_THAT(Found(), ElementsAre(absl::StrCat("README.txt-", Hash8Hex("2.xml")),
                                   absl::StrCat("images-", Hash8Hex("1.xml"))));
}

TEST_F(DatasetsTest, ANameThatLooksLikeAHashedOneIsNotLost) {
  PutTask("1.xml", "street");
  PutTask("2.xml", "street");
  PutTask("3.xml", absl::StrCat("street-", Hash8Hex("1.xml")));
  std::vector<std::string> found = Found();
  EXPECT_EQ(found.size(), 3u);
  for (const std::string& name : found) {
    EXPECT_TRUE(mount_.At(absl::StrCat("views/", name, "/reports/about.json")).ok()) << name;
  }
}

TEST_F(DatasetsTest, HostileNamesAreMadeSafe) {
  PutTask("1.xml", "a/b");
  PutTask("2.xml", "..");
  PutTask("3.xml", std::string(400, 'n'));
  PutTask("4.xml", std::string(400, 'n'));
  PutTask("stem.xml", "");
  std::vector<std::string> found = Found();
  EXPECT_EQ(found.size(), 5u);
  EXPECT_THAT(found, ::testing::Contains("stem"));
  for (const std::string& name : found) {
    EXPECT_LE(name.size(), 255u);
    EXPECT_FALSE(absl::StrContains(name, "/") || name == "..") << name;
    EXPECT_TRUE(mount_.At(absl::StrCat("views/", name, "/by-frame/a.json")).ok()) << name;
  }
}

TEST_F(DatasetsTest, TheRichestSourceOfATaskIsReadAndTheOthersAreNamed) {
  store_.Put("backup.zip", Backup("street"), absl::FromUnixSeconds(1600000000));
  store_.Put("export.xml", ImagesXml("street", {"a.jpg", "b.jpg"}),
             absl::FromUnixSeconds(1600000005));
  ASSERT_THAT(Found(), ElementsAre("street"));
  std::string about = mount_.Text("views/street/reports/about.json");
  EXPECT_THAT(about, HasSubstr("backup.zip"));
  EXPECT_THAT(about, HasSubstr("export.xml"));
  EXPECT_TRUE(absl::IsNotFound(mount_.At("views/street/by-frame/b.json").status()));
  EXPECT_EQ(absl::ToUnixSeconds(mount_.At("views/street/reports/about.json")->modified),
            1600000005);
}

TEST_F(DatasetsTest, ASourceThatIsNotReadForItsNameIsAProblemOfTheOneThatIs) {
  store_.Put("backup.zip", Backup("street"));
  PutTask("export.xml", "street");
  ASSERT_THAT(Found(), ElementsAre("street"));
  EXPECT_THAT(mount_.Text("views/street/reports/problems.tsv"),
              HasSubstr("not read: export.xml (cvat_images_xml) is taken for the same task, by its "
                        "name"));
}

TEST_F(DatasetsTest, ABrokenSourceShowsWhatCouldBeReadAndItsProblem) {
  std::string text = ImagesXml("street", {"a.jpg", "b.jpg", "c.jpg"});
  store_.Put("broken.xml", text.substr(0, text.find("c.jpg")));
  PutTask("good.xml", "good");
  ASSERT_THAT(Found(), ElementsAre("good", "street"));
  EXPECT_THAT(mount_.Text("views/street/reports/problems.tsv"), HasSubstr("broken.xml"));
  EXPECT_TRUE(mount_.At("views/street/by-frame/a.json").ok());
  EXPECT_TRUE(mount_.At("views/good/by-frame/a.json").ok());
}

TEST_F(DatasetsTest, ADamagedBackupIsADatasetWithAProblem) {
  std::string zip = Backup("street");
  zip.at(zip.find("[{\"version\"")) = '?';
  store_.Put("backup.zip", zip);
  std::vector<std::string> found = Found();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(mount_.Text(absl::StrCat("views/", found[0], "/reports/problems.tsv")),
              HasSubstr("backup.zip"));
}

TEST_F(DatasetsTest, AStoreThatFailsIsAnErrorAndTheSearchIsTriedAgain) {
  PutTask("a.xml", "a");
  ASSERT_TRUE(mount_.Open().ok());
  for (absl::Status error :
       {absl::UnavailableError("down"), absl::ResourceExhaustedError("cap"),
        absl::UnauthenticatedError("who"), absl::PermissionDeniedError("no")}) {
    store_.Fail(MemoryStore::Call::kGet, error);
    EXPECT_EQ(mount_.Names("views").status().code(), error.code());
  }
  EXPECT_THAT(Shown(), ElementsAre("a"));
}

TEST_F(DatasetsTest, WhatTheStoreAnswersIsNeverTakenForBrokenContent) {
  PutTask("a.xml", "a");
  ASSERT_TRUE(mount_.Open().ok());
  for (absl::Status error : {absl::InvalidArgumentError("400"), absl::UnimplementedError("501")}) {
    store_.Fail(MemoryStore::Call::kGet, error);
    EXPECT_TRUE(absl::IsUnavailable(mount_.Names("views").status()));
  }
  EXPECT_THAT(Shown(), ElementsAre("a"));
}

TEST_F(DatasetsTest, AListThatFailsIsAnErrorAndTheSearchIsTriedAgain) {
  PutTask("labels/a.xml", "a");
  ASSERT_TRUE(mount_.Open().ok());
  for (absl::Status error : {absl::UnavailableError("down"), absl::NotFoundError("no bucket")}) {
    store_.Fail(MemoryStore::Call::kList, error);
    absl::Status status = mount_.At("views/a").status();
    EXPECT_FALSE(status.ok() || absl::IsNotFound(status)) << status;
  }
  EXPECT_THAT(Shown(), ElementsAre("a"));
}

TEST_F(DatasetsTest, AnObjectThatHasGoneDoesNotHideTheOthers) {
  PutTask("a.xml", "a");
  PutTask("b.xml", "b");
  ASSERT_TRUE(mount_.Open().ok());
  store_.Remove("b.xml");
  EXPECT_THAT(Shown(), ElementsAre("a"));
  EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr("'b.xml'"));
  EXPECT_THAT(mount_.Text(".annofs/problems.tsv"), HasSubstr("'b.xml'"));
}

TEST_F(DatasetsTest, OneObjectThatMayNotBeReadDoesNotHideTheOthers) {
  PutTask("a.xml", "a");
  PutTask("b.xml", "b");
  ASSERT_TRUE(mount_.Open().ok());
  store_.Fail(MemoryStore::Call::kGet, absl::PermissionDeniedError("no"));
  EXPECT_EQ(Shown().size(), 1u);
}

// A source of several MiB: a probe leaves most of it unread.
class LargeDatasetTest : public DatasetsTest {
 protected:
  void SetUp() override {
    std::vector<std::string> frames;
    for (int i = 0; i < 20000; ++i) frames.push_back(absl::StrCat("f", 100000 + i, ".jpg"));
    store_.Put("a.xml", ImagesXml("large", frames));
    ASSERT_TRUE(mount_.Open().ok());
    ASSERT_THAT(Shown(), ElementsAre("large"));
  }
};

TEST_F(LargeDatasetTest, ABuildThatFailsIsAnErrorAndIsTriedAgain) {
  for (absl::Status error : {absl::UnavailableError("down"), absl::NotFoundError("no bucket")}) {
    // Also of what is fetched ahead.
    store_.Fail(MemoryStore::Call::kGet, error, 100);
    absl::Status status = mount_.Names("views/large/by-frame").status();
    EXPECT_FALSE(status.ok() || absl::IsNotFound(status)) << status;
  }
  store_.Fail(MemoryStore::Call::kGet, absl::OkStatus(), 0);
  EXPECT_EQ(mount_.Names("views/large/by-frame").value().size(), 40000u);
}

TEST_F(LargeDatasetTest, AnsweringEndsAtTheDeadlineAndTheBuildGoesOn) {
  store_.Hold();
  CallContext context{.deadline = absl::Now() + absl::Milliseconds(100)};
  absl::Status status = Resolve(mount_.fs(), "views/large/by-frame/f100000.json", context).status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("'large' is still being indexed (reading, "));
  EXPECT_TRUE(mount_.Names("views/large").ok());
  store_.Release();
  EXPECT_TRUE(mount_.At("views/large/by-frame/f100000.json").ok());
}

TEST_F(LargeDatasetTest, TwoDatasetsThatAreOpenedAtOnceAreBuiltOneAfterTheOther) {
  std::vector<std::string> frames;
  for (int i = 0; i < 20000; ++i) frames.push_back(absl::StrCat("f", 100000 + i, ".jpg"));
  store_.Put("b.xml", ImagesXml("other", frames));
  ASSERT_TRUE(mount_.Again().ok());
  ASSERT_THAT(Shown(), ElementsAre("large", "other"));
  store_.Hold();
  auto tell = [this](absl::string_view dataset) {
    CallContext context{.deadline = absl::Now() + absl::Milliseconds(100)};
    const std::string path = absl::StrCat("views/", dataset, "/by-frame/f100000.json");
    return std::string(Resolve(mount_.fs(), path, context).status().message());
  };
  EXPECT_THAT(tell("large"), HasSubstr("(reading, "));
  EXPECT_THAT(tell("other"), HasSubstr("(waiting for its turn)"));
  store_.Release();
  EXPECT_TRUE(mount_.At("views/other/by-frame/f100000.json").ok());
  EXPECT_TRUE(mount_.At("views/large/by-frame/f100000.json").ok());
}

TEST_F(LargeDatasetTest, ReadingAllDatasetsTellsHowFarItIs) {
  store_.SetLatency(absl::Milliseconds(700));
  std::vector<DatasetsProgress> told;
  absl::StatusOr<std::vector<DatasetSummary>> read = mount_.fs().IndexDatasets(
      [&told](const DatasetsProgress& progress) { told.push_back(progress); }, Soon());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->front().name, "large");
  EXPECT_EQ(read->front().frames, 20000u);
  ASSERT_GE(told.size(), 2u);
  for (const DatasetsProgress& progress : told) {
    EXPECT_EQ(progress.name, "large");
    EXPECT_EQ(progress.read, 0u);
    EXPECT_EQ(progress.all, 1u);
    EXPECT_LE(progress.build.source_bytes, progress.build.source_size);
  }
  EXPECT_EQ(told.front().build.phase, BuildProgress::Phase::kWaiting);
  bool is_reading = false;
  for (const DatasetsProgress& progress : told) {
    is_reading |= progress.build.phase == BuildProgress::Phase::kReading;
  }
  EXPECT_TRUE(is_reading);
}

TEST_F(DatasetsTest, TheReadmeSaysOfEachDatasetWhatIsReadAndHowLargeThatIs) {
  PutTask("labels/a.xml", "street");
  ASSERT_THAT(Found(), ElementsAre("street"));
  EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr("  street  (labels/a.xml, "));
}

TEST_F(DatasetsTest, ADatasetIsBuiltOnceHoweverManyAsk) {
  PutTask("a.xml", "a");
  store_.SetLatency(absl::Milliseconds(20));
  ASSERT_TRUE(mount_.Open().ok());
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([this] {
      absl::StatusOr<NodeAttr> attr = mount_.At("views/a/by-frame/a.json");
      EXPECT_TRUE(attr.ok()) << attr.status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_.gets(), 1);
  // One annotation index and one media map.
  ASSERT_TRUE(mount_.cache()
                  .catalog
                  ->View([](const LmdbReader& reader) {
                    int parts = 0;
                    reader.Scan(kDatasetsTable, "", [&](absl::string_view, absl::string_view) {
                      ++parts;
                      return true;
                    });
                    EXPECT_EQ(parts, 2);
                    EXPECT_EQ(ReadKey32(*reader.Get(kMetaTable, "next_dataset_part")), 3u);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(DatasetsTest, AMountThatEndsAmidABuildEndsSoon) {
  std::vector<std::string> frames;
  for (int i = 0; i < 60000; ++i) frames.push_back(absl::StrCat("f", 100000 + i, ".jpg"));
  store_.Put("a.xml", ImagesXml("large", frames));
  ASSERT_TRUE(mount_.Open().ok());
  ASSERT_THAT(Shown(), ElementsAre("large"));
  store_.SetLatency(absl::Seconds(1));
  CallContext context{.deadline = absl::Now() + absl::Milliseconds(50)};
  EXPECT_FALSE(Resolve(mount_.fs(), "views/large/yolo/data.yaml", context).ok());
  absl::Time begin = absl::Now();
  store_.SetLatency(absl::ZeroDuration());
  ASSERT_TRUE(mount_.Again().ok());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

}  // namespace
}  // namespace annofs::testing
