// `annofs stats` of local directories: its text, its JSON, the file that it writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "tests/formats/dataset_cases.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/stats_testing.h"
#include "tools/command.h"
#include "tools/stats_charts.h"
#include "tools/stats_report.h"
#include "tools/terminal_text.h"

namespace annofs {
namespace {

using ::annofs::testing::AnImage;
using ::annofs::testing::ListTree;
using ::annofs::testing::ReadFile;
using ::annofs::testing::TempDir;
using ::annofs::testing::WriteFile;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Said {
  int exit_code = 0;
  std::string out, err;
};

// One image with two cars and a tag, one image that is bare, one frame whose image is missing.
std::string TaskXml(absl::string_view name) {
  return absl::StrCat(
      R"(<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><id>7</id><name>)",
      name, R"(</name><size>3</size><mode>annotation</mode><labels>
<label><name>car</name><color>#ff0000</color><attributes><attribute><name>color</name>
<mutable>False</mutable><input_type>select</input_type><default_value>red</default_value>
<values>red
blue</values></attribute></attributes></label>
<label><name>night</name><color>#00ff00</color><attributes></attributes></label>
</labels></task></meta>
<image id="0" name="a.jpg" width="200" height="100">
<box label="car" source="manual" occluded="1" xtl="0" ytl="0" xbr="20" ybr="10" z_order="0">
<attribute name="color">red</attribute></box>
<box label="car" source="auto" occluded="0" xtl="100" ytl="0" xbr="200" ybr="100" z_order="0">
<attribute name="color">blue</attribute></box>
<tag label="night" source="manual"></tag></image>
<image id="1" name="b.jpg" width="200" height="100"></image>
<image id="2" name="lost.jpg" width="200" height="100">
<box label="car" source="manual" occluded="0" xtl="0" ytl="0" xbr="50" ybr="50" z_order="0"></box>
</image></annotations>)");
}

class StatsCommandTest : public ::testing::Test {
 protected:
  StatsCommandTest() {
    for (const char* image : {"a.jpg", "b.jpg"}) {
      EXPECT_TRUE(WriteFile(bucket() + "/" + image, AnImage()).ok());
    }
  }

  std::string bucket() const { return directory_ / "bucket"; }
  std::string Path(absl::string_view name) const { return directory_ / name; }

  void AddTask(absl::string_view file) {
    EXPECT_TRUE(WriteFile(absl::StrCat(bucket(), "/", file, ".xml"), TaskXml(file)).ok());
  }

  Said Run(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"stats", bucket(), "--cache", Path("cache")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::ostringstream out, err;
    Said said{.exit_code = RunAnnofs(arguments, {out, err})};
    said.out = out.str();
    said.err = err.str();
    return said;
  }

 private:
  TempDir directory_;
};

TEST_F(StatsCommandTest, TellsWhatADatasetHolds) {
  AddTask("street");
  const Said said = Run();
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("Dataset street"),
                    HasSubstr("3 frames: 2 with image, 2 with objects, 1 with tags, 1 without any "
                              "annotation"),
                    HasSubstr("4 annotations: 3 objects, 1 tag; 0 tracks"),
                    HasSubstr("car: color (annotations)"), HasSubstr("occluded")));
  EXPECT_THAT(said.err, IsEmpty()) << "no terminal, no progress";
}

TEST_F(StatsCommandTest, JsonHoldsEverythingThatIsCounted) {
  AddTask("street");
  const Said said = Run({"--json"});
  EXPECT_EQ(said.exit_code, 0) << said.err;
  const auto json = JsonDocument::Parse(said.out);
  ASSERT_TRUE(json.ok()) << json.status();
  const JsonValue data = json->root()["datasets"][0];
  EXPECT_EQ(data.StringOr("name", ""), "street");
  EXPECT_EQ(data["frames"].IntOr("all", -1), 3);
  EXPECT_EQ(data["frames"].IntOr("without_image", -1), 1);
  EXPECT_EQ(data["types"].IntOr("rectangle", -1), 3);
  EXPECT_EQ(data["marks"].IntOr("occluded", -1), 1);
  EXPECT_EQ(data["boxes"].IntOr("small", -1), 1);
  EXPECT_EQ(data["boxes"].IntOr("medium", -1), 1);
  EXPECT_EQ(data["boxes"].IntOr("large", -1), 1);
  const JsonValue car = data["classes"][0];
  EXPECT_EQ(car.StringOr("color", ""), "#ff0000");
  EXPECT_EQ(car.IntOr("frames", -1), 2);
  EXPECT_EQ(car["attributes"][0]["values"].IntOr("all", -1), 2);
  EXPECT_TRUE(json->root()["total"].is_null()) << "of one dataset there is no sum";
  EXPECT_EQ(data["boxes"]["centres"].size(), 16u);
}

TEST_F(StatsCommandTest, SeveralDatasetsHaveASumAndOneCanBeNamed) {
  AddTask("street");
  AddTask("park");
  const Said all = Run({"--json"});
  const auto json = JsonDocument::Parse(all.out);
  ASSERT_TRUE(json.ok()) << all.err;
  EXPECT_EQ(json->root()["datasets"].size(), 2u);
  EXPECT_EQ(json->root()["total"].IntOr("datasets", 0), 2);
  EXPECT_EQ(json->root()["total"].IntOr("annotations", 0), 8);
  EXPECT_EQ(json->root()["total"]["classes"].size(), 2u) << "classes of one name are one";
  EXPECT_THAT(Run().out, HasSubstr("All 2 datasets"));
  const Said one = Run({"--dataset", "park"});
  EXPECT_EQ(one.exit_code, 0);
  EXPECT_THAT(one.out, AllOf(HasSubstr("Dataset park"), Not(HasSubstr("Dataset street"))));
}

TEST_F(StatsCommandTest, AWrongNameIsAnErrorWithTheNearestOne) {
  AddTask("street");
  const Said said = Run({"--dataset", "stret"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.err, HasSubstr("annofs: stats: no dataset 'stret'; did you mean 'street'?; "
                                  "there is street"));
  EXPECT_THAT(said.out, IsEmpty());
}

TEST_F(StatsCommandTest, ASourceWithoutAnnotationsSaysHowToNameThem) {
  const Said said = Run();
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.err, AllOf(HasSubstr("annofs: stats: no annotations were found in "),
                              HasSubstr("--annotations"), HasSubstr("annofs formats")));
}

TEST_F(StatsCommandTest, WhatASourceLacksIsSaid) {
  const std::string text = TaskXml("street");
  ASSERT_TRUE(WriteFile(bucket() + "/street.xml", text.substr(0, text.size() - 20)).ok());
  const Said said = Run();
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_THAT(said.err, HasSubstr("dataset 'street' is not shown whole: 1 errors, the first: "
                                  "street.xml: "));
  EXPECT_THAT(said.out, HasSubstr("1 error among them"));
}

TEST_F(StatsCommandTest, ASourceThatCouldNotBeReadIsTold) {
  AddTask("street");
  AddTask("park");
  std::ostringstream out, err;
  ASSERT_EQ(RunAnnofs({"index", bucket(), "--no-views", "--cache", Path("cache")}, {out, err}), 0);
  ASSERT_EQ(unlink((bucket() + "/park.xml").c_str()), 0);
  const Said said = Run();
  EXPECT_THAT(said.out, AllOf(HasSubstr("Dataset street"), Not(HasSubstr("Dataset park"))));
  EXPECT_THAT(said.err, HasSubstr("the search for annotations could not read 'park.xml'"));
}

// A tree that was looked at once, then without the network: the images' directory is not known.
TEST_F(StatsCommandTest, ADatasetThatCannotBeReadIsSaidAndTheOthersAreCounted) {
  AddTask("street");
  std::string elsewhere = TaskXml("park");
  for (const char* image : {"a.jpg", "b.jpg"}) {
    elsewhere = absl::StrReplaceAll(elsewhere, {{image, absl::StrCat("photos/", image)}});
    ASSERT_TRUE(WriteFile(absl::StrCat(bucket(), "/photos/", image), AnImage()).ok());
  }
  ASSERT_TRUE(WriteFile(bucket() + "/park.xml", elsewhere).ok());
  std::ostringstream out, err;
  ASSERT_EQ(RunAnnofs({"ls", bucket(), "views", "--cache", Path("cache")}, {out, err}), 0);
  const Said said = Run({"--offline"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_THAT(said.err, HasSubstr("annofs: stats: dataset 'park' cannot be counted: photos/ is not "
                                  "in the catalog and the mount is offline"));
  EXPECT_THAT(said.out, AllOf(HasSubstr("Dataset street"), Not(HasSubstr("Dataset park"))));
}

TEST_F(StatsCommandTest, ThePageIsTheSameEachTimeAndReplacesTheFile) {
  AddTask("street");
  const std::string file = Path("report.html");
  ASSERT_TRUE(WriteFile(file, "old").ok());
  const Said first = Run({"--html", file});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr(absl::StrCat("annofs: stats: wrote ", file)));
  const std::string page = ReadFile(file).value();
  EXPECT_THAT(page, AllOf(HasSubstr("<h1><bdi>street</bdi></h1>"),
                          HasSubstr("src=\"data:image/jpeg;base64,"),
                          HasSubstr("its image was not found"), HasSubstr("</html>")));
  EXPECT_EQ(Run({"--html", file}).exit_code, 0);
  EXPECT_EQ(ReadFile(file).value(), page);
  EXPECT_EQ(Run({"--html", file, "--cache", Path("another")}).exit_code, 0);
  EXPECT_EQ(ReadFile(file).value(), page) << "nor does the cache change it";
  EXPECT_THAT(ListTree(Path("")).value(), Not(Contains("report.html.partial")));
}

TEST_F(StatsCommandTest, AFileThatCannotBeWrittenIsRefusedBeforeTheWork) {
  AddTask("street");
  const Said directory = Run({"--html", bucket()});
  EXPECT_EQ(directory.exit_code, 1);
  EXPECT_THAT(directory.err, AllOf(HasSubstr("is a directory"), HasSubstr("name a file in it")));
  const Said missing = Run({"--html", Path("nowhere/report.html")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("make the directory first"), HasSubstr("nowhere")));
  const Said device = Run({"--html", "/dev/null"});
  EXPECT_EQ(device.exit_code, 1);
  EXPECT_THAT(device.err, HasSubstr("is no file"));
  const Said no_room = Run({"--html", "/proc/report.html"});
  EXPECT_EQ(no_room.exit_code, 1);
  EXPECT_THAT(no_room.err, HasSubstr("/proc"));
  EXPECT_THAT(missing.out + directory.out + device.out, IsEmpty());
}

TEST_F(StatsCommandTest, ViewsThatAreNotShownLeaveThePicturesInThePage) {
  AddTask("street");
  ASSERT_TRUE(WriteFile(bucket() + "/annofs.json",
                        R"({"datasets": [{"name": "street", "views": ["yolo"]}]})")
                  .ok());
  const std::string file = Path("report.html");
  const Said said = Run({"--html", file});
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_THAT(ReadFile(file).value(), HasSubstr("src=\"data:image/jpeg;base64,"));
}

TEST(StatsTextTest, LinesFitIntoTheScreenAndHoldNoCommands) {
  const StatsReport report = testing::ReportOf(*testing::HostileDataset());
  for (const Screen& screen : {Screen{.width = 80}, Screen{.width = 50}, Screen{.width = 200},
                               Screen{.width = 80, .is_utf8 = false}}) {
    const std::string text = StatsText(report, screen);
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      EXPECT_LE(ColumnsOf(line), screen.width) << line;
    }
    for (char c : text) {
      ASSERT_TRUE(uint8_t(c) >= 0x20 || c == '\n');
      ASSERT_TRUE(screen.is_utf8 || uint8_t(c) < 0x80);
    }
  }
}

TEST(StatsTextTest, ManyClassesAreCutAndSaidToBe) {
  DatasetBuilder builder;
  builder.SetInfo({.name = "many"});
  builder.AddTask({.name = "t"});
  const uint32_t frame = builder.AddFrame({.name = "f"}).value();
  for (uint32_t i = 0; i < 10000; ++i) {
    builder.AddLabel({.name = absl::StrCat("label ", i)});
    ASSERT_TRUE(builder.AddShape(frame, {.label = i, .points = {0, 0, 1, 1}}).ok());
  }
  const auto data = builder.Finish().value();
  const std::string text = StatsText(testing::ReportOf(*data), {});
  EXPECT_LT(text.size(), 30000u);
  EXPECT_THAT(text, HasSubstr("9,960 more classes with 9,960 annotations are not shown"));
}

TEST(StatsChartsTest, BinsHaveALabelForEachAndEmptyEndsAreLeftOut) {
  EXPECT_EQ(SideLabels().size(), SideEdges().size() + 1);
  EXPECT_EQ(AreaLabels().size(), AreaEdges().size() + 1);
  EXPECT_EQ(ShareLabels().size(), ShareEdges().size() + 1);
  EXPECT_EQ(AspectLabels().size(), AspectEdges().size() + 1);
  EXPECT_EQ(SideLabels()[0], "<1");
  EXPECT_EQ(SideLabels()[6], "32–64");
  EXPECT_EQ(AreaLabels()[6], "32²–64²");
  EXPECT_EQ(ShareLabels().back(), "≥100 %");
  EXPECT_EQ(AspectLabels()[6], "4:5–5:4");
  BoxStats boxes;
  boxes.Add({0, 0, 40, 20}, 100, 100);
  const std::vector<Chart> charts = BoxCharts(boxes);
  ASSERT_EQ(charts[0].bars.size(), 1u);
  EXPECT_EQ(charts[0].bars[0].label, "32–64");
  EXPECT_EQ(charts[5].bars[0].label, "5–10 %") << "800 of 10,000 pixels";
  EXPECT_EQ(charts[6].bars[0].label, "2:1–3:1");
}

TEST(StatsChartsTest, ManyNumbersAreInBinsThatDouble) {
  DatasetStats stats;
  for (uint64_t number : {0u, 1u, 2u, 3u, 4u, 5u, 100u}) stats.objects_per_frame.Add(number);
  const Chart chart = ObjectsChart(stats);
  std::vector<std::string> labels;
  std::vector<uint64_t> counts;
  for (const ChartBar& bar : chart.bars) {
    labels.push_back(bar.label);
    counts.push_back(bar.count);
  }
  EXPECT_THAT(labels, ElementsAre("0", "1", "2", "3–4", "5–8", "9–16", "17–32", "33–64", "65–128"));
  EXPECT_THAT(counts, ElementsAre(1, 1, 1, 2, 1, 0, 0, 0, 1));
}

TEST(StatsSamplesTest, OnlyWhatBrowsersShowIsTakenByItsBytes) {
  EXPECT_EQ(MimeOf(AnImage()), "image/jpeg");
  EXPECT_EQ(MimeOf("\x89PNG\r\n\x1a\n...."), "image/png");
  EXPECT_EQ(MimeOf("RIFF1234WEBPVP8 "), "image/webp");
  EXPECT_EQ(MimeOf("<svg onload=alert(1)>"), "");
  EXPECT_EQ(MimeOf(""), "");
  const auto data = testing::FramesNamed({"a.jpg"});
  const auto samples = CollectSamples(
      *data, 24, 12, [](const FrameNames&) -> absl::StatusOr<std::string> { return "<svg>"; });
  ASSERT_TRUE(samples.ok());
  EXPECT_THAT(samples->at(0).image, IsEmpty());
  EXPECT_THAT(samples->at(0).why_empty, HasSubstr("no JPEG, PNG or WebP, whatever its name says"));
}

TEST(StatsSamplesTest, LargeMissingAndUnreadableImagesAreSaidToBeLeftOut) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  const uint32_t car = builder.AddLabel({.name = "car"});
  for (const char* name : {"large.jpg", "lost.jpg", "broken.jpg", "x.tiff"}) {
    const uint32_t frame = builder.AddFrame({.name = name}).value();
    ASSERT_TRUE(builder.AddShape(frame, {.label = car, .points = {0, 0, 1, 1}}).ok());
  }
  const auto data =
      builder
          .Finish([](const Frame& frame) {
            std::optional<Media> media;
            if (frame.name != "lost.jpg")
              media = Media{.key = frame.name, .size = frame.name == "large.jpg" ? 300001u : 99u};
            return media;
          })
          .value();
  const auto samples =
      CollectSamples(*data, 24, 12, [](const FrameNames&) -> absl::StatusOr<std::string> {
        return absl::UnavailableError("the disk is on fire");
      });
  ASSERT_TRUE(samples.ok());
  std::map<std::string, std::string> why;
  for (const SampleFrame& sample : *samples) why[sample.name] = sample.why_empty;
  EXPECT_THAT(why["large.jpg"], HasSubstr("300,001 bytes, more than 300,000"));
  EXPECT_EQ(why["lost.jpg"], "its image was not found");
  EXPECT_EQ(why["broken.jpg"], "its image cannot be read: the disk is on fire");
  EXPECT_EQ(why["x.tiff"], "no JPEG, PNG or WebP");
}

}  // namespace
}  // namespace annofs
