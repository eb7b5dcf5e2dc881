#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/yolo_trees.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::LabelFileIn;
using ::annofs::testing::WhyDropped;
using ::testing::ElementsAre;

// "cat" has eye, ear and tail, "bird" only eye and beak; "car" is no skeleton.
enum : uint32_t { kCar, kCat, kEye, kEar, kTail, kBird, kBirdEye, kBeak };

std::unique_ptr<DatasetBuilder> Animals(std::string cat_svg = "") {
  auto builder = std::make_unique<DatasetBuilder>();
  builder->AddLabel({.name = "car"});
  builder->AddLabel({.name = "cat", .type = "skeleton", .svg = std::move(cat_svg)});
  for (const char* part : {"eye", "ear", "tail"})
    builder->AddLabel({.name = part, .parent = int32_t(kCat)});
  builder->AddLabel({.name = "bird", .type = "skeleton"});
  for (const char* part : {"eye", "beak"})
    builder->AddLabel({.name = part, .parent = int32_t(kBird)});
  builder->AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
  return builder;
}

Shape Point(uint32_t label, double x, double y) {
  return {.type = ShapeType::kPoints, .label = label, .points = {x, y}};
}

Shape Skeleton(uint32_t label, std::vector<Shape> elements) {
  return {.type = ShapeType::kSkeleton, .label = label, .elements = std::move(elements)};
}

std::unique_ptr<Dataset> With(std::unique_ptr<DatasetBuilder> builder, std::vector<Shape> shapes) {
  for (Shape& shape : shapes) EXPECT_TRUE(builder->AddShape(0, std::move(shape)).ok());
  return Finished(*builder);
}

TEST(YoloPoseTest, ASkeletonIsItsBoxAndItsKeyPoints) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_EQ(LabelFileIn("yolo-pose", *data, "dir_b_1"),
            "0 0.750000 0.400000 0.100000 0.400000 0.700000 0.200000 2 0.800000 0.600000 2\n");
  EXPECT_EQ(LabelFileIn("yolo-pose", *data, "a"), "");
}

TEST(YoloPoseTest, WhatIsDroppedHasAReason) {
  EXPECT_THAT(
      WhyDropped("yolo-pose", *EveryShape(), 1),
      ElementsAre("a tag is of the whole image", "its label is no class of the view",
                  "its label is no class of the view", "its label is no class of the view",
                  "this type has no area", "this type has no area",
                  "its label is no class of the view", "its label is no class of the view", "",
                  "its label is no class of the view", "its label is no class of the view",
                  "its label is no class of the view", "its label is no class of the view"));
}

TEST(YoloPoseTest, ClassesAreSkeletonsAndEachLineHasThePointsOfTheLargest) {
  std::unique_ptr<Dataset> data =
      With(Animals(),
           {Skeleton(kBird, {Point(kBirdEye, 10, 10), Point(kBeak, 20, 20)}),
            Skeleton(kCat, {Point(kEye, 10, 10), Point(kEar, 20, 20), Point(kTail, 30, 30)})});
  EXPECT_EQ(FilesOf(Described("yolo-pose", *data), *data)["data.yaml"],
            "train: train.txt\nval: val.txt\nkpt_shape: [3, 3]\n"
            "names:\n  0: \"cat\"\n  1: \"bird\"\n");
  EXPECT_EQ(LabelFileIn("yolo-pose", *data, "a"),
            "1 0.150000 0.300000 0.100000 0.200000"
            " 0.100000 0.200000 2 0.200000 0.400000 2 0.000000 0.000000 0\n"
            "0 0.200000 0.400000 0.200000 0.400000"
            " 0.100000 0.200000 2 0.200000 0.400000 2 0.300000 0.600000 2\n");
}

TEST(YoloPoseTest, HiddenPointsAre1AndAbsentOnes0) {
  Shape cat = Skeleton(kCat, {Point(kEye, 10, 10), Point(kEar, 20, 20), Point(kTail, 90, 45)});
  cat.elements[1].occluded = true;
  cat.elements[2].outside = true;
  EXPECT_EQ(LabelFileIn("yolo-pose", *With(Animals(), {cat}), "a"),
            "0 0.150000 0.300000 0.100000 0.200000"
            " 0.100000 0.200000 2 0.200000 0.400000 1 0.000000 0.000000 0\n");
}

TEST(YoloPoseTest, APointThatIsNotInTheImageIsAbsent) {
  EXPECT_EQ(LabelFileIn("yolo-pose",
                        *With(Animals(), {Skeleton(kCat, {Point(kEye, -10, 10), Point(kEar, 20, 20),
                                                          Point(kTail, 30, 30)})}),
                        "a"),
            "0 0.150000 0.400000 0.300000 0.400000"
            " 0.000000 0.000000 0 0.200000 0.400000 2 0.300000 0.600000 2\n");
}

TEST(YoloPoseTest, KeyPointsAreInTheOrderOfTheTemplate) {
  std::string svg;
  for (const char* part : {"tail", "eye", "ear"}) {
    absl::StrAppend(&svg, "<circle data-type=\"element node\" data-label-name=\"", part,
                    "\"></circle>");
  }
  EXPECT_EQ(
      LabelFileIn("yolo-pose",
                  *With(Animals(svg), {Skeleton(kCat, {Point(kEye, 10, 10), Point(kEar, 20, 20),
                                                       Point(kTail, 30, 30)})}),
                  "a"),
      "0 0.200000 0.400000 0.200000 0.400000"
      " 0.300000 0.600000 2 0.100000 0.200000 2 0.200000 0.400000 2\n");
}

TEST(YoloPoseTest, ElementsOfAnotherSkeletonsLabelsAreNoKeyPoints) {
  EXPECT_EQ(LabelFileIn("yolo-pose",
                        *With(Animals(), {Skeleton(kCat, {Point(kEye, 10, 10), Point(kBeak, 20, 20),
                                                          Point(kCar, 30, 30)})}),
                        "a"),
            "0 0.200000 0.400000 0.200000 0.400000"
            " 0.100000 0.200000 2 0.000000 0.000000 0 0.000000 0.000000 0\n");
}

TEST(YoloPoseTest, ASkeletonWithoutAreaIsDropped) {
  std::unique_ptr<Dataset> data = With(Animals(), {Skeleton(kCat, {Point(kEye, 10, 10)})});
  EXPECT_EQ(LabelFileIn("yolo-pose", *data, "a"), "");
  EXPECT_THAT(WhyDropped("yolo-pose", *data, 0),
              ElementsAre("no area of it lies inside the image"));
}

// The trainer refuses key points of shape [0, 3].
TEST(YoloPoseTest, WithoutASkeletonThereIsNoTree) {
  std::unique_ptr<Dataset> data =
      testing::OneFrame({{.points = {1, 1, 9, 9}}, {.type = ShapeType::kPoints, .points = {1, 1}}});
  EXPECT_TRUE(FilesOf(Described("yolo-pose", *data), *data).empty());
  EXPECT_THAT(WhyDropped("yolo-pose", *data, 0),
              ElementsAre("its label is no class of the view", "this type has no area"));
}

TEST(YoloPoseTest, ABoxOfASkeletonsLabelHasNoKeyPoints) {
  std::unique_ptr<Dataset> data = With(Animals(), {{.label = kCat, .points = {1, 1, 9, 9}}});
  EXPECT_THAT(WhyDropped("yolo-pose", *data, 0), ElementsAre("only skeletons have key points"));
}

}  // namespace
}  // namespace annofs
