// Datasets as annofs.json, or the file that --config names, says.
#include "fs/configuration.h"

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/formats/zip_maker.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// An export "CVAT for images": on each frame a "car" and a "bus".
std::string TwoLabelsXml(absl::string_view task, const std::vector<std::string>& frames) {
  std::string text = absl::StrCat("<annotations><version>1.1</version><meta><task><name>", task,
                                  "</name><labels><label><name>car</name></label><label><name>bus"
                                  "</name></label></labels></task></meta>\n");
  for (size_t i = 0; i < frames.size(); ++i) {
    absl::StrAppend(&text, "<image id=\"", i, "\" name=\"", frames[i],
                    "\" width=\"100\" height=\"50\">");
    for (absl::string_view label : {"car", "bus"}) {
      absl::StrAppend(&text, "<box label=\"", label,
                      "\" occluded=\"0\" xtl=\"10.00\" ytl=\"10.00\" xbr=\"20.00\" "
                      "ybr=\"20.00\" z_order=\"0\"></box>");
    }
    text += "</image>\n";
  }
  return text + "</annotations>\n";
}

class KernelWithoutNames : public KernelCache {
 public:
  void DropEntry(NodeId, absl::string_view) override {}
};

class ConfigurationTest : public ::testing::Test {
 protected:
  void Configure(absl::string_view datasets) {
    store_.Put("annofs.json", absl::StrCat("{\"datasets\": [", datasets, "]}"));
  }
  void Open(const FilesystemOptions& options = {}) {
    const absl::Status opened = mount_.Open(options);
    ASSERT_TRUE(opened.ok()) << opened;
  }
  void Again(const FilesystemOptions& options = {}) {
    const absl::Status opened = mount_.Again(options);
    ASSERT_TRUE(opened.ok()) << opened;
  }
  absl::Status Refresh() { return mount_.fs().Refresh(kernel_, Soon()); }
  std::vector<std::string> Names(absl::string_view path) {
    const auto names = mount_.Names(path);
    EXPECT_TRUE(names.ok()) << path << ": " << names.status();
    return names.value_or(std::vector<std::string>());
  }
  // What stands in views/, without the README.
  std::vector<std::string> Shown() {
    std::vector<std::string> names = Names("views");
    std::erase(names, "README.txt");
    return names;
  }
  NodeAttr Attr(absl::string_view path) {
    const absl::StatusOr<NodeAttr> attr = mount_.At(path);
    EXPECT_TRUE(attr.ok()) << path << ": " << attr.status();
    return attr.value_or(NodeAttr());
  }

  MemoryStore store_;
  Mounted mount_{store_};
  KernelWithoutNames kernel_;
};

TEST_F(ConfigurationTest, ABucketWithoutOneCostsNoRequestMore) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.ResetCounts();
  Open();
  EXPECT_EQ(store_.lists(), 1);
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(ConfigurationTest, TheBucketsIsReadOnceForEachMount) {
  store_.Put("photo.jpg", "x");
  Configure("");
  store_.ResetCounts();
  Open();
  EXPECT_EQ(Shown(), std::vector<std::string>());
  EXPECT_EQ(store_.lists(), 1);
  EXPECT_EQ(store_.gets(), 1);
}

TEST_F(ConfigurationTest, TheGivenOneReplacesTheBuckets) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("annofs.json", "not JSON");
  Open({.configuration =
            ConfigurationText{.text = R"({"datasets": [{"name": "given", "sources": ["a.xml"]}]})",
                              .file = "my.json"}});
  EXPECT_THAT(Shown(), ElementsAre("given"));
  EXPECT_THAT(mount_.Text("views/README.txt"),
              HasSubstr("Configured by a configuration file of this machine"));
}

TEST_F(ConfigurationTest, OptionsAreOfAMachinesFileAndNeverOfABuckets) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  const std::string text =
      R"({"datasets": [{"name": "given", "sources": ["a.xml"]}], "options": {"memory": "1G"}})";
  Open({.configuration = ConfigurationText{.text = text, .file = "/etc/annofs.json"}});
  EXPECT_THAT(Shown(), ElementsAre("given"));
  store_.Put("annofs.json", text);
  EXPECT_THAT(mount_.Open().message(), HasSubstr("a bucket must not set what a machine does"));
}

TEST_F(ConfigurationTest, NamesADatasetBesideThoseThatAreFound) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("b.xml", ImagesXml("field", {"b.jpg"}));
  Configure(R"({"name": "my set", "sources": ["a.xml"]})");
  Open();
  EXPECT_THAT(Shown(), ElementsAre("field", "my set"));
  EXPECT_THAT(mount_.Text("views/my set/reports/about.json"), HasSubstr("\"my set\""));
  EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr("Configured by annofs.json"));
}

TEST_F(ConfigurationTest, ADatasetWithoutSourcesIsTheOneThatIsFoundByItsName) {
  store_.Put("a.xml", TwoLabelsXml("street", {"a.jpg"}));
  Configure(R"({"name": "street", "labels": {"drop": ["bus"]}})");
  Open();
  EXPECT_THAT(Shown(), ElementsAre("street"));
  EXPECT_THAT(mount_.Text("views/street/by-frame/a.tsv"),
              AllOf(HasSubstr("car"), Not(HasSubstr("bus"))));
}

TEST_F(ConfigurationTest, ConfiguredNamesComeBeforeThoseThatAreFound) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("b.xml", ImagesXml("other", {"b.jpg"}));
  Configure(R"({"name": "Street", "sources": ["b.xml"]})");
  Open();
  EXPECT_THAT(Shown(), ElementsAre("Street", StartsWith("street-")));
}

TEST_F(ConfigurationTest, LabelsAreRenamedAndWhatIsLeftOutIsCounted) {
  store_.Put("a.xml", TwoLabelsXml("street", {"a.jpg", "b.jpg"}));
  Configure(R"({"name": "set", "sources": ["a.xml"],
                "labels": {"keep": ["bus"], "rename": {"bus": "vehicle"}}})");
  Open();
  EXPECT_THAT(Names("views/set/by-class"), ElementsAre("vehicle"));
  const std::string about = mount_.Text("views/set/reports/about.json");
  EXPECT_THAT(about, AllOf(HasSubstr("a.xml"), HasSubstr("\"annotations\": 2\n")));
  EXPECT_THAT(mount_.Text("views/set/by-frame/b.tsv"),
              AllOf(HasSubstr("vehicle"), Not(HasSubstr("car"))));
}

TEST_F(ConfigurationTest, OnlyTheViewsOfTheListAreShown) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  Configure(R"({"name": "set", "sources": ["a.xml"], "views": ["yolo", "cvat/COCO*"]})");
  Open();
  EXPECT_THAT(Names("views/set"), ElementsAre("cvat", "reports", "yolo"));
  EXPECT_THAT(Names("views/set/cvat"), ElementsAre("COCO 1.0", "COCO Keypoints 1.0"));
  EXPECT_EQ(mount_.At("views/set/coco").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ConfigurationTest, SourcesAreGlobsOverDirectoriesToo) {
  store_.Put("x/deep/a.xml", ImagesXml("one", {"a.jpg"}));
  store_.Put("y/b.xml", ImagesXml("two", {"b.jpg"}));
  store_.Put("y/b.txt", "text");
  Configure(R"({"name": "deep", "sources": ["*/deep/*.xml"]}, {"name": "all", "sources": ["**"]})");
  Open();
  EXPECT_THAT(Shown(), ElementsAre("all", "deep"));
  EXPECT_THAT(Names("views/deep/by-frame"), Contains("a.tsv"));
  EXPECT_THAT(Names("views/all/by-frame"), AllOf(Contains("a.tsv"), Contains("b.tsv")));
  EXPECT_THAT(mount_.Text("views/all/reports/problems.tsv"), Not(HasSubstr("'annofs.json'")));
}

TEST_F(ConfigurationTest, AGlobOverManyDirectoriesIsCutAndSaysSo) {
  for (int i = 0; i < 50; ++i) {
    store_.Put(absl::StrCat("d", 100 + i, "/a.xml"), ImagesXml("one", {"a.jpg"}));
  }
  Configure(R"({"name": "set", "sources": ["*/*.xml"]})");
  store_.ResetCounts();
  Open();
  EXPECT_THAT(Shown(), ElementsAre("set"));
  EXPECT_LE(store_.lists(), 33);
  EXPECT_THAT(mount_.Text("views/set/reports/problems.tsv"),
              HasSubstr("stopped after 32 directories of the pattern '*/*.xml'"));
}

// A zip of CVAT for images with its image.
std::string Export(absl::string_view task, const std::string& frame, absl::string_view image) {
  return MakeZip({{.name = "annotations.xml", .content = ImagesXml(task, {frame})},
                  {.name = "images/" + frame, .content = std::string(image)}});
}

TEST_F(ConfigurationTest, SeveralSourcesAreOneDatasetWhoseImagesLieInTheirOwnZips) {
  const absl::Time old = absl::FromUnixSeconds(1600000000);
  store_.Put("in/one.zip", Export("one", "a.jpg", "image of one"), old);
  store_.Put("in/two.zip", Export("two", "b.jpg", "the image of two"));
  Configure(R"({"name": "both", "sources": ["in/*.zip"]})");
  Open();
  EXPECT_THAT(Shown(), ElementsAre("both"));
  EXPECT_EQ(mount_.Text("views/both/by-frame/a.jpg"), "image of one");
  EXPECT_EQ(mount_.Text("views/both/by-frame/b.jpg"), "the image of two");
  EXPECT_EQ(Attr("views/both/by-frame/a.jpg").modified, old);
  EXPECT_EQ(Attr("views/both/by-frame/b.jpg").modified, absl::FromUnixSeconds(1700000000));
  EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr("both  (in/one.zip and 1 more, "));
}

TEST_F(ConfigurationTest, EachSourceHasTheImagesBesideIt) {
  for (absl::string_view place : {"x", "y"}) {
    store_.Put(absl::StrCat(place, "/", place, ".xml"),
               ImagesXml(place, {"a.jpg", absl::StrCat(place, ".jpg")}));
    store_.Put(absl::StrCat(place, "/a.jpg"), absl::StrCat("image of ", place));
  }
  Configure(R"({"name": "both", "sources": ["x/*.xml", "y/*.xml"]})");
  Open();
  std::vector<std::string> images;
  for (const std::string& name : Names("views/both/by-frame")) {
    if (absl::EndsWith(name, ".jpg")) images.push_back(mount_.Text("views/both/by-frame/" + name));
  }
  EXPECT_THAT(images, ::testing::UnorderedElementsAre("image of x", "image of y"));
}

TEST_F(ConfigurationTest, ImagesAreLookedForInTheMediaDirectoryFirst) {
  store_.Put("annotations.xml", ImagesXml("street", {"sub/a.jpg", "b.jpg"}));
  store_.Put("sub/a.jpg", "beside");
  store_.Put("b.jpg", "b beside");
  store_.Put("deep/er/sub/a.jpg", "in the directory");
  Configure(R"({"name": "set", "sources": ["annotations.xml"], "media": "deep/er/"})");
  Open();
  EXPECT_EQ(mount_.Text("views/set/by-frame/sub/a.jpg"), "in the directory");
  EXPECT_EQ(mount_.Text("views/set/by-frame/b.jpg"), "b beside");
}

TEST_F(ConfigurationTest, PartsAreListsOfTheBucket) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}));
  store_.Put("lists/val.txt", "b.jpg\r\n\nd.*\n");
  Configure(R"({"name": "set", "sources": ["a.xml"], "split": {"val": "lists/val.txt"}})");
  Open();
  EXPECT_THAT(Names("views/set/yolo/labels/val"), ElementsAre("b.txt", "d.txt"));
  EXPECT_THAT(Names("views/set/yolo/labels/train"), ElementsAre("a.txt", "c.txt"));
}

TEST_F(ConfigurationTest, AChangedListIsAnotherDataset) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg", "b.jpg", "c.jpg"}));
  store_.Put("val.txt", "b.jpg\n");
  Configure(R"({"name": "set", "sources": ["a.xml"], "split": {"val": "val.txt"}})");
  Open({.follow = absl::Seconds(60)});
  EXPECT_THAT(Names("views/set/yolo/labels/val"), ElementsAre("b.txt"));
  store_.Put("val.txt", "c.jpg\n");
  ASSERT_TRUE(Refresh().ok());
  EXPECT_THAT(Names("views/set/yolo/labels/val"), ElementsAre("c.txt"));
}

TEST_F(ConfigurationTest, AListThatIsNotThereIsAProblem) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  Configure(R"({"name": "set", "sources": ["a.xml"], "split": {"val": "no.txt"}})");
  Open();
  EXPECT_THAT(mount_.Text("views/set/reports/problems.tsv"),
              HasSubstr("the list 'no.txt' of the part val is not read: there is no such object"));
}

TEST_F(ConfigurationTest, ADatasetWithoutSourceIsThereAndSaysWhichPatternNamesNothing) {
  store_.Put("photo.jpg", "x");
  Configure(R"({"name": "set", "sources": ["cvat/*.zip", "photo.jpg"]}, {"name": "gone"})");
  Open();
  EXPECT_THAT(Shown(), ElementsAre("gone", "set"));
  const std::string problems = mount_.Text("views/set/reports/problems.tsv");
  EXPECT_THAT(problems, HasSubstr("found no object 'cvat/*.zip', which \"sources\" names"));
  EXPECT_THAT(problems, HasSubstr("does not read 'photo.jpg': no reader knows it"));
  EXPECT_THAT(mount_.Text("views/gone/reports/problems.tsv"),
              HasSubstr("no dataset is called 'gone'"));
  EXPECT_THAT(Names("views/set/by-frame"), IsEmpty());
}

TEST_F(ConfigurationTest, AnotherConfigurationIsOtherFilesAndReadsNoSourceAgain) {
  store_.Put("a.xml", TwoLabelsXml("street", {"a.jpg"}));
  Open({.follow = absl::Seconds(60)});
  const NodeAttr found = Attr("views/street/by-frame/a.tsv");
  Configure(R"({"name": "street", "labels": {"drop": ["bus"]}})");
  store_.ResetCounts();
  ASSERT_TRUE(Refresh().ok());
  const NodeAttr dropped = Attr("views/street/by-frame/a.tsv");
  EXPECT_EQ(store_.gets(), 1);  // annofs.json
  EXPECT_NE(found.id.value, dropped.id.value);
  EXPECT_NE(found.modified, dropped.modified);
  EXPECT_THAT(mount_.Text("views/street/by-frame/a.tsv"), Not(HasSubstr("bus")));
  EXPECT_THAT(mount_.Bytes(found.id, {0, 10000}).value_or(""), HasSubstr("bus"));

  Configure(R"({"name": "renamed", "sources": ["*.xml"], "split": {"by": "hash", "seed": 7}})");
  ASSERT_TRUE(Refresh().ok());
  EXPECT_THAT(Shown(), ElementsAre("renamed"));
  EXPECT_THAT(mount_.Text("views/renamed/by-frame/a.tsv"), HasSubstr("bus"));
  EXPECT_EQ(store_.gets(), 2);
}

TEST_F(ConfigurationTest, AnotherSeedIsAnotherRecipe) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  Configure(R"({"name": "street", "split": {"by": "hash", "seed": 1}})");
  Open();
  const NodeAttr one = Attr("views/street/yolo/data.yaml");
  Configure(R"({"name": "street", "split": {"by": "hash", "seed": 2}})");
  store_.ResetCounts();
  Again();
  const NodeAttr two = Attr("views/street/yolo/data.yaml");
  EXPECT_EQ(store_.gets(), 1);
  EXPECT_NE(one.id.value, two.id.value);
  EXPECT_NE(one.modified, two.modified);
}

TEST_F(ConfigurationTest, FilesAreAsNewAsTheBucketsConfiguration) {
  const absl::Time later = absl::FromUnixSeconds(1800000000);
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("b.xml", ImagesXml("field", {"b.jpg"}));
  store_.Put("annofs.json", R"({"datasets": [{"name": "street", "views": ["by-frame"]}]})", later);
  Open();
  EXPECT_EQ(absl::ToUnixSeconds(Attr("views/street/by-frame/a.tsv").modified), 1800000000);
  EXPECT_EQ(absl::ToUnixSeconds(Attr("views/field/by-frame/b.tsv").modified), 1700000000);
}

TEST_F(ConfigurationTest, AWrongOneRefusesTheMountAndNamesLineAndKey) {
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("annofs.json", "{\"datasets\": [\n {\"name\": \"a\", \"sorces\": []}\n]}");
  const absl::Status bucket = mount_.Open();
  EXPECT_THAT(bucket.message(), AllOf(StartsWith("annofs.json:2: "), HasSubstr("sorces")));
  EXPECT_TRUE(absl::IsInvalidArgument(bucket)) << bucket;
  const absl::Status given =
      mount_.Open({.configuration = ConfigurationText{.text = "{\n}}", .file = "dir/my.json"}});
  EXPECT_THAT(given.message(), StartsWith("dir/my.json:"));
  EXPECT_TRUE(mount_.Open({.views = FilesystemOptions::Views::kLeftOut}).ok());
}

TEST_F(ConfigurationTest, OneThatIsTooLongIsRefused) {
  store_.Put("annofs.json", std::string(kMaxConfigurationBytes + 1, ' '));
  store_.ResetCounts();
  EXPECT_THAT(mount_.Open().message(), HasSubstr("annofs.json: larger than 4 MiB"));
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(ConfigurationTest, WhileOneBecomesWrongTheDatasetsStayAndItIsTold) {
  store_.Put("a.xml", TwoLabelsXml("street", {"a.jpg"}));
  Configure(R"({"name": "street", "labels": {"drop": ["bus"]}})");
  Open({.follow = absl::Seconds(60)});
  const NodeAttr before = Attr("views/street/by-frame/a.tsv");
  store_.Put("annofs.json", "{\"datasets\": [\n{\"nam\": 1}]}");
  ASSERT_TRUE(Refresh().ok());
  EXPECT_EQ(Attr("views/street/by-frame/a.tsv").id.value, before.id.value);
  EXPECT_THAT(mount_.Text(".annofs/problems.tsv"),
              HasSubstr("annofs.json\twrong, the datasets stay as they were: annofs.json:2: "));
  ASSERT_TRUE(Refresh().ok());
  EXPECT_EQ(Attr("views/street/by-frame/a.tsv").id.value, before.id.value);

  Configure(R"({"name": "mended", "sources": ["a.xml"]})");
  ASSERT_TRUE(Refresh().ok());
  EXPECT_THAT(Shown(), ElementsAre("mended"));
  EXPECT_THAT(mount_.Text(".annofs/problems.tsv"), Not(HasSubstr("annofs.json")));
}

TEST_F(ConfigurationTest, APastTimeHasTheOneOfThen) {
  store_.SetTime(absl::FromUnixSeconds(1700000000));  // 2023-11-14T22:13:20Z
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.SetTime(absl::FromUnixSeconds(1700086400));
  Configure(R"({"name": "first", "sources": ["a.xml"]})");
  store_.SetTime(absl::FromUnixSeconds(1700172800));
  Configure(R"({"name": "second", "sources": ["a.xml"]})");
  Open();
  EXPECT_THAT(Names(".annofs/at/2023-11-14T23:00:00Z/views"), Contains("street"));
  EXPECT_THAT(Names(".annofs/at/2023-11-15T23:00:00Z/views"), Contains("first"));
  EXPECT_THAT(Names("views"), Contains("second"));
}

TEST_F(ConfigurationTest, APastTimeWhoseConfigurationWasWrongShowsNoViewsAndSaysSo) {
  store_.SetTime(absl::FromUnixSeconds(1700000000));
  store_.Put("a.xml", ImagesXml("street", {"a.jpg"}));
  store_.Put("annofs.json", "wrong");
  store_.SetTime(absl::FromUnixSeconds(1700086400));
  Configure("");
  Open();
  const std::string then = ".annofs/at/2023-11-14T23:00:00Z";
  EXPECT_TRUE(absl::IsInvalidArgument(mount_.Names(then + "/views").status()));
  EXPECT_THAT(Names(then), Contains("a.xml"));
  EXPECT_THAT(mount_.Text(".annofs/problems.tsv"),
              HasSubstr("no views are shown of that time: annofs.json:1: "));
}

TEST_F(ConfigurationTest, WithoutTheNetworkTheRestIsShownWhereItIsNotInTheCache) {
  store_.Put("photo.jpg", "x");
  Open({.views = FilesystemOptions::Views::kLeftOut});
  Configure("");
  Again({.views = FilesystemOptions::Views::kLeftOut});
  EXPECT_THAT(Names(""), Contains("annofs.json"));
  Again({.network = FilesystemOptions::Network::kOffline});
  EXPECT_THAT(Names(""), Contains("photo.jpg"));
  EXPECT_FALSE(mount_.Names("views").ok());
}

}  // namespace
}  // namespace annofs::testing
