#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/formats/yolo_trees.h"

namespace annofs {
namespace {

using ::annofs::testing::EveryShape;
using ::annofs::testing::LabelFileIn;
using ::annofs::testing::LinesOf;
using ::annofs::testing::OneFrame;
using ::annofs::testing::PolygonOf;
using ::annofs::testing::WhyDropped;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// The corners of a line, "x y" each.
std::vector<std::string> CornersIn(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \n"));
  std::vector<std::string> corners;
  for (size_t i = 1; i + 1 < words.size(); i += 2)
    corners.push_back(absl::StrCat(words[i], " ", words[i + 1]));
  return corners;
}

TEST(YoloObbTest, EveryTypeWithAnAreaHasFourCorners) {
  std::unique_ptr<Dataset> data = EveryShape();
  const std::string text = LabelFileIn("yolo-obb", *data, "dir_b_1");
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_EQ(lines[0],  // ellipse
            "0 0.400000 0.400000 0.600000 0.400000 0.600000 0.600000 0.400000 0.600000");
  EXPECT_EQ(lines[1],  // turned by 90 degrees: its own corners
            "0 0.550000 0.100000 0.550000 0.500000 0.450000 0.500000 0.450000 0.100000");
  EXPECT_EQ(CornersIn(lines[2]).size(), 4u);  // polygon
  EXPECT_EQ(CornersIn(lines[3]).size(), 4u);  // cuboid
  EXPECT_THAT(CornersIn(lines[4]),            // mask
              UnorderedElementsAre("0.800000 0.800000", "0.820000 0.800000", "0.820000 0.840000",
                                   "0.800000 0.840000"));
  EXPECT_EQ(lines[5],  // skeleton
            "1 0.700000 0.200000 0.800000 0.200000 0.800000 0.600000 0.700000 0.600000");
  EXPECT_THAT(CornersIn(lines[6]),  // cut at the edge
              UnorderedElementsAre("0.000000 0.000000", "0.100000 0.000000", "0.100000 0.200000",
                                   "0.000000 0.200000"));
  EXPECT_EQ(lines[7], "0 0.100000 0.400000 0.300000 0.400000 0.300000 0.800000 0.100000 0.800000");
}

TEST(YoloObbTest, WhatIsDroppedHasAReason) {
  EXPECT_THAT(
      WhyDropped("yolo-obb", *EveryShape(), 1),
      ElementsAre("a tag is of the whole image", "", "", "", "this type has no area",
                  "this type has no area", "", "", "", "no area of it lies inside the image", "",
                  "", "the same class and numbers as another object of the frame"));
}

TEST(YoloObbTest, ATurnedBoxOutOfTheImageIsOfWhatIsInside) {
  // A square on its tip around the left upper corner: what is inside is a right triangle of legs
  // 20, whose least rectangle has a leg or the longest side for an edge; both have area 400.
  const std::string text = LinesOf(
      "yolo-obb",
      {{.rotation = 45, .points = {-14.142135624, -14.142135624, 14.142135624, 14.142135624}}});
  const std::vector<std::string> corners = CornersIn(text);
  ASSERT_EQ(corners.size(), 4u);
  for (const std::string& corner : corners) {
    for (absl::string_view number : absl::StrSplit(corner, ' ')) {
      double value = -1;
      EXPECT_TRUE(absl::SimpleAtod(number, &value));
      EXPECT_TRUE(value >= 0 && value <= 1) << number;
    }
  }
}

TEST(YoloObbTest, ABoxOutsideIsDropped) {
  std::unique_ptr<Dataset> data = OneFrame({{.rotation = 30, .points = {200, 10, 220, 20}}});
  EXPECT_EQ(LabelFileIn("yolo-obb", *data, "a"), "");
  EXPECT_THAT(WhyDropped("yolo-obb", *data, 0), ElementsAre("no area of it lies inside the image"));
}

TEST(YoloObbTest, ABoxThatRoundingMakesFlatIsDropped) {
  std::unique_ptr<Dataset> data = OneFrame({{.points = {5, 1, 5.00001, 9}}});
  EXPECT_EQ(LabelFileIn("yolo-obb", *data, "a"), "");
  EXPECT_THAT(WhyDropped("yolo-obb", *data, 0), ElementsAre("too small for six digits"));
}

TEST(YoloObbTest, AMaskIsWholePixels) {
  // 4 x 3 pixels at (10, 20), all of them.
  EXPECT_THAT(CornersIn(LinesOf("yolo-obb",
                                {{.type = ShapeType::kMask, .points = {0, 12, 10, 20, 13, 22}}})),
              UnorderedElementsAre("0.100000 0.400000", "0.140000 0.400000", "0.140000 0.460000",
                                   "0.100000 0.460000"));
}

TEST(YoloObbTest, AMaskOfWholeColumnsIsOfThem) {
  EXPECT_THAT(CornersIn(LinesOf("yolo-obb",
                                {{.type = ShapeType::kMask, .points = {0, 100, 98, 0, 99, 49}}})),
              UnorderedElementsAre("0.980000 0.000000", "1.000000 0.000000", "1.000000 1.000000",
                                   "0.980000 1.000000"));
}

TEST(YoloObbTest, PartsOfAGroupHaveOneBox) {
  EXPECT_THAT(CornersIn(LinesOf("yolo-obb", {PolygonOf({0, 0, 10, 0, 10, 10, 0, 10}, 1),
                                             PolygonOf({20, 0, 30, 0, 30, 10, 20, 10}, 1)})),
              UnorderedElementsAre("0.000000 0.000000", "0.300000 0.000000", "0.300000 0.200000",
                                   "0.000000 0.200000"));
}

}  // namespace
}  // namespace annofs
