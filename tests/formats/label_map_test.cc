#include "formats/label_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace annofs {
namespace {

using ::testing::ElementsAre;

DatasetInfo Labels(std::vector<Label> labels) {
  DatasetInfo info;
  info.labels = std::move(labels);
  return info;
}

std::vector<std::string> NamesOf(const LabelMap& map) {
  std::vector<std::string> names;
  for (const LabelMap::Entry& entry : map.entries) names.push_back(entry.name);
  return names;
}

TEST(LabelMapTest, SortedMapsFollowCodePointsAndOnlyOneMovesTheBackground) {
  DatasetInfo info = Labels({{.name = "zebra", .color = "#010203"},
                             {.name = "Dose", .color = "#ff0000"},
                             {.name = "ü", .color = "#00ff00"}});
  const LabelMap sorted = SortedLabelMap(info);
  EXPECT_THAT(NamesOf(sorted), ElementsAre("Dose", "background", "zebra", "ü"));
  EXPECT_EQ(sorted.background, 1u);
  EXPECT_THAT(sorted.class_of_label, ElementsAre(2, 0, 3));
  const LabelMap first = BackgroundFirstLabelMap(info);
  EXPECT_THAT(NamesOf(first), ElementsAre("background", "Dose", "zebra", "ü"));
  EXPECT_EQ(first.background, 0u);
  EXPECT_THAT(first.class_of_label, ElementsAre(2, 1, 3));
  EXPECT_EQ(LabelColorText(first), "0 0 0 background\n255 0 0 Dose\n1 2 3 zebra\n0 255 0 ü\n");
}

// Datumaro looks for the colour first: a black label that sorts before "background" takes its
// place.
TEST(LabelMapTest, TheFirstBlackLabelIsTheBackground) {
  DatasetInfo info =
      Labels({{.name = "apple", .color = "#ffffff"}, {.name = "asphalt", .color = "#000000"}});
  EXPECT_THAT(NamesOf(BackgroundFirstLabelMap(info)),
              ElementsAre("asphalt", "apple", "background"));
  EXPECT_EQ(SortedLabelMap(info).background, 1u);
}

TEST(LabelMapTest, ALabelCalledBackgroundIsItAndNoneIsAdded) {
  DatasetInfo info =
      Labels({{.name = "car", .color = "#ffffff"}, {.name = "background", .color = "#112233"}});
  EXPECT_EQ(LabelColorText(BackgroundFirstLabelMap(info)),
            "17 34 51 background\n255 255 255 car\n");
  const LabelMap voc = VocLabelMap(info);
  EXPECT_EQ(voc.background, 1u);
  EXPECT_EQ(VocLabelMapText(voc),
            "# label:color_rgb:parts:actions\ncar:0,0,0::\nbackground:128,0,0::\n");
}

TEST(LabelMapTest, LabelsOfOneNameAreOneClassWithTheColourOfTheLast) {
  DatasetInfo info = Labels({{.name = "a", .color = "#111111"},
                             {.name = "nose", .color = "#222222", .parent = 0},
                             {.name = "b", .color = "#333333"},
                             {.name = "nose", .color = "#444444", .parent = 2}});
  const LabelMap map = BackgroundFirstLabelMap(info);
  EXPECT_EQ(LabelColorText(map), "0 0 0 background\n17 17 17 a\n51 51 51 b\n68 68 68 nose\n");
  EXPECT_THAT(map.class_of_label, ElementsAre(1, 3, 2, 3));
  const LabelMap voc = VocLabelMap(info);
  EXPECT_THAT(NamesOf(voc), ElementsAre("background", "a", "nose", "b"));
  EXPECT_THAT(voc.class_of_label, ElementsAre(1, 2, 3, 2));
}

TEST(LabelMapTest, WithoutLabelsThereIsTheBackground) {
  EXPECT_EQ(VocLabelMapText(VocLabelMap({})),
            "# label:color_rgb:parts:actions\nbackground:0,0,0::\n");
  EXPECT_EQ(LabelColorText(BackgroundFirstLabelMap({})), "0 0 0 background\n");
}

}  // namespace
}  // namespace annofs
