#include "formats/train_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "tests/formats/mask_formats.h"
#include "tests/formats/png_pixels.h"

namespace annofs::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Files = std::map<std::string, std::string>;

// The rows of a picture of up to 36 values as digits and letters.
std::vector<std::string> Rows(const std::string& png) {
  const PngPixels pixels = DecodePng(png);
  EXPECT_EQ(pixels.depth, 8);
  EXPECT_EQ(pixels.color_type, PNG_COLOR_TYPE_PALETTE);
  std::vector<std::string> rows(pixels.height);
  for (size_t i = 0; i < pixels.bytes.size(); ++i) {
    const uint8_t value = pixels.bytes[i];
    rows[i / pixels.width].push_back(value < 10 ? char('0' + value) : char('a' + value - 10));
  }
  return rows;
}

// Colours of a palette from the first on.
std::vector<std::string> Palette(const std::string& png, size_t count) {
  std::vector<std::string> colors;
  const size_t begin = png.find("PLTE") + 4;
  for (size_t i = 0; i < count; ++i) {
    const auto* rgb = reinterpret_cast<const uint8_t*>(png.data()) + begin + 3 * i;
    colors.push_back(absl::StrFormat("#%02x%02x%02x", rgb[0], rgb[1], rgb[2]));
  }
  return colors;
}

// The picture of a frame, whatever part it is in.
std::string Picture(const Files& files, absl::string_view kind, absl::string_view stem) {
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(path, absl::StrCat(kind, "/")) &&
        absl::EndsWith(path, absl::StrCat("/", stem, ".png")))
      return text;
  }
  ADD_FAILURE() << "no picture of " << kind << " for " << stem;
  return "";
}

const std::vector<Label>& Labels() {
  static const std::vector<Label>& labels =
      *new std::vector<Label>{{.name = "car", .color = "#ff0000"},
                              {.name = "person", .color = "#00ff00", .type = "skeleton"},
                              {.name = "nose", .color = "#111111", .parent = 1},
                              {.name = "sky", .color = "#0000ff"}};
  return labels;
}

// Of one frame of 8 x 6.
std::vector<std::string> PictureOf(absl::string_view kind, std::vector<Shape> shapes) {
  auto data = MaskData(Labels(), {{"a.jpg", "", std::move(shapes)}});
  return Rows(Picture(Exported("masks", *data), kind, "a"));
}

Shape Rectangle(uint32_t label, std::vector<double> points, int32_t z = 0) {
  return {.label = label, .z_order = z, .points = std::move(points)};
}

TEST(TrainMasksTest, ClassesAndInstancesHaveTheirNumbers) {
  const std::vector<Shape> shapes = {Rectangle(3, {0, 0, 2, 2}), Rectangle(0, {3, 0, 5, 2}),
                                     Rectangle(3, {6, 4, 8, 6})};
  EXPECT_THAT(PictureOf("semantic", shapes),
              ElementsAre("33011000", "33011000", "00000000", "00000000", "00000033", "00000033"));
  EXPECT_THAT(PictureOf("instances", shapes),
              ElementsAre("11022000", "11022000", "00000000", "00000000", "00000033", "00000033"));
}

// Converter bug 15.
TEST(TrainMasksTest, HigherZOrderLiesOverLower) {
  const std::vector<Shape> shapes = {Rectangle(0, {0, 0, 4, 3}, 5), Rectangle(3, {2, 0, 6, 3}, 1)};
  EXPECT_THAT(PictureOf("semantic", shapes),
              ElementsAre("11113300", "11113300", "11113300", "00000000", "00000000", "00000000"));
  EXPECT_THAT(PictureOf("instances", shapes),
              ElementsAre("22221100", "22221100", "22221100", "00000000", "00000000", "00000000"));
}

// Converter bug 1.
TEST(TrainMasksTest, PartsOfAGroupAreOneInstance) {
  Shape left = BoxMask(0, 0, 0, 1, 1), right = BoxMask(0, 4, 0, 5, 1),
        other = BoxMask(0, 6, 4, 7, 5);
  left.group = right.group = 7;
  EXPECT_THAT(PictureOf("instances", {left, right, other}),
              ElementsAre("11001100", "11001100", "00000000", "00000000", "00000022", "00000022"));
}

TEST(TrainMasksTest, AnObjectBetweenTwoPartsOfAGroupLiesBetweenThem) {
  Shape below = BoxMask(0, 0, 0, 3, 0), above = BoxMask(0, 0, 2, 3, 2);
  below.group = above.group = 7;
  above.z_order = 2;
  Shape between = BoxMask(3, 2, 0, 2, 2);
  between.z_order = 1;
  EXPECT_THAT(PictureOf("instances", {below, above, between}),
              ElementsAre("11210000", "00200000", "11110000", "00000000", "00000000", "00000000"));
}

// Converter bug 1: holes are seen through.
TEST(TrainMasksTest, HolesShowWhatIsBelow) {
  const Shape ring = {.type = ShapeType::kMask, .label = 3, .points = {0, 4, 1, 4, 1, 1, 3, 3}};
  EXPECT_THAT(PictureOf("semantic", {ring}),
              ElementsAre("00000000", "03330000", "03030000", "03330000", "00000000", "00000000"));
  EXPECT_THAT(PictureOf("semantic", {Rectangle(0, {0, 0, 5, 5}, -1), ring}),
              ElementsAre("11111000", "13331000", "13131000", "13331000", "11111000", "00000000"));
}

// Converter bug 5.
TEST(TrainMasksTest, TurnedRectanglesAndPolygonsAreDrawnAsTheyAre) {
  EXPECT_THAT(PictureOf("semantic", {{.rotation = 90, .points = {1, 2, 5, 4}}}),
              ElementsAre("00000000", "00110000", "00110000", "00110000", "00110000", "00000000"));
}

// Converter bug 14.
TEST(TrainMasksTest, WhatIsOutsideIsCut) {
  EXPECT_THAT(PictureOf("semantic", {Rectangle(0, {-3, -3, 2, 1}), Rectangle(3, {7, 5, 20, 20})}),
              ElementsAre("11000000", "00000000", "00000000", "00000000", "00000000", "00000003"));
}

TEST(TrainMasksTest, NoNumberIsLeftOutForWhatIsNotDrawn) {
  EXPECT_THAT(PictureOf("instances", {Rectangle(0, {50, 50, 60, 60}),
                                      {.type = ShapeType::kPolyline, .points = {0, 0, 3, 3}},
                                      Rectangle(0, {0, 0, 1, 1})}),
              ElementsAre("10000000", "00000000", "00000000", "00000000", "00000000", "00000000"));
}

TEST(TrainMasksTest, ImagesWithoutObjectsAreAllBackground) {
  const std::vector<std::string> nothing(6, "00000000");
  EXPECT_EQ(PictureOf("semantic", {}), nothing);
  EXPECT_EQ(PictureOf("instances", {}), nothing);
}

TEST(TrainMasksTest, PalettesAreTheLabelsColorsForClassesAndVocsForInstances) {
  auto data = MaskData(Labels(), {{"a.jpg", "", {}}});
  const Files files = Exported("masks", *data);
  EXPECT_THAT(Palette(Picture(files, "semantic", "a"), 5),
              ElementsAre("#000000", "#ff0000", "#00ff00", "#0000ff", "#000000"));
  EXPECT_THAT(Palette(Picture(files, "instances", "a"), 5),
              ElementsAre("#000000", "#800000", "#008000", "#808000", "#000080"));
}

TEST(TrainMasksTest, ATableTellsTheValuesOfTheClasses) {
  auto data = MaskData(Labels(), {{"a.jpg", "", {}}});
  EXPECT_EQ(Exported("masks", *data)["classes.tsv"],
            "value\tname\tcolor\n"
            "0\tbackground\t#000000\n"
            "1\tcar\t#ff0000\n"
            "2\tperson\t#00ff00\n"
            "3\tsky\t#0000ff\n");
}

TEST(TrainMasksTest, MoreThan255InstancesAreSixteenBit) {
  std::vector<Shape> shapes;
  for (int i = 0; i < 256; ++i) shapes.push_back(BoxMask(0, i, 0, i, 0));
  auto data = MaskData(Labels(), {{"more.jpg", "train", shapes, 256, 1},
                                  {"few.jpg", "train", {shapes.begin(), shapes.end() - 1}, 256, 1},
                                  {"none.jpg", "val", {}}});
  const Files files = Exported("masks", *data);
  const PngPixels more = DecodePng(files.at("instances/train/more.png"));
  EXPECT_EQ(more.depth, 16);
  EXPECT_EQ(more.color_type, PNG_COLOR_TYPE_GRAY);
  ASSERT_EQ(more.bytes.size(), 512u);
  for (size_t i = 0; i < 256; ++i)
    EXPECT_EQ(more.bytes[2 * i] * 256u + more.bytes[2 * i + 1], i + 1) << i;
  const PngPixels few = DecodePng(files.at("instances/train/few.png"));
  EXPECT_EQ(few.depth, 8);
  EXPECT_EQ(few.bytes[254], 255);
  EXPECT_EQ(few.bytes[255], 0);
}

TEST(TrainMasksTest, OfMoreThan255ClassesEveryPictureIsSixteenBit) {
  std::vector<Label> labels;
  for (int i = 0; i < 256; ++i) labels.push_back({.name = absl::StrCat("label", i)});
  auto data = MaskData(
      labels, {{"a.jpg", "train", {BoxMask(255, 0, 0, 0, 0)}, 2, 1}, {"b.jpg", "val", {}, 2, 1}});
  const Files files = Exported("masks", *data);
  EXPECT_THAT(DecodePng(files.at("semantic/train/a.png")).bytes, ElementsAre(1, 0, 0, 0));
  EXPECT_EQ(DecodePng(files.at("semantic/val/b.png")).depth, 16);
}

// Converter bug 11.
TEST(TrainMasksTest, ImagesWhoseSizeIsNotKnownHaveNoPictures) {
  auto data = MaskData(
      Labels(), {{"a.jpg", "train", {Rectangle(0, {0, 0, 1, 1})}, 0, 0}, {"b.jpg", "val", {}}});
  EXPECT_THAT(PathsOf(Exported("masks", *data)),
              ElementsAre("classes.tsv", "images/train/a.jpg", "images/val/b.jpg",
                          "instances/val/b.png", "semantic/val/b.png"));
  EXPECT_THAT(Dropped("masks", *data, 0), ElementsAre("the size of the image is not known"));
}

TEST(TrainMasksTest, PointCloudsHaveNoPictures) {
  DatasetBuilder builder;
  builder.AddTask({.name = "space", .is_3d = true});
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.pcd", .width = 4, .height = 4}).value();
  EXPECT_TRUE(
      builder.AddShape(frame, {.type = ShapeType::kCuboid, .points = std::vector<double>(16, 1)})
          .ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  for (const auto& [path, text] : Exported("masks", *data))
    EXPECT_FALSE(absl::EndsWith(path, ".png")) << path;
  EXPECT_THAT(Dropped("masks", *data, 0), ElementsAre("a 3D cuboid has no box in an image"));
}

TEST(TrainMasksTest, PicturesAndImagesShareTheirStems) {
  std::unique_ptr<Dataset> data = EveryShape();
  std::map<std::string, int> stems;
  for (const auto& [path, text] : Exported("masks", *data)) {
    if (path == "classes.tsv") continue;
    const absl::string_view name = BaseName(path);
    ++stems[std::string(WithoutExtension(name))];
  }
  EXPECT_THAT(stems, ElementsAre(std::pair("a", 3), std::pair("dir_b_1", 3)));
}

TEST(TrainMasksTest, WhatOthersHideIsDropped) {
  Shape below = BoxMask(0, 0, 0, 1, 0), above = BoxMask(0, 6, 0, 7, 0);
  below.group = above.group = 7;
  above.z_order = 9;
  const std::vector<Shape> shapes = {below,                   // hidden, but its other part is seen
                                     BoxMask(0, 1, 2, 4, 3),  // hidden by the next three
                                     BoxMask(0, 0, 5, 2, 5),  // one pixel of it is seen
                                     BoxMask(3, 0, 0, 2, 2),  // one of these
                                     BoxMask(3, 3, 2, 5, 3),  // another
                                     BoxMask(3, 0, 3, 2, 3),
                                     BoxMask(3, 1, 5, 3, 5),
                                     above};
  auto data = MaskData(Labels(), {{"a.jpg", "", shapes}});
  EXPECT_THAT(Dropped("masks", *data, 0),
              ElementsAre("", "other objects lie over all of it", "", "", "", "", "", ""));
  // 8 shapes, two are one object and one is hidden: what is held is what is there.
  std::set<char> values;
  for (const std::string& row : PictureOf("instances", shapes))
    values.insert(row.begin(), row.end());
  EXPECT_EQ(values.size(), 1u + 6u);
}

TEST(TrainMasksTest, WhatIsHiddenIsToldOfVeryManyObjects) {
  std::vector<Shape> shapes;
  for (int i = 0; i < 5000; ++i) shapes.push_back(BoxMask(0, i % 50, i % 40, i % 50, i % 40));
  auto data = MaskData(Labels(), {{"a.jpg", "", shapes, 50, 40}});
  const std::vector<std::string> why = Dropped("masks", *data, 0);
  // 200 pixels, each drawn 25 times: the last ones are seen.
  EXPECT_EQ(std::count(why.begin(), why.end(), ""), 200);
  EXPECT_EQ(std::count(why.end() - 200, why.end(), ""), 200);
}

TEST(TrainMasksTest, WhatHasNoPixelsHasAReason) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_THAT(Dropped("masks", *data, 1),
              ElementsAre("a tag is of the whole image", "", "",
                          "other objects lie over all of it",  // the box that is cut at the edge
                          "this type has no area", "this type has no area", "", "",
                          "a skeleton has no outline", "no area of it lies inside the image", "",
                          "other objects lie over all of it",  // its equal
                          ""));
}

}  // namespace
}  // namespace annofs::testing
