// Exports that say little (Open Images, ImageNet, classification, WiderFace, LFW, VGGFace2,
// Market-1501, ICDAR, pixels): CVAT's own (the golden trees), samples of Datumaro, and bad ones.
// And: each zip is of one format only.
#include <cmath>

#include "formats/text_table.h"
#include "tests/formats/export_reading.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

bool AnyShape(const Shape&) { return true; }
bool IsTag(const Shape& shape) { return shape.type == ShapeType::kTag; }
bool IsRectangle(const Shape& shape) { return shape.type == ShapeType::kRectangle; }
bool NothingElse(const Shape&, const Shape&) { return true; }

constexpr double kTolerance = 0.0101;

// Rows of the tables per case, counted by Python: csv.reader over Open Images' bbox, imagelabels
// and segmentation files; numbers behind the names of ImageNet's lists; labels in labels.json;
// WiderFace's lines of 10 and more fields, and its images in numbered folders; LFW's landmarks of
// images with a tag, and these images; VGGFace2's rows of boxes and points that are not empty and
// not of no_label; ICDAR's lines without and with commas.
struct Counts {
  const char* name;
  int boxes, labels, masks, imagenet, classification, wider_boxes, wider_tags, lfw_points, lfw_tags,
      vgg_boxes, vgg_points, icdar_boxes, icdar_polygons;
};
const Counts kCounts[] = {
    {"synth_images", 1, 2, 8, 2, 2, 3, 2, 1, 2, 0, 0, 3, 3},
    {"synth_video", 6, 1, 53, 1, 1, 21, 1, 2, 1, 0, 0, 21, 19},
    {"synth_video_2jobs_overlap2", 6, 1, 54, 1, 1, 21, 1, 2, 1, 0, 0, 21, 19},
    {"rand_images_00", 2, 3, 4, 3, 3, 3, 3, 0, 3, 3, 0, 3, 2},
    {"rand_images_01", 6, 0, 15, 0, 0, 12, 0, 0, 0, 0, 0, 12, 4},
    {"rand_images_02", 2, 0, 14, 0, 0, 5, 0, 0, 0, 0, 0, 5, 7},
    {"rand_images_03", 5, 1, 18, 1, 1, 12, 1, 1, 1, 0, 0, 12, 4},
    {"rand_images_04", 7, 2, 15, 2, 2, 8, 1, 1, 1, 0, 0, 8, 7},
    {"rand_images_05", 6, 0, 9, 0, 0, 9, 0, 0, 0, 0, 0, 9, 4},
    {"rand_video_00", 12, 2, 19, 2, 2, 24, 2, 0, 2, 0, 0, 24, 0},
    {"rand_video_01", 8, 0, 33, 0, 0, 20, 0, 0, 0, 0, 0, 20, 21},
    {"rand_video_02", 0, 2, 8, 2, 2, 0, 2, 0, 2, 0, 0, 0, 8},
    {"cvat_task_2", 1, 0, 2, 0, 0, 1, 0, 0, 0, 1, 0, 1, 2},
    {"cvat_task_14", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    {"cvat_task_22", 14, 0, 9, 0, 0, 15, 0, 0, 0, 0, 0, 15, 6},
    {"cvat_job_28", 15, 2, 7, 2, 2, 15, 2, 7, 2, 0, 0, 15, 5},
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

class GoldenSmall : public ::testing::TestWithParam<Counts> {
 protected:
  GoldenSmall() : xml_(ReadGoldenXml(GetParam().name)) {}
  ReadResult Read(absl::string_view reader, absl::string_view format) {
    ExportSource source = GoldenExport(GetParam().name, format, SizesOf(xml_));
    ReadResult result = ReadWith(reader, source);
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result;
  }
  void ExpectAllFrames(const ReadResult& read) {
    EXPECT_EQ(read.dataset->frame_count(), xml_.dataset->frame_count());
  }
  void ExpectTags(const ReadResult& read) {
    ExpectSameShapes(xml_, ShapesByFrame(xml_, IsTag), read, ShapesByFrame(read, IsTag), 0,
                     NothingElse);
  }
  ReadResult xml_;
};

TEST_P(GoldenSmall, OpenImagesHasBoxesMasksAndTags) {
  ReadResult read = Read("open_images", "Open Images V6 1.0");
  EXPECT_EQ(CountTypes(read), Without0({{"rectangle", GetParam().boxes},
                                        {"mask", GetParam().masks},
                                        {"tag", GetParam().labels}}));
  ExpectAllFrames(read);
  ExpectTags(read);
  ExpectSameShapes(
      xml_, ShapesByFrame(xml_, IsUpright), read, ShapesByFrame(read, IsRectangle), kTolerance,
      [](const Shape& a, const Shape& b) { return a.occluded == b.occluded && b.score == 1; });
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST_P(GoldenSmall, ImageNetHasTheTags) {
  ReadResult read = Read("imagenet_txt", "ImageNet 1.0");
  EXPECT_EQ(CountTypes(read), Without0({{"tag", GetParam().imagenet}}));
  ExpectAllFrames(read);
  ExpectTags(read);
}

TEST_P(GoldenSmall, ClassificationHasTheTags) {
  ReadResult read = Read("ultralytics_classification", "Ultralytics YOLO Classification 1.0");
  EXPECT_EQ(CountTypes(read), Without0({{"tag", GetParam().classification}}));
  ExpectAllFrames(read);
  ExpectTags(read);
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST_P(GoldenSmall, WiderFaceHasBoxesAndOneTag) {
  ReadResult read = Read("wider_face", "WiderFace 1.0");
  EXPECT_EQ(CountTypes(read),
            Without0({{"rectangle", GetParam().wider_boxes}, {"tag", GetParam().wider_tags}}));
  ExpectAllFrames(read);
  ExpectSameShapes(xml_, ShapesByFrame(xml_, IsRectangle), read, ShapesByFrame(read, IsRectangle),
                   kTolerance,
                   [](const Shape& a, const Shape& b) { return a.occluded == b.occluded; });
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST_P(GoldenSmall, LfwHasTagsAndTheirPoints) {
  ReadResult read = Read("lfw", "LFW 1.0");
  EXPECT_EQ(CountTypes(read),
            Without0({{"points", GetParam().lfw_points}, {"tag", GetParam().lfw_tags}}));
  ExpectAllFrames(read);
}

TEST_P(GoldenSmall, IcdarHasBoxesAndPolygons) {
  ReadResult read = Read("icdar_localization", "ICDAR Localization 1.0");
  EXPECT_EQ(CountTypes(read), Without0({{"rectangle", GetParam().icdar_boxes},
                                        {"polygon", GetParam().icdar_polygons}}));
  FrameMap found = ShapesByFrame(read, AnyShape);
  for (const auto& [name, shapes] : ShapesByFrame(xml_, AnyShape)) {
    for (const Shape& shape : shapes) {
      if (!IsRectangle(shape) && shape.type != ShapeType::kPolygon) continue;
      EXPECT_TRUE(std::any_of(found[name].begin(), found[name].end(), [&shape](const Shape& other) {
        return shape.type == other.type && AreNear(shape.points, other.points, kTolerance);
      })) << name;
    }
  }
}

TEST_P(GoldenSmall, VggFace2HasWhatHasALabel) {
  const std::string folder = absl::StrCat("golden/", GetParam().name, "/VGGFace2 1.0");
  // CVAT itself fails to export most cases; what there is must be read.
  if (!ListTree(Fixture(folder)).ok()) {
    EXPECT_EQ(GetParam().vgg_boxes + GetParam().vgg_points, 0);
    return;
  }
  ReadResult read = Read("vgg_face2", "VGGFace2 1.0");
  // grep -h ',,,,,,,,,,' loose_landmark*.csv | grep -vc ^no_label
  const std::map<std::string, int> empty_rows = {
      {"rand_images_00", 4}, {"rand_video_02", 2}, {"cvat_task_2", 1}};
  const auto tags = empty_rows.find(GetParam().name);
  EXPECT_EQ(CountTypes(read), Without0({{"rectangle", GetParam().vgg_boxes},
                                        {"points", GetParam().vgg_points},
                                        {"tag", tags == empty_rows.end() ? 0 : tags->second}}));
}

TEST_P(GoldenSmall, Market1501HasEveryFrame) {
  ReadResult read = Read("market1501", "Market-1501 1.0");
  ExpectAllFrames(read);
  EXPECT_EQ(read.Total(), 0);
}

// Of each picture the colours or numbers but black, by Python: SegmentationObject, CamVid's
// pictures, Cityscapes' instanceIds, MOTS' instances.
struct PixelCounts {
  int segmentation, camvid, cityscapes, mots;
};
const std::map<std::string, PixelCounts>& PixelCountsOfCases() {
  static const auto* counts =
      new std::map<std::string, PixelCounts>{{"synth_images", {8, 5, 8, 0}},
                                             {"synth_video", {59, 38, 59, 56}},
                                             {"synth_video_2jobs_overlap2", {60, 38, 60, 57}},
                                             {"rand_images_00", {6, 5, 6, 0}},
                                             {"rand_images_01", {19, 9, 19, 0}},
                                             {"rand_images_02", {15, 14, 15, 0}},
                                             {"rand_images_03", {22, 16, 22, 0}},
                                             {"rand_images_04", {19, 13, 19, 0}},
                                             {"rand_images_05", {14, 13, 14, 0}},
                                             {"rand_video_00", {31, 25, 31, 28}},
                                             {"rand_video_01", {41, 41, 41, 39}},
                                             {"rand_video_02", {8, 8, 8, 8}},
                                             {"cvat_task_2", {3, 3, 3, 0}},
                                             {"cvat_task_14", {0, 0, 0, 0}},
                                             {"cvat_task_22", {17, 2, 17, 0}},
                                             {"cvat_job_28", {15, 3, 15, 0}}};
  return *counts;
}

TEST_P(GoldenSmall, PicturesOfMasksHaveAMaskOfEachInstance) {
  const PixelCounts& counts = PixelCountsOfCases().at(GetParam().name);
  const std::pair<const char*, int> kFormats[] = {{"Segmentation mask 1.1", counts.segmentation},
                                                  {"CamVid 1.0", counts.camvid},
                                                  {"Cityscapes 1.0", counts.cityscapes},
                                                  {"MOTS PNG 1.0", counts.mots}};
  for (const auto& [format, masks] : kFormats) {
    ReadResult read = Read("pixel_masks", format);
    EXPECT_LE(read.dataset->frame_count(), xml_.dataset->frame_count()) << format;
    EXPECT_FALSE(read.info().labels.empty()) << format;
    EXPECT_EQ(CountTypes(read), Without0({{"mask", masks}})) << format;
    EXPECT_THAT(read.Problems(), IsEmpty()) << format;
  }
}

TEST_P(GoldenSmall, EachExportIsOfOneReader) {
  const std::string folder = absl::StrCat("golden/", GetParam().name, "/");
  for (const char* other : {"COCO 1.0", "COCO Keypoints 1.0", "Datumaro 1.0", "CVAT for images 1.1",
                            "CVAT for video 1.1"}) {
    ExportSource source(FixtureTree(folder + other));
    for (const auto& [format, reader] : ReaderOfFormat()) {
      EXPECT_FALSE(FindReader(reader)->Probe(source)->has_value()) << other << " " << reader;
    }
  }
  for (const auto& [format, expected] : ReaderOfFormat()) {
    if (!ListTree(Fixture(folder + format)).ok()) continue;
    std::vector<ZipFile> files = FixtureTree(folder + format);
    // KITTI without boxes and masks is a list of colours.
    const bool is_bare = format == "KITTI 1.0" && files.size() == 1;
    ExportSource source(files);
    for (const std::unique_ptr<Reader>& reader : NewReaders()) {
      absl::StatusOr<std::optional<ProbeResult>> result = reader->Probe(source);
      ASSERT_TRUE(result.ok()) << result.status();
      EXPECT_EQ(result->has_value(), reader->Info().name == (is_bare ? "pixel_masks" : expected))
          << format << " " << reader->Info().name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenSmall, ::testing::ValuesIn(kCounts),
                         [](const auto& info) { return std::string(info.param.name); });

ReadResult ReadSample(absl::string_view reader, absl::string_view folder,
                      std::string zip = "sample.zip") {
  ExportSource source(FixtureTree(absl::StrCat("datumaro/format_samples/", folder)), {},
                      std::move(zip));
  EXPECT_TRUE(FindReader(reader)->Probe(source)->has_value()) << folder;
  ReadResult result = ReadWith(reader, source);
  EXPECT_TRUE(result.status.ok()) << folder << ": " << result.status;
  return result;
}
using Expected = std::map<std::string, int>;

TEST(SmallSamples, DatumarosAreRead) {
  EXPECT_EQ(CountTypes(ReadSample("open_images", "open_images_dataset/v6")),
            (Expected{{"mask", 1}, {"rectangle", 2}, {"tag", 3}}));
  EXPECT_EQ(ReadSample("open_images", "open_images_dataset/v5").dataset->frame_count(), 2u);
  EXPECT_EQ(ReadSample("imagenet_txt", "imagenet_txt_dataset/basic").Counts(),
            (Expected{{"label_0 tag", 1}, {"label_3 tag", 1}, {"label_5 tag", 2}}));
  EXPECT_EQ(CountTypes(ReadSample("wider_face", "widerface_dataset")),
            (Expected{{"rectangle", 6}, {"tag", 3}}));
  EXPECT_EQ(
      ReadSample("lfw", "lfw_dataset").Counts(),
      (Expected{{"name0 points", 1}, {"name0 tag", 1}, {"name1 points", 2}, {"name1 tag", 2}}));
  ReadResult faces = ReadSample("vgg_face2", "vgg_face2_dataset");
  EXPECT_EQ(CountTypes(faces), (Expected{{"points", 4}, {"rectangle", 4}}));
  EXPECT_EQ(faces.dataset->frame_count(), 4u);
  EXPECT_THAT(faces.Names(), ::testing::Contains("n000001/0001_01.jpg"));
  EXPECT_EQ(ReadSample("market1501", "market1501_dataset").Counts(),
            (Expected{{"market-1501 tag", 3}}));
  EXPECT_EQ(CountTypes(ReadSample("icdar_localization", "icdar_dataset/text_localization")),
            (Expected{{"polygon", 1}, {"rectangle", 2}}));
  EXPECT_EQ(ReadSample("pixel_masks", "icdar_dataset/text_segmentation").dataset->frame_count(),
            1u);
  EXPECT_EQ(ReadSample("imagenet", "imagenet_dataset", "task_1_imagenet 1.0.zip").Counts(),
            (Expected{{"label_0 tag", 2}, {"label_1 tag", 1}}));
  EXPECT_EQ(ReadSample("ultralytics_classification", "yolo_dataset/yolov8_classification",
                       "yolov8 classification 1.0.zip")
                .Counts(),
            (Expected{{"label_0 tag", 2}, {"label_1 tag", 1}}));
}

TEST(SmallSamples, WordsAreTagsWithTheirText) {
  ReadResult read = ReadSample("icdar_recognition", "icdar_dataset/word_recognition");
  EXPECT_EQ(read.Counts(), (Expected{{"icdar tag", 2}}));
  EXPECT_THAT(read.ShapesOf("word_1.png").tags[0].attributes,
              ElementsAre(Attribute{"text", "PROPER"}));
  EXPECT_TRUE(read.FrameAt(0).inner.has_value());
}

TEST(IcdarRecognitionReader, AnImageWithoutATextHasNoTag) {
  const std::vector<ZipFile> files = {
      {.name = "t/gt.txt", .content = "a.png, \nb.png, \"\"\nc.png, \"x\"\n"}};
  ExportSource source(files);
  ReadResult read = ReadWith("icdar_recognition", source);
  EXPECT_THAT(read.Names(), ElementsAre("a.png", "b.png", "c.png"));
  EXPECT_THAT(read.ShapesOf("a.png").tags, IsEmpty());
  EXPECT_THAT(read.ShapesOf("b.png").tags[0].attributes, ElementsAre(Attribute{"text", ""}));
  EXPECT_THAT(read.ShapesOf("c.png").tags[0].attributes, ElementsAre(Attribute{"text", "x"}));
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST(WiderFaceReader, TheNumberOfAFolderSaysWhereALabelWithASlashEnds) {
  const std::vector<ZipFile> files = {
      {.name = "labels.txt", .content = "a\na/b\n"},
      {.name = "wider_face_split/wider_face_t_bbx_gt.txt",
       .content = "0--a/b/x.jpg\n0\n1--a/b/x.jpg\n0\n1--a/y.jpg\n0\n"}};
  ExportSource source(files);
  ReadResult read = ReadWith("wider_face", source);
  EXPECT_THAT(read.Names(), UnorderedElementsAre("b/x.jpg", "x.jpg", "y.jpg"));
  EXPECT_EQ(read.Counts(), (Expected{{"a tag", 2}, {"a/b tag", 1}}));
}

TEST(SmallSamples, PersonsHaveTheAttributesOfTheirName) {
  ReadResult read = ReadSample("market1501", "market1501_dataset");
  EXPECT_THAT(read.ShapesOf("0002_c1s3_000151_00.jpg").tags[0].attributes,
              ElementsAre(Attribute{"person_id", "0002"}, Attribute{"camera_id", "0"},
                          Attribute{"track_id", "3"}, Attribute{"frame_id", "151"},
                          Attribute{"bbox_id", "0"}, Attribute{"query", "false"}));
  EXPECT_EQ(read.ShapesOf("0001_c2s3_000111_00.jpg").tags[0].attributes.back(),
            (Attribute{"query", "true"}));
}

TEST(LfwReader, ANumberBeforePairsIsACountAndElseAName) {
  const std::vector<ZipFile> pairs = {
      {.name = "t/annotations/people.txt", .content = "bob\t2\n"},
      {.name = "t/annotations/pairs.txt", .content = "1\nbob\t1\t2\n"}};
  ExportSource source(pairs);
  EXPECT_THAT(ReadWith("lfw", source).Names(), ElementsAre("bob_0001", "bob_0002"));
  const std::vector<ZipFile> names = {
      {.name = "t/annotations/people.txt", .content = "bob\t2\n"},
      {.name = "t/annotations/pairs.txt", .content = "118\nbob/119\n"}};
  ExportSource other(names);
  EXPECT_THAT(ReadWith("lfw", other).Names(), ElementsAre("118", "119"));
}

TEST(SmallSamples, FoldersOfPicturesAreNobodys) {
  for (const char* folder : {"imagenet_dataset", "yolo_dataset/yolov8_classification"}) {
    ExportSource source(FixtureTree(absl::StrCat("datumaro/format_samples/", folder)));
    for (const std::unique_ptr<Reader>& reader : NewReaders())
      EXPECT_FALSE(reader->Probe(source)->has_value()) << reader->Info().name;
  }
}

TEST(ImagenetReader, ImagesWithSeveralTagsAreOneFrame) {
  const std::vector<ZipFile> files = {{.name = "cat/dir/a.jpg", .content = "x"},
                                      {.name = "dog/dir/a.jpg", .content = "x"},
                                      {.name = "no_label/b.jpg", .content = "x"}};
  ExportSource source(files);
  ReadResult read = ReadWith("imagenet", source);
  EXPECT_EQ(read.Counts(), (Expected{{"cat tag", 1}, {"dog tag", 1}}));
  EXPECT_THAT(read.Names(), UnorderedElementsAre("dir/a.jpg", "b.jpg"));
  EXPECT_TRUE(read.FrameAt(0).inner.has_value());
}

// What a table with bad rows leaves.
struct Bad {
  const char* reader;
  std::vector<ZipFile> files;
  int shapes, problems;
};

TEST(SmallExports, BadRowsAreProblemsAndTheOthersAreKept) {
  const std::vector<Bad> all = {
      {"open_images",
       {{.name = "annotations/class-descriptions.csv", .content = "/m/0,car\n"},
        {.name = "annotations/t-annotations-bbox.csv",
         .content = "ImageID,LabelName,XMin,XMax,YMin,YMax\n"
                    "a,/m/0,0.1,0.2,0.3,0.4\n"
                    "a,/m/0,nan,0.2,0.3,0.4\n"
                    "a,/m/0,1e308,0.2,0.3,0.4\n"
                    "a,/m/0\n"
                    ",/m/0,0.1,0.2,0.3,0.4\n"
                    "\"a,/m/0,0.1\n"
                    "../b,\xff,0.1,0.2,0.3,0.4\n"}},
       2,
       5},
      {"imagenet_txt",
       {{.name = "synsets.txt", .content = "car\nbus\n"},
        {.name = "train.txt",
         .content = "a.jpg 0 1\n\"b c\".jpg 1\n\"d e.jpg 0\nf.jpg 2 -1 x 99999999999999999999\n"}},
       4,
       5},
      {"wider_face",
       {{.name = "wider_face_split/wider_face_t_bbx_gt.txt",
         .content = "1 2 3 4 - - - False - - car\n0--car/a.jpg\n2\n1 2 3 4 - - - True - - my car\n"
                    "1 2 nan 4 - - - True - - car\n1 2 3\n1e308 2 3 4 - - - - - - car\n"
                    "no_label/../b.jpg\n"}},
       2,
       4},
      {"lfw",
       {{.name = "t/annotations/people.txt", .content = "bob\t2\nx\ty\tz\n"},
        {.name = "t/annotations/pairs.txt", .content = "bob/a\nb\n1\t2\n"},
        {.name = "t/annotations/landmarks.txt",
         .content = "a.jpg\t1\t2\na.jpg\t1\tnan\nb.jpg\t1\t2\nbob/c.jpg\t1\n"}},
       2,
       4},
      {"vgg_face2",
       {{.name = "bb_landmark/loose_bb_t.csv",
         .content =
             "NAME_ID,X,Y,W,H\ncar/a,1,2,3,4\ncar/a,1,2,3\ncar/b,x,2,3,4\nno_label/a,1,2,3,4\n"
             "car/c,1e308,1,1,1\n"}},
       1,
       4},
      {"market1501",
       {{.name = "images_t.txt",
         .content = "bounding_box_t/0001_c1s1_000001_00.jpg\nelsewhere/x.jpg\n"
                    "bounding_box_t/0001_cs1_000001_00.jpg\nquery/-1_c2s1_000001_01.jpg\n"}},
       2,
       1},
      {"icdar_localization",
       {{.name = "t/gt_a.txt",
         .content = "1 2 3 4 \"a, \"b\"\"\n1,2,3,4,5,6\n\n1,2,x,4,5,6\n1 2 3\n1,nan,3,4,5,6\n"
                    "1 2 1e308 4\n"}},
       2,
       4},
      {"icdar_recognition",
       {{.name = "t/gt.txt", .content = "a.png, \"x\"\nb.png\nc.png, y\n"}},
       2,
       1},
      {"ultralytics_classification",
       {{.name = "t/labels.json",
         .content =
             R"({"a":{"labels":["car",5,null],"path":"car/a.jpg"},"b":7,"c":{"labels":"x"}})"}},
       1,
       0},
  };
  for (const Bad& bad : all) {
    ExportSource source(bad.files);
    source.SetEverySize({100, 100});
    ReadResult read = ReadWith(bad.reader, source);
    EXPECT_TRUE(read.status.ok()) << bad.reader << read.status;
    EXPECT_EQ(read.Total(), bad.shapes) << bad.reader << "\n" << AllProblems(read);
    EXPECT_EQ(read.Problems().size(), size_t(bad.problems)) << bad.reader << "\n"
                                                            << AllProblems(read);
    for (Rank rank = 0; rank < read.dataset->frame_count(); ++rank)
      EXPECT_FALSE(absl::StrContains(read.dataset->Names(rank)->path, ".."));
  }
}

TEST(SmallExports, CutZipsAndTextsAreSane) {
  for (const auto& [format, reader] : ReaderOfFormat()) {
    const std::string folder = absl::StrCat("golden/cvat_job_28/", format);
    if (!ListTree(Fixture(folder)).ok()) continue;
    std::vector<ZipFile> files = FixtureTree(folder);
    ExpectSaneWhenCut(reader, files);
    ExpectSaneWhenTextsAreCut(reader, files);
  }
}

}  // namespace
}  // namespace annofs::testing
