// The expected overlaps of polygons are Shapely 2.2's.
#include "formats/shape_overlap.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::DoubleEq;
using ::testing::Optional;

using Points = std::vector<double>;

const Points kSquare = {0, 0, 10, 0, 10, 10, 0, 10};

TEST(ShapeOverlap, BoxesOverlapByIntersectionOverUnion) {
  EXPECT_EQ(BoxOverlap({0, 0, 4, 4}, {0, 0, 4, 3}), 0.75);
  EXPECT_EQ(BoxOverlap({0, 0, 4, 4}, {4, 0, 8, 4}), 0);
  EXPECT_EQ(BoxOverlap({0, 0, 4, 4}, {5, 5, 8, 8}), 0);
}

TEST(ShapeOverlap, CornersOfABoxMayBeGivenInAnyOrder) {
  EXPECT_EQ(BoxOverlap({5, 5, 0, 0}, {0, 0, 5, 5}), 1);
}

TEST(ShapeOverlap, ABoxWithoutAreaIsNotAlike) {
  EXPECT_EQ(BoxOverlap({0, 0, 0, 5}, {0, 0, 0, 5}), 0);
}

TEST(ShapeOverlap, PolygonsOverlapAsInShapely) {
  EXPECT_THAT(PolygonOverlap(kSquare, {5, 0, 15, 0, 15, 10, 5, 10}), Optional(0.3333333333333333));
  EXPECT_THAT(PolygonOverlap(kSquare, kSquare), Optional(1.0));
  // Clockwise.
  EXPECT_THAT(PolygonOverlap({0, 0, 0, 10, 10, 10, 10, 0}, {5, 0, 15, 0, 15, 10, 5, 10}),
              Optional(0.3333333333333333));
  EXPECT_THAT(PolygonOverlap({1.5, 2.25, 100.125, 7.5, 80.3, 91.7, 33.1, 60.2, 4.4, 77.7},
                             {10.1, 0.5, 95.5, 12.25, 88.8, 85.5, 2.2, 70.1}),
              Optional(DoubleEq(0.8313273880067991)));
}

TEST(ShapeOverlap, ConcavePolygonsOverlapInPieces) {
  const Points u = {0, 0, 10, 0, 10, 10, 7, 10, 7, 3, 3, 3, 3, 10, 0, 10};
  EXPECT_THAT(PolygonOverlap(u, {0, 5, 10, 5, 10, 8, 0, 8}), Optional(0.21428571428571427));
}

TEST(ShapeOverlap, PolygonsThatAreNotValidAreNotAlike) {
  const Points bow_tie = {0, 0, 10, 10, 10, 0, 0, 10};
  EXPECT_THAT(PolygonOverlap(bow_tie, bow_tie), Optional(0.0));
  const Points line = {0, 0, 5, 5, 10, 10};
  EXPECT_THAT(PolygonOverlap(line, kSquare), Optional(0.0));
  const Points touches_itself = {0, 0, 10, 0, 10, 10, 5, 0, 0, 10};
  EXPECT_THAT(PolygonOverlap(touches_itself, kSquare), Optional(0.0));
}

TEST(ShapeOverlap, RepeatedPointsDoNotMatter) {
  EXPECT_THAT(PolygonOverlap({0, 0, 0, 0, 10, 0, 10, 10, 0, 10, 0, 0}, kSquare), Optional(1.0));
}

// Two combs across each other cross at every pair of teeth.
TEST(ShapeOverlap, PolygonsThatMightCrossTooOftenAreNotCompared) {
  Points comb;
  for (int i = 0; i < 1500; ++i) {
    comb.insert(comb.end(), {double(i), i % 2 == 0 ? 0.0 : 1000.0});
  }
  EXPECT_EQ(PolygonOverlap(comb, comb), std::nullopt);
  EXPECT_THAT(PolygonOverlap(comb, {5000, 0, 6000, 0, 6000, 10}), Optional(0.0));
}

TEST(ShapeOverlap, RotationOfRectanglesDoesNotCount) {
  Shape a{.type = ShapeType::kRectangle, .points = {0, 0, 10, 5}};
  Shape b = a;
  b.rotation = 90;
  EXPECT_THAT(ShapeSimilarity(a, b, false), Optional(1.0));
}

TEST(ShapeOverlap, OtherTypesAndLabelsAreNotAlike) {
  const Shape box{.type = ShapeType::kRectangle, .points = {0, 0, 10, 5}};
  Shape other = box;
  other.label = 1;
  EXPECT_THAT(ShapeSimilarity(box, other, false), Optional(0.0));
  for (ShapeType type : {ShapeType::kPolyline, ShapeType::kPoints, ShapeType::kEllipse,
                         ShapeType::kMask, ShapeType::kSkeleton}) {
    const Shape same{.type = type, .points = {1, 2, 3, 4}};
    EXPECT_THAT(ShapeSimilarity(same, same, false), Optional(0.0)) << ShapeTypeName(type);
  }
}

TEST(ShapeOverlap, CuboidsInSpaceOverlapFromAboveTimesFromTheSide) {
  Points points(16);
  points[6] = points[7] = points[8] = 4;  // sizes
  const Shape a{.type = ShapeType::kCuboid, .points = points};
  Shape b = a;
  b.points[1] = 1;  // along y: 3 of 5 from above
  b.points[2] = 2;  // along z: 2 of 6 from the side
  EXPECT_THAT(ShapeSimilarity(a, b, true), Optional(DoubleEq(0.6 / 3)));
  EXPECT_THAT(ShapeSimilarity(a, a, true), Optional(1.0));
  EXPECT_THAT(ShapeSimilarity(a, a, false), Optional(0.0));
}

}  // namespace
}  // namespace annofs::testing
