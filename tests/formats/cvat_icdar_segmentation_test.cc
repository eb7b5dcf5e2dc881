// ICDAR Segmentation has no golden tree with shapes: reference/cvat.md §9.4 is the specification.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/mask_formats.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kIcdar[] = "cvat/ICDAR Segmentation 1.0";

Label Icdar() {
  return {.name = "icdar",
          .attributes = {{.name = "index", .input_type = "number", .default_value = "0"},
                         {.name = "text", .input_type = "text"},
                         {.name = "color", .input_type = "text"},
                         {.name = "center", .input_type = "text", .default_value = "- -"}}};
}

Shape Letter(const char* index, const char* text, Shape mask) {
  mask.attributes = {{"index", index}, {"text", text}};
  return mask;
}

TEST(CvatIcdarSegmentationTest, MasksAreSortedByIndexAndColouredInThatOrder) {
  Shape a = Letter("1", "a", BoxMask(0, 0, 0, 2, 1)), b = Letter("0", "b", BoxMask(0, 4, 2, 5, 4));
  auto data = MaskData({Icdar()}, {{"d/x.jpg", "", {a, b}}});
  std::map<std::string, std::string> files = Exported(kIcdar, *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("default/d/x_GT.bmp", "default/d/x_GT.txt", "default/images/d/x.jpg"));
  EXPECT_EQ(files["default/d/x_GT.txt"],
            "128 0 0 - - 4.0 2.0 6.0 5.0 \"b\"\n0 128 0 - - 0.0 0.0 3.0 2.0 \"a\"\n");
  EXPECT_EQ(files["default/d/x_GT.bmp"],
            BmpRgb(Pixels({"22200000", "22200000", "00001100", "00001100", "00001100", "00000000"}),
                   {{255, 255, 255}, {128, 0, 0}, {0, 128, 0}}));
}

// Datumaro sorts by index, then CompiledMask stably by z order.
TEST(CvatIcdarSegmentationTest, OfOneZOrderTheHigherIndexIsAbove) {
  Shape above = Letter("1", "a", BoxMask(0, 0, 0, 1, 0)),
        below = Letter("0", "b", BoxMask(0, 1, 0, 2, 0)),
        top = Letter("0", "c", BoxMask(0, 0, 0, 0, 0));
  top.z_order = 1;
  auto data = MaskData({Icdar()}, {{"x.jpg", "", {above, below, top}}});
  std::vector<std::string> rows(6, "00000000");
  rows[0] = "12100000";  // index 0 has the first colour, 1 the second
  EXPECT_EQ(Exported(kIcdar, *data)["default/x_GT.bmp"],
            BmpRgb(Pixels(rows), {{255, 255, 255}, {128, 0, 0}, {0, 128, 0}}));
}

TEST(CvatIcdarSegmentationTest, ColoursAndCentresOfTheirOwnAreKeptAndNotGivenAgain) {
  Shape own = Letter("0", "a", BoxMask(0, 0, 0, 0, 0)),
        other = Letter("1", "b", BoxMask(0, 2, 0, 2, 0));
  own.attributes.push_back({"color", " 128  0 0 "});
  own.attributes.push_back({"center", "12 34"});
  auto data = MaskData({Icdar()}, {{"x.jpg", "", {own, other}}});
  EXPECT_EQ(Exported(kIcdar, *data)["default/x_GT.txt"],
            "128 0 0 12 34 0.0 0.0 1.0 1.0 \"a\"\n0 128 0 - - 2.0 0.0 3.0 1.0 \"b\"\n");
}

// A blank line where the group changes, and before each ungrouped mask if the first one has a
// group.
TEST(CvatIcdarSegmentationTest, GroupsStandApartAndASpaceIsMarked) {
  Shape grouped = Letter("0", "a", BoxMask(0, 0, 0, 0, 0));
  grouped.group = 3;
  auto data = MaskData({Icdar()}, {{"x.jpg",
                                    "",
                                    {grouped, Letter("1", " ", BoxMask(0, 2, 0, 2, 0)),
                                     Letter("2", "c", BoxMask(0, 4, 0, 4, 0))}}});
  EXPECT_EQ(Exported(kIcdar, *data)["default/x_GT.txt"],
            "128 0 0 - - 0.0 0.0 1.0 1.0 \"a\"\n"
            "\n"
            "#0 128 0 - - 2.0 0.0 3.0 1.0 \" \"\n"
            "\n"
            "128 128 0 - - 4.0 0.0 5.0 1.0 \"c\"\n");
}

// A pixel's colour is the one that stands at the place of its index, not the mask's own.
TEST(CvatIcdarSegmentationTest, IndexesWithGapsAreBlackWhereNoColourStands) {
  auto data = MaskData({Icdar()}, {{"x.jpg",
                                    "",
                                    {Letter("1", "a", BoxMask(0, 0, 0, 0, 0)),
                                     Letter("7", "b", BoxMask(0, 1, 0, 1, 0)),
                                     Letter("-1", "c", BoxMask(0, 2, 0, 2, 0))}}});
  std::vector<std::string> rows(6, "00000000");
  rows[0] = "12000000";
  // Sorted c, a, b: a has index 1, so the second colour; 7 has none; -1 is the background.
  EXPECT_EQ(Exported(kIcdar, *data)["default/x_GT.bmp"],
            BmpRgb(Pixels(rows), {{255, 255, 255}, {0, 128, 0}, {0, 0, 0}}));
}

TEST(CvatIcdarSegmentationTest, FramesWhereAShapeHasNoIndexAreLeftOutAndReported) {
  Shape box{.label = 1, .points = {1, 1, 3, 3}};
  auto data = MaskData({Icdar(), {.name = "car"}},
                       {{"bad.jpg", "", {Letter("0", "a", BoxMask(0, 0, 0, 0, 0)), box}},
                        {"empty.jpg", "", {}},
                        {"good.jpg", "", {Letter("0", "a", BoxMask(0, 0, 0, 0, 0))}},
                        {"word.jpg", "", {Letter("first", "a", BoxMask(0, 0, 0, 0, 0))}}});
  std::map<std::string, std::string> files = Exported(kIcdar, *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("default/empty_GT.txt", "default/good_GT.bmp", "default/good_GT.txt",
                          "default/images/bad.jpg", "default/images/empty.jpg",
                          "default/images/good.jpg", "default/images/word.jpg"));
  EXPECT_EQ(files["default/empty_GT.txt"], "");
  const std::string why = "a shape of its frame has no attribute 'index' that is a number";
  EXPECT_THAT(Dropped(kIcdar, *data, 0), ElementsAre(why, why));
  EXPECT_THAT(Dropped(kIcdar, *data, 2), ElementsAre(""));
  EXPECT_THAT(Dropped(kIcdar, *data, 3), ElementsAre(why));
}

TEST(CvatIcdarSegmentationTest, ColoursThatAreNoneLeaveTheirFrameOut) {
  std::vector<MaskFrame> frames;
  for (const char* color : {"1 2", "1 2 3 4", "red", "1 2 256", "-1 2 3"}) {
    Shape mask = Letter("0", "a", BoxMask(0, 0, 0, 0, 0));
    mask.attributes.push_back({"color", color});
    frames.push_back({absl::StrCat(frames.size(), ".jpg"), "", {mask}});
  }
  auto data = MaskData({Icdar()}, frames);
  EXPECT_EQ(Exported(kIcdar, *data).size(), frames.size()) << "only the images";
  for (Rank rank = 0; rank < frames.size(); ++rank)
    EXPECT_THAT(Dropped(kIcdar, *data, rank), ElementsAre(HasSubstr("'color'")));
}

TEST(CvatIcdarSegmentationTest, FramesOfUnknownSizeHaveAnEmptyText) {
  auto data =
      MaskData({Icdar()}, {{"x.jpg", "", {Letter("0", "a", BoxMask(0, 0, 0, 0, 0))}, 0, 0}});
  std::map<std::string, std::string> files = Exported(kIcdar, *data);
  EXPECT_THAT(PathsOf(files), ElementsAre("default/images/x.jpg", "default/x_GT.txt"));
  EXPECT_EQ(files["default/x_GT.txt"], "");
  EXPECT_THAT(Dropped(kIcdar, *data, 0), ElementsAre("the size of the image is not known"));
}

}  // namespace
}  // namespace annofs::testing
