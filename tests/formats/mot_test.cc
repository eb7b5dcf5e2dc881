#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Files = std::map<std::string, std::string>;

std::vector<std::string> PathsOf(const Files& files) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) paths.push_back(path);
  return paths;
}

// Two tasks of one name, two frames each (numbers 4 and 6) with tracks 0 and 1; the second track
// is hidden on the second frame. One task is of train, one of val.
std::unique_ptr<Dataset> TwoVideos() {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t bus = builder.AddLabel({.name = "bus\t1"});
  for (uint32_t task : {0u, 1u}) {
    const std::string subset = task == 0 ? "train" : "val";
    builder.AddTask({.name = "street 1", .subset = subset, .is_video = true});
    for (uint32_t number : {4u, 6u}) {
      const uint32_t frame = builder
                                 .AddFrame({.name = absl::StrCat("frame_00000", number, ".jpg"),
                                            .number = number,
                                            .task = task,
                                            .width = 100,
                                            .height = 50,
                                            .subset = subset})
                                 .value();
      EXPECT_TRUE(builder.AddShape(frame, {.track = 0, .points = {1, 2, 4, 8.126}}).ok());
      EXPECT_TRUE(
          builder
              .AddShape(
                  frame,
                  {.label = bus, .track = 1, .occluded = number == 6, .points = {90, 40, 120, 60}})
              .ok());
    }
  }
  return Finished(builder);
}

TEST(MotTest, FramesCountFromOneWithoutGapsAndBoxesAreInsideTheImage) {
  const std::unique_ptr<Dataset> data = TwoVideos();
  const Files files = FilesOf(Described("mot", *data), *data);
  EXPECT_EQ(files.at("train/street_1/gt/gt.txt"),
            "1,1,1.00,2.00,3.00,6.13,1,1,1\n"
            "1,2,90.00,40.00,10.00,10.00,1,2,1\n"
            "2,1,1.00,2.00,3.00,6.13,1,1,1\n"
            "2,2,90.00,40.00,10.00,10.00,1,2,0.5\n");
}

TEST(MotTest, TracksOfTwoTasksHaveDifferentNumbers) {
  const std::unique_ptr<Dataset> data = TwoVideos();
  const Files files = FilesOf(Described("mot", *data), *data);
  EXPECT_EQ(files.at("val/street_1/gt/gt.txt"),
            "1,3,1.00,2.00,3.00,6.13,1,1,1\n"
            "1,4,90.00,40.00,10.00,10.00,1,2,1\n"
            "2,3,1.00,2.00,3.00,6.13,1,1,1\n"
            "2,4,90.00,40.00,10.00,10.00,1,2,0.5\n");
}

TEST(MotTest, ASequenceSaysWhatItsImagesAre) {
  const std::unique_ptr<Dataset> data = TwoVideos();
  const Files files = FilesOf(Described("mot", *data), *data);
  EXPECT_EQ(files.at("train/street_1/seqinfo.ini"),
            "[Sequence]\nname=street_1\nimDir=img1\nframeRate=30\nseqLength=2\nimWidth=100\n"
            "imHeight=50\nimExt=.jpg\n; CVAT's task: street 1\n");
  EXPECT_EQ(files.at("train/street_1/gt/labels.txt"), "car\nbus\\t1\n");
  EXPECT_EQ(files.at("train/street_1/img1/000001.jpg"), "-> bucket/frame_000004.jpg");
  EXPECT_THAT(PathsOf(files),
              ElementsAre("train/street_1/gt/gt.txt", "train/street_1/gt/labels.txt",
                          "train/street_1/img1/000001.jpg", "train/street_1/img1/000002.jpg",
                          "train/street_1/seqinfo.ini", "val/street_1/gt/gt.txt",
                          "val/street_1/gt/labels.txt", "val/street_1/img1/000001.jpg",
                          "val/street_1/img1/000002.jpg", "val/street_1/seqinfo.ini"));
}

TEST(MotTest, TwoTasksOfOneNameInOnePartAreTwoSequences) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  for (uint32_t task : {0u, 1u, 2u}) {
    const std::string subset = task < 2 ? "train" : "val";
    builder.AddTask({.name = "street", .subset = subset, .is_video = true});
    const uint32_t frame = builder
                               .AddFrame({.name = "frame_000000.jpg",
                                          .task = task,
                                          .width = 100,
                                          .height = 50,
                                          .subset = subset})
                               .value();
    ASSERT_TRUE(builder.AddShape(frame, {.track = 0, .points = {1, 2, 4, 8}}).ok());
  }
  const std::unique_ptr<Dataset> data = Finished(builder);
  const Files files = FilesOf(Described("mot", *data), *data);
  EXPECT_EQ(files.at("train/street/gt/gt.txt"), "1,1,1.00,2.00,3.00,6.00,1,1,1\n");
  std::string second;
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(path, "train/street-") && absl::EndsWith(path, "/gt.txt")) second = path;
  }
  ASSERT_NE(second, "");
  EXPECT_EQ(files.at(second), "1,2,1.00,2.00,3.00,6.00,1,1,1\n");
  const std::string name = second.substr(6, second.size() - 6 - 10);
  EXPECT_TRUE(absl::StrContains(files.at(absl::StrCat("train/", name, "/seqinfo.ini")),
                                absl::StrCat("\nname=", name, "\n")));
}

TEST(MotTest, WhatIsInNoTrackIsDroppedWithAReason) {
  const std::unique_ptr<Dataset> data = EveryShape();
  constexpr absl::string_view kNone = "it is in no track";
  EXPECT_THAT(
      WriterNamed("mot")->WhyDropped(*data, data->GetFrame(1).value(), data->Shapes(1).value()),
      ElementsAre("a tag is of the whole image", kNone, kNone, kNone, kNone, kNone, kNone, kNone,
                  kNone, kNone, kNone, "", ""));
}

TEST(MotTest, ATrackHasNoRowWhereItIsOutside) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t", .is_video = true});
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
  ASSERT_TRUE(
      builder
          .AddShape(frame, {.track = 0, .outside = true, .keyframe = true, .points = {1, 2, 4, 8}})
          .ok());
  const std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described("mot", *data), *data).at("val/t/gt/gt.txt"), "");
  EXPECT_THAT(
      WriterNamed("mot")->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      IsEmpty());
}

TEST(MotTest, APartOfAVideoBeginsAtOne) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t", .is_video = true});
  builder.AddLabel({.name = "car"});
  for (uint32_t number = 0; number < 5; ++number) {
    const uint32_t frame = builder
                               .AddFrame({.name = absl::StrCat("frame_00000", number, ".png"),
                                          .number = number,
                                          .width = 100,
                                          .height = 50})
                               .value();
    ASSERT_TRUE(builder.AddShape(frame, {.track = 0, .points = {1, 2, 4, 8}}).ok());
  }
  const std::unique_ptr<Dataset> data = Finished(builder);
  const Files files = FilesOf(Described("mot", *data), *data);
  EXPECT_EQ(files.at("val/t/gt/gt.txt"), "1,1,1.00,2.00,3.00,6.00,1,1,1\n");
  EXPECT_TRUE(absl::StrContains(files.at("val/t/seqinfo.ini"), "\nseqLength=1\n"));
  EXPECT_TRUE(absl::StrContains(files.at("train/t/seqinfo.ini"), "\nseqLength=4\n"));
}

}  // namespace
}  // namespace annofs
