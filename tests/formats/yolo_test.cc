#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/yolo_trees.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::Files;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::FramesNamed;
using ::annofs::testing::LabelFile;
using ::annofs::testing::LinesOf;
using ::annofs::testing::NamesIn;
using ::annofs::testing::PathsOf;
using ::annofs::testing::PolygonOf;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;

TEST(YoloTest, EveryTypeWithAnAreaIsABox) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_EQ(LabelFile(FilesOf(Described("yolo", *data), *data), "dir_b_1"),
            "0 0.500000 0.500000 0.200000 0.200000\n"  // ellipse, lowest z
            "0 0.500000 0.300000 0.100000 0.400000\n"  // turned by 90 degrees
            "2 0.050000 0.050000 0.100000 0.100000\n"  // polygon
            "0 0.175000 0.280000 0.150000 0.240000\n"  // cuboid
            "2 0.810000 0.820000 0.020000 0.040000\n"  // mask of 2 x 2 pixels
            "1 0.750000 0.400000 0.100000 0.400000\n"  // skeleton
            "0 0.050000 0.100000 0.100000 0.200000\n"  // cut at the edge
            "0 0.200000 0.600000 0.200000 0.400000\n");
}

TEST(YoloTest, WhatIsDroppedHasAReasonInTheOrderOfTheShapes) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_THAT(
      WriterNamed("yolo")->WhyDropped(*data, data->GetFrame(1).value(), data->Shapes(1).value()),
      ElementsAre("a tag is of the whole image", "", "", "", "this type has no area",
                  "this type has no area", "", "", "", "no area of it lies inside the image", "",
                  "", "the same class and numbers as another object of the frame"));
}

TEST(YoloTest, AnEmptyFrameHasAnEmptyFile) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_EQ(LabelFile(FilesOf(Described("yolo", *data), *data), "a"), "");
}

TEST(YoloTest, TooSmallForSixDigitsIsDropped) {
  EXPECT_EQ(LinesOf("yolo", {{.points = {1, 1, 1.00001, 20}}, {.points = {1, 1, 1.0001, 20}}}),
            "0 0.010000 0.210000 0.000001 0.380000\n");
}

TEST(YoloTest, PartsOfAGroupWithAnOutlineAreOneBox) {
  EXPECT_EQ(
      LinesOf("yolo", {PolygonOf({0, 0, 10, 0, 10, 10}, 1), PolygonOf({20, 0, 30, 0, 30, 10}, 1)}),
      "0 0.150000 0.100000 0.300000 0.200000\n");
}

TEST(YoloTest, AShapeOfAPartOfASkeletonIsDropped) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "person", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .parent = 0});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.label = 1, .points = {1, 1, 9, 9}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  for (const char* view : {"yolo", "yolo-seg", "yolo-obb", "yolo-pose"}) {
    EXPECT_EQ(testing::LabelFileIn(view, *data, "a"), "") << view;
    EXPECT_THAT(testing::WhyDropped(view, *data, 0),
                ElementsAre("its label is a part of a skeleton and no class"));
  }
}

TEST(YoloTest, UnknownImageSizeDropsEverything) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.points = {1, 1, 2, 2}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(LabelFile(FilesOf(Described("yolo", *data), *data), "a"), "");
  EXPECT_THAT(
      WriterNamed("yolo")->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      ElementsAre("the size of the image is not known"));
}

TEST(YoloTest, TheTreeIsWhatTheTrainerLooksFor) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one", .subset = "Train"});
  builder.AddTask({.name = "two", .subset = "Validation"});
  builder.AddLabel({.name = "car"});
  builder.AddFrame({.name = "d/x 1.jpg", .task = 0, .subset = "Train"}).value();
  builder.AddFrame({.name = "d/gone.jpg", .task = 0, .subset = "Train"}).value();
  builder.AddFrame({.name = "y.png", .task = 1, .subset = "Validation"}).value();
  std::unique_ptr<Dataset> data =
      Finished(builder, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
        if (frame.name == "d/gone.jpg") return std::nullopt;
        return Media{.key = frame.name};
      });
  Files files = FilesOf(Described("yolo", *data), *data);
  EXPECT_THAT(PathsOf(files), ElementsAre("data.yaml", "images/train/d_x_1.jpg", "images/val/y.png",
                                          "labels/train/d_gone.txt", "labels/train/d_x_1.txt",
                                          "labels/val/y.txt", "train.txt", "val.txt"));
  EXPECT_EQ(files["train.txt"], "./images/train/d_x_1.jpg\n");
  EXPECT_EQ(files["val.txt"], "./images/val/y.png\n");
  EXPECT_EQ(files["data.yaml"], "train: train.txt\nval: val.txt\nnames:\n  0: \"car\"\n");
}

TEST(YoloTest, ImagesAndLabelsAreInTheSameOrder) {
  std::unique_ptr<Dataset> data = FramesNamed({"b/a.jpg", "b-a.jpg", "A.png", "a.b.jpg", "z.jpg"});
  Layout layout = Described("yolo", *data);
  for (const char* part : {"train", "val"}) {
    std::vector<std::string> stems[2];
    for (int i = 0; i < 2; ++i) {
      uint32_t place = *layout.FindPlace(absl::StrCat(i == 0 ? "images/" : "labels/", part));
      for (const std::string& name : NamesIn(layout, *data, {.place = place}))
        stems[i].push_back(name.substr(0, name.find('.')));
    }
    EXPECT_EQ(stems[0], stems[1]);
    EXPECT_FALSE(stems[0].empty());
  }
}

TEST(YoloTest, NamesAreQuotedForYaml) {
  DatasetBuilder builder;
  for (const char* name : {"a: b # c", "say \"hi\"\\", "line\nbreak", "no",
                           "\x7f\xc2\x85\xe2\x80\xa8", "\xf0\x9f\x98\x80 ü"}) {
    builder.AddLabel({.name = name});
  }
  builder.AddLabel({.name = "part", .parent = 0});
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described("yolo", *data), *data)["data.yaml"],
            "train: train.txt\nval: val.txt\nnames:\n"
            "  0: \"a: b # c\"\n"
            "  1: \"say \\\"hi\\\"\\\\\"\n"
            "  2: \"line\\nbreak\"\n"
            "  3: \"no\"\n"
            "  4: \"\\u007f\\u0085\\u2028\"\n"
            "  5: \"\xf0\x9f\x98\x80 ü\"\n");
}

TEST(YoloTest, WithoutLabelsNamesIsAnEmptyMap) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described("yolo", *data), *data)["data.yaml"],
            "train: train.txt\nval: val.txt\nnames: {}\n");
}

TEST(YoloTest, ASubsetCalledPathIsNoKeyOfTheYaml) {
  DatasetBuilder builder;
  int number = 0;
  for (const char* subset : {"train", "val", "path"}) {
    builder.AddTask({.name = subset, .subset = subset});
    builder.AddFrame({.name = subset, .task = uint32_t(number++), .subset = subset}).value();
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described("yolo", *data), *data)["data.yaml"],
            "train: train.txt\nval: val.txt\n# path: path.txt\nnames: {}\n");
}

TEST(RoboflowYoloTest, TheBoxesOfYoloLieAsRoboflowLaysThemOut) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  uint32_t task = 0;
  for (const char* subset : {"Train", "Validation", "test"}) {
    builder.AddTask({.name = subset, .subset = subset});
    const uint32_t frame = builder
                               .AddFrame({.name = absl::StrCat(subset, ".jpg"),
                                          .task = task++,
                                          .width = 100,
                                          .height = 50,
                                          .subset = subset})
                               .value();
    ASSERT_TRUE(builder.AddShape(frame, {.points = {10, 20, 30, 40}}).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  Files files = FilesOf(Described("roboflow-yolo", *data), *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("data.yaml", "test/images/test.jpg", "test/labels/test.txt",
                          "train/images/Train.jpg", "train/labels/Train.txt",
                          "valid/images/Validation.jpg", "valid/labels/Validation.txt"));
  EXPECT_EQ(files["data.yaml"],
            "train: train/images\nval: valid/images\ntest: test/images\nnames:\n  0: \"car\"\n");
  EXPECT_EQ(files["valid/labels/Validation.txt"], "0 0.200000 0.600000 0.200000 0.400000\n");
}

}  // namespace
}  // namespace annofs
