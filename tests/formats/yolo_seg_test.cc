#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tests/formats/yolo_trees.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::LabelFileIn;
using ::annofs::testing::LinesOf;
using ::annofs::testing::OneFrame;
using ::annofs::testing::PolygonOf;
using ::annofs::testing::WhyDropped;
using ::testing::ElementsAre;

std::vector<std::string> Split(const std::string& text, char by) {
  return absl::StrSplit(text, by, absl::SkipEmpty());
}

// The outline of a line, in pixels of the frame of 100 x 50.
std::vector<double> Pixels(const std::string& line) {
  std::vector<double> numbers;
  const std::vector<std::string> words = Split(line, ' ');
  for (size_t i = 1; i < words.size(); ++i) {
    double number = 0;
    EXPECT_TRUE(absl::SimpleAtod(words[i], &number)) << words[i];
    numbers.push_back(number * (i % 2 == 1 ? 100 : 50));
  }
  return numbers;
}

// By the even-odd rule.
bool Fills(const std::vector<double>& ring, double x, double y) {
  bool is_in = false;
  for (size_t i = 0; i < ring.size(); i += 2) {
    const size_t next = (i + 2) % ring.size();
    if ((ring[i + 1] > y) == (ring[next + 1] > y)) continue;
    const double at =
        ring[i] + (y - ring[i + 1]) / (ring[next + 1] - ring[i + 1]) * (ring[next] - ring[i]);
    if (x < at) is_in = !is_in;
  }
  return is_in;
}

TEST(YoloSegTest, EveryTypeWithAnOutlineIsAPolygon) {
  std::unique_ptr<Dataset> data = EveryShape();
  const std::vector<std::string> lines = Split(LabelFileIn("yolo-seg", *data, "dir_b_1"), '\n');
  ASSERT_EQ(lines.size(), 7u);
  const std::vector<double> ellipse = Pixels(lines[0]);
  ASSERT_EQ(ellipse.size(), 128u);
  for (size_t i = 0; i < ellipse.size(); i += 2) {
    const double x = (ellipse[i] - 50) / 10, y = (ellipse[i + 1] - 25) / 5;
    EXPECT_NEAR(x * x + y * y, 1, 1e-4);
  }
  EXPECT_EQ(lines[1],  // turned by 90 degrees
            "0 0.550000 0.100000 0.550000 0.500000 0.450000 0.500000 0.450000 0.100000");
  EXPECT_EQ(lines[2], "2 0.000000 0.000000 0.100000 0.010000 0.100000 0.100000");
  for (auto [x, y] : {std::pair(10.0, 10.0), {10, 20}, {20, 20}, {25, 18}, {25, 8}, {15, 8}})
    EXPECT_THAT(lines[3], ::testing::HasSubstr(absl::StrFormat(" %.6f %.6f", x / 100, y / 50)));
  EXPECT_EQ(Pixels(lines[3]).size(), 12u);  // the cuboid's hull
  EXPECT_EQ(lines[4],                       // a mask too small for an outline: its box
            "2 0.800000 0.800000 0.820000 0.800000 0.820000 0.840000 0.800000 0.840000");
  EXPECT_EQ(lines[5],  // cut at the edge
            "0 0.000000 0.000000 0.100000 0.000000 0.100000 0.200000 0.000000 0.200000");
  EXPECT_EQ(lines[6], "0 0.100000 0.400000 0.300000 0.400000 0.300000 0.800000 0.100000 0.800000");
}

TEST(YoloSegTest, WhatIsDroppedHasAReason) {
  EXPECT_THAT(WhyDropped("yolo-seg", *EveryShape(), 1),
              ElementsAre("a tag is of the whole image", "", "", "", "this type has no area",
                          "this type has no area", "", "", "a skeleton has no outline",
                          "no area of it lies inside the image", "", "",
                          "the same class and numbers as another object of the frame"));
}

TEST(YoloSegTest, PartsOfAGroupAreJoinedByALineThereAndBack) {
  EXPECT_EQ(LinesOf("yolo-seg",
                    {PolygonOf({0, 0, 10, 0, 10, 10}, 1), PolygonOf({20, 0, 30, 0, 30, 10}, 1)}),
            "0 0.000000 0.000000 0.100000 0.000000 0.200000 0.000000 0.300000 0.000000"
            " 0.300000 0.200000 0.200000 0.000000 0.100000 0.000000 0.100000 0.200000\n");
}

TEST(YoloSegTest, AHoleOfAMaskStaysOpen) {
  // 7 x 7 pixels at (10, 10); the 3 x 3 in the middle are not of it.
  const std::string text =
      LinesOf("yolo-seg",
              {{.type = ShapeType::kMask, .points = {0, 16, 3, 4, 3, 4, 3, 16, 10, 10, 16, 16}}});
  ASSERT_EQ(Split(text, '\n').size(), 1u);
  const std::vector<double> ring = Pixels(Split(text, '\n')[0]);
  EXPECT_FALSE(Fills(ring, 13.01, 13.01));
  for (auto [x, y] : {std::pair(10.5, 13.1), {15.5, 13.1}, {13.1, 10.5}, {13.1, 15.5}})
    EXPECT_TRUE(Fills(ring, x, y)) << x << " " << y;
}

TEST(YoloSegTest, AMaskOfOnePixelIsItsSquare) {
  EXPECT_EQ(LinesOf("yolo-seg", {{.type = ShapeType::kMask, .points = {0, 1, 7, 8, 7, 8}}}),
            "0 0.070000 0.160000 0.080000 0.160000 0.080000 0.180000 0.070000 0.180000\n");
}

TEST(YoloSegTest, AnOutlineThatRoundingMakesFlatIsDropped) {
  std::unique_ptr<Dataset> data = OneFrame({PolygonOf({5, 1, 5.00001, 9, 5, 20})});
  EXPECT_EQ(LabelFileIn("yolo-seg", *data, "a"), "");
  EXPECT_THAT(WhyDropped("yolo-seg", *data, 0), ElementsAre("too small for six digits"));
}

// The trainer compares the boxes that it makes of outlines.
TEST(YoloSegTest, OfTwoOutlinesInOneBoxTheTrainerKeepsTheFirst) {
  std::unique_ptr<Dataset> data =
      OneFrame({PolygonOf({1, 1, 9, 1, 9, 9}), PolygonOf({1, 1, 9, 9, 1, 9}),
                PolygonOf({1, 1, 9, 9, 1, 10})});
  EXPECT_THAT(WhyDropped("yolo-seg", *data, 0),
              ElementsAre("",
                          "the same class and box as another object of the frame: trainers keep "
                          "one of them",
                          ""));
  EXPECT_EQ(Split(LabelFileIn("yolo-seg", *data, "a"), '\n').size(), 2u);
}

TEST(YoloSegTest, TwoPointsAreNoOutline) {
  std::unique_ptr<Dataset> data = OneFrame({PolygonOf({5, 1, 9, 9})});
  EXPECT_EQ(LabelFileIn("yolo-seg", *data, "a"), "");
  EXPECT_THAT(WhyDropped("yolo-seg", *data, 0), ElementsAre("no area of it lies inside the image"));
}

TEST(YoloSegTest, TheTreeIsThatOfYolo) {
  std::unique_ptr<Dataset> data = EveryShape();
  auto boxes = FilesOf(Described("yolo", *data), *data);
  auto outlines = FilesOf(Described("yolo-seg", *data), *data);
  EXPECT_EQ(outlines["data.yaml"], boxes["data.yaml"]);
  EXPECT_EQ(testing::PathsOf(outlines), testing::PathsOf(boxes));
}

}  // namespace
}  // namespace annofs
