#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_split.h"
#include "tests/formats/yolo_trees.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::Files;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::PathsOf;
using ::annofs::testing::WhyDropped;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Shape Tag(uint32_t label) { return {.type = ShapeType::kTag, .label = label}; }

// Frames "0.jpg", "1.jpg", … of two tasks, those of subset Train first, with these shapes.
std::unique_ptr<Dataset> TrainAndVal(const std::vector<std::string>& labels,
                                     const std::vector<std::vector<Shape>>& train,
                                     const std::vector<std::vector<Shape>>& val) {
  DatasetBuilder builder;
  for (const std::string& label : labels) builder.AddLabel({.name = label});
  int number = 0;
  uint32_t task = 0;
  for (const auto* frames : {&train, &val}) {
    const std::string subset = task == 0 ? "Train" : "Validation";
    builder.AddTask({.name = subset, .subset = subset});
    for (const std::vector<Shape>& shapes : *frames) {
      const uint32_t frame = builder
                                 .AddFrame({.name = absl::StrCat(number++, ".jpg"),
                                            .task = task,
                                            .width = 100,
                                            .height = 50,
                                            .subset = subset})
                                 .value();
      for (const Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(frame, shape).ok());
    }
    ++task;
  }
  return Finished(builder);
}

Files TreeOf(const Dataset& data) {
  const Files files = FilesOf(Described("imagefolder", data), data);
  EXPECT_EQ(FilesOf(Described("yolo-cls", data), data), files);
  return files;
}

TEST(ImageClassesTest, AnImageIsInTheDirectoryOfItsTag) {
  std::unique_ptr<Dataset> data =
      TrainAndVal({"cat", "dog"}, {{Tag(0)}, {Tag(1)}}, {{Tag(1)}, {Tag(0)}, {}});
  EXPECT_THAT(TreeOf(*data), ElementsAre(std::pair("train/cat/0.jpg", "-> bucket/0.jpg"),
                                         std::pair("train/dog/1.jpg", "-> bucket/1.jpg"),
                                         std::pair("val/cat/3.jpg", "-> bucket/3.jpg"),
                                         std::pair("val/dog/2.jpg", "-> bucket/2.jpg")));
}

TEST(ImageClassesTest, OfSeveralTagsTheFirstInTheOrderOfLabelsCounts) {
  std::unique_ptr<Dataset> data =
      TrainAndVal({"cat", "dog"}, {{Tag(1), Tag(0)}, {Tag(1)}}, {{Tag(0)}, {Tag(1)}});
  EXPECT_THAT(PathsOf(TreeOf(*data)),
              ElementsAre("train/cat/0.jpg", "train/dog/1.jpg", "val/cat/2.jpg", "val/dog/3.jpg"));
  EXPECT_THAT(WhyDropped("yolo-cls", *data, 0),
              ElementsAre("an image has one class, that of another tag", ""));
}

TEST(ImageClassesTest, WithTagsShapesAreNoClasses) {
  std::unique_ptr<Dataset> data =
      TrainAndVal({"cat", "dog"}, {{Tag(0), {.label = 1, .points = {1, 1, 5, 5}}}}, {{Tag(0)}});
  EXPECT_THAT(PathsOf(TreeOf(*data)), ElementsAre("train/cat/0.jpg", "val/cat/1.jpg"));
  EXPECT_THAT(WhyDropped("imagefolder", *data, 0),
              ElementsAre("", "the classes of images are their tags"));
}

TEST(ImageClassesTest, WithoutTagsTheOnlyLabelOfAllShapesIsTheClass) {
  const Shape cat{.label = 0, .points = {1, 1, 5, 5}}, dog{.label = 1, .points = {1, 1, 5, 5}};
  std::unique_ptr<Dataset> data =
      TrainAndVal({"cat", "dog"}, {{cat, cat}, {cat, dog}}, {{cat}, {}});
  EXPECT_THAT(PathsOf(TreeOf(*data)), ElementsAre("train/cat/0.jpg", "val/cat/2.jpg"));
  EXPECT_THAT(WhyDropped("imagefolder", *data, 0), ElementsAre("", ""));
  EXPECT_THAT(WhyDropped("imagefolder", *data, 1),
              ElementsAre("the image has shapes of several labels, and so no class",
                          "the image has shapes of several labels, and so no class"));
}

// Loaders number the directories that they find, in each part for itself.
TEST(ImageClassesTest, AClassOfOnePartShowsItsFirstImageInTheOther) {
  std::unique_ptr<Dataset> data =
      TrainAndVal({"cat", "dog"}, {{Tag(0)}, {Tag(0)}, {Tag(1)}}, {{Tag(1)}});
  EXPECT_THAT(PathsOf(TreeOf(*data)),
              ElementsAre("train/cat/0.jpg", "train/cat/1.jpg", "train/dog/2.jpg", "val/cat/0.jpg",
                          "val/dog/3.jpg"));
}

TEST(ImageClassesTest, ALabelWithoutImagesIsNoDirectory) {
  std::unique_ptr<Dataset> data = TrainAndVal({"cat", "dog"}, {{Tag(1)}}, {{Tag(1)}});
  EXPECT_THAT(PathsOf(TreeOf(*data)), ElementsAre("train/dog/0.jpg", "val/dog/1.jpg"));
}

TEST(ImageClassesTest, HostileLabelsAreSafeDirectoriesAndTheSameInEachPart) {
  const std::vector<std::string> labels = {
      "../../x", "", "..", "car", "Car", "car", "a/b", std::string(300, 'l'), "train"};
  std::vector<std::vector<Shape>> tags;
  for (uint32_t i = 0; i < labels.size(); ++i) tags.push_back({Tag(i)});
  std::unique_ptr<Dataset> data = TrainAndVal(labels, tags, tags);
  std::set<std::string> classes[2];
  for (const std::string& path : PathsOf(TreeOf(*data))) {
    const std::vector<std::string> parts = absl::StrSplit(path, '/');
    ASSERT_EQ(parts.size(), 3u) << path;
    EXPECT_NE(parts[1], "..");
    classes[parts[0] == "val"].insert(parts[1]);
  }
  EXPECT_EQ(classes[0].size(), labels.size());
  EXPECT_EQ(classes[0], classes[1]);
}

TEST(ImageClassesTest, APartOfASkeletonIsNoClass) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "person", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .parent = 0});
  builder.AddFrame({.name = "a.jpg", .width = 10, .height = 10}).value();
  ASSERT_TRUE(builder.AddShape(0, {.label = 1, .points = {1, 1, 5, 5}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(TreeOf(*data), IsEmpty());
  EXPECT_THAT(WhyDropped("yolo-cls", *data, 0),
              ElementsAre("its label is a part of a skeleton and no class"));
}

}  // namespace
}  // namespace annofs
