#include "formats/train_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/raster.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Frame kFrame{.name = "a.jpg", .width = 100, .height = 50};

FrameShapes Shapes(std::vector<Shape> shapes) { return {.shapes = std::move(shapes)}; }
TrainObject All(const FrameShapes& all) {
  TrainObject object;
  for (uint32_t i = 0; i < all.shapes.size(); ++i) object.parts.push_back(i);
  return object;
}
std::vector<std::vector<uint32_t>> Parts(const FrameShapes& all) {
  std::vector<std::vector<uint32_t>> parts;
  for (const TrainObject& object : ObjectsOf(all)) parts.push_back(object.parts);
  return parts;
}

Shape Polygon(std::vector<double> points, int32_t group = 0, uint32_t label = 0) {
  return {.type = ShapeType::kPolygon, .label = label, .group = group, .points = std::move(points)};
}

TEST(TrainObjects, PartsOfOneGroupAndLabelAreOneObjectWhereOneIsAnOutline) {
  const FrameShapes all = Shapes({Polygon({0, 0, 4, 0, 4, 4}, 1),
                                  {.points = {1, 1, 2, 2}},
                                  {.group = 1, .points = {5, 5, 9, 9}},
                                  Polygon({0, 0, 4, 0, 4, 4}, 1, 7)});
  EXPECT_THAT(Parts(all), ElementsAre(ElementsAre(0, 2), ElementsAre(1), ElementsAre(3)));
}

TEST(TrainObjects, GroupedRectanglesAloneStayObjectsOfTheirOwn) {
  EXPECT_THAT(
      Parts(Shapes({{.group = 1, .points = {0, 0, 4, 4}}, {.group = 1, .points = {5, 5, 9, 9}}})),
      ElementsAre(ElementsAre(0), ElementsAre(1)));
}

TEST(TrainObjects, ABoxIsAroundAllPartsAndCutAtTheEdge) {
  const FrameShapes all =
      Shapes({Polygon({-5, 10, 10, 10, 10, 20}), Polygon({20, 30, 30, 30, 30, 90})});
  const std::optional<Box> box = BoxInImage(kFrame, all, All(all));
  ASSERT_TRUE(box);
  EXPECT_THAT((std::vector<double>{box->left, box->top, box->right, box->bottom}),
              ElementsAre(0, 10, 30, 50));
}

TEST(TrainObjects, OutlinesAreCutAtTheEdge) {
  const FrameShapes all = Shapes({{.points = {90, 40, 120, 60}}});
  const auto outlines = OutlinesOf(kFrame, all, All(all));
  ASSERT_TRUE(outlines.ok()) << outlines.status();
  ASSERT_THAT(*outlines, SizeIs(1));
  EXPECT_EQ(AreaOf((*outlines)[0]), 100);
}

TEST(TrainObjects, WhatIsOutsideTheImageHasNoOutlineAndNoCorners) {
  const FrameShapes all =
      Shapes({{.points = {200, 40, 220, 60}}, Polygon({-9, -9, -1, -9, -1, -1})});
  EXPECT_THAT(OutlinesOf(kFrame, all, All(all)).value(), IsEmpty());
  EXPECT_EQ(CornersOf(kFrame, all, {.parts = {0}}).value(), std::nullopt);
  EXPECT_EQ(CornersOf(kFrame, all, All(all)).value(), std::nullopt);
}

TEST(TrainObjects, ATurnedRectangleKeepsItsOwnCorners) {
  const FrameShapes all = Shapes({{.rotation = 90, .points = {40, 20, 60, 30}}});
  const auto corners = CornersOf(kFrame, all, All(all));
  ASSERT_TRUE(corners.ok() && *corners);
  const double expected[] = {55, 15, 55, 35, 45, 35, 45, 15};  // the upper left corner first
  for (size_t i = 0; i < 8; ++i) EXPECT_NEAR((**corners)[i], expected[i], 1e-9) << i;
}

TEST(TrainObjects, CornersOfAPolygonAreOfTheLeastRectangleAroundIt) {
  const FrameShapes all =
      Shapes({Polygon({20, 10, 30, 20, 20, 30, 10, 20})});  // a square on its tip
  const auto corners = CornersOf(kFrame, all, All(all));
  ASSERT_TRUE(corners.ok() && *corners);
  EXPECT_NEAR(AreaOf(Ring((*corners)->begin(), (*corners)->end())), 200, 0.01);
}

TEST(TrainObjects, CornersNeverLeaveTheImage) {
  const FrameShapes all = Shapes({{.rotation = 45, .points = {-20, -20, 20, 20}}});
  const auto corners = CornersOf(kFrame, all, All(all));
  ASSERT_TRUE(corners.ok() && *corners);
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_GE((**corners)[i], 0);
    EXPECT_LE((**corners)[i], i % 2 == 0 ? 100 : 50);
  }
}

TEST(TrainObjects, AMaskOfOnePixelHasAnOutline) {
  const FrameShapes all = Shapes({{.type = ShapeType::kMask, .points = {0, 1, 7, 8, 7, 8}}});
  const auto outlines = OutlinesOf(kFrame, all, All(all));
  ASSERT_TRUE(outlines.ok()) << outlines.status();
  EXPECT_THAT(*outlines, ElementsAre(ElementsAre(7, 8, 8, 8, 8, 9, 7, 9)));
}

TEST(TrainObjects, TheMaskOfAnObjectIsTheUnionOfItsParts) {
  const FrameShapes all = Shapes({{.points = {0, 0, 10, 10}}, {.points = {5, 0, 15, 10}}});
  EXPECT_EQ(Area(MaskOf(kFrame, all, All(all)).value()), 150u);
}

TEST(TrainObjects, HolesAreSeen) {
  CocoMask ring{.height = 3, .width = 3, .runs = {0, 4, 1, 4}};
  EXPECT_TRUE(HasHoles(ring).value());
  CocoMask full{.height = 3, .width = 3, .runs = {0, 9}};
  EXPECT_FALSE(HasHoles(full).value());
  CocoMask open{.height = 3, .width = 3, .runs = {0, 3, 3, 3}};
  EXPECT_FALSE(HasHoles(open).value());
}

// Gauss's formula answers 0 of it.
TEST(TrainObjects, AFigureEightHasAnOutline) {
  for (const std::vector<double>& points :
       {std::vector<double>{0, 0, 10, 10, 10, 0, 0, 10}, {0, 0, 10, 0, 0, 10, 10, 10}}) {
    const FrameShapes all = Shapes({Polygon(points)});
    EXPECT_THAT(OutlinesOf(kFrame, all, All(all)).value(), SizeIs(1));
  }
}

TEST(TrainObjects, ALineThereAndBackHasNoOutline) {
  const FrameShapes all = Shapes({Polygon({0, 0, 10, 10, 20, 0, 10, 10})});
  EXPECT_THAT(OutlinesOf(kFrame, all, All(all)).value(), IsEmpty());
}

TEST(TrainObjects, OutlinesOfAMaskAreAsLargeAsItsPixels) {
  const FrameShapes all =
      Shapes({{.type = ShapeType::kMask, .points = {0, 5, 4, 3, 2, 1, 10, 10, 14, 12}}});
  double area = 0;
  const std::vector<Ring> rings = OutlinesOf(kFrame, all, All(all)).value();
  for (const Ring& ring : rings) area += AreaOf(ring);
  EXPECT_EQ(area, 9);
}

TEST(TrainObjects, RoundedBoxesHaveTwoDigitsAndAnArea) {
  const FrameShapes all =
      Shapes({{.points = {0.006, 0, 99.999, 50}}, {.points = {5, 5, 5.004, 9}}});
  const std::optional<Box> box = RoundedBoxInImage(kFrame, all, {.parts = {0}});
  ASSERT_TRUE(box.has_value());
  EXPECT_EQ(box->left, 0.01);
  EXPECT_EQ(box->right, 100);
  EXPECT_EQ(RoundedBoxInImage(kFrame, all, {.parts = {1}}), std::nullopt);
}

TEST(TrainObjects, VeryManyRingsAreJoined) {
  std::vector<Ring> rings;
  for (double i = 0; i < 30000; ++i) rings.push_back({i, 0, i + 0.5, 0, i + 0.5, 1});
  const Ring joined = Joined(rings);
  EXPECT_NEAR(AreaOf(joined), 30000 * 0.25, 1e-6);
}

TEST(TrainObjects, JoinedRingsAreOneOfTheSameArea) {
  const Ring a{0, 0, 10, 0, 10, 10, 0, 10}, b{20, 0, 30, 0, 30, 10, 20, 10};
  const Ring joined = Joined({a, b});
  EXPECT_EQ(AreaOf(joined), 200);
  EXPECT_EQ(joined.size(), a.size() + b.size() + 4);
}

TEST(TrainObjects, EveryShapeGetsTheReasonOfItsObject) {
  FrameShapes all = Shapes(
      {Polygon({0, 0, 4, 0, 4, 4}, 1), {.points = {1, 1, 2, 2}}, Polygon({0, 0, 4, 0, 4, 4}, 1)});
  all.tags.push_back({.type = ShapeType::kTag});
  EXPECT_THAT(WhyNotObjects(all, "tag",
                            [](const TrainObject& object) -> absl::string_view {
                              return object.parts.size() > 1 ? "group" : "";
                            }),
              ElementsAre("tag", "group", "", "group"));
}

}  // namespace
}  // namespace annofs
