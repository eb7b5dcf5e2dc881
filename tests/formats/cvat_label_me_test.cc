// What the golden trees of LabelMe do not show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "formats/labelme_export.h"
#include "tests/formats/mask_formats.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Key;

constexpr char kLabelMe[] = "cvat/LabelMe 3.0";

Shape Box() { return {.points = {1, 2, 4, 5}}; }

std::string AttributesOf(std::vector<ItemAttribute> attributes) {
  return LabelMeAttributes({.attributes = std::move(attributes)});
}

// The lines of a text that have it, without indentation.
std::vector<std::string> LinesWith(absl::string_view text, absl::string_view what) {
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StrContains(line, what)) lines.emplace_back(absl::StripAsciiWhitespace(line));
  }
  return lines;
}

TEST(LabelMeAttributesTest, WhatTheListIsMadeOfIsEscaped) {
  EXPECT_EQ(AttributesOf({{"a=b", std::string("x, \"y\" = \\z")}, {"n", 3.0}, {"t", int64_t{2}}}),
            "a\\=b=x\\, \\\"y\\\" \\= \\\\z, n=3.0, t=2");
  EXPECT_EQ(AttributesOf({{"", std::string()}, {"f", false}}), "=, f=False");
}

TEST(LabelMeAttributesTest, TextsThatReadAsNumbersAreQuoted) {
  for (const char* text : {"1", "-5", "0", "1.0", "1e-05", "nan", "inf", "-inf"})
    EXPECT_EQ(AttributesOf({{"k", std::string(text)}}), absl::StrCat("k=\"", text, "\"")) << text;
  for (const char* text : {"007", "-0", "1.50", "+1", "1e5", " 1", "1_000", "", "True"})
    EXPECT_EQ(AttributesOf({{"k", std::string(text)}}), absl::StrCat("k=", text)) << text;
}

TEST(LabelMeAttributesTest, OccludedAndUserNameHaveElementsOfTheirOwn) {
  EXPECT_EQ(AttributesOf({{"username", std::string("me")}, {"occluded", true}, {"a", true}}),
            "a=True");
}

TEST(CvatLabelMeTest, MasksAreNumberedAmongAllObjectsOfTheirFrame) {
  Shape tag{.type = ShapeType::kTag}, line{.type = ShapeType::kPolyline, .points = {1, 1, 2, 2}};
  Shape under = BoxMask(0, 0, 0, 0, 0);
  under.z_order = -1;  // sorted to the front
  Shape ellipse{.type = ShapeType::kEllipse, .points = {4, 3, 6, 2}};
  auto data = MaskData({{.name = "a"}},
                       {{"d/x.jpg", "train", {tag, Box(), line, BoxMask(0, 2, 1, 3, 1), under}},
                        {"y.jpg", "train", {Box(), ellipse}},
                        {"z.png", "val", {}}});
  std::map<std::string, std::string> files = Exported(kLabelMe, *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("train/Masks/d/x_mask_0.png", "train/Masks/d/x_mask_2.png",
                          "train/Masks/y_mask_1.png", "train/d/x.jpg", "train/d/x.xml",
                          "train/y.jpg", "train/y.xml", "val/z.png", "val/z.xml"));
  EXPECT_THAT(LinesWith(files["train/d/x.xml"], "<mask>"),
              ElementsAre("<mask>d/x_mask_0.png</mask>", "<mask>d/x_mask_2.png</mask>"));
  EXPECT_THAT(LinesWith(files["train/d/x.xml"], "folder"), ElementsAre("<folder>d</folder>"));
  std::vector<std::string> rows(6, "00000000");
  rows[1] = "00110000";
  EXPECT_EQ(files["train/Masks/d/x_mask_2.png"],
            PngRgba(Pixels(rows), {0, 0, 0, 0}, {0, 203, 255, 153}));
}

TEST(CvatLabelMeTest, TheFirstOfAGroupHasTheOthersAsParts) {
  std::vector<Shape> shapes(5, Box());
  shapes[1].group = shapes[3].group = shapes[4].group = 9;
  shapes[2].group = 8;
  auto data = MaskData({{.name = "a"}}, {{"x.jpg", "", shapes}});
  const std::string text = Exported(kLabelMe, *data)["default/x.xml"];
  EXPECT_THAT(
      LinesWith(text, "hasparts"),
      ElementsAre("<hasparts></hasparts>", "<hasparts>3,4</hasparts>", "<hasparts></hasparts>",
                  "<hasparts></hasparts>", "<hasparts></hasparts>"));
  EXPECT_THAT(LinesWith(text, "ispartof"),
              ElementsAre("<ispartof></ispartof>", "<ispartof></ispartof>", "<ispartof></ispartof>",
                          "<ispartof>1</ispartof>", "<ispartof>1</ispartof>"));
}

TEST(CvatLabelMeTest, WithoutASizeMasksAreNoObjects) {
  auto data = MaskData({{.name = "a"}},
                       {{"x.jpg", "", {BoxMask(0, 0, 0, 1, 1), Box()}, /*width=*/0, /*height=*/0}});
  std::map<std::string, std::string> files = Exported(kLabelMe, *data);
  EXPECT_THAT(PathsOf(files), ElementsAre("default/x.jpg", "default/x.xml"));
  EXPECT_THAT(LinesWith(files["default/x.xml"], "<id>"), ElementsAre("<id>0</id>"));
  EXPECT_THAT(LinesWith(files["default/x.xml"], "imagesize"), ElementsAre());
  EXPECT_THAT(Dropped(kLabelMe, *data, 0), ElementsAre("the size of the image is not known", ""));
}

// Where CVAT's whole export fails: an ellipse that has no pixel in the image.
TEST(CvatLabelMeTest, AMaskWithoutPixelsHasABoxOfZeros) {
  Shape ellipse{.type = ShapeType::kEllipse, .points = {40, 30, 45, 28}};
  auto data = MaskData({{.name = "a"}}, {{"x.jpg", "", {ellipse}}});
  std::map<std::string, std::string> files = Exported(kLabelMe, *data);
  EXPECT_THAT(LinesWith(files["default/x.xml"], "max>"),
              ElementsAre("<xmax>0.00</xmax>", "<ymax>0.00</ymax>"));
  EXPECT_THAT(files, Contains(Key("default/Masks/x_mask_0.png")));
}

// Every other row of 2,000 x 2,200 pixels: 2,200 runs by rows, 4.4 million by columns.
TEST(CvatLabelMeTest, AMaskOfTooManyRunsIsNoObjectAndReported) {
  Shape stripes{.type = ShapeType::kMask};
  for (int row = 0; row < 2200; ++row) stripes.points.push_back(2000);
  for (double side : {0.0, 0.0, 1999.0, 2199.0}) stripes.points.push_back(side);
  auto data =
      MaskData({{.name = "a"}}, {{"x.jpg", "", {stripes, BoxMask(0, 0, 0, 1, 1)}, 2000, 2200}});
  EXPECT_THAT(Dropped(kLabelMe, *data, 0),
              ElementsAre("its outline or its runs are too many to be drawn", ""));
  const Layout layout = Described(kLabelMe, *data);
  std::vector<std::string> pictures;
  for (const Family& family : layout.families()) {
    if (family.kind == FamilyKind::kPixels) pictures.push_back(family.suffix);
  }
  EXPECT_THAT(pictures, ElementsAre("_mask_0.png"));
}

TEST(CvatLabelMeTest, ImagesInADirectoryCalledMasksKeepItForThemselves) {
  auto data = MaskData({{.name = "a"}},
                       {{"Masks/x.jpg", "", {BoxMask(0, 0, 0, 1, 1)}}, {"Masks-2/y.jpg", "", {}}});
  EXPECT_THAT(PathsOf(Exported(kLabelMe, *data)),
              ElementsAre("default/Masks-2/y.jpg", "default/Masks-2/y.xml",
                          "default/Masks-3/Masks/x_mask_0.png", "default/Masks/x.jpg",
                          "default/Masks/x.xml"));
}

TEST(CvatLabelMeTest, MasksBehindTheLastPictureThatADirectoryHoldsAreReported) {
  std::vector<Shape> shapes(4095, Box());
  shapes.push_back(BoxMask(0, 0, 0, 1, 1));
  shapes.push_back(BoxMask(0, 0, 0, 1, 1));
  auto data = MaskData({{.name = "a"}}, {{"x.jpg", "", shapes}});
  std::vector<std::string> why = Dropped(kLabelMe, *data, 0);
  EXPECT_EQ(why[4095], "");
  EXPECT_EQ(why[4096], "its frame has more than 4096 objects: the mask has no picture");
  EXPECT_THAT(PathsOf(Exported(kLabelMe, *data)),
              ElementsAre("default/Masks/x_mask_4095.png", "default/x.jpg", "default/x.xml"));
}

}  // namespace
}  // namespace annofs::testing
