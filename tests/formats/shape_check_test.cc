#include "formats/shape_check.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Shape Make(ShapeType type, std::vector<double> points) {
  return {.type = type, .points = std::move(points)};
}

std::string Refusal(ShapeType type, std::vector<double> points) {
  Shape shape = Make(type, std::move(points));
  const ShapeVerdict verdict = CheckShape(shape);
  EXPECT_FALSE(verdict.keep);
  return verdict.problem;
}

void ExpectGood(ShapeType type, std::vector<double> points) {
  Shape shape = Make(type, points);
  const ShapeVerdict verdict = CheckShape(shape);
  EXPECT_TRUE(verdict.keep);
  EXPECT_EQ(verdict.problem, "") << ShapeTypeName(type);
  EXPECT_EQ(shape.points, points);
}

TEST(ShapeCheck, GoodShapesAreLeftAsTheyAre) {
  ExpectGood(ShapeType::kRectangle, {-5, 0, 10.5, 1e6});
  ExpectGood(ShapeType::kPolygon, {0, 0, 1, 0, 1, 1});
  ExpectGood(ShapeType::kPolyline, {0, 0, 1, 0});
  ExpectGood(ShapeType::kPoints, {0, 0});
  ExpectGood(ShapeType::kEllipse, {5, 5, 7, 3});
  ExpectGood(ShapeType::kCuboid, std::vector<double>(16, 1.5));
  ExpectGood(ShapeType::kMask, {1, 2, 1, 10, 20, 11, 21});
  ExpectGood(ShapeType::kSkeleton, {});
  ExpectGood(ShapeType::kTag, {});
}

TEST(ShapeCheck, WrongCountsOfNumbersAreRefused) {
  EXPECT_EQ(Refusal(ShapeType::kRectangle, {1, 2, 3}), "a rectangle with 3 numbers, wanted 4");
  EXPECT_THAT(Refusal(ShapeType::kPolygon, {1, 2, 3, 4}), HasSubstr("at least 6"));
  EXPECT_THAT(Refusal(ShapeType::kPolygon, {1, 2, 3, 4, 5, 6, 7}), HasSubstr("even"));
  EXPECT_THAT(Refusal(ShapeType::kPolyline, {1, 2}), HasSubstr("at least 4"));
  EXPECT_THAT(Refusal(ShapeType::kPoints, {}), HasSubstr("at least 2"));
  EXPECT_THAT(Refusal(ShapeType::kEllipse, {1, 2, 3, 4, 5}), HasSubstr("wanted 4"));
  EXPECT_THAT(Refusal(ShapeType::kCuboid, {1, 2, 3, 4}), HasSubstr("wanted 16"));
  EXPECT_THAT(Refusal(ShapeType::kMask, {0, 0, 1, 1}), HasSubstr("at least 5"));
}

TEST(ShapeCheck, CoordinatesThatAreNoSaneNumbersAreRefused) {
  const double kNan = std::numeric_limits<double>::quiet_NaN();
  for (double bad : {kNan, HUGE_VAL, -HUGE_VAL, 1e308, -1e308}) {
    EXPECT_THAT(Refusal(ShapeType::kRectangle, {0, 0, bad, 1}), HasSubstr("no sane numbers"));
  }
}

TEST(ShapeCheck, ARotationThatIsNoNumberIsRefused) {
  Shape shape = Make(ShapeType::kRectangle, {0, 0, 1, 1});
  shape.rotation = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(CheckShape(shape).keep);
}

TEST(ShapeCheck, TheRunsOfAMaskMayBeAsLongAsItsBoxIsLarge) {
  ExpectGood(ShapeType::kMask, {0, 12000000, 0, 0, 5999, 1999});
  EXPECT_THAT(Refusal(ShapeType::kMask, {0, 1, 0, 0, 2e7, 0}), HasSubstr("no sane numbers"));
}

TEST(ShapeCheck, AMissingRunOfBackgroundIsFilledUpQuietly) {
  Shape mask = Make(ShapeType::kMask, {1, 2, 10, 20, 11, 21});
  const ShapeVerdict verdict = CheckShape(mask);
  EXPECT_EQ(verdict.problem, "");
  EXPECT_THAT(mask.points, ElementsAre(1, 2, 1, 10, 20, 11, 21));
}

TEST(ShapeCheck, AMaskWithMorePixelsThanItsBoxIsCut) {
  Shape mask = Make(ShapeType::kMask, {1, 100, 5, 7, 10, 20, 11, 21});
  const ShapeVerdict verdict = CheckShape(mask);
  EXPECT_TRUE(verdict.keep);
  EXPECT_THAT(verdict.problem, HasSubstr("more pixels than its box: cut"));
  EXPECT_THAT(mask.points, ElementsAre(1, 3, 10, 20, 11, 21));
}

TEST(ShapeCheck, AMaskWithFewerPixelsThanItsBoxIsSaid) {
  Shape mask = Make(ShapeType::kMask, {2, 10, 20, 11, 21});
  const ShapeVerdict verdict = CheckShape(mask);
  EXPECT_TRUE(verdict.keep);
  EXPECT_THAT(verdict.problem, HasSubstr("fewer pixels"));
}

TEST(ShapeCheck, AMaskWithoutASaneBoxIsRefused) {
  EXPECT_THAT(Refusal(ShapeType::kMask, {1, 10, 20, 5, 21}), HasSubstr("box is empty or absurd"));
  EXPECT_THAT(Refusal(ShapeType::kMask, {1, 0, 0, 9e6, 9e6}), HasSubstr("box is empty or absurd"));
}

TEST(ShapeCheck, ARunThatIsNoCountIsRefused) {
  EXPECT_THAT(Refusal(ShapeType::kMask, {-1, 5, 0, 0, 1, 1}), HasSubstr("no count"));
  EXPECT_THAT(Refusal(ShapeType::kMask, {0.5, 3.5, 0, 0, 1, 1}), HasSubstr("no count"));
}

TEST(ShapeCheck, ASkeletonKeepsItsGoodElements) {
  Shape skeleton{.type = ShapeType::kSkeleton,
                 .elements = {Make(ShapeType::kPoints, {1, 1}), Make(ShapeType::kPoints, {1}),
                              Make(ShapeType::kPoints, {2, 2})}};
  const ShapeVerdict verdict = CheckShape(skeleton);
  EXPECT_TRUE(verdict.keep);
  EXPECT_THAT(verdict.problem, HasSubstr("an element of a skeleton is left out"));
  EXPECT_EQ(skeleton.elements.size(), 2u);
}

}  // namespace
}  // namespace annofs::testing
