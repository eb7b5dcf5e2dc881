// Shapes that a frame has twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using ::testing::IsEmpty;
using testing::Made;

// "shape|detail" of the twins on a frame of 1000 x 1000 with these shapes; labels 0 and 1.
// `others`: so many more, none like another.
std::vector<std::string> TwinsAmong(std::vector<Shape> shapes, int others) {
  Made made;
  made.Label("car");
  made.Label("bus");
  made.NextFrame({.width = 1000, .height = 1000});
  for (Shape& shape : shapes) made.Add(std::move(shape));
  for (int i = 0; i < others; ++i) made.Box(0, {i * 7.0, 500, i * 7.0 + 5, 900.0 + i});
  std::vector<std::string> twins;
  const QualityFinding found = FindingOf(made.Checked(), "duplicate-shape");
  for (const QualityPlace& place : found.places) {
    twins.push_back(absl::StrCat(place.object, "|", place.detail));
  }
  EXPECT_EQ(found.count, twins.size());
  return twins;
}

// Of few shapes and of many, which are compared in another way.
std::vector<std::string> TwinsOf(const std::vector<Shape>& shapes) {
  const std::vector<std::string> twins = TwinsAmong(shapes, 0);
  EXPECT_EQ(TwinsAmong(shapes, 100).size(), twins.size());
  return twins;
}

Shape Box(double left, double top, double right, double bottom) {
  return {.points = {left, top, right, bottom}};
}

TEST(QualityDuplicatesTest, CoordinatesWithinHalfAPixelAreTheSame) {
  EXPECT_THAT(TwinsOf({Box(10, 10, 30, 30), Box(10.5, 9.5, 30, 30.5)}),
              ElementsAre("shape 1|equal to shape 0 within 0.5 px"));
  EXPECT_THAT(TwinsOf({Box(10, 10, 30, 30), Box(10.51, 10, 30, 30)}), IsEmpty());
  EXPECT_THAT(TwinsOf({Box(10, 10, 30, 30), Box(10, 10.51, 30, 30)}), IsEmpty());
}

TEST(QualityDuplicatesTest, RectanglesThatCoverEachOtherAreTheSame) {
  // 500 x 100 and 504.5 x 100: 500 / 504.5 = 0.991; of 506: 0.988.
  EXPECT_THAT(TwinsOf({Box(10, 10, 510, 110), Box(10, 10, 514.5, 110)}),
              ElementsAre("shape 1|covers shape 0, intersection over union 0.99"));
  EXPECT_THAT(TwinsOf({Box(10, 10, 510, 110), Box(10, 10, 516, 110)}), IsEmpty());
  EXPECT_THAT(TwinsOf({Box(10, 10, 510, 110), Box(5.5, 10, 510, 110)}),
              ElementsAre("shape 1|covers shape 0, intersection over union 0.99"))
      << "the later one begins further left";
}

TEST(QualityDuplicatesTest, OfAnotherLabelTypeRotationOrFormTheyAreNot) {
  Shape other = Box(10, 10, 30, 30);
  other.label = 1;
  EXPECT_THAT(TwinsOf({Box(10, 10, 30, 30), other}), IsEmpty());
  other = Box(10, 10, 30, 30);
  other.rotation = 90;
  EXPECT_THAT(TwinsOf({Box(10, 10, 30, 30), other}), IsEmpty());
  const Shape polygon{.type = ShapeType::kPolygon, .points = {10, 10, 30, 10, 30, 30, 10, 30}};
  EXPECT_THAT(TwinsOf({Box(10, 10, 30, 30), polygon}), IsEmpty());
  Shape notch = polygon;
  notch.points = {10, 10, 30, 10, 30, 30, 20, 20, 10, 30};
  EXPECT_THAT(TwinsOf({polygon, notch}), IsEmpty()) << "of the same box";
  EXPECT_THAT(TwinsOf({polygon, polygon}), ElementsAre("shape 1|equal to shape 0 within 0.5 px"));
}

TEST(QualityDuplicatesTest, MasksAreTheSameByTheirRunsAndSkeletonsByTheirElements) {
  const Shape mask{.type = ShapeType::kMask, .points = {1, 3, 7, 7, 8, 8}};
  Shape other = mask;
  other.points = {2, 2, 7, 7, 8, 8};
  EXPECT_THAT(TwinsOf({mask, other}), IsEmpty());
  EXPECT_THAT(TwinsOf({mask, mask}), ElementsAre("shape 1|equal to shape 0 within 0.5 px"));
  Shape skeleton{.type = ShapeType::kSkeleton,
                 .elements = {{.type = ShapeType::kPoints, .label = 1, .points = {5, 5}},
                              {.type = ShapeType::kPoints, .label = 1, .points = {9, 9}}}};
  EXPECT_THAT(TwinsOf({skeleton, skeleton}), ElementsAre("shape 1|equal to shape 0 within 0.5 px"));
  Shape hidden = skeleton;
  hidden.elements.push_back(
      {.type = ShapeType::kPoints, .label = 1, .outside = true, .points = {7, 7}});
  EXPECT_THAT(TwinsOf({skeleton, hidden}), IsEmpty());
}

TEST(QualityDuplicatesTest, EachTwinCountsOnceAndNamesAnEarlierOne) {
  const std::vector<std::string> twins =
      TwinsOf({Box(1, 1, 9, 9), Box(10, 10, 30, 30), Box(1, 1, 9, 9), Box(1, 1, 9, 9)});
  ASSERT_EQ(twins.size(), 2u);
  EXPECT_EQ(twins[0], "shape 2|equal to shape 0 within 0.5 px");
  EXPECT_THAT(twins[1], ::testing::StartsWith("shape 3|equal to shape "));
}

TEST(QualityDuplicatesTest, InACrowdEqualOnesAreStillFound) {
  std::vector<Shape> shapes;
  for (int i = 0; i < 500; ++i) shapes.push_back(Box(10, i, 30, i + 60));
  shapes.push_back(shapes[250]);
  EXPECT_THAT(TwinsOf(shapes), ElementsAre("shape 500|equal to shape 250 within 0.5 px"));
}

}  // namespace
}  // namespace annofs
