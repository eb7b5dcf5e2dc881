// YOLO 1.1 and Ultralytics exports: CVAT's own (the golden trees, compared with the case's XML),
// samples of Datumaro, and bad ones.
#include <cmath>
#include <random>

#include "tests/formats/export_reading.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

bool AnyShape(const Shape&) { return true; }
bool NothingElse(const Shape&, const Shape&) { return true; }

// Both sides were rounded to two digits, and halves differently: 0.01 apart; then half of the sixth
// digit on 1,000 pixels, twice.
constexpr double kTolerance = 0.0111;

// Lines of the label files, by
//   python3 -c "import glob,sys; print(sum(1 for p in glob.glob(sys.argv[1]+'/**/*.txt',
//     recursive=True) for l in open(p) if l.strip()))" "<case>/<format>/<labels>"
// with labels = "obj_*_data" for YOLO 1.1, else "labels".
struct Lines {
  const char* name;
  int yolo, detection, segmentation, oriented, pose;
};
const Lines kLines[] = {
    {"synth_images", 1, 1, 7, 3, 1},
    {"synth_video", 6, 6, 38, 21, 13},
    {"synth_video_2jobs_overlap2", 6, 6, 39, 21, 14},
    {"rand_images_00", 2, 2, 3, 3, 0},
    {"rand_images_01", 6, 6, 15, 12, 0},
    {"rand_images_02", 2, 2, 18, 5, 0},
    {"rand_images_03", 5, 5, 13, 12, 0},
    {"rand_images_04", 7, 7, 18, 8, 6},
    {"rand_images_05", 6, 6, 8, 9, 2},
    {"rand_video_00", 12, 12, 7, 24, 0},
    {"rand_video_01", 8, 8, 21, 20, 28},
    {"rand_video_02", 0, 0, 8, 0, 0},
    {"cvat_task_2", 1, 1, 2, 1, 0},
    {"cvat_task_14", 0, 0, 0, 0, 9},
    {"cvat_task_22", 14, 14, 8, 15, 2},
    {"cvat_job_28", 15, 15, 8, 15, 2},
};

std::map<std::string, int> CountTypes(const ReadResult& result) {
  std::map<std::string, int> counts;
  for (const auto& [name, count] : result.Counts()) {
    counts[name.substr(name.rfind(' ') + 1)] += count;
  }
  return counts;
}

class GoldenYolo : public ::testing::TestWithParam<Lines> {
 protected:
  GoldenYolo() : xml_(ReadGoldenXml(GetParam().name)) {}
  ReadResult Read(absl::string_view reader, absl::string_view format,
                  std::string zip = "export.zip") {
    ExportSource source(FixtureTree(absl::StrCat("golden/", GetParam().name, "/", format)),
                        SizesOf(xml_), std::move(zip));
    ReadResult result = ReadWith(reader, source);
    EXPECT_TRUE(result.status.ok()) << result.status;
    return result;
  }
  std::map<std::string, int> Only(const char* type, int count) {
    if (count == 0) return {};
    return {{type, count}};
  }
  ReadResult xml_;
};

TEST_P(GoldenYolo, Yolo11HasEveryFrameAndBox) {
  ReadResult read = Read("yolo", "YOLO 1.1");
  EXPECT_EQ(CountTypes(read), Only("rectangle", GetParam().yolo));
  EXPECT_EQ(read.dataset->frame_count(), xml_.dataset->frame_count());
  // Classes are numbered among labels without parent, names are of all (reference/cvat.md §9.4):
  // labels agree where no skeleton stands before them, so they are not compared here.
  FrameMap expected = ShapesByFrame(xml_, IsUpright), found = ShapesByFrame(read, AnyShape);
  for (auto* map : {&expected, &found}) {
    for (auto& [name, shapes] : *map) {
      for (Shape& shape : shapes) shape.label = 0;
    }
  }
  for (const auto& [name, shapes] : expected) {
    ASSERT_EQ(found[name].size(), shapes.size()) << name;
    for (const Shape& shape : shapes) {
      EXPECT_TRUE(std::any_of(found[name].begin(), found[name].end(), [&](const Shape& other) {
        return AreNear(shape.points, other.points, kTolerance);
      })) << name;
    }
  }
}

TEST_P(GoldenYolo, DetectionHasEveryFrameAndBox) {
  ReadResult read = Read("ultralytics", "Ultralytics YOLO Detection 1.0");
  EXPECT_EQ(CountTypes(read), Only("rectangle", GetParam().detection));
  EXPECT_EQ(read.dataset->frame_count(), xml_.dataset->frame_count());
  ExpectSameShapes(xml_, ShapesByFrame(xml_, IsUpright), read, ShapesByFrame(read, AnyShape),
                   kTolerance, NothingElse);
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST_P(GoldenYolo, OrientedBoxesAreTurnedAsTheyWere) {
  ReadResult read = Read("ultralytics", "Ultralytics YOLO Oriented Bounding Boxes 1.0",
                         "task_1_ultralytics yolo oriented bounding boxes 1.0.zip");
  EXPECT_EQ(CountTypes(read), Only("rectangle", GetParam().oriented));
  auto is_box = [](const Shape& shape) { return shape.type == ShapeType::kRectangle; };
  ExpectSameShapes(xml_, ShapesByFrame(xml_, is_box), read, ShapesByFrame(read, AnyShape), 0.02,
                   [](const Shape& a, const Shape& b) {
                     double apart = std::abs(a.rotation - b.rotation);
                     return std::min(apart, 360 - apart) < 0.05;
                   });
  EXPECT_THAT(read.Problems(), IsEmpty());
}

TEST_P(GoldenYolo, OrientedBoxesAreKnownByTheirShapeToo) {
  ReadResult read = Read("ultralytics", "Ultralytics YOLO Oriented Bounding Boxes 1.0");
  EXPECT_EQ(CountTypes(read), Only("rectangle", GetParam().oriented));
}

TEST_P(GoldenYolo, SegmentationHasThePolygons) {
  ReadResult read = Read("ultralytics", "Ultralytics YOLO Segmentation 1.0",
                         "ultralytics yolo segmentation 1.0.zip");
  EXPECT_EQ(CountTypes(read), Only("polygon", GetParam().segmentation));
  // Masks and ellipses became polygons as well, so these are among what was read.
  auto is_polygon = [](const Shape& shape) { return shape.type == ShapeType::kPolygon; };
  FrameMap read_shapes = ShapesByFrame(read, AnyShape);
  for (const auto& [name, shapes] : ShapesByFrame(xml_, is_polygon)) {
    for (const Shape& shape : shapes) {
      EXPECT_TRUE(std::any_of(read_shapes[name].begin(), read_shapes[name].end(),
                              [&](const Shape& other) {
                                return Describe(xml_, shape) == Describe(read, other) &&
                                       AreNear(shape.points, other.points, kTolerance);
                              }))
          << name;
    }
  }
}

TEST_P(GoldenYolo, PoseHasThePointsAndTheirVisibility) {
  ReadResult read = Read("ultralytics", "Ultralytics YOLO Pose 1.0");
  EXPECT_EQ(CountTypes(read), Only("skeleton", GetParam().pose));
  // Points by place and visibility; the parts have no names in the format.
  auto visible = [](const Shape& skeleton) {
    std::vector<Shape> points;
    for (const Shape& element : skeleton.elements) {
      if (!element.outside) points.push_back(element);
    }
    return points;
  };
  auto has = [](const std::vector<Shape>& points, const Shape& point) {
    return std::any_of(points.begin(), points.end(), [&point](const Shape& other) {
      return AreNear(point.points, other.points, kTolerance) && point.occluded == other.occluded;
    });
  };
  auto is_skeleton = [](const Shape& shape) { return shape.type == ShapeType::kSkeleton; };
  FrameMap read_shapes = ShapesByFrame(read, AnyShape);
  for (const auto& [name, shapes] : ShapesByFrame(xml_, is_skeleton)) {
    for (const Shape& shape : shapes) {
      const std::vector<Shape> points = visible(shape);
      EXPECT_TRUE(std::any_of(read_shapes[name].begin(), read_shapes[name].end(),
                              [&](const Shape& other) {
                                const std::vector<Shape> others = visible(other);
                                return points.size() == others.size() &&
                                       std::all_of(points.begin(), points.end(),
                                                   [&](const Shape& p) { return has(others, p); });
                              }))
          << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenYolo, ::testing::ValuesIn(kLines),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(YoloSamples, DatumarosAreRead) {
  struct Sample {
    const char *folder, *reader;
    std::map<std::string, int> counts;
  };
  for (const Sample& sample : {
           Sample{"yolo", "yolo", {{"label_2 rectangle", 1}, {"label_4 rectangle", 1}}},
           Sample{"yolov8_detection",
                  "ultralytics",
                  {{"label_2 rectangle", 1}, {"label_4 rectangle", 1}}},
           Sample{"yolov8_detection_with_list_of_imgs",
                  "ultralytics",
                  {{"label_2 rectangle", 1}, {"label_4 rectangle", 1}}},
           Sample{"yolov8_detection_with_list_of_names",
                  "ultralytics",
                  {{"label_2 rectangle", 1}, {"label_4 rectangle", 1}}},
           Sample{"yolov8_detection_with_subset_txt",
                  "ultralytics",
                  {{"label_2 rectangle", 1}, {"label_4 rectangle", 1}}},
           Sample{"yolov8_oriented_boxes",
                  "ultralytics",
                  {{"label_2 rectangle", 1}, {"label_4 rectangle", 1}}},
           Sample{"yolov8_segmentation",
                  "ultralytics",
                  {{"label_2 polygon", 1}, {"label_4 polygon", 1}}},
           Sample{"yolov8_pose", "ultralytics", {{"skeleton_label skeleton", 1}}},
           Sample{
               "yolov8_pose_two_values_per_point", "ultralytics", {{"skeleton_label skeleton", 1}}},
       }) {
    ExportSource source(
        FixtureTree(absl::StrCat("datumaro/format_samples/yolo_dataset/", sample.folder)));
    ReadResult read = ReadWith(sample.reader, source);
    EXPECT_TRUE(read.status.ok()) << sample.folder << read.status;
    EXPECT_EQ(read.Counts(), sample.counts) << sample.folder;
    // Its size comes from the image in the zip, which is the frame's own.
    ASSERT_EQ(read.dataset->frame_count(), 1u) << sample.folder;
    EXPECT_EQ(read.FrameAt(0).name, "1.jpg");
    EXPECT_EQ(read.FrameAt(0).subset, "train");
    EXPECT_EQ(read.FrameAt(0).width, 15u) << sample.folder;
    EXPECT_EQ(read.FrameAt(0).height, 10u) << sample.folder;
    EXPECT_TRUE(read.FrameAt(0).inner.has_value());
    EXPECT_EQ(source.asked(), 0);
  }
}

// A small YOLO 1.1 export; the second image is listed and has no label file.
std::vector<ZipFile> SmallYolo(const std::string& labels,
                               const std::string& names = "car\ntree\n") {
  return {{.name = "obj.data",
           .content = "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = b/\n"},
          {.name = "obj.names", .content = names},
          {.name = "train.txt",
           .content = "data/obj_train_data/dir/a.jpg\ndata/obj_train_data/b.png\n"},
          {.name = "obj_train_data/dir/a.txt", .content = labels}};
}
ReadResult ReadSmallYolo(const std::vector<ZipFile>& files) {
  ExportSource source(files);
  source.SetEverySize({100, 200});
  return ReadWith("yolo", source);
}

TEST(YoloReader, FramesAreNamedAsTheListNamesThem) {
  ReadResult read = ReadSmallYolo(SmallYolo("0 0.5 0.5 0.1 0.1\n"));
  EXPECT_THAT(read.Names(), ElementsAre("dir/a.jpg", "b.png"));
  EXPECT_EQ(read.FrameAt(0).subset, "train");
  EXPECT_EQ(read.info().tasks[0].subset, "train");
  EXPECT_THAT(read.ShapesOf("dir/a.jpg").shapes[0].points, ElementsAre(45, 90, 55, 110));
}

TEST(YoloReader, BadLinesAreProblemsAndTheOthersAreKept) {
  ReadResult read =
      ReadSmallYolo(SmallYolo("0 0.5 0.5 0.1 0.1\n"
                              "0 0.5 0.5 0.1\n"
                              "0 0.5 0.5 0.1 0.1 7\n"
                              "0 nan 0.5 0.1 0.1\n"
                              "0 1e308 0.5 0.1 0.1\n"
                              "0 0.5 abc 0.1 0.1\n"
                              "7 0.5 0.5 0.1 0.1\n"
                              "-1 0.5 0.5 0.1 0.1\n"
                              "car 0.5 0.5 0.1 0.1\n"
                              "\xff\xfe 0.5 0.5 0.1 0.1\n"
                              "\n"
                              "1 0.5 0.5 0.1 0.1"));
  EXPECT_TRUE(read.status.ok());
  EXPECT_EQ(read.Total(), 2);
  std::vector<std::string> problems = read.Problems();
  ASSERT_EQ(problems.size(), 9u) << AllProblems(read);
  for (size_t i = 0; i < problems.size(); ++i) {
    EXPECT_THAT(problems[i], HasSubstr(absl::StrCat("line ", i + 2, "|dir/a.jpg|")));
  }
}

TEST(YoloReader, AMissingNamesFileIsAProblemAndFramesStay) {
  std::vector<ZipFile> files = SmallYolo("0 0.5 0.5 0.1 0.1\n");
  files.erase(files.begin() + 1);
  ReadResult read = ReadSmallYolo(files);
  EXPECT_EQ(read.dataset->frame_count(), 2u);
  EXPECT_THAT(AllProblems(read), HasSubstr("no 'obj.names' with the names of the classes"));
}

TEST(YoloReader, ARepeatedNameIsOneLabel) {
  ReadResult read =
      ReadSmallYolo(SmallYolo("0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1 0.1\n", "car\ncar\n"));
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{{"car rectangle", 2}}));
  EXPECT_THAT(AllProblems(read), HasSubstr("class 1 repeats the name 'car'"));
}

TEST(YoloReader, NamesThatAreNoUtf8AreMended) {
  ReadResult read = ReadSmallYolo(SmallYolo("0 0.5 0.5 0.1 0.1\n",
                                            "c\xff"
                                            "r\n"));
  EXPECT_EQ(read.info().labels[0].name, "c\xef\xbf\xbdr");
  EXPECT_THAT(AllProblems(read), HasSubstr("no UTF-8"));
}

TEST(YoloReader, LabelFilesThatNothingListsAreFramesByTheirStem) {
  std::vector<ZipFile> files = SmallYolo("0 0.5 0.5 0.1 0.1\n");
  files.push_back({.name = "obj_val_data/x/../c.txt", .content = "1 0.5 0.5 0.1 0.1\n"});
  ReadResult read = ReadSmallYolo(files);
  EXPECT_THAT(read.Names(), ElementsAre("dir/a.jpg", "b.png", "x/../c"));
  EXPECT_EQ(read.ShapesOf("x/../c").shapes.size(), 1u);
  for (Rank rank = 0; rank < 3; ++rank) {
    EXPECT_FALSE(absl::StrContains(read.dataset->Names(rank)->path, ".."));
  }
}

TEST(YoloReader, FramesWithoutASizeAreToldOnceAndHaveNoShapes) {
  ExportSource source(SmallYolo("0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.1 0.1\n"));
  ReadResult read = ReadWith("yolo", source);
  EXPECT_TRUE(read.status.ok());
  EXPECT_EQ(read.dataset->frame_count(), 2u);
  EXPECT_EQ(read.Total(), 0);
  ASSERT_EQ(read.Problems().size(), 1u) << AllProblems(read);
  EXPECT_THAT(read.Problems()[0], HasSubstr("2 shapes of 1 frames are left out"));
  EXPECT_THAT(read.Problems()[0], HasSubstr("dir/a.jpg"));
}

TEST(YoloReader, ALineThatIsListedTwiceIsAProblem) {
  std::vector<ZipFile> files = SmallYolo("0 0.5 0.5 0.1 0.1\n");
  files[2].content += "data/obj_train_data/b.png\ndata/obj_train_data/b.jpg\n";
  ReadResult read = ReadSmallYolo(files);
  EXPECT_THAT(read.Names(), ElementsAre("dir/a.jpg", "b.png", "b.jpg"));
  EXPECT_THAT(read.Problems(), ElementsAre("line 3|b.png|listed a second time",
                                           HasSubstr("line 4|b.jpg|shares its label file")));
}

TEST(YoloReader, AHugeLineIsOneProblem) {
  std::string line = "0";
  for (int i = 0; i < 1100000; ++i) line += " 1";
  ReadResult read = ReadSmallYolo(SmallYolo(line + "\n0 0.5 0.5 0.1 0.1\n"));
  EXPECT_EQ(read.Total(), 1);
  EXPECT_THAT(read.Problems(), ElementsAre(HasSubstr("line 1|dir/a.jpg|left out: a line of too")));
}

TEST(YoloReader, AnEntryThatFailsItsChecksumIsAProblemAndTheOthersAreRead) {
  std::vector<ZipFile> files = SmallYolo("0 0.5 0.5 0.1 0.1\n");
  files.push_back({.name = "obj_train_data/b.txt", .content = "0 0.5 0.5 0.1 0.1\n", .crc32 = 1});
  ReadResult read = ReadSmallYolo(files);
  EXPECT_TRUE(read.status.ok());
  EXPECT_EQ(read.Total(), 1);
  EXPECT_THAT(AllProblems(read), HasSubstr("not read: the zip is damaged"));
}

TEST(YoloReader, AFolderAroundTheTreeDoesNotMatter) {
  std::vector<ZipFile> files = SmallYolo("0 0.5 0.5 0.1 0.1\n");
  for (ZipFile& file : files) file.name = "my dataset/" + file.name;
  files.push_back({.name = "__MACOSX/my dataset/._obj.data", .content = "x"});
  ReadResult read = ReadSmallYolo(files);
  EXPECT_EQ(read.Total(), 1);
}

TEST(YoloReader, CutZipsAndTextsAreSane) {
  std::vector<ZipFile> files = SmallYolo("0 0.5 0.5 0.1 0.1\n1 0.25 0.5 0.25 0.125\n");
  ExpectSaneWhenCut("yolo", files);
  ExpectSaneWhenTextsAreCut("yolo", files);
}

TEST(YoloReader, AFailingStoreIsPassedOn) {
  ExportSource source(SmallYolo("0 0.5 0.5 0.1 0.1\n"));
  source.FailWith(absl::UnavailableError("no network"));
  DatasetBuilder builder;
  EXPECT_TRUE(absl::IsUnavailable(FindReader("yolo")->Read(source, builder)));
}

// A small Ultralytics export.
std::vector<ZipFile> SmallUltralytics(const std::string& labels,
                                      const std::string& yaml =
                                          "names:\n  0: car\n  1: tree\n"
                                          "path: .\ntrain: train.txt\n") {
  return {{.name = "data.yaml", .content = yaml},
          {.name = "train.txt", .content = "data/images/train/a.jpg\n"},
          {.name = "labels/train/a.txt", .content = labels}};
}
ReadResult ReadSmallUltralytics(const std::vector<ZipFile>& files, std::string zip = "a.zip") {
  ExportSource source(files, {}, std::move(zip));
  source.SetEverySize({100, 200});
  return ReadWith("ultralytics", source);
}

TEST(UltralyticsReader, TracksAreKept) {
  ReadResult read =
      ReadSmallUltralytics(SmallUltralytics("0 0.5 0.5 0.1 0.1 12\n1 0.5 0.5 0.1 0.1\n"));
  std::vector<Shape> shapes = read.ShapesOf("a.jpg").shapes;
  ASSERT_EQ(shapes.size(), 2u);
  EXPECT_EQ(shapes[0].track, -1);
  EXPECT_EQ(shapes[1].track, 12);
  EXPECT_TRUE(shapes[1].keyframe);
}

TEST(UltralyticsReader, BadLinesAreProblemsAndTheOthersAreKept) {
  ReadResult read =
      ReadSmallUltralytics(SmallUltralytics("0 0.5 0.5 0.1 0.1\n"
                                            "0 0.5 0.5 0.1 0.1 0.97\n"
                                            "0 0.5 0.5 0.1 0.1 -3\n"
                                            "0 0.5\n"
                                            "0 0.1 0.1 0.2 0.2 0.3 0.1 0.4\n"
                                            "0 0.1 0.1 0.2 inf 0.3 0.1\n"
                                            "2 0.5 0.5 0.1 0.1\n"
                                            "1 0.1 0.1 0.2 0.2 0.3 0.1\n"));
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{{"car rectangle", 1}, {"tree polygon", 1}}));
  EXPECT_EQ(read.Problems().size(), 6u) << AllProblems(read);
}

TEST(UltralyticsReader, QuadranglesThatAreNoRectanglesStayPolygons) {
  ReadResult read = ReadSmallUltralytics(
      SmallUltralytics("0 0.1 0.1 0.5 0.1 0.5 0.5 0.1 0.5\n0 0.1 0.1 0.9 0.2 0.5 0.5 0.1 0.3\n"));
  EXPECT_EQ(read.Counts(), (std::map<std::string, int>{{"car polygon", 2}}));
  EXPECT_THAT(AllProblems(read), HasSubstr("read as polygons"));
}

TEST(UltralyticsReader, ByItsNameAQuadrangleIsTheSmallestRectangleAroundIt) {
  ReadResult read = ReadSmallUltralytics(SmallUltralytics("0 0.1 0.1 0.9 0.1 0.9 0.5 0.2 0.5\n"),
                                         "my obb export.zip");
  ASSERT_EQ(read.Total(), 1);
  Shape shape = read.ShapesOf("a.jpg").shapes[0];
  EXPECT_EQ(shape.type, ShapeType::kRectangle);
  EXPECT_TRUE(AreNear(shape.points, {10, 20, 90, 100}, 1e-9)) << absl::StrJoin(shape.points, " ");
  EXPECT_EQ(shape.rotation, 0);
}

TEST(UltralyticsReader, LabelsBelowEachSubsetAreFoundToo) {
  ReadResult read = ReadSmallUltralytics(
      {{.name = "data.yaml",
        .content = "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['car', 'tree']\n"},
       {.name = "train/labels/a.txt", .content = "0 0.5 0.5 0.1 0.1\n"},
       {.name = "valid/labels/b.txt", .content = "1 0.5 0.5 0.1 0.1\n"},
       {.name = "valid/images/b.jpg", .content = "no image"}});
  EXPECT_EQ(read.Counts(),
            (std::map<std::string, int>{{"car rectangle", 1}, {"tree rectangle", 1}}));
  EXPECT_THAT(read.dataset->Subsets().value(), ElementsAre("train", "val"));
  EXPECT_EQ(read.ShapesOf("b.jpg").shapes.size(), 1u);
  EXPECT_EQ(read.ShapesOf("a").shapes.size(), 1u);
}

TEST(UltralyticsReader, PoseNumbersThatMakeNoSenseAreAnError) {
  for (const char* shape : {"[1000000000, 3]", "[3, 4]", "[-1, 3]", "[3]", "x"}) {
    ReadResult read = ReadSmallUltralytics(SmallUltralytics(
        "0 0.5 0.5 0.1 0.1 0.1 0.1 2\n",
        absl::StrCat("names:\n  0: a\nkpt_shape: ", shape, "\ntrain: train.txt\n")));
    EXPECT_TRUE(absl::IsInvalidArgument(read.status)) << shape;
    EXPECT_EQ(read.dataset->frame_count(), 1u);
    EXPECT_LT(read.info().labels.size(), 10u);
  }
}

TEST(UltralyticsReader, AMissingListOrNamesIsAProblem) {
  ReadResult read =
      ReadSmallUltralytics(SmallUltralytics("0 0.5 0.5 0.1 0.1\n", "path: .\ntrain: other.txt\n"));
  EXPECT_TRUE(read.status.ok());
  EXPECT_EQ(read.dataset->frame_count(), 1u);
  EXPECT_THAT(AllProblems(read), HasSubstr("no names of classes"));
  EXPECT_THAT(AllProblems(read), HasSubstr("no list 'other.txt'"));
}

TEST(UltralyticsReader, CutZipsAndTextsAreSane) {
  for (const char* format : {"Detection", "Oriented Bounding Boxes", "Segmentation", "Pose"}) {
    std::vector<ZipFile> files =
        FixtureTree(absl::StrCat("golden/rand_images_04/Ultralytics YOLO ", format, " 1.0"));
    ExpectSaneWhenCut("ultralytics", files);
    ExpectSaneWhenTextsAreCut("ultralytics", files);
  }
}

}  // namespace
}  // namespace annofs::testing
