// CVAT's YOLO 1.1, where no golden file is. Its label files are in cvat_ultralytics_test.cc, too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/base/digest.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kYolo[] = "cvat/YOLO 1.1";

// A task of one image for each subset.
std::unique_ptr<Dataset> WithSubsets(const std::vector<std::string>& subsets) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  for (uint32_t i = 0; i < subsets.size(); ++i) {
    builder.AddTask({.name = absl::StrCat("task ", i), .subset = subsets[i]});
    builder
        .AddFrame({.name = absl::StrCat(i, ".jpg"),
                   .task = i,
                   .width = 100,
                   .height = 50,
                   .subset = subsets[i]})
        .value();
  }
  return Finished(builder);
}

std::map<std::string, std::string> Tree(const Dataset& data) {
  return FilesOf(Described(kYolo, data), data);
}

TEST(CvatYoloTest, ATreeWithImages) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_THAT(
      Tree(*data),
      ElementsAre(
          Pair("obj.data",
               "classes = 5\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n"),
          Pair("obj.names", "car\nperson\nnose\nknee\nsky\n"),
          Pair("obj_train_data/a.jpg", "-> bucket/a.jpg"), Pair("obj_train_data/a.txt", ""),
          Pair("obj_train_data/dir/b 1.png", "-> bucket/dir/b 1.png"),
          Pair("obj_train_data/dir/b 1.txt",
               "0 2.050000 4.100000 0.100000 0.200000\n"    // outside of the image
               "0 0.000000 0.000000 0.200000 0.400000\n"    // across its corner
               "0 0.200000 0.600000 0.200000 0.400000\n"    // tracked
               "0 0.200000 0.600000 0.200000 0.400000\n"),  // the same again
          Pair("train.txt", "data/obj_train_data/a.jpg\ndata/obj_train_data/dir/b 1.png\n")));
}

TEST(CvatYoloTest, WhatIsDroppedHasAReason) {
  std::unique_ptr<Dataset> data = EveryShape();
  const char* type = "the format has no place for this type";
  EXPECT_THAT(
      WriterNamed(kYolo)->WhyDropped(*data, data->GetFrame(1).value(), data->Shapes(1).value()),
      ElementsAre(type, type, "the format has no rotated boxes", type, type, type, type, type, type,
                  "", "", "", ""));
}

// The lines of boxes of one frame of 100 x 50, whose label is the first.
std::string LinesOf(std::vector<Shape> shapes) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
  for (Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  return Tree(*data)["obj_train_data/a.txt"];
}

TEST(CvatYoloTest, ABoxIsRotatedFromATenMillionthOfADegreeOn) {
  const std::string line = "0 0.150000 0.300000 0.100000 0.200000\n";
  for (double rotation : {0.0, 360.0, 0.00001, 360.000009}) {
    EXPECT_EQ(LinesOf({{.rotation = rotation, .points = {10, 10, 20, 20}}}), line) << rotation;
  }
  for (double rotation : {0.000011, 359.99, -0.00001, 180.0}) {
    EXPECT_EQ(LinesOf({{.rotation = rotation, .points = {10, 10, 20, 20}}}), "") << rotation;
  }
}

TEST(CvatYoloTest, CoordinatesAreRoundedToTwoDigitsFirst) {
  // 0.125 is a tie and goes to the even digit; 1.005 is a little less than what it is called.
  EXPECT_EQ(LinesOf({{.points = {0.125, 0.135, 1.005, 50}}}),
            "0 0.005600 0.501400 0.008800 0.997200\n");
}

TEST(CvatYoloTest, ATracksEndIsNoBoxAndNoLoss) {
  EXPECT_EQ(LinesOf({{.track = 0, .outside = true, .points = {10, 10, 20, 20}}}), "");
}

TEST(CvatYoloTest, NamedSubsetsComeFirstThenTrain) {
  std::unique_ptr<Dataset> data = WithSubsets({"", "val", "Abc"});
  auto files = Tree(*data);
  EXPECT_EQ(files["obj.data"],
            "classes = 1\nval = data/val.txt\nAbc = data/Abc.txt\ntrain = data/train.txt\n"
            "names = data/obj.names\nbackup = backup/\n");
  EXPECT_EQ(files["train.txt"], "data/obj_train_data/0.jpg\n");
  EXPECT_EQ(files["val.txt"], "data/obj_val_data/1.jpg\n");
}

TEST(CvatYoloTest, FramesOfNoSubsetAreTheEndOfTheTrainThatThereIs) {
  std::unique_ptr<Dataset> data = WithSubsets({"", "TRAIN", "default", "TRAIN"});
  auto files = Tree(*data);
  EXPECT_EQ(files["obj.data"],
            "classes = 1\nTRAIN = data/TRAIN.txt\nnames = data/obj.names\nbackup = backup/\n");
  EXPECT_EQ(files["TRAIN.txt"],
            "data/obj_TRAIN_data/1.jpg\ndata/obj_TRAIN_data/3.jpg\n"
            "data/obj_TRAIN_data/0.jpg\ndata/obj_TRAIN_data/2.jpg\n");
}

TEST(CvatYoloTest, SubsetsThatDifferInCaseStayApart) {
  std::unique_ptr<Dataset> data = WithSubsets({"Val", "val"});
  auto files = Tree(*data);
  const std::string other = absl::StrCat("val-", Hash8Hex("val"));
  EXPECT_EQ(files["obj.data"],
            absl::StrCat("# the subset \"val\" is called ", other, " here\nclasses = 1\n",
                         "Val = data/Val.txt\n", other, " = data/", other, ".txt\n",
                         "names = data/obj.names\nbackup = backup/\n"));
  EXPECT_EQ(files["Val.txt"], "data/obj_Val_data/0.jpg\n");
  EXPECT_EQ(files[other + ".txt"], absl::StrCat("data/obj_", other, "_data/1.jpg\n"));
  EXPECT_TRUE(files.contains(absl::StrCat("obj_", other, "_data/1.txt")));
}

TEST(CvatYoloTest, ASubsetThatIsAReservedWordGetsAnotherName) {
  for (const char* word : {"backup", "classes", "names"}) {
    std::unique_ptr<Dataset> data = WithSubsets({word});
    auto files = Tree(*data);
    const std::string other = absl::StrCat(word, "-", Hash8Hex(word));
    EXPECT_EQ(
        files["obj.data"],
        absl::StrCat("# the subset \"", word, "\" is called ", other, " here\nclasses = 1\n", other,
                     " = data/", other, ".txt\n", "names = data/obj.names\nbackup = backup/\n"));
    EXPECT_EQ(files[other + ".txt"], absl::StrCat("data/obj_", other, "_data/0.jpg\n"));
  }
}

TEST(CvatYoloTest, AHostileSubsetIsOneSafeName) {
  std::unique_ptr<Dataset> data = WithSubsets({"../a\nb"});
  auto files = Tree(*data);
  const std::string name = ".._a_b-" + Hash8Hex("../a\nb");
  EXPECT_EQ(files.size(), 5) << ::testing::PrintToString(files);
  for (const auto& [path, text] : files)
    EXPECT_THAT(path, ::testing::Not(::testing::HasSubstr("/../")));
  EXPECT_THAT(files["obj.data"], ::testing::HasSubstr("# the subset \"../a\\nb\" is called "));
}

TEST(CvatYoloTest, NamesAreThereOnceAtTheirLastPlace) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "cat", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .parent = 0});
  builder.AddLabel({.name = "dog", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .parent = 2});
  builder.AddLabel({.name = "\xf0\x9f\x98\x80: \"x\""});
  std::unique_ptr<Dataset> data = Finished(builder);
  auto files = Tree(*data);
  EXPECT_EQ(files["obj.names"], "cat\ndog\nnose\n\xf0\x9f\x98\x80: \"x\"\n");
  EXPECT_THAT(files["obj.data"], ::testing::StartsWith("classes = 4\n"));
}

TEST(CvatYoloTest, ClassNumbersCountOnlyLabelsWithoutParent) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "cat", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .parent = 0});
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 10, .height = 10}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.label = 2, .points = {0, 0, 5, 5}}).ok());
  ASSERT_TRUE(builder.AddShape(frame, {.label = 1, .points = {0, 0, 5, 5}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(Tree(*data)["obj_train_data/a.txt"], "1 0.250000 0.250000 0.500000 0.500000\n");
  EXPECT_THAT(
      WriterNamed(kYolo)->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      ElementsAre("", "its label is no class of the format"));
}

TEST(CvatYoloTest, AnUnknownSizeLeavesTheFileEmptyAndSaysWhy) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.points = {1, 1, 2, 2}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(Tree(*data)["obj_train_data/a.txt"], "");
  EXPECT_THAT(
      WriterNamed(kYolo)->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      ElementsAre("the size of the image is not known"));
}

TEST(CvatYoloTest, AnEmptyDatasetIsATree) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(
      Tree(*data),
      ElementsAre(
          Pair("obj.data",
               "classes = 0\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n"),
          Pair("obj.names", ""), Pair("train.txt", "")));
}

TEST(CvatYoloTest, ListsAreInTheOrderOfFrameNumbers) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddFrame({.name = "a.jpg", .number = 2}).value();
  builder.AddFrame({.name = "b\\c.jpg", .number = 1}).value();
  std::unique_ptr<Dataset> data = Finished(builder);
  // A backslash is written as a slash: Datumaro takes it for Windows'.
  EXPECT_EQ(Tree(*data)["train.txt"], "data/obj_train_data/b/c.jpg\ndata/obj_train_data/a.jpg\n");
}

TEST(CvatYoloTest, PointCloudsAreNotInIt) {
  DatasetBuilder builder;
  builder.AddTask({.name = "3d", .is_3d = true});
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.pcd"}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(Tree(*data)["train.txt"], "");
  EXPECT_THAT(
      WriterNamed(kYolo)->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      ElementsAre("the format is for images, not for point clouds"));
}

}  // namespace
}  // namespace annofs
