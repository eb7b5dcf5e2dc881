// What the golden trees of CamVid, Cityscapes, KITTI and MOTS PNG do not show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/formats/mask_formats.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;

constexpr char kCamVid[] = "cvat/CamVid 1.0";
constexpr char kCityscapes[] = "cvat/Cityscapes 1.0";
constexpr char kKitti[] = "cvat/KITTI 1.0";
constexpr char kMots[] = "cvat/MOTS PNG 1.0";

const std::vector<Label> kTwo = {{.name = "b", .color = "#0a0b0c"},
                                 {.name = "a", .color = "#010203"}};
// Two masks one over the other, the second one beside them, in rows of 8 x 6 pixels.
const std::vector<std::string> kRows = {"11110000", "11222200", "00222200",
                                        "00222200", "00000033", "00000033"};
std::vector<Shape> ThreeMasks() {
  return {BoxMask(0, 0, 0, 3, 1), BoxMask(1, 2, 1, 5, 3), BoxMask(0, 6, 4, 7, 5)};
}
std::vector<Shape> Tracked(std::vector<Shape> shapes) {
  for (size_t i = 0; i < shapes.size(); ++i) shapes[i].track = int32_t(i);
  return shapes;
}
Shape Box(double rotation) { return {.rotation = rotation, .points = {1, 2, 4, 5}}; }

TEST(CvatCamVidTest, EachSubsetHasAListOfImagesAndMasks) {
  auto data = MaskData(kTwo, {{"x y.jpg", "val", ThreeMasks()},
                              {"d/z.png", "train", ThreeMasks()},
                              {"d/e f.png", "train", {}},
                              {"w.png", "train", {}}});
  std::map<std::string, std::string> files = Exported(kCamVid, *data);
  EXPECT_THAT(PathsOf(files), ElementsAre("label_colors.txt", "train.txt", "train/d/e f.png",
                                          "train/d/z.png", "train/w.png", "trainannot/d/z.png",
                                          "val.txt", "val/x y.jpg", "valannot/x y.png"));
  EXPECT_EQ(files["train.txt"],
            "/train/d/z.png trainannot/d/z.png\n\"/train/d/e f.png\" \"\"\n/train/w.png \n");
  EXPECT_EQ(files["val.txt"], "\"/val/x y.jpg\" \"valannot/x y.png\"\n");
  EXPECT_EQ(files["label_colors.txt"], "1 2 3 a\n10 11 12 b\n");
  EXPECT_EQ(files["valannot/x y.png"],
            PngRgb(Pixels(kRows), {{0, 0, 0}, {10, 11, 12}, {1, 2, 3}, {10, 11, 12}}));
}

TEST(CvatCamVidTest, SubsetsThatSpellOtherFilesOfTheTreeLeaveThemInPeace) {
  auto data = MaskData(kTwo, {{"1.jpg", "train", ThreeMasks()},
                              {"2.jpg", "trainannot", ThreeMasks()},
                              {"3.jpg", "label_colors", {}}});
  std::map<std::string, std::string> files = Exported(kCamVid, *data);
  EXPECT_EQ(files["label_colors.txt"], "1 2 3 a\n10 11 12 b\n");
  EXPECT_EQ(files["trainannot/2.jpg"], "-> bucket/2.jpg");
  EXPECT_EQ(files.size(), 3u /*images*/ + 2u /*masks*/ + 3u /*lists*/ + 1u /*colours*/);
  // A list names its files as they are called in the tree.
  const std::string list = files["train.txt"];
  const std::string mask = list.substr(list.find(' ') + 1, list.size() - list.find(' ') - 2);
  EXPECT_TRUE(files.contains(mask)) << mask;
}

// CVAT takes "background" for added only where there are more names than labels.
TEST(CvatCamVidTest, TheBackgroundIsListedWherePartsOfSkeletonsShareAName) {
  std::vector<Label> labels = {{.name = "p", .color = "#010101", .type = "skeleton"},
                               {.name = "nose", .color = "#020202", .parent = 0},
                               {.name = "q", .color = "#030303", .type = "skeleton"},
                               {.name = "nose", .color = "#040404", .parent = 2}};
  auto data = MaskData(labels, {{"a.jpg", "", {}}});
  EXPECT_EQ(Exported(kCamVid, *data)["label_colors.txt"],
            "0 0 0 background\n4 4 4 nose\n1 1 1 p\n3 3 3 q\n");
}

TEST(CvatCityscapesTest, InstancesCountByPlaceAndCrowdsAreTheirClass) {
  Label a{.name = "a",
          .color = "#010203",
          .attributes = {{.name = "is_crowd", .input_type = "checkbox", .default_value = "false"}}};
  Shape first = BoxMask(0, 0, 0, 3, 1), second = BoxMask(1, 2, 1, 5, 3),
        crowd = BoxMask(0, 6, 4, 7, 5);
  first.z_order = 1;  // drawn last, but in the second place: shapes are sorted by z order
  crowd.attributes = {{"is_crowd", "true"}};
  auto data =
      MaskData({a, {.name = "b", .color = "#0a0b0c"}}, {{"d/x.jpg", "", {first, second, crowd}}});
  std::map<std::string, std::string> files = Exported(kCityscapes, *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("gtFine/default/d/x_gtFine_color.png",
                          "gtFine/default/d/x_gtFine_instanceIds.png",
                          "gtFine/default/d/x_gtFine_labelIds.png",
                          "imgsFine/leftImg8bit/default/d/x_leftImg8bit.jpg", "label_colors.txt"));
  // second (b) is place 1, crowd (a) 2, first (a) 3.
  const std::vector<std::string> rows = {"33330000", "33331100", "00111100",
                                         "00111100", "00000022", "00000022"};
  EXPECT_EQ(files["gtFine/default/d/x_gtFine_instanceIds.png"],
            PngGray16(Pixels(rows, {0, 2001, 1, 1003})));
  EXPECT_EQ(files["gtFine/default/d/x_gtFine_labelIds.png"], PngGray8(Pixels(rows, {0, 2, 1, 1})));
  EXPECT_EQ(files["gtFine/default/d/x_gtFine_color.png"],
            PngRgb(Pixels(rows), {{0, 0, 0}, {10, 11, 12}, {1, 2, 3}, {1, 2, 3}}));
  EXPECT_EQ(files["label_colors.txt"], "0 0 0 background\n1 2 3 a\n10 11 12 b\n");
}

TEST(CvatCityscapesTest, MasksOfTheBackgroundAreNotDrawnAndReported) {
  auto data = MaskData({{.name = "asphalt", .color = "#000000"}, {.name = "b", .color = "#0a0b0c"}},
                       {{"x.jpg", "", {BoxMask(1, 0, 0, 7, 5), BoxMask(0, 0, 0, 3, 5)}}});
  const std::vector<std::string> rows(6, "00001111");
  EXPECT_EQ(Exported(kCityscapes, *data)["gtFine/default/x_gtFine_instanceIds.png"],
            PngGray16(Pixels(rows, {0, 1001})));
  EXPECT_THAT(Dropped(kCityscapes, *data, 0),
              ElementsAre("", HasSubstr("its label is the format's background")));
}

TEST(CvatCityscapesTest, NumbersThatSixteenBitsDoNotHoldAreTheLargest) {
  std::vector<Label> labels;
  for (int i = 0; i < 300; ++i) labels.push_back({.name = absl::StrCat("l", 1000 + i)});
  auto data =
      MaskData(labels, {{"x.jpg", "", {BoxMask(99, 0, 0, 0, 0), BoxMask(299, 1, 0, 1, 0)}}});
  std::map<std::string, std::string> files = Exported(kCityscapes, *data);
  std::vector<std::string> rows(6, "00000000");
  rows[0] = "12000000";
  EXPECT_EQ(files["gtFine/default/x_gtFine_instanceIds.png"],
            PngGray16(Pixels(rows, {0, 65535, 65535})));
  // 8 bits keep the lower byte: 300 mod 256.
  EXPECT_EQ(files["gtFine/default/x_gtFine_labelIds.png"], PngGray8(Pixels(rows, {0, 100, 44})));
}

TEST(CvatKittiTest, UprightBoxesAreTextAndRotatedOnesAreMasks) {
  auto data = MaskData(kTwo, {{"both.jpg", "", {Box(0), Box(90)}},
                              {"rotated.jpg", "", {Box(90)}},
                              {"upright.jpg", "", {Box(0)}},
                              {"d/mask.jpg", "train", {BoxMask(1, 0, 0, 0, 0)}}});
  std::map<std::string, std::string> files = Exported(kKitti, *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("default/image_2/both.jpg", "default/image_2/rotated.jpg",
                          "default/image_2/upright.jpg", "default/instance/both.png",
                          "default/instance/rotated.png", "default/label_2/both.txt",
                          "default/label_2/upright.txt", "default/semantic/both.png",
                          "default/semantic/rotated.png", "default/semantic_rgb/both.png",
                          "default/semantic_rgb/rotated.png", "label_colors.txt",
                          "train/image_2/d/mask.jpg", "train/instance/d/mask.png",
                          "train/semantic/d/mask.png", "train/semantic_rgb/d/mask.png"));
  EXPECT_EQ(files["default/label_2/both.txt"],
            "b 0.0 0 -1 1.0 2.0 4.0 5.0 -1 -1 -1 -1 -1 -1 -1 1.0\n");
  std::vector<std::string> rows(6, "00000000");
  rows[0] = "10000000";
  EXPECT_EQ(files["train/semantic/d/mask.png"], PngGray16(Pixels(rows)));
  EXPECT_EQ(files["train/instance/d/mask.png"], PngGray16(Pixels(rows, {0, 256})));
  EXPECT_EQ(files["train/semantic_rgb/d/mask.png"], PngRgb(Pixels(rows), {{0, 0, 0}, {1, 2, 3}}));
}

TEST(CvatKittiTest, AttributesAreTheNumbersThatPythonMakesOfThem) {
  Label label{.name = "a b",
              .attributes = {{.name = "truncated", .input_type = "text", .default_value = " 0.25 "},
                             {.name = "score", .input_type = "number", .default_value = "1e-05"}}};
  Shape box = Box(0), other = Box(0);
  box.occluded = true;
  other.attributes = {{"truncated", "very"}, {"score", "0.5"}};
  auto data = MaskData({label}, {{"x.jpg", "", {box, other}}});
  EXPECT_EQ(Exported(kKitti, *data)["default/label_2/x.txt"],
            "a b 0.25 1 -1 1.0 2.0 4.0 5.0 -1 -1 -1 -1 -1 -1 -1 1e-05\n"
            "a b 0.0 0 -1 1.0 2.0 4.0 5.0 -1 -1 -1 -1 -1 -1 -1 0.5\n");
}

TEST(CvatKittiTest, WithoutASizeOnlyUprightBoxesSurvive) {
  auto data = MaskData(kTwo, {{"x.jpg", "", {Box(0), Box(30), BoxMask(0, 0, 0, 1, 1)}, 0, 0}});
  EXPECT_THAT(PathsOf(Exported(kKitti, *data)),
              ElementsAre("default/image_2/x.jpg", "default/label_2/x.txt", "label_colors.txt"));
  EXPECT_THAT(Dropped(kKitti, *data, 0), ElementsAre("", "the size of the image is not known",
                                                     "the size of the image is not known"));
}

TEST(CvatMotsPngTest, OnlyTracksAreDrawnWithClassAndTrack) {
  std::vector<Shape> shapes = Tracked(ThreeMasks());
  shapes.push_back(BoxMask(0, 0, 5, 0, 5));  // static
  auto data = MaskData(
      kTwo,
      {{"d/x.jpg", "val", shapes},
       {"static.jpg", "val", ThreeMasks()},
       {"line.jpg", "val", {{.type = ShapeType::kPolyline, .track = 7, .points = {1, 1, 3, 3}}}}});
  std::map<std::string, std::string> files = Exported(kMots, *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("val/images/d/x.jpg", "val/images/line.jpg", "val/images/static.jpg",
                          "val/instances/d/x.png", "val/instances/labels.txt"));
  EXPECT_EQ(files["val/instances/d/x.png"], PngGray16(Pixels(kRows, {0, 1000, 2001, 1002})));
  EXPECT_EQ(files["val/instances/labels.txt"], "b\na");
  // Static shapes come before tracked ones.
  EXPECT_THAT(Dropped(kMots, *data, 0), ElementsAre("the format holds only tracks", "", "", ""));
}

// CVAT keeps what has an attribute track_id (its KeepTracks): of a static shape, its label's.
TEST(CvatMotsPngTest, AStaticShapeWhoseLabelHasATrackIdIsKeptByIt) {
  Label label{.name = "a",
              .attributes = {{.name = "track_id", .input_type = "text", .default_value = "12"}}};
  Shape own = BoxMask(0, 0, 0, 0, 0), none = BoxMask(0, 1, 0, 1, 0),
        by_default = BoxMask(0, 2, 0, 2, 0), other = BoxMask(1, 3, 0, 3, 0);
  own.attributes = {{"track_id", "7"}};
  none.attributes = {{"track_id", "seven"}};
  other.attributes = {{"track_id", "5"}};  // not one of its label's
  auto data = MaskData({label, {.name = "b"}}, {{"x.jpg", "", {own, none, by_default, other}}});
  std::vector<std::string> rows(6, "00000000");
  rows[0] = "10200000";
  EXPECT_EQ(Exported(kMots, *data)["default/instances/x.png"],
            PngGray16(Pixels(rows, {0, 1007, 1012})));
  EXPECT_THAT(Dropped(kMots, *data, 0), ElementsAre("", "its attribute track_id is no number", "",
                                                    "the format holds only tracks"));
}

// Tracks of one group are one mask, with the track of the largest of them.
TEST(CvatMotsPngTest, AGroupHasTheTrackOfItsLargestMember) {
  std::vector<Shape> shapes = Tracked({BoxMask(0, 0, 0, 0, 0), BoxMask(1, 2, 0, 3, 0)});
  shapes[0].group = shapes[1].group = 1;
  auto data = MaskData(kTwo, {{"x.jpg", "", shapes}});
  std::vector<std::string> rows(6, "00000000");
  rows[0] = "10110000";
  EXPECT_EQ(Exported(kMots, *data)["default/instances/x.png"], PngGray16(Pixels(rows, {0, 2001})));
}

TEST(CvatMotsPngTest, ValuesKeepTheirLowerSixteenBits) {
  Shape shape = BoxMask(0, 0, 0, 0, 0);
  shape.track = 70000;
  auto data = MaskData(kTwo, {{"x.jpg", "", {shape}}});
  std::vector<std::string> rows(6, "00000000");
  rows[0] = "10000000";
  EXPECT_EQ(Exported(kMots, *data)["default/instances/x.png"],
            PngGray16(Pixels(rows, {0, 71000 - 65536})));
}

TEST(CvatClassMasksTest, WithoutASizeThereAreNoPictures) {
  auto data = MaskData(kTwo, {{"x.jpg", "", Tracked(ThreeMasks()), 0, 0}});
  for (const char* writer : {kCamVid, kCityscapes, kKitti, kMots}) {
    EXPECT_THAT(Exported(writer, *data), Not(Contains(Key(HasSubstr(".png"))))) << writer;
    for (const std::string& why : Dropped(writer, *data, 0))
      EXPECT_EQ(why, "the size of the image is not known") << writer;
  }
}

TEST(CvatClassMasksTest, AnEmptyDatasetHasNoSubset) {
  auto data = MaskData(kTwo, {});
  EXPECT_THAT(PathsOf(Exported(kCamVid, *data)), ElementsAre("label_colors.txt"));
  EXPECT_THAT(PathsOf(Exported(kCityscapes, *data)), ElementsAre("label_colors.txt"));
  EXPECT_THAT(PathsOf(Exported(kKitti, *data)), ElementsAre("label_colors.txt"));
  EXPECT_THAT(PathsOf(Exported(kMots, *data)), IsEmpty());
}

}  // namespace
}  // namespace annofs::testing
