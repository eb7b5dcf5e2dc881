// PASCAL VOC, LabelMe, KITTI and MOT exports: CVAT's own (the golden trees, compared with the
// case's XML), samples of Datumaro, and bad ones.
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "cache/base/names.h"
#include "formats/labelme_document.h"
#include "formats/line_stream.h"
#include "formats/text_table.h"
#include "tests/formats/export_reading.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

bool AnyShape(const Shape&) { return true; }
bool IsRectangle(const Shape& shape) { return shape.type == ShapeType::kRectangle; }

// Counts per case, by Python over the golden trees: objects of VOC's XML files; lines of Main's
// lists that end in "  1"; of each file below SegmentationObject the colours but black; objects of
// LabelMe's XML files that are boxes, polygons, masks (<segm>); lines of KITTI's label_2; of each
// file in semantic the numbers but 0; rows of MOT's gt.txt:
//   python3 -c "import glob,sys,xml.etree.ElementTree as E; print(sum(len(E.parse(p).getroot()
//     .findall('object')) for p in glob.glob(sys.argv[1]+'/**/*.xml', recursive=True)))" <tree>
struct Counts {
  const char* name;
  int voc, voc_tags, voc_masks, labelme_boxes, labelme_polygons, labelme_masks, kitti, kitti_masks,
      mot;
};
const Counts kCounts[] = {
    {"synth_images", 3, 2, 4, 3, 3, 4, 1, 5, 3},
    {"synth_video", 21, 1, 19, 21, 19, 19, 6, 38, 21},
    {"synth_video_2jobs_overlap2", 21, 1, 20, 21, 19, 20, 6, 38, 21},
    {"rand_images_00", 3, 3, 1, 3, 2, 1, 2, 4, 3},
    {"rand_images_01", 12, 0, 8, 12, 4, 8, 6, 9, 12},
    {"rand_images_02", 5, 0, 5, 5, 7, 5, 2, 13, 5},
    {"rand_images_03", 12, 1, 7, 12, 4, 7, 5, 14, 12},
    {"rand_images_04", 8, 2, 7, 8, 7, 7, 7, 12, 8},
    {"rand_images_05", 9, 0, 2, 9, 4, 2, 6, 8, 9},
    {"rand_video_00", 24, 2, 7, 24, 0, 7, 12, 19, 24},
    {"rand_video_01", 20, 0, 0, 20, 21, 0, 8, 33, 20},
    {"rand_video_02", 0, 2, 0, 0, 8, 0, 0, 8, 0},
    {"cvat_task_2", 1, 0, 0, 1, 2, 0, 1, 2, 1},
    {"cvat_task_14", 0, 0, 0, 0, 0, 0, 0, 0, 0},
    {"cvat_task_22", 15, 0, 2, 15, 6, 2, 14, 2, 15},
    {"cvat_job_28", 15, 2, 3, 15, 5, 3, 15, 3, 15},
};

std::map<std::string, int> CountTypes(const ReadResult& result) {
  std::map<std::string, int> counts;
  for (const auto& [name, count] : result.Counts())
    counts[name.substr(name.rfind(' ') + 1)] += count;
  return counts;
}
std::map<std::string, int> Without0(std::map<std::string, int> counts) {
  std::erase_if(counts, [](const auto& count) { return count.second == 0; });
  return counts;
}

// Two digits on both sides; halves are rounded differently.
constexpr double kTolerance = 0.0101;

// What the XML says of an attribute the export says too; numbers are written as floats there.
bool HasAttributes(const Shape& shape, const std::vector<Attribute>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&shape](const Attribute& attribute) {
    return std::any_of(
        shape.attributes.begin(), shape.attributes.end(), [&](const Attribute& other) {
          double a = 0, b = 0;
          bool are_numbers =
              absl::SimpleAtod(attribute.value, &a) && absl::SimpleAtod(other.value, &b);
          return attribute.name == other.name &&
                 (attribute.value == other.value || (are_numbers && a == b));
        });
  });
}
bool IsTheSame(const Shape& a, const Shape& b) {
  return a.occluded == b.occluded && std::abs(a.rotation - b.rotation) < 0.00501 &&
         HasAttributes(b, a.attributes);
}

class GoldenBoxes : public ::testing::TestWithParam<Counts> {
 protected:
  GoldenBoxes() : xml_(ReadGoldenXml(GetParam().name)) {}
  ReadResult Read(absl::string_view reader, absl::string_view format) {
    ExportSource source = GoldenExport(GetParam().name, format);
    ReadResult result = ReadWith(reader, source);
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result;
  }
  ReadResult xml_;
};

TEST_P(GoldenBoxes, PascalVocHasBoxesTagsAndAttributes) {
  ReadResult read = Read("pascal_voc", "PASCAL VOC 1.1");
  EXPECT_EQ(CountTypes(read), Without0({{"rectangle", GetParam().voc},
                                        {"mask", GetParam().voc_masks},
                                        {"tag", GetParam().voc_tags}}));
  EXPECT_EQ(read.dataset->frame_count(), xml_.dataset->frame_count());
  ExpectSameShapes(xml_, ShapesByFrame(xml_, IsRectangle), read, ShapesByFrame(read, IsRectangle),
                   kTolerance, IsTheSame);
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST_P(GoldenBoxes, PascalVocSaysNamesAndSizes) {
  ReadResult read = Read("pascal_voc", "PASCAL VOC 1.1");
  ExportSource::Sizes sizes = SizesOf(xml_);
  for (Rank rank = 0; rank < read.dataset->frame_count(); ++rank) {
    Frame frame = read.FrameAt(rank);
    EXPECT_TRUE(IsImagePath(frame.name)) << frame.name;
    EXPECT_EQ((ImageSize{frame.width, frame.height}),
              sizes[std::string(WithoutExtension(frame.name))])
        << frame.name;
  }
}

TEST_P(GoldenBoxes, LabelMeHasBoxesPolygonsAndMasks) {
  ReadResult read = Read("label_me", "LabelMe 3.0");
  EXPECT_EQ(CountTypes(read), Without0({{"rectangle", GetParam().labelme_boxes},
                                        {"polygon", GetParam().labelme_polygons},
                                        {"mask", GetParam().labelme_masks}}));
  EXPECT_EQ(read.dataset->frame_count(), xml_.dataset->frame_count());
  auto is_read = [](const Shape& shape) {
    return IsRectangle(shape) || shape.type == ShapeType::kPolygon;
  };
  ExpectSameShapes(xml_, ShapesByFrame(xml_, is_read), read, ShapesByFrame(read, is_read),
                   kTolerance, IsTheSame);
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST_P(GoldenBoxes, KittiHasUprightBoxesAndAMaskOfEachClass) {
  ExportSource source = GoldenExport(GetParam().name, "KITTI 1.0");
  if (FixtureTree(absl::StrCat("golden/", GetParam().name, "/KITTI 1.0")).size() == 1) {
    // Nothing but colours, which other formats have as well.
    EXPECT_FALSE(FindReader("kitti")->Probe(source)->has_value());
    return;
  }
  ReadResult read = Read("kitti", "KITTI 1.0");
  EXPECT_EQ(CountTypes(read),
            Without0({{"rectangle", GetParam().kitti}, {"mask", GetParam().kitti_masks}}));
  ExpectSameShapes(
      xml_, ShapesByFrame(xml_, IsUpright), read, ShapesByFrame(read, IsRectangle), kTolerance,
      [](const Shape& a, const Shape& b) { return a.occluded == b.occluded && b.score == 1; });
}

TEST_P(GoldenBoxes, MotHasBoxesByFrameNumber) {
  ReadResult read = Read("mot", "MOT 1.1");
  EXPECT_EQ(CountTypes(read), Without0({{"rectangle", GetParam().mot}}));
  // The number of a frame: its name if that is one, else 1 + its place (reference/cvat.md §9.4).
  FrameMap expected;
  FrameMap all = ShapesByFrame(xml_, IsRectangle);
  int place = 0;
  for (const std::string& name : xml_.Names()) {
    ++place;
    std::string stem(WithoutExtension(name));
    std::optional<int64_t> number = Integer(stem);
    if (!all[stem].empty()) expected[absl::StrCat(number.value_or(place))] = all[stem];
  }
  ExpectSameShapes(xml_, expected, read, ShapesByFrame(read, AnyShape), kTolerance,
                   [](const Shape& a, const Shape& b) { return a.occluded == b.occluded; });
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenBoxes, ::testing::ValuesIn(kCounts),
                         [](const auto& info) { return std::string(info.param.name); });

// cut -d, -f2 gt.txt | sort | uniq -c
TEST(MotReader, TrackIdsAreTheFilesOwn) {
  ExportSource source = GoldenExport("synth_video", "MOT 1.1");
  ReadResult read = ReadWith("mot", source);
  std::map<int32_t, int> tracks;
  for (Rank rank = 0; rank < read.dataset->frame_count(); ++rank) {
    const FrameShapes shapes = read.ShapesAt(rank);
    for (const Shape& shape : shapes.shapes) ++tracks[shape.track];
  }
  EXPECT_THAT(tracks, UnorderedElementsAre(Pair(-1, 2), Pair(1, 11), Pair(2, 8)));
}

TEST(VocReader, TracksOfAVideoAreKept) {
  ExportSource source = GoldenExport("synth_video", "PASCAL VOC 1.1");
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_TRUE(read.info().tasks[0].is_video);
  int tracked = 0, keyframes = 0;
  for (Rank rank = 0; rank < read.dataset->frame_count(); ++rank) {
    const FrameShapes shapes = read.ShapesAt(rank);
    for (const Shape& shape : shapes.shapes) {
      tracked += shape.track >= 0;
      keyframes += shape.keyframe;
    }
  }
  // grep -rh track_id Annotations | wc -l; grep -rh -A1 '<name>keyframe' Annotations | grep -c True
  EXPECT_EQ(tracked, 19);
  EXPECT_EQ(keyframes, 5);
}

TEST(VocReader, DatumarosSamplesAreRead) {
  ExportSource source =
      ExportSource(FixtureTree("datumaro/format_samples/voc_dataset/voc_dataset1"));
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_THAT(read.Names(), UnorderedElementsAre("2007_000001.jpg", "2007_000002.jpg"));
  std::map<std::string, int> counts = read.Counts();
  EXPECT_EQ(counts["cat rectangle"], 1);
  EXPECT_EQ(counts["person rectangle"], 1);
  EXPECT_EQ(counts["head rectangle"], 1);
  for (const Shape& shape : read.ShapesOf("2007_000001.jpg").shapes) {
    EXPECT_EQ(shape.group != 0, read.info().labels[shape.label].name != "cat");
  }
  ExportSource second =
      ExportSource(FixtureTree("datumaro/format_samples/voc_dataset/voc_dataset2"));
  ReadResult other = ReadWith("pascal_voc", second);
  EXPECT_TRUE(other.status.ok()) << other.status;
  EXPECT_EQ(other.dataset->frame_count(), 5u);
}

std::string VocObject(absl::string_view name, absl::string_view box) {
  std::vector<std::string> sides = absl::StrSplit(box, ' ');
  sides.resize(4);
  return absl::StrCat("<object><name>", name, "</name><bndbox><xmin>", sides[0], "</xmin><ymin>",
                      sides[1], "</ymin><xmax>", sides[2], "</xmax><ymax>", sides[3],
                      "</ymax></bndbox></object>\n");
}
std::vector<ZipFile> SmallVoc(const std::string& objects) {
  return {{.name = "labelmap.txt",
           .content =
               "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncar:1,2,3::\na:b:1,2,3::\n"},
          {.name = "ImageSets/Main/train.txt", .content = "dir/a\nb\n"},
          {.name = "ImageSets/Main/car_train.txt", .content = "dir/a  1\nb -1\nc  1\n"},
          {.name = "Annotations/dir/a.xml",
           .content = absl::StrCat("<annotation>\n<filename>dir/a.jpg</filename><size><width>10"
                                   "</width><height>20</height></size>\n",
                                   objects, "</annotation>")}};
}

TEST(VocReader, BadObjectsAreProblemsAndTheOthersAreKept) {
  ExportSource source(SmallVoc(absl::StrCat(
      VocObject("car", "1 2 3 4"), VocObject("car", "1 2 3"), VocObject("car", "1 2 nan 4"),
      VocObject("car", "1 2 1e308 4"), VocObject("", "1 2 3 4"), VocObject("car", "1 x 3 4"),
      "<object><name>car</name></object>\n", VocObject("a:b", "5 6 7 8"))));
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{
                               {"a:b rectangle", 1}, {"car rectangle", 1}, {"car tag", 1}}));
  ASSERT_EQ(read.Problems().size(), 7u) << AllProblems(read);
  for (int line = 4; line <= 9; ++line)
    EXPECT_THAT(AllProblems(read), HasSubstr(absl::StrCat("line ", line, "|dir/a.jpg|")));
  EXPECT_THAT(AllProblems(read), HasSubstr("line 3||a tag of an image that no list"));
}

// Datumaro's save_layout_lists() quotes such names, with a number behind where there are parts.
TEST(VocReader, NamesInQuotesAreThoseOfOtherLists) {
  ExportSource source(std::vector<ZipFile>{
      {.name = "labelmap.txt", .content = "# label:color_rgb:parts:actions\ncar:1,2,3::\n"},
      {.name = "ImageSets/Main/train.txt", .content = "d e/a b\nc\n"},
      {.name = "ImageSets/Layout/train.txt", .content = "\"d e/a b\"\n\"d e/a b\"  2\nc\n"},
      {.name = "ImageSets/Layout/val.txt", .content = "\"only here\"\n"}});
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  ASSERT_EQ(read.dataset->frame_count(), 3u);
  EXPECT_TRUE(read.dataset->FindSidecar("only here").value().has_value());
}

TEST(VocReader, ALabelThatIsNotInTheMapIsAddedAndTold) {
  ExportSource source(SmallVoc(VocObject("bus", "1 2 3 4")));
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_EQ(read.Counts()["bus rectangle"], 1);
  EXPECT_THAT(AllProblems(read), HasSubstr("label 'bus' is not in labelmap.txt: added"));
}

TEST(VocReader, ALabelMayBeginLikeAComment) {
  ExportSource source(std::vector<ZipFile>{
      {.name = "labelmap.txt",
       .content = "# label:color_rgb:parts:actions\n#no:label\n#sharp:1,2,3::\n#bare:::\n"},
      {.name = "ImageSets/Main/train.txt", .content = "a\n"},
      {.name = "ImageSets/Main/#sharp_train.txt", .content = "a  1\n"}});
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.dataset->frame_count(), 1u);
  EXPECT_EQ(read.dataset->info().labels.size(), 2u);
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{{"#sharp tag", 1}}));
}

// The list is called as our own exports call it (cache/base/names.h).
TEST(VocReader, ALabelThatNoFileCanBeCalledHasItsList) {
  ExportSource source(std::vector<ZipFile>{
      {.name = "labelmap.txt", .content = "a/b:1,2,3::\n"},
      {.name = "ImageSets/Main/train.txt", .content = "x y\n"},
      {.name = absl::StrCat("ImageSets/Main/", SafeName("a/b_train.txt")), .content = "x y  1\n"}});
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.dataset->frame_count(), 1u);
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{{"a/b tag", 1}}));
}

TEST(KittiReader, ImagesWithoutBoxesAndMasksAreKitti) {
  ExportSource source(
      std::vector<ZipFile>{{.name = "label_colors.txt", .content = "0 0 0 background\n1 2 3 car\n"},
                           {.name = "train/image_2/d/a.png", .content = "no image"}});
  EXPECT_TRUE(FindReader("kitti")->Probe(source)->has_value());
  ReadResult read = ReadWith("kitti", source);
  EXPECT_EQ(read.FrameAt(0).name, "d/a.png");
  EXPECT_EQ(read.FrameAt(0).subset, "train");
}

TEST(PixelMasksReader, LabelsHaveTheirColors) {
  const std::vector<ZipFile> colors = {
      {.name = "label_colors.txt", .content = "0 0 0 background\n1 2 255 car x\n"}};
  ExportSource camvid(colors);
  ReadResult read = ReadWith("pixel_masks", camvid);
  ASSERT_EQ(read.dataset->info().labels.size(), 1u);
  EXPECT_EQ(read.dataset->info().labels[0].name, "car x");
  EXPECT_EQ(read.dataset->info().labels[0].color, "#0102ff");
  ExportSource masks(
      std::vector<ZipFile>{{.name = "labelmap.txt", .content = "car:16,2,256::\nbus:16,2,3::\n"},
                           {.name = "SegmentationClass/a.png", .content = "no image"}});
  read = ReadWith("pixel_masks", masks);
  ASSERT_EQ(read.dataset->info().labels.size(), 2u);
  EXPECT_EQ(read.dataset->info().labels[0].color, "");
  EXPECT_EQ(read.dataset->info().labels[1].color, "#100203");
}

TEST(VocReader, BrokenXmlKeepsWhatStoodBefore) {
  std::vector<ZipFile> files = SmallVoc(VocObject("car", "1 2 3 4"));
  files[3].content += "<broken";
  files.push_back(
      {.name = "Annotations/b.xml", .content = "<!DOCTYPE a [<!ENTITY x 'y'>]><annotation/>"});
  ExportSource source(files);
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.Counts()["car rectangle"], 1);
  EXPECT_EQ(read.dataset->frame_count(), 2u);
  EXPECT_EQ(read.Problems().size(), 3u) << AllProblems(read);
}

TEST(VocReader, XmlBesideImagesNeedsNoFolders) {
  ExportSource source({{.name = "cam/a.jpg", .content = "no image"},
                       {.name = "cam/a.xml",
                        .content = absl::StrCat("<annotation><size><width>10</width></size>",
                                                VocObject("car", "1 2 3 4"), "</annotation>")}},
                      {}, "labelimg.zip");
  EXPECT_TRUE(FindReader("pascal_voc")->Probe(source)->has_value());
  EXPECT_FALSE(FindReader("label_me")->Probe(source)->has_value());
  ReadResult read = ReadWith("pascal_voc", source);
  EXPECT_EQ(read.Total(), 1);
  EXPECT_EQ(read.FrameAt(0).inner.has_value(), true);
}

TEST(VocReader, CutZipsAndTextsAreSane) {
  std::vector<ZipFile> files = FixtureTree("golden/rand_images_04/PASCAL VOC 1.1");
  ExpectSaneWhenCut("pascal_voc", files);
  ExpectSaneWhenTextsAreCut("pascal_voc", files);
}

TEST(LabelMeReader, DatumarosSampleIsRead) {
  ExportSource source(FixtureTree("datumaro/format_samples/labelme_dataset"));
  ReadResult read = ReadWith("label_me", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{{"b1 rectangle", 1},
                                                       {"hg polygon", 1},
                                                       {"license plate mask", 1},
                                                       {"m1 mask", 1},
                                                       {"o1 polygon", 1},
                                                       {"q1 polygon", 1},
                                                       {"window polygon", 1}}));
  ASSERT_EQ(read.dataset->frame_count(), 1u);
  EXPECT_EQ(read.FrameAt(0).name, "img1.png");
  EXPECT_EQ(read.FrameAt(0).width, 102u);
  EXPECT_EQ(read.FrameAt(0).height, 77u);
  std::map<std::string, int32_t> groups;
  for (const Shape& shape : read.ShapesAt(0).shapes)
    groups[read.info().labels[shape.label].name] = shape.group;
  EXPECT_EQ(groups["window"], 0);
  EXPECT_NE(groups["o1"], 0);
  EXPECT_EQ(groups["q1"], groups["o1"]);
  EXPECT_EQ(groups["b1"], groups["o1"]);
  EXPECT_NE(groups["hg"], groups["o1"]);
  EXPECT_NE(groups["hg"], 0);
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST(LabelMeReader, AttributesAreUnescaped) {
  using A = LabelMeAttribute;
  EXPECT_THAT(ParseLabelMeAttributes(R"(a=1, b="2", c=x\=\,\\y\", flag, d=, "=q)"),
              ElementsAre(A{"a", "1"}, A{"b", "2"}, A{"c", "x=,\\y\""},
                          A{"flag", "true", AttributeKind::kBool}, A{"d", ""}, A{"\"", "q"}));
  EXPECT_THAT(ParseLabelMeAttributes(""), IsEmpty());
  EXPECT_THAT(ParseLabelMeAttributes("\\"), ElementsAre(A{"\\", "true", AttributeKind::kBool}));
  EXPECT_THAT(ParseLabelMeAttributes(R"(a=\"x\")"), ElementsAre(A{"a", "\"x\""}));
}

TEST(LabelMeReader, ANumberThatIsNotQuotedIsOne) {
  using A = LabelMeAttribute;
  EXPECT_THAT(ParseLabelMeAttributes(R"(a=3.0, b="3.0", c=True, d=true)"),
              ElementsAre(A{"a", "3.0", AttributeKind::kNumber}, A{"b", "3.0"},
                          A{"c", "True", AttributeKind::kBool}, A{"d", "true"}));
}

TEST(LabelMeReader, BadObjectsAreProblemsAndCyclesOfPartsEnd) {
  auto object = [](int id, absl::string_view other, absl::string_view points) {
    return absl::StrCat("<object><name>car</name><id>", id, "</id><parts><hasparts>", other,
                        "</hasparts><ispartof>", other, "</ispartof></parts><polygon>", points,
                        "</polygon></object>\n");
  };
  const std::string triangle =
      "<pt><x>1</x><y>2</y></pt><pt><x>3</x><y>4</y></pt><pt><x>5</x><y>1</y></pt>";
  ExportSource source(
      {{.name = "train/a.xml",
        .content = absl::StrCat(
            "<annotation><filename>a.jpg</filename>\n", object(0, "1", triangle),
            object(1, "0,1,77,x", triangle), object(2, "", "<pt><x>1</x><y>nan</y></pt>"),
            object(3, "", "<pt><x>1</x></pt>"), object(4, "", "<pt><x>1</x><y>2</y></pt>"),
            "<object><name>car</name></object>\n", "<object><polygon/></object>\n",
            "<object><name>car</name><deleted>1</deleted></object>\n", "</annotation>")}});
  ReadResult read = ReadWith("label_me", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  ASSERT_EQ(read.Total(), 2);
  const FrameShapes shapes = read.ShapesOf("a.jpg");
  EXPECT_NE(shapes.shapes[0].group, 0);
  EXPECT_EQ(shapes.shapes[0].group, shapes.shapes[1].group);
  EXPECT_EQ(read.Problems().size(), 5u) << AllProblems(read);
  EXPECT_EQ(read.FrameAt(0).subset, "train");
}

TEST(LabelMeReader, CutZipsAndTextsAreSane) {
  std::vector<ZipFile> files = FixtureTree("golden/synth_images/LabelMe 3.0");
  ExpectSaneWhenCut("label_me", files);
  // Cut at 0 % no file says what it is: nobody's.
  ExpectSaneWhenTextsAreCut("label_me", files);
}

TEST(KittiReader, DatumarosSampleIsRead) {
  ExportSource source(FixtureTree("datumaro/format_samples/kitti_dataset/kitti_detection"));
  ReadResult read = ReadWith("kitti", source);
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.Counts(),
            (std::map<std::string, int>{{"Truck rectangle", 1}, {"Van rectangle", 4}}));
  EXPECT_THAT(read.Names(), ElementsAre("000030_10.png", "000030_11.png"));
  EXPECT_GT(read.FrameAt(0).width, 0u);
  EXPECT_THAT(read.ShapesOf("000030_10.png").shapes[0].attributes,
              ElementsAre(Attribute{"truncated", "true"}));
}

TEST(KittiReader, NamesWithBlanksAndNumbersAreNames) {
  const std::string rest = " 0.0 1 -1 1 2 3 4 -1 -1 -1 -1 -1 -1 -1";
  ExportSource source(
      {{.name = "label_colors.txt", .content = "0 0 0 background\n1 2 255 kp 0\n3 4 5 kp\n"},
       {.name = "S/label_2/a.txt",
        .content = absl::StrCat("kp 0", rest, " 0.5\nkp", rest, "\nkp", rest, " 0.25\n")}});
  ReadResult read = ReadWith("kitti", source);
  EXPECT_EQ(read.Counts(),
            (std::map<std::string, int>{{"kp rectangle", 2}, {"kp 0 rectangle", 1}}));
  EXPECT_EQ(read.info().labels[0].color, "#0102ff");
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST(KittiReader, BadLinesAreProblemsAndTheOthersAreKept) {
  const std::string rest = " -1 -1 -1 -1 -1 -1 -1 1.0\n";
  ExportSource source({{.name = "label_colors.txt", .content = "1 2 3 car\n1 2 300 bus\nx\n"},
                       {.name = "S/label_2/a.txt",
                        .content = absl::StrCat(
                            "car 0.0 0 -1 1 2 3 4", rest, "car 0.0 0\n", "car 0.0 0 -1 1 2 nan 4",
                            rest, "car 0.0 0 -1 1 2 1e308 4", rest, "car 0.0 0 -1 1 2 x 4", rest,
                            "tree 0.0 0 -1 1 2 3 4", rest, "\xff 0.0 0 -1 1 2 3 4", rest, "\n")}});
  ReadResult read = ReadWith("kitti", source);
  EXPECT_TRUE(read.status.ok());
  EXPECT_EQ(read.Total(), 1);
  EXPECT_EQ(read.Problems().size(), 8u) << AllProblems(read);
}

TEST(KittiReader, CutZipsAndTextsAreSane) {
  std::vector<ZipFile> files = FixtureTree("golden/rand_images_04/KITTI 1.0");
  ExpectSaneWhenCut("kitti", files);
  ExpectSaneWhenTextsAreCut("kitti", files);
}

TEST(MotReader, DatumarosSamplesAreRead) {
  ExportSource with_images(FixtureTree("datumaro/format_samples/mot_dataset/mot_seq"));
  ReadResult read = ReadWith("mot", with_images);
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{{"label_2 rectangle", 1}}));
  EXPECT_THAT(read.Names(), ElementsAre("000001.jpg"));
  EXPECT_THAT(read.ShapesOf("000001.jpg").shapes[0].points, ElementsAre(0, 4, 4, 12));
  ExportSource with_sequence(
      FixtureTree("datumaro/format_samples/mot_dataset/mot_seq_with_seqinfo"));
  ReadResult other = ReadWith("mot", with_sequence);
  EXPECT_THAT(other.Names(), ElementsAre("000001.jpg"));
  EXPECT_EQ(other.FrameAt(0).width, 16u);
  EXPECT_EQ(other.Total(), 1);
}

std::vector<ZipFile> SmallMot(const std::string& rows) {
  return {{.name = "gt/gt.txt", .content = rows}, {.name = "gt/labels.txt", .content = "car\nbus"}};
}

TEST(MotReader, BadRowsAreProblemsAndTheOthersAreKept) {
  ExportSource source(
      SmallMot("1,7,1,2,3,4,1,1,1.0\r\n"
               "1,7,1,2,3,4,0,2,0.5\r\n"
               "1,7,1,2,3\r\n"
               "1,7,1,2,3,4,1,3,1.0\r\n"
               "1,7,1,2,3,4,1,0,1.0\r\n"
               "1,7,nan,2,3,4,1,1,1.0\r\n"
               "1,7,1e308,2,3,4,1,1,1.0\r\n"
               "x,7,1,2,3,4,1,1,1.0\r\n"
               "99999999999,7,1,2,3,4,1,1,1.0\r\n"
               "1,99999999999,1,2,3,4,1,1,1.0\r\n"
               "1,2,3,4,5,6,7,8,9,10,11,12\r\n"
               "-3,7,1,2,3,4,1,1,1.0\r\n"
               "\r\n"
               "2,-1,1,2,3,4,1,2,0.0"));
  ReadResult read = ReadWith("mot", source);
  EXPECT_TRUE(read.status.ok());
  EXPECT_EQ(read.Counts(),
            (std::map<std::string, int>{{"bus rectangle", 2}, {"car rectangle", 1}}));
  EXPECT_EQ(read.Problems().size(), 10u) << AllProblems(read);
  EXPECT_THAT(read.Names(), ElementsAre("1", "2"));
  const FrameShapes shapes = read.ShapesOf("1");
  EXPECT_THAT(shapes.shapes[1].attributes,
              ElementsAre(Attribute{"ignored", "true"}, Attribute{"visibility", "0.5"}));
  EXPECT_TRUE(read.ShapesOf("2").shapes[0].occluded);
}

TEST(MotReader, ASequenceThatClaimsManyFramesMakesNone) {
  std::vector<ZipFile> files = SmallMot("1,7,1,2,3,4,1,1,1.0\n");
  files.push_back(
      {.name = "seqinfo.ini", .content = "[Sequence]\nseqLength=900000000\nimExt=.png\n"});
  ExportSource source(files);
  ReadResult read = ReadWith("mot", source);
  EXPECT_THAT(read.Names(), ElementsAre("000001.png"));
  EXPECT_THAT(AllProblems(read), HasSubstr("of 900000000 frames 1 have boxes"));
}

TEST(MotReader, ImagesWithoutNumbersAreFoundByTheirPlace) {
  std::vector<ZipFile> files = SmallMot("2,7,1,2,3,4,1,1,1.0\n");
  files.push_back({.name = "img1/frame_000010.PNG", .content = "x"});
  files.push_back({.name = "img1/frame_000015.PNG", .content = "x"});
  ExportSource source(files);
  ReadResult read = ReadWith("mot", source);
  EXPECT_THAT(read.Names(), ElementsAre("frame_000010.PNG", "frame_000015.PNG"));
  EXPECT_EQ(read.ShapesOf("frame_000015.PNG").shapes.size(), 1u);
}

TEST(MotReader, WithoutLabelsClassesAreThoseOfTheChallenge) {
  std::vector<ZipFile> files = SmallMot("1,7,1,2,3,4,1,3,1.0\n");
  files.pop_back();
  ExportSource source(files);
  ReadResult read = ReadWith("mot", source);
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{{"car rectangle", 1}}));
}

TEST(MotReader, CutZipsAndTextsAreSane) {
  std::vector<ZipFile> files = FixtureTree("golden/rand_video_01/MOT 1.1");
  ExpectSaneWhenCut("mot", files);
  ExpectSaneWhenTextsAreCut("mot", files);
}

// A text in pieces of every size gives the same lines.
TEST(LineStream, LinesDoNotDependOnChunks) {
  const std::string text = "\xef\xbb\xbfone\r\n\ntwo\r\nthree";
  for (size_t chunk = 1; chunk < 20; ++chunk) {
    LineStream lines(std::make_unique<TextChunks>(text, chunk));
    std::vector<std::string> found;
    while (true) {
      std::optional<TextLine> line = lines.Next().value();
      if (!line) break;
      found.emplace_back(line->text);
      EXPECT_EQ(line->number, found.size());
    }
    EXPECT_THAT(found, ElementsAre("one", "", "two", "three")) << chunk;
  }
}

TEST(LineStream, AHugeLineIsCutAndTheNextOneIsWhole) {
  const std::string text = std::string(5 << 20, 'x') + "\nnext\n";
  LineStream lines(std::make_unique<TextChunks>(text));
  TextLine huge = **lines.Next();
  EXPECT_TRUE(huge.is_too_long);
  EXPECT_EQ(huge.text.size(), LineStream::kMaxLine);
  TextLine next = **lines.Next();
  EXPECT_EQ(next.text, "next");
  EXPECT_FALSE(next.is_too_long);
}

}  // namespace
}  // namespace annofs::testing
