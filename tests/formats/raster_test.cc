#include "formats/raster.h"

#include <chrono>
#include <cmath>
#include <limits>

#include "formats/item_transforms.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CocoMask MaskOf(const std::vector<std::string>& rows) {
  CocoMask mask{.height = rows.size(), .width = rows[0].size()};
  bool is_foreground = false;
  mask.runs.push_back(0);
  for (size_t x = 0; x < mask.width; ++x) {
    for (size_t y = 0; y < mask.height; ++y) {
      if ((rows[y][x] == '#') != is_foreground) {
        mask.runs.push_back(0);
        is_foreground = !is_foreground;
      }
      ++mask.runs.back();
    }
  }
  return mask;
}

std::vector<std::string> RowsOf(const CocoMask& mask) {
  std::vector<std::string> rows(mask.height, std::string(mask.width, '.'));
  uint64_t at = 0;
  for (size_t i = 0; i < mask.runs.size(); ++i) {
    for (uint64_t k = 0; k < mask.runs[i]; ++k, ++at) {
      if (i % 2 == 1) rows.at(at % mask.height).at(at / mask.height) = '#';
    }
  }
  EXPECT_EQ(at, mask.height * mask.width);
  return rows;
}

// Expected values of this file: pycocotools 2.0 and OpenCV 4.10 on the same input.
TEST(PolygonMaskTest, DrawsAsCocoDoes) {
  EXPECT_THAT(RowsOf(PolygonMask({1, 1, 5, 1, 5, 4, 1, 4}, 5, 7).value()),
              ElementsAre(".......",  //
                          ".####..",  //
                          ".####..",  //
                          ".####..",  //
                          "......."));
  EXPECT_THAT(RowsOf(PolygonMask({0.5, 0.5, 6.4, 2.5, 1.2, 4.6}, 5, 7).value()),
              ElementsAre(".......",  //
                          ".##....",  //
                          ".#####.",  //
                          ".###...",  //
                          "......."));
}

TEST(PolygonMaskTest, CutsAtTheEdgesOfTheImage) {
  EXPECT_THAT(RowsOf(PolygonMask({-50, -50, 3, -50, 3, 90, -50, 90}, 3, 5).value()),
              ElementsAre("###..", "###..", "###.."));
  EXPECT_THAT(
      RowsOf(
          PolygonMask({-1e300, -1e300, 1e300, -1e300, 1e300, 1e300, -1e300, 1e300}, 2, 3).value()),
      ElementsAre("###", "###"));
}

TEST(PolygonMaskTest, WithoutAnInsideIsBackground) {
  for (const std::vector<double>& points :
       {std::vector<double>{}, {1, 1}, {1, 1, 3, 3}, {1, 1, 1, 1, 1, 1}, {9, 9, 12, 9, 12, 12}}) {
    const CocoMask mask = PolygonMask(points, 4, 5).value();
    EXPECT_EQ(Area(mask), 0u);
    EXPECT_THAT(mask.runs, ElementsAre(20));
  }
}

TEST(PolygonMaskTest, WhatIsNoNumberOrNoImageIsAnError) {
  const double nan = std::nan(""), infinite = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(PolygonMask({1, 1, nan, 2, 3, 3}, 4, 5).ok());
  EXPECT_FALSE(PolygonMask({1, 1, 2, infinite, 3, 3}, 4, 5).ok());
  EXPECT_FALSE(PolygonMask({1, 1, 2, 2, 1, 2}, 0, 5).ok());
  EXPECT_FALSE(PolygonMask({1, 1, 2, 2, 1, 2}, 1u << 20, 1u << 20).ok());
  EXPECT_FALSE(PolygonMask({1, 1, 2, 2, 1, 2}, UINT64_MAX, UINT64_MAX).ok());
}

// A zigzag over the whole image, a million times.
TEST(PolygonMaskTest, AnEndlessOutlineIsRefusedAtOnce) {
  std::vector<double> points;
  for (int i = 0; i < 1000000; ++i) {
    points.push_back(i % 2 == 0 ? -1e7 : 1e7);
    points.push_back(i % 2 == 0 ? 1e7 : -1e7 + i);
  }
  EXPECT_EQ(PolygonMask(points, 10000, 10000).status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(PolygonArea({0, 0, 5e6, 0, 5e6, 10, 0, 10}), 5e7);
}

TEST(PolygonAreaTest, CountsPixelsOnTheCanvasOfItsBox) {
  EXPECT_EQ(PolygonArea({1, 1, 5, 1, 5, 4, 1, 4}), 12);
  // The canvas is 60 by 6: int(10.2 + 49.9) rows; pycocotools counts the same.
  EXPECT_EQ(PolygonArea({0.5, 10.2, 6.4, 10.2, 6.4, 60.1, 0.5, 60.1}), 250);
  EXPECT_EQ(PolygonArea({}), 0);
  EXPECT_EQ(PolygonArea({-5, -5, -1, -5, -1, -1}), 0);
}

TEST(EllipseMaskTest, DrawsAsOpenCvDoes) {
  EXPECT_THAT(RowsOf(EllipseMask({1, 1, 7, 5}, 0, 7, 9).value()),
              ElementsAre(".........",  //
                          "..#####..",  //
                          ".#######.",  //
                          ".#######.",  //
                          ".#######.",  //
                          "..#####..",  //
                          "........."));
  EXPECT_THAT(RowsOf(EllipseMask({-2, -2, 2, 2}, 0, 4, 4).value()),
              ElementsAre("###.", "##..", "#...", "...."));
}

TEST(EllipseMaskTest, OutsideOfTheImageIsBackground) {
  EXPECT_EQ(Area(EllipseMask({100, 100, 110, 110}, 30, 7, 9).value()), 0u);
  EXPECT_EQ(Area(EllipseMask({-110, 0, -100, 5}, 0, 7, 9).value()), 0u);
}

TEST(EllipseMaskTest, HugeOnesFillTheImage) {
  EXPECT_EQ(Area(EllipseMask({-1e7, -1e7, 1e7, 1e7}, 45, 70, 90).value()), 6300u);
}

TEST(EllipseMaskTest, WhatIsNoNumberIsAnError) {
  EXPECT_FALSE(EllipseMask({1, 1, std::nan(""), 5}, 0, 7, 9).ok());
  EXPECT_FALSE(EllipseMask({1, 1, 7, 5}, std::nan(""), 7, 9).ok());
  EXPECT_FALSE(EllipseMask({1, 1, 7}, 0, 7, 9).ok());
  EXPECT_FALSE(EllipseMask({1, 1, 7, 5}, 0, 0, 9).ok());
}

// The far corner before the near one: drawn as the same ellipse.
TEST(EllipseMaskTest, ABoxInsideOutIsTheSameEllipse) {
  EXPECT_EQ(EllipseMask({7, 5, 1, 1}, 0, 7, 9).value(), EllipseMask({1, 1, 7, 5}, 0, 7, 9).value());
}

TEST(UnionTest, HasThePixelsOfAll) {
  const CocoMask a = MaskOf({"##..", "#..."}), b = MaskOf({"...#", "..##"}),
                 c = MaskOf({"....", ".#.."}), none = MaskOf({"....", "...."});
  EXPECT_THAT(RowsOf(Union({&a, &b, &c, &none})), ElementsAre("##.#", "####"));
  EXPECT_THAT(RowsOf(Union({&a})), ElementsAre("##..", "#..."));
  // Runs that end early: the rest is background.
  const CocoMask early{.height = 2, .width = 4, .runs = {0, 1}};
  EXPECT_THAT(RowsOf(Union({&early, &b})), ElementsAre("#..#", "..##"));
}

TEST(BoundingBoxTest, IsTight) {
  EXPECT_THAT(BoundingBox(MaskOf({".....", "..#..", "...#.", "....."})), ElementsAre(2, 1, 2, 2));
  // A run over two columns reaches top and bottom.
  EXPECT_THAT(BoundingBox(MaskOf({"..#", "...", ".#."})), ElementsAre(1, 0, 2, 3));
  EXPECT_THAT(BoundingBox(MaskOf({"...", "..."})), ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(Area(MaskOf({"..#", "...", ".#."})), 2u);
}

TEST(PolygonsOfMaskTest, GivesOnePolygonForEachPart) {
  const CocoMask mask = MaskOf({"........",  //
                                ".###....",  //
                                ".###.###",  //
                                ".###.###",  //
                                ".....###"});
  EXPECT_THAT(PolygonsOfMask(mask).value(), ElementsAre(ElementsAre(5, 2, 5, 4, 7, 4, 7, 2, 5, 2),
                                                        ElementsAre(1, 1, 1, 3, 3, 3, 3, 1, 1, 1)));
}

// A line and a dot have no area.
TEST(PolygonsOfMaskTest, LeavesOutWhatHasNoArea) {
  EXPECT_THAT(PolygonsOfMask(MaskOf({"#....", "....#", "..###"})).value(), IsEmpty());
  EXPECT_THAT(PolygonsOfMask(MaskOf({"...", "..."})).value(), IsEmpty());
}

// `size` pixels on and off in both directions.
CocoMask Holes(size_t side, size_t size) {
  std::vector<std::string> rows(side, std::string(side, '#'));
  for (size_t y = size; y + size < side; ++y) {
    for (size_t x = size; x + size < side; ++x) {
      if (x / size % 2 == 1 && y / size % 2 == 1) rows[y][x] = '.';
    }
  }
  return MaskOf(rows);
}

TEST(PolygonsOfMaskTest, TooManyHolesAreRefused) {
  EXPECT_EQ(PolygonsOfMask(Holes(600, 4)).status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(PolygonsOfMask(Holes(1200, 2)).status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_TRUE(PolygonsOfMask(Holes(100, 4)).ok());
}

Item ItemWith(std::vector<ItemAnnotation> annotations) {
  return {.width = 20, .height = 10, .annotations = std::move(annotations)};
}

TEST(TransformsTest, RotatedBoxesMoveToTheEndAsPolygons) {
  Item item = ItemWith({{.type = ItemType::kBbox, .rotation = 90, .points = {4, 2, 8, 4}},
                        {.type = ItemType::kBbox, .points = {1, 1, 2, 2}}});
  RotatedBoxesToPolygons(item);
  ASSERT_EQ(item.annotations.size(), 2u);
  EXPECT_EQ(item.annotations[0].type, ItemType::kBbox);
  EXPECT_EQ(item.annotations[1].type, ItemType::kPolygon);
  EXPECT_THAT(item.annotations[1].points, ElementsAre(10, 0, 10, 8, 6, 8, 6, 0));
}

TEST(TransformsTest, WhatCannotBeDrawnLeavesTheList) {
  Item item = ItemWith({{.type = ItemType::kPolygon, .points = {1, 1, 5, 1, 5, 5}},
                        {.type = ItemType::kEllipse, .points = {1, 1, 5, 5}},
                        {.type = ItemType::kBbox, .points = {1, 1, 2, 2}},
                        {.type = ItemType::kPolyline, .points = {1, 1, 2, 2}}});
  item.width = 0;
  EverythingToMasks(item);
  ASSERT_EQ(item.annotations.size(), 1u);
  EXPECT_EQ(item.annotations[0].type, ItemType::kPolyline);
}

TEST(TransformsTest, GroupsMergeUnderTheirLargestMember) {
  auto box = [](uint32_t label, int32_t group, double x, double size) {
    return ItemAnnotation{.type = ItemType::kBbox,
                          .label = label,
                          .group = group,
                          .points = {x, 1, size, size},
                          .origin = label};
  };
  Item item = ItemWith({box(1, 7, 0, 2),
                        box(2, 0, 3, 3),
                        {.type = ItemType::kLabel, .label = 9},
                        box(3, 7, 6, 3),
                        box(4, 7, 10, 3),
                        box(5, 0, 14, 2),
                        box(6, 3, 17, 1)});
  EverythingToMasks(item);
  std::vector<uint32_t> labels, areas;
  for (const ItemAnnotation& annotation : item.annotations) {
    labels.push_back(annotation.label);
    areas.push_back(uint32_t(Area(annotation.mask)));
  }
  EXPECT_THAT(labels, ElementsAre(9, 2, 5, 6, 3));
  EXPECT_THAT(areas, ElementsAre(0, 9, 4, 1, 4 + 9 + 9));
  EXPECT_EQ(item.annotations.back().origin, 3u);
}

TEST(TransformsTest, OnlyTracksStay) {
  Item item =
      ItemWith({{.type = ItemType::kLabel},
                {.type = ItemType::kBbox, .track = 0, .attributes = {{"track_id", int64_t{0}}}},
                {.type = ItemType::kBbox}});
  KeepTracks(item);
  ASSERT_EQ(item.annotations.size(), 1u);
  EXPECT_EQ(item.annotations[0].track, 0);
}

}  // namespace
}  // namespace annofs::testing
