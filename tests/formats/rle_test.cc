#include "formats/rle.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ErrorOf(const absl::Status& status,
                    absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
  EXPECT_EQ(status.code(), code) << status;
  return std::string(status.message());
}

// The pixels of a small mask, row by row.
std::vector<bool> PixelsOf(const CocoMask& mask) {
  std::vector<bool> pixels(mask.height * mask.width);
  uint64_t at = 0;
  for (size_t i = 0; i < mask.runs.size(); ++i) {
    for (uint64_t k = 0; k < mask.runs[i]; ++k, ++at) {
      if (i % 2 == 1) pixels[at % mask.height * mask.width + at / mask.height] = true;
    }
  }
  EXPECT_LE(at, mask.height * mask.width);
  return pixels;
}

CocoMask MaskOfPixels(const std::vector<bool>& pixels, uint64_t height, uint64_t width) {
  CocoMask mask{.height = height, .width = width, .runs = {0}};
  bool is_foreground = false;
  for (uint64_t at = 0; at < pixels.size(); ++at) {
    if (pixels[at % height * width + at / height] != is_foreground) {
      is_foreground = !is_foreground;
      mask.runs.push_back(0);
    }
    ++mask.runs.back();
  }
  return mask;
}

TEST(Rle, AMaskOfCocoIsRowsInsideItsTightBox) {
  // 3 rows, 4 columns; the pixels (row, column) (1,1) (2,1) (1,2).
  const absl::StatusOr<CvatMask> mask =
      CvatMaskOf({.height = 3, .width = 4, .runs = {4, 2, 1, 1, 4}});
  ASSERT_TRUE(mask.ok());
  EXPECT_THAT(mask->points, ElementsAre(0, 3, 1, 1, 1, 2, 2));
  EXPECT_THAT(mask->problem, IsEmpty());
}

TEST(Rle, AMaskOfCvatIsColumnsOfTheImage) {
  const absl::StatusOr<CocoMask> mask = CocoMaskOf({0, 3, 1, 1, 1, 2, 2}, 3, 4);
  ASSERT_TRUE(mask.ok());
  EXPECT_THAT(mask->runs, ElementsAre(4, 2, 1, 1, 4));
}

TEST(Rle, WhatLiesOutsideTheImageIsCutOff) {
  const absl::StatusOr<CocoMask> mask = CocoMaskOf({0, 16, -2, -2, 1, 1}, 3, 3);
  ASSERT_TRUE(mask.ok());
  EXPECT_THAT(mask->runs, ElementsAre(0, 2, 1, 2, 4));
}

// Strings made by pycocotools' own encoder are in the golden files; these are by hand.
TEST(Rle, CompressedCountsAreGroupsOfFiveBitsAndDifferencesFromTheFourthRunOn) {
  const absl::StatusOr<std::vector<uint64_t>> runs = ParseCocoCounts("5`012");
  ASSERT_TRUE(runs.ok());
  // 5; 16 in two characters (its fifth bit would be a sign); 1... of the fourth: 2 more than 16.
  EXPECT_THAT(*runs, ElementsAre(5, 16, 1, 18));
  EXPECT_EQ(FormatCocoCounts(*runs), "5`012");
}

TEST(Rle, BrokenCompressedCountsAreRefused) {
  EXPECT_THAT(ErrorOf(ParseCocoCounts("5`").status()), HasSubstr("ends inside a run"));
  EXPECT_THAT(ErrorOf(ParseCocoCounts("5\x20").status()), HasSubstr("no code"));
  EXPECT_THAT(ErrorOf(ParseCocoCounts("5\xff").status()), HasSubstr("no code"));
  EXPECT_THAT(ErrorOf(ParseCocoCounts("O").status()), HasSubstr("no count"));  // -1
  EXPECT_THAT(ErrorOf(ParseCocoCounts(std::string(20, 'o') + "0").status()), HasSubstr("too long"));
  EXPECT_THAT(ErrorOf(ParseCocoCounts(std::string(11, 'o') + "7").status()), HasSubstr("no count"));
  EXPECT_THAT(ErrorOf(ParseCocoCounts(std::string(kMaxMaskRuns + 1, '1')).status(),
                      absl::StatusCode::kUnimplemented),
              HasSubstr("more than"));
  EXPECT_TRUE(ParseCocoCounts("").ok());
}

TEST(Rle, EncodingAndDecodingAreInverse) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 500; ++round) {
    const uint64_t height = random() % 12 + 1, width = random() % 12 + 1;
    const unsigned density = unsigned(random() % 10) + 1;
    std::vector<bool> pixels(height * width);
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = random() % 10 < density;
    const CocoMask mask = MaskOfPixels(pixels, height, width);
    const absl::StatusOr<std::vector<uint64_t>> runs = ParseCocoCounts(FormatCocoCounts(mask.runs));
    ASSERT_TRUE(runs.ok()) << runs.status();
    EXPECT_EQ(*runs, mask.runs);
    const absl::StatusOr<CvatMask> cvat = CvatMaskOf(mask);
    if (std::count(pixels.begin(), pixels.end(), true) == 0) {
      EXPECT_THAT(ErrorOf(cvat.status()), HasSubstr("without a pixel"));
      continue;
    }
    ASSERT_TRUE(cvat.ok()) << cvat.status();
    const absl::StatusOr<CocoMask> again = CocoMaskOf(cvat->points, height, width);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, mask);
    EXPECT_EQ(PixelsOf(*again), pixels);
  }
}

TEST(Rle, CountsOfAnySizeComeBack) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 500; ++round) {
    std::vector<uint64_t> runs(random() % 20);
    for (uint64_t& run : runs) run = random() >> (11 + random() % 53);
    const absl::StatusOr<std::vector<uint64_t>> again = ParseCocoCounts(FormatCocoCounts(runs));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, runs);
  }
}

TEST(Rle, TooManyPixelsAreCutAndMissingOnesAreBackground) {
  const absl::StatusOr<CvatMask> more = CvatMaskOf({.height = 2, .width = 2, .runs = {1, 9}});
  ASSERT_TRUE(more.ok());
  EXPECT_THAT(more->points, ElementsAre(1, 3, 0, 0, 1, 1));
  EXPECT_THAT(more->problem, HasSubstr("more pixels"));
  const absl::StatusOr<CvatMask> less = CvatMaskOf({.height = 2, .width = 2, .runs = {0, 1, 1}});
  ASSERT_TRUE(less.ok());
  EXPECT_THAT(less->points, ElementsAre(0, 1, 0, 0, 0, 0));
  EXPECT_THAT(less->problem, HasSubstr("fewer pixels"));
  const absl::StatusOr<CvatMask> usual = CvatMaskOf({.height = 2, .width = 2, .runs = {0, 1}});
  ASSERT_TRUE(usual.ok());
  EXPECT_THAT(usual->problem, IsEmpty());
}

TEST(Rle, AnImageOfABillionByABillionPixelsCostsItsRunsOnly) {
  const uint64_t side = 1000000000;
  const absl::StatusOr<CvatMask> full =
      CvatMaskOf({.height = side, .width = side, .runs = {0, side * side}});
  ASSERT_TRUE(full.ok());
  EXPECT_THAT(full->points, ElementsAre(0, 1e18, 0, 0, 1e9 - 1, 1e9 - 1));
  // Two columns with one between them: as rows that would be two billion runs.
  EXPECT_THAT(
      ErrorOf(CvatMaskOf({.height = side, .width = side, .runs = {0, side, side, side}}).status(),
              absl::StatusCode::kUnimplemented),
      HasSubstr("more than"));
  EXPECT_THAT(ErrorOf(CvatMaskOf({.height = side * 2, .width = 1, .runs = {0, 1}}).status()),
              HasSubstr("absurd"));
  EXPECT_THAT(ErrorOf(CvatMaskOf({.height = 0, .width = 1, .runs = {0, 1}}).status()),
              HasSubstr("absurd"));
}

TEST(Rle, PointsThatAreNoMaskAreRefused) {
  EXPECT_THAT(ErrorOf(CocoMaskOf({1, 2, 3, 4}, 9, 9).status()), HasSubstr("no mask"));
  EXPECT_THAT(ErrorOf(CocoMaskOf({1, 5, 5, 4, 4}, 9, 9).status()), HasSubstr("no mask"));
  EXPECT_THAT(ErrorOf(CocoMaskOf({-1, 0, 0, 4, 4}, 9, 9).status()), HasSubstr("no mask"));
  EXPECT_THAT(ErrorOf(CocoMaskOf({0, 1e308, 0, 0, 4, 4}, 9, 9).status()), HasSubstr("no mask"));
}

}  // namespace
}  // namespace annofs
