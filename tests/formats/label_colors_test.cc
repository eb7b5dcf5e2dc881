#include "formats/label_colors.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

DatasetInfo Labels(const std::vector<std::pair<std::string, std::string>>& labels) {
  DatasetInfo info;
  for (const auto& [name, color] : labels) info.labels.push_back({.name = name, .color = color});
  return info;
}

std::vector<std::string> Texts(const ColorMap& map) {
  std::vector<std::string> texts;
  for (const auto& [name, color] : map.entries) {
    texts.push_back(absl::StrCat(name, " ", color[0], " ", color[1], " ", color[2]));
  }
  return texts;
}

// The first colours of the devkit of PASCAL VOC.
TEST(VocColorTest, IsThePaletteOfVoc) {
  EXPECT_THAT(VocColors(5), ElementsAre(Rgb{0, 0, 0}, Rgb{128, 0, 0}, Rgb{0, 128, 0},
                                        Rgb{128, 128, 0}, Rgb{0, 0, 128}));
  EXPECT_EQ(VocColor(20), (Rgb{0, 64, 128}));
  EXPECT_EQ(VocColor(255), (Rgb{224, 224, 192}));
}

TEST(ColorOfTest, IsTheLabelsOwnOrMadeFromItsName) {
  EXPECT_EQ(ColorOf({.name = "a", .color = "#0180fF"}), (Rgb{1, 128, 255}));
  const Rgb made = ColorOf({.name = "a"});
  EXPECT_EQ(made, ColorOf({.name = "a", .color = "red"}));
  EXPECT_EQ(made, ColorOf({.name = "a", .color = "#+12345"}));
  EXPECT_NE(made, ColorOf({.name = "b"}));
}

// As in label_colors.txt of cvat_task_14, and labelmap.txt there.
TEST(SortedColorMapTest, SortsByNameWithTheBackgroundFirst) {
  const ColorMap map =
      SortedColorMap(Labels({{"s", "#010203"}, {"1", "#040506"}, {"Z", "#070809"}}));
  EXPECT_THAT(Texts(map), ElementsAre("background 0 0 0", "1 4 5 6", "Z 7 8 9", "s 1 2 3"));
  EXPECT_THAT(map.index_of_label, ElementsAre(3, 1, 2));
  EXPECT_TRUE(map.is_background_added);
}

TEST(SortedColorMapTest, KeepsTheBackgroundInOrderWhereSomethingIsBlack) {
  const DatasetInfo info = Labels({{"s", "#010203"}, {"1", "#040506"}});
  EXPECT_THAT(Texts(SortedColorMap(info, BackgroundPlace::kInOrder)),
              ElementsAre("1 4 5 6", "background 0 0 0", "s 1 2 3"));
  const DatasetInfo own = Labels({{"background", "#010203"}, {"1", "#040506"}});
  EXPECT_THAT(Texts(SortedColorMap(own, BackgroundPlace::kInOrder)),
              ElementsAre("background 1 2 3", "1 4 5 6"));
  EXPECT_FALSE(SortedColorMap(own).is_background_added);
}

TEST(SortedColorMapTest, LabelsOfOneNameShareAnEntryOfTheLastColor) {
  const ColorMap map =
      SortedColorMap(Labels({{"x", "#010203"}, {"b", "#040506"}, {"x", "#070809"}}));
  EXPECT_THAT(Texts(map), ElementsAre("background 0 0 0", "b 4 5 6", "x 7 8 9"));
  EXPECT_THAT(map.index_of_label, ElementsAre(2, 1, 2));
}

TEST(SortedColorMapTest, ABlackLabelTakesTheFirstPlace) {
  const ColorMap map = SortedColorMap(Labels({{"b", "#010203"}, {"ab", "#000000"}}));
  EXPECT_THAT(Texts(map), ElementsAre("ab 0 0 0", "b 1 2 3", "background 0 0 0"));
}

}  // namespace
}  // namespace annofs::testing
