// What the golden trees of PASCAL VOC and Segmentation mask do not show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/formats/mask_formats.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

constexpr char kVoc[] = "cvat/PASCAL VOC 1.1";
constexpr char kMask[] = "cvat/Segmentation mask 1.1";

Shape Tag(uint32_t label) { return {.type = ShapeType::kTag, .label = label}; }
Shape Box(uint32_t label) { return {.label = label, .points = {1, 2, 4, 5}}; }
Shape Cuboid() {
  return {.type = ShapeType::kCuboid, .points = {1, 1, 1, 2, 2, 1, 2, 2, 3, 1, 3, 2, 2, 1, 2, 2}};
}

TEST(CvatPascalVocTest, EachSubsetHasItsListsAndTheFilesAreTogether) {
  auto data =
      MaskData({{.name = "car"}, {.name = "cat"}}, {{"b.jpg", "train", {Tag(1)}},
                                                    {"a.jpg", "val", {BoxMask(0, 1, 1, 2, 2)}},
                                                    {"c/d.jpg", "train", {Tag(0), Box(0)}},
                                                    {"e.jpg", "val", {}}});
  std::map<std::string, std::string> files = Exported(kVoc, *data);
  EXPECT_THAT(
      PathsOf(files),
      ElementsAre("Annotations/a.xml", "Annotations/b.xml", "Annotations/c/d.xml",
                  "Annotations/e.xml", "ImageSets/Action/val.txt", "ImageSets/Layout/val.txt",
                  "ImageSets/Main/background_train.txt", "ImageSets/Main/car_train.txt",
                  "ImageSets/Main/cat_train.txt", "ImageSets/Main/train.txt",
                  "ImageSets/Main/val.txt", "ImageSets/Segmentation/val.txt", "JPEGImages/a.jpg",
                  "JPEGImages/b.jpg", "JPEGImages/c/d.jpg", "JPEGImages/e.jpg",
                  "SegmentationClass/a.png", "SegmentationObject/a.png", "labelmap.txt"));
  EXPECT_EQ(files["ImageSets/Main/train.txt"], "b\nc/d\n");
  EXPECT_EQ(files["ImageSets/Main/car_train.txt"], "b -1\nc/d  1\n");
  EXPECT_EQ(files["ImageSets/Main/background_train.txt"], "b -1\nc/d -1\n");
  EXPECT_EQ(files["ImageSets/Segmentation/val.txt"], "a\ne\n");
  EXPECT_EQ(files["ImageSets/Layout/val.txt"], "e\n");
  EXPECT_EQ(files["JPEGImages/c/d.jpg"], "-> bucket/c/d.jpg");
}

TEST(CvatPascalVocTest, ListsFollowCvatsOrderOfFrames) {
  auto data = MaskData({{.name = "car"}}, {{"z.jpg", "", {}}, {"a.jpg", "", {}}});
  EXPECT_EQ(Exported(kVoc, *data)["ImageSets/Main/default.txt"], "z\na\n");
}

// CVAT makes nothing of 2D cuboids: to it such a frame is empty.
TEST(CvatPascalVocTest, AFrameOfCuboidsIsListedAsEmpty) {
  auto data = MaskData({{.name = "car"}}, {{"a.jpg", "", {Cuboid()}}, {"b.jpg", "", {Box(0)}}});
  for (const char* list : {"Segmentation", "Layout", "Action"}) {
    EXPECT_EQ(Exported(kVoc, *data)[absl::StrCat("ImageSets/", list, "/default.txt")], "a\n");
  }
  EXPECT_EQ(Exported(kMask, *data)["ImageSets/Segmentation/default.txt"], "a\nb\n");
}

// Of all lists that one alone, as in Datumaro's save_layout_lists().
TEST(CvatPascalVocTest, TheListOfLayoutsQuotesIdsWithSpaces) {
  auto data = MaskData({{.name = "car"}}, {{"a b/c.jpg", "", {}}, {"d.jpg", "", {}}});
  std::map<std::string, std::string> files = Exported(kVoc, *data);
  EXPECT_EQ(files["ImageSets/Layout/default.txt"], "\"a b/c\"\nd\n");
  for (const char* list : {"Main", "Action", "Segmentation"}) {
    EXPECT_EQ(files[absl::StrCat("ImageSets/", list, "/default.txt")], "a b/c\nd\n") << list;
  }
}

TEST(CvatPascalVocTest, TooManyListsOfLabelsAreLeftOutAndTagsSaySo) {
  std::vector<Label> labels(50'000);
  for (size_t i = 0; i < labels.size(); ++i) labels[i].name = absl::StrCat("l", i);
  auto data = MaskData(labels, {{"a.jpg", "", {{.type = ShapeType::kTag, .label = 7}, Box(0)}}});
  const auto files = Exported(kVoc, *data);
  EXPECT_THAT(PathsOf(files), ElementsAre("Annotations/a.xml", "ImageSets/Main/default.txt",
                                          "JPEGImages/a.jpg", "labelmap.txt"));
  EXPECT_THAT(Dropped(kVoc, *data, 0),
              ElementsAre("the labels and subsets are too many for a list of each", ""));
}

TEST(CvatPascalVocTest, AnEmptyDatasetIsItsLabelMap) {
  auto data = MaskData({{.name = "car"}}, {});
  EXPECT_THAT(PathsOf(Exported(kVoc, *data)), ElementsAre("labelmap.txt"));
  EXPECT_THAT(PathsOf(Exported(kMask, *data)), ElementsAre("labelmap.txt"));
}

TEST(CvatPascalVocTest, AttributesOfTheFormatAreElementsAndTheOthersAreListed) {
  Label label{
      .name = "a<b>&\"c\"",
      .attributes = {{.name = "difficult", .input_type = "checkbox", .default_value = "true"},
                     {.name = "pose", .input_type = "select"},
                     {.name = "truncated", .input_type = "number"},
                     {.name = "note", .input_type = "text"}}};
  Shape box{.rotation = 12.5,
            .points = {1, 2.005, 4.1, 5},
            .attributes = {{"pose", "Left & up"}, {"truncated", "0.7"}, {"note", "x > 1\x02"}}};
  box.occluded = true;
  auto data = MaskData({label}, {{"sub/dir_1/a_b.jpg", "", {box}}});
  EXPECT_EQ(Exported(kVoc, *data)["Annotations/sub/dir_1/a_b.xml"],
            "<annotation>\n"
            "  <folder>sub/dir</folder>\n"
            "  <filename>sub/dir_1/a_b.jpg</filename>\n"
            "  <source>\n"
            "    <database>Unknown</database>\n"
            "    <annotation>Unknown</annotation>\n"
            "    <image>Unknown</image>\n"
            "  </source>\n"
            "  <size>\n"
            "    <width>8</width>\n"
            "    <height>6</height>\n"
            "    <depth></depth>\n"
            "  </size>\n"
            "  <segmented>0</segmented>\n"
            "  <object>\n"
            "    <name>a&lt;b&gt;&amp;\"c\"</name>\n"
            "    <pose>Left &amp; up</pose>\n"
            "    <truncated>0</truncated>\n"
            "    <occluded>1</occluded>\n"
            "    <difficult>1</difficult>\n"
            "    <bndbox>\n"
            "      <xmin>1.0</xmin>\n"
            "      <ymin>2.0</ymin>\n"
            "      <xmax>4.1</xmax>\n"
            "      <ymax>5.0</ymax>\n"
            "    </bndbox>\n"
            "    <attributes>\n"
            "      <attribute>\n"
            "        <name>note</name>\n"
            "        <value>x &gt; 1\xef\xbf\xbd</value>\n"
            "      </attribute>\n"
            "      <attribute>\n"
            "        <name>rotation</name>\n"
            "        <value>12.5</value>\n"
            "      </attribute>\n"
            "    </attributes>\n"
            "  </object>\n"
            "</annotation>\n");
}

TEST(CvatPascalVocTest, AnImageOfUnknownSizeHasBoxesAndNoPictures) {
  auto data = MaskData(
      {{.name = "car"}},
      {{"a.jpg", "", {Tag(0), Box(0), BoxMask(0, 1, 1, 2, 2)}, /*width=*/0, /*height=*/0}});
  std::map<std::string, std::string> files = Exported(kVoc, *data);
  EXPECT_THAT(files, Not(Contains(Key(HasSubstr(".png")))));
  EXPECT_FALSE(absl::StrContains(files["Annotations/a.xml"], "<size>"));
  EXPECT_TRUE(absl::StrContains(files["Annotations/a.xml"], "<segmented>0</segmented>"));
  EXPECT_TRUE(absl::StrContains(files["Annotations/a.xml"], "<xmin>1.0</xmin>"));
  EXPECT_THAT(Dropped(kVoc, *data, 0), ElementsAre("", "", "the size of the image is not known"));
  EXPECT_THAT(Exported(kMask, *data), Not(Contains(Key(HasSubstr(".png")))));
  EXPECT_THAT(Dropped(kMask, *data, 0), ElementsAre("the format has no place for this type",
                                                    "the size of the image is not known",
                                                    "the size of the image is not known"));
}

TEST(CvatPascalVocTest, ListsOfHostileLabelsHaveSafeNamesOfTheirOwn) {
  auto data = MaskData({{.name = "../x"}, {.name = "Car"}, {.name = "car"}, {.name = "car"}},
                       {{"a.jpg", "", {Tag(3)}}});
  std::map<std::string, std::string> files = Exported(kVoc, *data);
  size_t lists = 0, with = 0;
  for (const auto& [path, text] : files) {
    if (!absl::StartsWith(path, "ImageSets/Main/") || path == "ImageSets/Main/default.txt")
      continue;
    ++lists;
    with += text == "a  1\n";
    EXPECT_TRUE(absl::EndsWith(path, ".txt")) << path;
    EXPECT_FALSE(absl::StrContains(path, "..")) << path;
  }
  // background, ../x, Car, and one for both labels called car.
  EXPECT_EQ(lists, 4u);
  EXPECT_EQ(with, 1u);
  EXPECT_EQ(files["ImageSets/Main/Car_default.txt"], "a -1\n");
}

TEST(CvatPascalVocTest, ALabelAndASubsetThatSpellAnothersListDoNotTakeIt) {
  auto data = MaskData({{.name = "a"}, {.name = "a_b"}},
                       {{"1.jpg", "c", {Tag(1)}}, {"2.jpg", "b_c", {Tag(0)}}});
  std::map<std::string, std::string> files = Exported(kVoc, *data);
  size_t lists = 0;
  for (const auto& [path, text] : files) lists += absl::StrContains(path, "/Main/a_b_c");
  EXPECT_EQ(lists, 2u);
}

TEST(CvatPascalVocTest, TooManyListsAreNotMade) {
  std::vector<Label> labels;
  for (int i = 0; i < 500; ++i) labels.push_back({.name = absl::StrCat("l", i)});
  std::vector<MaskFrame> frames;
  for (int i = 0; i < 100; ++i) {
    frames.push_back({absl::StrCat(i, ".jpg"), absl::StrCat("s", i), {Tag(0)}});
  }
  auto data = MaskData(labels, frames);
  Layout layout;
  EXPECT_TRUE(WriterNamed(kVoc)->Describe(*data, layout).ok());
  EXPECT_TRUE(layout.FindFile("ImageSets/Main/s0.txt"));
  EXPECT_FALSE(layout.FindFile("ImageSets/Main/l0_s0.txt"));
}

TEST(CvatPascalVocTest, PicturesAreInThePaletteByClassAndByDepth) {
  Shape low = BoxMask(1, 0, 0, 3, 1), high = BoxMask(0, 2, 1, 5, 3);
  low.z_order = 1;
  high.z_order = 2;
  auto data = MaskData({{.name = "a"}, {.name = "b"}}, {{"a.jpg", "", {high, low}}});
  std::map<std::string, std::string> files = Exported(kVoc, *data);
  const std::vector<std::string> rows = {"11110000", "11222200", "00222200",
                                         "00222200", "00000000", "00000000"};
  // Class a is 1, b is 2; of the instances b is the first.
  EXPECT_EQ(files["SegmentationClass/a.png"],
            PngRgb(Pixels(rows), {{0, 0, 0}, {0, 128, 0}, {128, 0, 0}}));
  EXPECT_EQ(files["SegmentationObject/a.png"],
            PngRgb(Pixels(rows), {{0, 0, 0}, {128, 0, 0}, {0, 128, 0}}));
}

// Its colour is that of its place, and pixels without a mask have the same.
TEST(CvatPascalVocTest, ALabelCalledBackgroundColoursWhatHasNoMask) {
  auto data = MaskData({{.name = "car"}, {.name = "background"}},
                       {{"a.jpg", "", {BoxMask(0, 0, 0, 1, 0), BoxMask(1, 3, 0, 4, 0)}}});
  std::map<std::string, std::string> files = Exported(kVoc, *data);
  const std::vector<std::string> rows = {"11000000", "00000000", "00000000",
                                         "00000000", "00000000", "00000000"};
  EXPECT_EQ(files["SegmentationClass/a.png"], PngRgb(Pixels(rows), {{128, 0, 0}, {0, 0, 0}}));
  EXPECT_EQ(files["SegmentationObject/a.png"], PngRgb(Pixels(rows), {{0, 0, 0}, {128, 0, 0}}));
  EXPECT_THAT(Dropped(kVoc, *data, 0),
              ElementsAre("", HasSubstr("its label is the format's background")));
}

TEST(CvatSegmentationMaskTest, EverythingWithAnAreaIsAMaskAndAGroupIsOne) {
  Shape left = BoxMask(0, 0, 0, 0, 0), right = BoxMask(1, 4, 0, 6, 1);
  left.group = right.group = 5;
  auto data = MaskData({{.name = "a", .color = "#010203"}, {.name = "b", .color = "#0a0b0c"}},
                       {{"x.jpg", "", {left, right, Box(0)}}});
  std::map<std::string, std::string> files = Exported(kMask, *data);
  // Ungrouped ones come first; the group has the properties of its largest member, b.
  const std::vector<std::string> rows = {"20002220", "00002220", "01110000",
                                         "01110000", "01110000", "00000000"};
  EXPECT_EQ(files["SegmentationClass/x.png"],
            PngRgb(Pixels(rows), {{0, 0, 0}, {1, 2, 3}, {10, 11, 12}}));
  EXPECT_EQ(files["SegmentationObject/x.png"],
            PngRgb(Pixels(rows), {{0, 0, 0}, {128, 0, 0}, {0, 128, 0}}));
  EXPECT_EQ(files["labelmap.txt"],
            "# label:color_rgb:parts:actions\na:1,2,3::\nb:10,11,12::\nbackground:0,0,0::\n");
}

TEST(CvatSegmentationMaskTest, WhatLiesOutsideOfTheImageLeavesAnEmptyPicture) {
  Shape outside{.points = {20, 20, 30, 30}}, edge{.points = {-5, -5, 2, 1}};
  auto data = MaskData({{.name = "a", .color = "#ffffff"}},
                       {{"in.jpg", "", {edge}}, {"out.jpg", "", {outside}}});
  std::map<std::string, std::string> files = Exported(kMask, *data);
  const std::string nothing = "00000000";
  EXPECT_EQ(files["SegmentationClass/out.png"],
            PngRgb(Pixels({nothing, nothing, nothing, nothing, nothing, nothing}), {{0, 0, 0}}));
  EXPECT_EQ(files["SegmentationClass/in.png"],
            PngRgb(Pixels({"11000000", nothing, nothing, nothing, nothing, nothing}),
                   {{0, 0, 0}, {255, 255, 255}}));
  EXPECT_EQ(files["ImageSets/Segmentation/default.txt"], "in\nout\n");
}

TEST(CvatSegmentationMaskTest, PointCloudsAreNotForIt) {
  DatasetBuilder builder;
  builder.AddTask({.name = "lidar", .is_3d = true});
  builder.AddLabel({.name = "car"});
  uint32_t frame = builder.AddFrame({.name = "1.pcd"}).value();
  ASSERT_TRUE(builder.AddShape(frame, Tag(0)).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(PathsOf(Exported(kVoc, *data)), ElementsAre("labelmap.txt"));
  EXPECT_THAT(Dropped(kVoc, *data, 0),
              ElementsAre("the format is for images, not for point clouds"));
}

}  // namespace
}  // namespace annofs::testing
