#include "formats/mask_outlines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "formats/raster.h"
#include "formats/train_objects.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Rows of `#` and `.`.
CocoMask MaskOfRows(const std::vector<std::string>& rows) {
  CocoMask mask{.height = rows.size(), .width = rows[0].size(), .runs = {0}};
  bool is_in = false;
  for (size_t x = 0; x < mask.width; ++x) {
    for (size_t y = 0; y < mask.height; ++y) {
      if ((rows[y][x] == '#') != is_in) {
        is_in = !is_in;
        mask.runs.push_back(0);
      }
      ++mask.runs.back();
    }
  }
  return mask;
}

std::vector<RegionOutline> OutlinesOfRows(const std::vector<std::string>& rows) {
  return OutlinesOfMask(MaskOfRows(rows)).value();
}

TEST(MaskOutlinesTest, APixelIsASquare) {
  const auto regions = OutlinesOfRows({"...", ".#.", "..."});
  ASSERT_THAT(regions, SizeIs(1));
  EXPECT_THAT(regions[0].outer, ElementsAre(1, 1, 2, 1, 2, 2, 1, 2));
  EXPECT_THAT(regions[0].holes, IsEmpty());
}

TEST(MaskOutlinesTest, LinesOfOnePixelsWidthHaveAnOutline) {
  EXPECT_THAT(OutlinesOfRows({"####"})[0].outer, ElementsAre(0, 0, 4, 0, 4, 1, 0, 1));
  EXPECT_THAT(OutlinesOfRows({"#", "#", "#"})[0].outer, ElementsAre(0, 0, 1, 0, 1, 3, 0, 3));
}

TEST(MaskOutlinesTest, CornersAreClockwiseAndOnlyWhereTheOutlineTurns) {
  EXPECT_THAT(OutlinesOfRows({"##.", "###"})[0].outer,
              ElementsAre(0, 0, 2, 0, 2, 1, 3, 1, 3, 2, 0, 2));
}

TEST(MaskOutlinesTest, PixelsThatTouchAtACornerAreOneRegion) {
  const auto regions = OutlinesOfRows({"#.", ".#"});
  ASSERT_THAT(regions, SizeIs(1));
  EXPECT_THAT(regions[0].outer, ElementsAre(0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 1, 2, 1, 1, 0, 1));
  EXPECT_THAT(OutlinesOfRows({".#", "#."}), SizeIs(1));
}

TEST(MaskOutlinesTest, AHoleIsARingTheOtherWayRound) {
  const auto regions = OutlinesOfRows({"###", "#.#", "###"});
  ASSERT_THAT(regions, SizeIs(1));
  EXPECT_THAT(regions[0].outer, ElementsAre(0, 0, 3, 0, 3, 3, 0, 3));
  EXPECT_THAT(regions[0].holes, ElementsAre(ElementsAre(1, 1, 1, 2, 2, 2, 2, 1)));
}

TEST(MaskOutlinesTest, BackgroundThatTouchesAtACornerIsTwoHoles) {
  EXPECT_THAT(OutlinesOfRows({"####", "#.##", "##.#", "####"})[0].holes, SizeIs(2));
}

TEST(MaskOutlinesTest, ARegionInAHoleIsOneOfItsOwn) {
  const auto regions = OutlinesOfRows({"#####", "#...#", "#.#.#", "#...#", "#####"});
  ASSERT_THAT(regions, SizeIs(2));
  EXPECT_THAT(regions[0].holes, SizeIs(1));
  EXPECT_THAT(regions[1].outer, ElementsAre(2, 2, 3, 2, 3, 3, 2, 3));
}

TEST(MaskOutlinesTest, AnEmptyMaskHasNoRegions) {
  EXPECT_THAT(OutlinesOfRows({"..", ".."}), IsEmpty());
  EXPECT_THAT(*OutlinesOfMask({}), IsEmpty());
}

TEST(MaskOutlinesTest, WhatIsTooIntricateIsRefused) {
  CocoMask mask{.height = 2000, .width = 2000, .runs = {}};
  for (size_t i = 0; i < 2000 * 2000; ++i) mask.runs.push_back(1);
  EXPECT_EQ(OutlinesOfMask(mask).status().code(), absl::StatusCode::kUnimplemented);
}

// Whatever the mask: its outlines have its area, and COCO's rasteriser makes it of them.
TEST(MaskOutlinesTest, OutlinesAreExactlyTheMask) {
  std::mt19937 random(7);
  for (int nth = 0; nth < 500; ++nth) {
    const size_t height = 1 + random() % 12, width = 1 + random() % 12;
    const uint32_t share = 1 + random() % 9;
    std::vector<std::string> rows(height, std::string(width, '.'));
    for (std::string& row : rows) {
      for (char& pixel : row) pixel = random() % 10 < share ? '#' : '.';
    }
    const CocoMask mask = MaskOfRows(rows);
    double area = 0;
    CocoMask drawn = PolygonMask({}, height, width).value();
    const std::vector<RegionOutline> regions = OutlinesOfMask(mask).value();
    for (const RegionOutline& region : regions) {
      std::vector<Ring> rings = region.holes;
      area += AreaOf(region.outer);
      for (const Ring& hole : rings) area -= AreaOf(hole);
      rings.insert(rings.begin(), region.outer);
      const CocoMask one = PolygonMask(Joined(rings), height, width).value();
      drawn = Union({&drawn, &one});
    }
    ASSERT_EQ(area, double(Area(mask))) << ::testing::PrintToString(rows);
    ASSERT_EQ(Area(drawn), Area(mask)) << ::testing::PrintToString(rows);
    ASSERT_EQ(Area(Union({&drawn, &mask})), Area(mask)) << ::testing::PrintToString(rows);
  }
}

}  // namespace
}  // namespace annofs
