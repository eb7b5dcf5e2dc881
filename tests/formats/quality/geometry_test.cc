// Rules about the numbers of one shape.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using testing::Made;
using testing::PlacesOf;
using ::testing::UnorderedElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The rules that find something in a frame of 100 x 50 with that one shape, by what they are about:
// the numbers of the shape, not its label.
std::vector<std::string> RulesOf(Shape shape, bool is_in_space = false) {
  Made made;
  if (is_in_space) made.builder().AddTask({.name = "cloud", .is_3d = true});
  made.Label("car");
  made.NextFrame({.task = is_in_space ? 1u : 0u, .width = 100, .height = 50});
  made.Add(std::move(shape));
  std::vector<std::string> rules;
  for (const QualityFinding& finding : made.Checked().findings) {
    const absl::string_view rule = finding.rule;
    for (absl::string_view about :
         {"invalid-value", "negative-length", "zero-area", "empty-mask", "tiny-shape", "few-points",
          "duplicate-points", "self-intersecting-polygon", "outline-not-checked", "out-of-frame",
          "partly-out-of-frame", "duplicate-shape"}) {
      if (rule == about) rules.emplace_back(rule);
    }
  }
  return rules;
}

std::vector<std::string> RulesOfBox(std::vector<double> points) {
  return RulesOf({.points = std::move(points)});
}
std::vector<std::string> RulesOfPolygon(std::vector<double> points) {
  return RulesOf({.type = ShapeType::kPolygon, .points = std::move(points)});
}

TEST(QualityGeometryTest, AWellDrawnShapeHasNothing) {
  EXPECT_THAT(RulesOfBox({10, 10, 30, 30}), ElementsAre());
  EXPECT_THAT(RulesOfBox({0, 0, 100, 50}), ElementsAre());
  EXPECT_THAT(RulesOfPolygon({10, 10, 30, 10, 20, 30}), ElementsAre());
  EXPECT_THAT(RulesOf({.type = ShapeType::kEllipse, .points = {50, 25, 60, 20}}), ElementsAre());
  EXPECT_THAT(RulesOf({.type = ShapeType::kPoints, .points = {50, 25}}), ElementsAre());
  EXPECT_THAT(RulesOf({.type = ShapeType::kPolyline, .points = {50, 25, 60, 25}}), ElementsAre());
  EXPECT_THAT(RulesOf({.type = ShapeType::kMask, .points = {0, 1, 7, 7, 7, 7}}), ElementsAre())
      << "a mask of one pixel";
}

TEST(QualityGeometryTest, NumbersThatAreNoneAreInvalid) {
  for (double bad : {double(NAN), kInfinity, -kInfinity}) {
    EXPECT_THAT(RulesOfBox({10, 10, bad, 30}), ElementsAre("invalid-value"));
    EXPECT_THAT(RulesOfPolygon({10, 10, 30, 10, bad, 30}), ElementsAre("invalid-value"));
    EXPECT_THAT(RulesOf({.rotation = bad, .points = {10, 10, 30, 30}}),
                ElementsAre("invalid-value"));
    EXPECT_THAT(RulesOf({.score = bad, .points = {10, 10, 30, 30}}), ElementsAre("invalid-value"));
  }
  EXPECT_THAT(RulesOf({.score = 1.01, .points = {10, 10, 30, 30}}), ElementsAre("invalid-value"));
  EXPECT_THAT(RulesOf({.score = 0, .points = {10, 10, 30, 30}}), ElementsAre());
  EXPECT_THAT(RulesOfBox({}), ElementsAre("invalid-value"));
  EXPECT_THAT(RulesOfBox({10, 10, 30}), ElementsAre("invalid-value"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kMask, .points = {7, 7, 7, 7}}),
              ElementsAre("invalid-value"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kSkeleton}), ElementsAre("invalid-value"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kSkeleton,
                       .elements = {{.type = ShapeType::kPoints, .points = {NAN, 1}}}}),
              ElementsAre("invalid-value"));
}

TEST(QualityGeometryTest, SidesBelowZeroAreNegative) {
  EXPECT_THAT(RulesOfBox({30, 10, 10, 30}), ElementsAre("negative-length"));
  EXPECT_THAT(RulesOfBox({10, 30, 30, 10}), ElementsAre("negative-length"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kEllipse, .points = {50, 25, 40, 20}}),
              ElementsAre("negative-length"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kMask, .points = {0, 1, 9, 7, 5, 7}}),
              ElementsAre("negative-length"));
}

TEST(QualityGeometryTest, NoAreaIsAnErrorAndLessThanAPixelIsDoubtful) {
  EXPECT_THAT(RulesOfBox({10, 10, 10, 30}), ElementsAre("zero-area"));
  EXPECT_THAT(RulesOfBox({10, 10, 10.99, 30}), ElementsAre("tiny-shape"));
  EXPECT_THAT(RulesOfBox({10, 10, 11, 30}), ElementsAre()) << "a pixel is one";
  EXPECT_THAT(RulesOf({.type = ShapeType::kEllipse, .points = {50, 25, 50, 20}}),
              ElementsAre("zero-area"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kPolyline, .points = {50, 25, 50, 25}}),
              UnorderedElementsAre("zero-area", "duplicate-points"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kMask, .points = {4, 7, 7, 8, 8}}),
              ElementsAre("empty-mask"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kMask, .points = {4, 0, 7, 7, 8, 8}}),
              ElementsAre("empty-mask"));
}

TEST(QualityGeometryTest, APolygonOnALineHasNoAreaAndFoldsBack) {
  EXPECT_THAT(RulesOfPolygon({10, 10, 20, 20, 30, 30}),
              UnorderedElementsAre("zero-area", "self-intersecting-polygon"));
}

TEST(QualityGeometryTest, PointsMayBeTooFewOrRepeated) {
  EXPECT_THAT(RulesOfPolygon({10, 10, 20, 20}), UnorderedElementsAre("few-points", "zero-area"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kPolyline, .points = {10, 10}}),
              UnorderedElementsAre("few-points", "zero-area"));
  EXPECT_THAT(RulesOfPolygon({10, 10, 30, 10, 30, 10, 20, 30}), ElementsAre("duplicate-points"));
  EXPECT_THAT(RulesOfPolygon({10, 10, 30, 10, 20, 30, 10, 10}), ElementsAre("duplicate-points"))
      << "its first point again at the end";
  EXPECT_THAT(RulesOf({.type = ShapeType::kPolyline, .points = {10, 10, 30, 10, 20, 30, 10, 10}}),
              ElementsAre())
      << "a polyline may be closed";
}

TEST(QualityGeometryTest, APolygonThatCrossesItselfIsFound) {
  EXPECT_THAT(RulesOfPolygon({10, 10, 30, 30, 30, 10, 10, 30}),
              ElementsAre("self-intersecting-polygon"));
}

TEST(QualityGeometryTest, BeyondTheEdgeByMoreThanHalfAPixelIsTold) {
  EXPECT_THAT(RulesOfBox({-0.5, 10, 100.5, 30}), ElementsAre());
  EXPECT_THAT(RulesOfBox({-0.51, 10, 30, 30}), ElementsAre("partly-out-of-frame"));
  EXPECT_THAT(RulesOfBox({10, 10, 30, 50.51}), ElementsAre("partly-out-of-frame"));
  EXPECT_THAT(RulesOfBox({100, 10, 130, 30}), ElementsAre("out-of-frame"));
  EXPECT_THAT(RulesOfBox({10, -30, 30, 0}), ElementsAre("out-of-frame"));
  EXPECT_THAT(RulesOfBox({99.9, 10, 130, 30}), ElementsAre("partly-out-of-frame"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kPoints, .points = {100.4, 25}}), ElementsAre());
  EXPECT_THAT(RulesOf({.type = ShapeType::kPoints, .points = {101, 25}}),
              ElementsAre("out-of-frame"));
  EXPECT_THAT(RulesOf({.type = ShapeType::kMask, .points = {0, 2, 99, 7, 100, 7}}),
              ElementsAre("partly-out-of-frame"))
      << "its last pixel ends at 101";
  EXPECT_THAT(RulesOf({.rotation = 45, .points = {0, 10, 20, 30}}),
              ElementsAre("partly-out-of-frame"))
      << "as it is seen";
}

TEST(QualityGeometryTest, HowFarBeyondIsSaidOfEachEdge) {
  Made made;
  const uint32_t car = made.Label("car");
  made.NextFrame();
  made.Box(car, {-2.345, 10, 110, 30});
  made.NextFrame({.width = 0, .height = 0});
  made.Box(car, {-2, 10, 110, 30});
  EXPECT_THAT(PlacesOf(FindingOf(made.Checked(), "partly-out-of-frame")),
              ElementsAre("0.jpg|car|shape 0|2.35 px beyond the left edge, 10 px beyond the right "
                          "edge"));
}

TEST(QualityGeometryTest, CuboidsInSpaceHaveSidesAndNoEdges) {
  auto cuboid = [](double side) {
    return Shape{.type = ShapeType::kCuboid,
                 .points = {500, -500, 1, 0, 0, 0, 4, side, 2, 0, 0, 0, 0, 0, 0, 0}};
  };
  EXPECT_THAT(RulesOf(cuboid(2), true), ElementsAre());
  EXPECT_THAT(RulesOf(cuboid(0.1), true), ElementsAre()) << "these are no pixels";
  EXPECT_THAT(RulesOf(cuboid(0), true), ElementsAre("zero-area"));
  EXPECT_THAT(RulesOf(cuboid(-1), true), ElementsAre("negative-length"));
}

}  // namespace
}  // namespace annofs
