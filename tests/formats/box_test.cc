#include "formats/box.h"

#include <gtest/gtest.h>

#include <limits>

namespace annofs {
namespace {

void ExpectBox(const std::optional<Box>& box, double left, double top, double right,
               double bottom) {
  ASSERT_TRUE(box.has_value());
  EXPECT_NEAR(box->left, left, 1e-9);
  EXPECT_NEAR(box->top, top, 1e-9);
  EXPECT_NEAR(box->right, right, 1e-9);
  EXPECT_NEAR(box->bottom, bottom, 1e-9);
}

TEST(BoxTest, RectangleIsItsOwnBox) { ExpectBox(OwnBox({.points = {1, 2, 3, 5}}), 1, 2, 3, 5); }

TEST(BoxTest, RotatedRectangleIsEnclosedAndKeepsItsOwnBox) {
  Shape shape{.rotation = 45, .points = {0, 0, 10, 10}};
  ExpectBox(OwnBox(shape), 0, 0, 10, 10);
  double half = 7.0710678118654755;  // of the diagonal
  ExpectBox(EnclosingBox(shape), 5 - half, 5 - half, 5 + half, 5 + half);
}

TEST(BoxTest, RotatedEllipseIsEnclosedTighterThanItsRectangle) {
  // Half axes 4 and 3 turned by 45 degrees: sqrt((16 + 9) / 2) on both sides.
  Shape shape{.type = ShapeType::kEllipse, .rotation = 45, .points = {0, 0, 4, -3}};
  double half = 3.5355339059327378;
  ExpectBox(EnclosingBox(shape), -half, -half, half, half);
}

TEST(BoxTest, EllipseTurnedByAQuarterSwapsItsAxes) {
  Shape shape{.type = ShapeType::kEllipse, .rotation = 90, .points = {0, 0, 4, -3}};
  ExpectBox(EnclosingBox(shape), -3, -4, 3, 4);
}

TEST(BoxTest, MaskCoversWholePixels) {
  ExpectBox(OwnBox({.type = ShapeType::kMask, .points = {0, 4, 8.9, 4, 9, 5}}), 8, 4, 10, 6);
}

TEST(BoxTest, RotationOfOtherTypesDoesNotCount) {
  ExpectBox(
      EnclosingBox({.type = ShapeType::kPolygon, .rotation = 45, .points = {0, 0, 4, 0, 4, 2}}), 0,
      0, 4, 2);
}

TEST(BoxTest, SkeletonIsAroundItsVisibleElements) {
  Shape shape{.type = ShapeType::kSkeleton,
              .elements = {{.type = ShapeType::kPoints, .points = {1, 2}},
                           {.type = ShapeType::kPoints, .points = {3, 9}},
                           {.type = ShapeType::kPoints, .outside = true, .points = {50, 50}}}};
  ExpectBox(EnclosingBox(shape), 1, 2, 3, 9);
}

TEST(BoxTest, NothingWithoutPoints) {
  EXPECT_FALSE(OwnBox({.type = ShapeType::kTag}));
  EXPECT_FALSE(OwnBox({.type = ShapeType::kSkeleton}));
  EXPECT_FALSE(OwnBox({.type = ShapeType::kPolygon, .points = {1}}));
  EXPECT_FALSE(OwnBox({.type = ShapeType::kMask, .points = {1, 2, 3, 4}}));
  EXPECT_FALSE(OwnBox({.type = ShapeType::kEllipse, .points = {1, 2}}));
}

TEST(BoxTest, ClipCutsAtTheEdges) { ExpectBox(Clip({-5, -5, 150, 20}, 100, 50), 0, 0, 100, 20); }

TEST(BoxTest, ClipOfABoxOutsideIsEmpty) {
  EXPECT_EQ(Clip({200, 10, 210, 20}, 100, 50).width(), 0);
  EXPECT_EQ(Clip({-20, 10, -10, 20}, 100, 50).width(), 0);
}

TEST(BoxTest, ANumberThatIsNoneGivesNoArea) {
  double none = std::numeric_limits<double>::quiet_NaN();
  std::optional<Box> box = EnclosingBox({.rotation = none, .points = {1, 1, 2, 2}});
  ASSERT_TRUE(box.has_value());
  EXPECT_FALSE(Clip(*box, 100, 50).width() > 0);
}

}  // namespace
}  // namespace annofs
