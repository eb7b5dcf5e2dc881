#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/formats/mask_formats.h"
#include "tests/formats/png_pixels.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kRoot[] = "VOCdevkit/VOC2012/";

std::string In(absl::string_view path) { return absl::StrCat(kRoot, path); }

// The paths below a directory of the tree, without it.
std::vector<std::string> PathsBelow(const std::map<std::string, std::string>& files,
                                    absl::string_view directory) {
  const std::string begin = absl::StrCat(kRoot, directory, "/");
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(path, begin)) paths.push_back(path.substr(begin.size()));
  }
  return paths;
}

// "name xmin,ymin,xmax,ymax" of each object of an annotation, with "!" where it is occluded.
std::vector<std::string> ObjectsIn(const std::string& xml) {
  auto leaf = [&xml](absl::string_view name, size_t& at) {
    const std::string open = absl::StrCat("<", name, ">");
    at = xml.find(open, at);
    if (at == std::string::npos) return std::string();
    at += open.size();
    return xml.substr(at, xml.find('<', at) - at);
  };
  std::vector<std::string> objects;
  for (size_t at = xml.find("<object>"); at != std::string::npos; at = xml.find("<object>", at)) {
    std::string object = leaf("name", at);
    const std::string occluded = leaf("occluded", at);
    for (const char* side : {"xmin", "ymin", "xmax", "ymax"})
      absl::StrAppend(&object, side[0] == 'x' && side[1] == 'm' && side[2] == 'i' ? " " : ",",
                      leaf(side, at));
    objects.push_back(occluded == "1" ? object + "!" : object);
  }
  return objects;
}

// Of one frame of 100 x 50.
std::vector<std::string> ObjectsOfShapes(std::vector<Shape> shapes) {
  auto data = MaskData({{.name = "car"}}, {{"a.jpg", "", std::move(shapes), 100, 50}});
  return ObjectsIn(Exported("voc", *data)[In("Annotations/a.xml")]);
}

TEST(VocTest, AnAnnotationIsOneOfVocs) {
  auto data =
      MaskData({{.name = "a & b"}},
               {{"dir/x 1.png", "", {{.occluded = true, .points = {9.5, 10, 20, 20.5}}}, 100, 50}});
  EXPECT_EQ(Exported("voc", *data)[In("Annotations/dir_x_1.xml")],
            "<annotation>\n"
            "  <folder>VOC2012</folder>\n"
            "  <filename>dir_x_1.jpg</filename>\n"
            "  <source>\n"
            "    <database></database>\n"
            "  </source>\n"
            "  <size>\n"
            "    <width>100</width>\n"
            "    <height>50</height>\n"
            "    <depth>3</depth>\n"
            "  </size>\n"
            "  <segmented>1</segmented>\n"
            "  <object>\n"
            "    <name>a &amp; b</name>\n"
            "    <pose>Unspecified</pose>\n"
            "    <truncated>0</truncated>\n"
            "    <difficult>0</difficult>\n"
            "    <occluded>1</occluded>\n"
            "    <bndbox>\n"
            "      <xmin>10</xmin>\n"
            "      <ymin>11</ymin>\n"
            "      <xmax>20</xmax>\n"
            "      <ymax>21</ymax>\n"
            "    </bndbox>\n"
            "  </object>\n"
            "</annotation>\n");
}

TEST(VocTest, EveryTypeWithAnAreaIsABox) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_THAT(ObjectsIn(Exported("voc", *data)[In("Annotations/dir_b_1.xml")]),
              ElementsAre("car 41,21,60,30",     // ellipse, lowest z
                          "car 46,6,55,25",      // turned by 90 degrees
                          "sky 1,1,10,5",        // polygon
                          "car 11,9,25,20",      // cuboid
                          "sky 81,41,82,42",     // mask of 2 x 2 pixels
                          "person 71,11,80,30",  // skeleton
                          "car 1,1,10,10",       // cut at the edge
                          "car 11,21,30,40!", "car 11,21,30,40"));
}

TEST(VocTest, WhatHasNoBoxHasAReason) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_THAT(Dropped("voc", *data, 1),
              ElementsAre("a tag is of the whole image", "", "", "", "this type has no area",
                          "this type has no area", "", "", "",
                          "no area of it lies inside the image", "", "", ""));
}

TEST(VocTest, PixelsAreWholeFrom1AndInsideTheImage) {
  EXPECT_THAT(ObjectsOfShapes({{.points = {0, 0, 100, 50}},
                               {.points = {99.2, 49.9, 99.3, 50}},
                               {.points = {-5, -5, 0.25, 0.5}},
                               {.points = {99.5, 20, 140, 90}},
                               {.points = {3, 4, 5, 6}}}),
              ElementsAre("car 1,1,100,50", "car 100,50,100,50", "car 1,1,1,1", "car 100,21,100,50",
                          "car 4,5,5,6"));
}

TEST(VocTest, EveryImageIsCalledJpgWhateverItIs) {
  auto data = MaskData({}, {{"dir/b 1.png", "", {}}, {"a.jpg", "", {}}, {"c.TIFF", "", {}}});
  auto files = Exported("voc", *data);
  EXPECT_THAT(PathsBelow(files, "JPEGImages"), ElementsAre("a.jpg", "c.jpg", "dir_b_1.jpg"));
  EXPECT_EQ(files[In("JPEGImages/dir_b_1.jpg")], "-> bucket/dir/b 1.png");
  EXPECT_THAT(PathsBelow(files, "Annotations"), ElementsAre("a.xml", "c.xml", "dir_b_1.xml"));
}

TEST(VocTest, FramesWithoutObjectsHaveAnAnnotation) {
  auto data = MaskData({{.name = "car"}}, {{"a.jpg", "", {}}});
  const std::string xml = Exported("voc", *data)[In("Annotations/a.xml")];
  EXPECT_THAT(xml, HasSubstr("<segmented>0</segmented>\n</annotation>"));
}

TEST(VocTest, PartsHaveListsAndSoHasEachOfTheirClasses) {
  auto data = MaskData(
      {{.name = "car"}, {.name = "person", .type = "skeleton"}, {.name = "nose", .parent = 1}},
      {{"t1.jpg", "Train", {{.points = {1, 1, 3, 3}}}},
       {"t2.jpg", "Train", {}},
       {"v.jpg", "validation", {{.points = {1, 1, 3, 3}}}},
       {"x.jpg", "test", {}}});
  auto files = Exported("voc", *data);
  EXPECT_THAT(PathsBelow(files, "ImageSets/Main"),
              ElementsAre("car_test.txt", "car_train.txt", "car_trainval.txt", "car_val.txt",
                          "person_test.txt", "person_train.txt", "person_trainval.txt",
                          "person_val.txt", "test.txt", "train.txt", "trainval.txt", "val.txt"));
  EXPECT_EQ(files[In("ImageSets/Main/train.txt")], "t1\nt2\n");
  EXPECT_EQ(files[In("ImageSets/Main/val.txt")], "v\n");
  EXPECT_EQ(files[In("ImageSets/Main/test.txt")], "x\n");
  EXPECT_EQ(files[In("ImageSets/Main/trainval.txt")], "t1\nt2\nv\n");
  EXPECT_EQ(files[In("ImageSets/Main/car_trainval.txt")], "t1  1\nt2 -1\nv  1\n");
  EXPECT_EQ(files[In("ImageSets/Main/person_test.txt")], "x -1\n");
}

TEST(VocTest, ListsOfSegmentationAreOfTheFramesWithPictures) {
  auto data =
      MaskData({{.name = "car"}},
               {{"box.jpg", "train", {{.points = {1, 1, 3, 3}}}},
                {"empty.jpg", "train", {}},
                {"line.jpg", "train", {{.type = ShapeType::kPolyline, .points = {1, 1, 3, 3}}}},
                {"unsized.jpg", "train", {{.points = {1, 1, 3, 3}}}, 0, 0},
                {"mask.jpg", "val", {BoxMask(0, 1, 1, 2, 2)}}});
  auto files = Exported("voc", *data);
  EXPECT_EQ(files[In("ImageSets/Segmentation/train.txt")], "box\n");
  EXPECT_EQ(files[In("ImageSets/Segmentation/val.txt")], "mask\n");
  EXPECT_EQ(files[In("ImageSets/Segmentation/trainval.txt")], "box\nmask\n");
  EXPECT_THAT(PathsBelow(files, "SegmentationClass"), ElementsAre("box.png", "mask.png"));
  EXPECT_THAT(PathsBelow(files, "SegmentationObject"), ElementsAre("box.png", "mask.png"));
  EXPECT_THAT(files[In("Annotations/unsized.xml")], HasSubstr("<segmented>0<"));
}

TEST(VocTest, AFrameWhoseSizeIsNotKnownHasNoBoxes) {
  auto data = MaskData({{.name = "car"}}, {{"a.jpg", "", {{.points = {1, 1, 3, 3}}}, 0, 0}});
  EXPECT_THAT(ObjectsIn(Exported("voc", *data)[In("Annotations/a.xml")]), IsEmpty());
  EXPECT_THAT(Dropped("voc", *data, 0), ElementsAre("the size of the image is not known"));
}

TEST(VocTest, PicturesHaveVocsPalette) {
  auto data =
      MaskData({{.name = "car", .color = "#123456"}}, {{"a.jpg", "", {BoxMask(0, 1, 1, 2, 2)}}});
  auto files = Exported("voc", *data);
  for (const char* pictures : {"SegmentationClass/a.png", "SegmentationObject/a.png"}) {
    const std::string png = files[In(pictures)];
    EXPECT_EQ(DecodePng(png).color_type, PNG_COLOR_TYPE_PALETTE);
    const size_t palette = png.find("PLTE") + 4;
    EXPECT_EQ(png.substr(palette, 12), std::string("\0\0\0\x80\0\0\0\x80\0\x80\x80\0", 12));
  }
}

TEST(VocTest, ALabelMapHasTheClassesWithTheColorsOfThePictures) {
  auto data = MaskData({{.name = "car", .color = "#123456"},
                        {.name = "background"},
                        {.name = "person", .type = "skeleton"},
                        {.name = "nose", .parent = 2},
                        {.name = "a:b"}},
                       {{"a.jpg", "", {}}});
  EXPECT_EQ(Exported("voc", *data)[In("labelmap.txt")],
            "# label:color_rgb:parts:actions\n"
            "background:0,0,0::\n"
            "car:128,0,0::\n"
            "person:128,128,0::\n"
            "a_b:0,0,128::\n");
}

TEST(VocTest, ASubsetThatIsCalledAsAListOfAClassKeepsItsOwn) {
  auto data = MaskData({{.name = "car"}},
                       {{"a.jpg", "train", {}}, {"b.jpg", "val", {}}, {"d.jpg", "car_val", {}}});
  auto files = Exported("voc", *data);
  EXPECT_EQ(files[In("ImageSets/Main/trainval.txt")], "a\nb\n");
  EXPECT_EQ(files[In("ImageSets/Main/car_val.txt")], "d\n");
  std::multiset<std::string> texts;
  for (const std::string& path : PathsBelow(files, "ImageSets/Main"))
    texts.insert(files[In(absl::StrCat("ImageSets/Main/", path))]);
  EXPECT_EQ(texts.count("b -1\n"), 1u);  // car in val, under another name
}

// Converter bug 7: every video has a frame_000000.
TEST(VocTest, EqualNamesOfSeveralTasksAreFilesOfTheirOwn) {
  auto data = MaskData({}, {{"frame_000000", "train", {}}, {"frame_000000", "val", {}}});
  auto files = Exported("voc", *data);
  EXPECT_EQ(PathsBelow(files, "Annotations").size(), 2u);
  EXPECT_NE(files[In("ImageSets/Main/train.txt")], files[In("ImageSets/Main/val.txt")]);
}

}  // namespace
}  // namespace annofs::testing
