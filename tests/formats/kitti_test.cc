#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "tests/formats/mask_formats.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kLabels[] = "training/label_2/";

// The lines of one frame of 100 x 50.
std::string LinesOf(std::vector<Label> labels, std::vector<Shape> shapes) {
  auto data = MaskData(labels, {{"a.jpg", "", std::move(shapes), 100, 50}});
  return Exported("kitti", *data)[absl::StrCat(kLabels, "a.txt")];
}

TEST(KittiTest, EveryTypeWithAnAreaIsABoxCutAtTheEdge) {
  std::unique_ptr<Dataset> data = EveryShape();
  const std::string rest = " 0.00 0.00 0.00 0.00 0.00 0.00 0.00\n";
  EXPECT_EQ(Exported("kitti", *data)[absl::StrCat(kLabels, "dir_b_1.txt")],
            absl::StrCat("car 0.00 0 0.00 40.00 20.00 60.00 30.00", rest,     // ellipse, lowest z
                         "car 0.00 0 0.00 45.00 5.00 55.00 25.00", rest,      // turned
                         "sky 0.00 0 0.00 0.00 0.00 10.00 5.00", rest,        // polygon
                         "car 0.00 0 0.00 10.00 8.00 25.00 20.00", rest,      // cuboid
                         "sky 0.00 0 0.00 80.00 40.00 82.00 42.00", rest,     // mask
                         "person 0.00 0 0.00 70.00 10.00 80.00 30.00", rest,  // skeleton
                         "car 0.00 0 0.00 0.00 0.00 10.00 10.00", rest,       // cut
                         "car 0.00 1 0.00 10.00 20.00 30.00 40.00", rest,     // occluded
                         "car 0.00 0 0.00 10.00 20.00 30.00 40.00", rest));
  EXPECT_THAT(Dropped("kitti", *data, 1),
              ElementsAre("a tag is of the whole image", "", "", "", "this type has no area",
                          "this type has no area", "", "", "",
                          "no area of it lies inside the image", "", "", ""));
}

TEST(KittiTest, LinesHave15ColumnsWhateverTheLabel) {
  for (const char* label : {"car", "two words", "a\tb\nc", "", "\xc2\xa0", "\xe2\x80\xa8x",
                            "\"quoted\" \"label\"", "\xff y", "\x1c"}) {
    const std::string line = LinesOf({{.name = label}}, {{.points = {1, 2, 3, 4}}});
    const std::vector<std::string> columns =
        absl::StrSplit(line, absl::ByAnyChar(" \t\n\v\f\r\x1c\x1d\x1e\x1f"), absl::SkipEmpty());
    EXPECT_THAT(columns, SizeIs(15)) << line;
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
    EXPECT_EQ(line.find('"'), std::string::npos) << line;
    EXPECT_TRUE(IsValidUtf8(line)) << line;
  }
}

// Converter bug 12.
TEST(KittiTest, SpacesInLabelsBecomeLowLines) {
  EXPECT_EQ(LinesOf({{.name = "traffic  light\xc2\xa0red"}}, {{.points = {1, 2, 3, 4}}}),
            "traffic__light_red 0.00 0 0.00 1.00 2.00 3.00 4.00 "
            "0.00 0.00 0.00 0.00 0.00 0.00 0.00\n");
}

TEST(KittiTest, LabelsThatDifferOnlyBySpacesStayApart) {
  const std::string lines = LinesOf({{.name = "a b"}, {.name = "a_b"}, {.name = "a\tb"}},
                                    {{.label = 0, .points = {1, 2, 3, 4}},
                                     {.label = 1, .points = {1, 2, 3, 4}},
                                     {.label = 2, .points = {1, 2, 3, 4}}});
  std::set<std::string> types;
  for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty()))
    types.emplace(line.substr(0, line.find(' ')));
  EXPECT_THAT(types, SizeIs(3));
  EXPECT_TRUE(types.contains("a_b"));
}

TEST(KittiTest, BothDirectoriesHaveTheSame) {
  auto data = MaskData({{.name = "car"}},
                       {{"b 1.png", "train", {{.points = {1, 1, 3, 3}}}}, {"a.jpg", "val", {}}});
  auto files = Exported("kitti", *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("ImageSets/train.txt", "ImageSets/val.txt",
                          "Kitti/raw/training/image_2/a.jpg", "Kitti/raw/training/image_2/b_1.png",
                          "Kitti/raw/training/label_2/a.txt", "Kitti/raw/training/label_2/b_1.txt",
                          "training/image_2/a.jpg", "training/image_2/b_1.png",
                          "training/label_2/a.txt", "training/label_2/b_1.txt"));
  EXPECT_EQ(files["ImageSets/train.txt"], "b_1\n");
  EXPECT_EQ(files["ImageSets/val.txt"], "a\n");
  EXPECT_EQ(files["training/label_2/a.txt"], "");
  for (const char* file : {"image_2/a.jpg", "image_2/b_1.png", "label_2/a.txt", "label_2/b_1.txt"})
    EXPECT_EQ(files[absl::StrCat("training/", file)],
              files[absl::StrCat("Kitti/raw/training/", file)]);
}

// Converter bug 11.
TEST(KittiTest, AFrameWhoseSizeIsNotKnownHasAnEmptyFile) {
  auto data = MaskData({{.name = "car"}}, {{"a.jpg", "", {{.points = {1, 1, 3, 3}}}, 0, 0}});
  EXPECT_EQ(Exported("kitti", *data)["training/label_2/a.txt"], "");
  EXPECT_THAT(Dropped("kitti", *data, 0), ElementsAre("the size of the image is not known"));
}

// Converter bug 14: no line whose sides are one.
TEST(KittiTest, ABoxTooSmallForTwoDecimalsIsDropped) {
  auto data =
      MaskData({{.name = "car"}},
               {{"a.jpg", "", {{.points = {1, 1, 1.004, 3}}, {.points = {1, 1, 1.006, 3}}}}});
  EXPECT_EQ(Exported("kitti", *data)["training/label_2/a.txt"],
            "car 0.00 0 0.00 1.00 1.00 1.01 3.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00\n");
  EXPECT_THAT(Dropped("kitti", *data, 0), ElementsAre("too small for two decimals", ""));
}

// Converter bug 1: parts of a group are one object.
TEST(KittiTest, PartsOfAGroupAreOneBox) {
  Shape left = {.type = ShapeType::kPolygon, .group = 1, .points = {0, 0, 10, 0, 10, 10}};
  Shape right = {.type = ShapeType::kPolygon, .occluded = true, .points = {20, 20, 30, 20, 30, 40}};
  right.group = 1;
  EXPECT_EQ(LinesOf({{.name = "car"}}, {left, right}),
            "car 0.00 1 0.00 0.00 0.00 30.00 40.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00\n");
}

}  // namespace
}  // namespace annofs::testing
