// CVAT's Ultralytics formats of label files, where no golden file is. Expected numbers: Python.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/base/digest.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr char kDetection[] = "cvat/Ultralytics YOLO Detection 1.0";
constexpr char kTrack[] = "cvat/Ultralytics YOLO Detection Track 1.0";
constexpr char kObb[] = "cvat/Ultralytics YOLO Oriented Bounding Boxes 1.0";
constexpr char kSegmentation[] = "cvat/Ultralytics YOLO Segmentation 1.0";
constexpr char kPose[] = "cvat/Ultralytics YOLO Pose 1.0";
constexpr const char* kAll[] = {kDetection, kTrack, kObb, kSegmentation, kPose};

std::map<std::string, std::string> Tree(absl::string_view writer, const Dataset& data) {
  return FilesOf(Described(writer, data), data);
}

// A dataset of one frame "a.jpg" of 100 x 50.
struct OneFrame {
  DatasetBuilder builder;
  std::vector<Shape> shapes;

  std::unique_ptr<Dataset> Build() {
    const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
    for (const Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(frame, shape).ok());
    return Finished(builder);
  }
  std::string Lines(absl::string_view writer) {
    std::unique_ptr<Dataset> data = Build();
    auto files = Tree(writer, *data);
    return files.contains("labels/train/a.txt") ? files["labels/train/a.txt"] : "no such file";
  }
};

std::string LinesOf(absl::string_view writer, std::vector<Shape> shapes) {
  OneFrame frame;
  frame.builder.AddLabel({.name = "car"});
  frame.shapes = std::move(shapes);
  return frame.Lines(writer);
}

std::vector<absl::string_view> WhyOf(absl::string_view writer, const Dataset& data, Rank rank) {
  return WriterNamed(writer)->WhyDropped(data, data.GetFrame(rank).value(),
                                         data.Shapes(rank).value());
}

TEST(CvatUltralyticsTest, ATreeWithImages) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_THAT(
      Tree(kDetection, *data),
      ElementsAre(Pair("data.yaml",
                       "names:\n  0: car\n  1: person\n  2: sky\npath: .\n"
                       "train: train.txt\n"),
                  Pair("images/train/a.jpg", "-> bucket/a.jpg"),
                  Pair("images/train/dir/b 1.png", "-> bucket/dir/b 1.png"),
                  Pair("labels/train/dir/b 1.txt",
                       "0 2.050000 4.100000 0.100000 0.200000\n"
                       "0 0.000000 0.000000 0.200000 0.400000\n"
                       "0 0.200000 0.600000 0.200000 0.400000\n"
                       "0 0.200000 0.600000 0.200000 0.400000\n"),
                  Pair("train.txt", "data/images/train/a.jpg\ndata/images/train/dir/b 1.png\n")));
}

TEST(CvatUltralyticsTest, AFrameWithoutLinesHasNoFile) {
  EXPECT_EQ(LinesOf(kDetection, {{.rotation = 5, .points = {10, 10, 20, 20}}}), "no such file");
  EXPECT_EQ(LinesOf(kSegmentation, {{.points = {10, 10, 20, 20}}}), "no such file");
  EXPECT_EQ(LinesOf(kPose, {{.points = {10, 10, 20, 20}}}), "no such file");
}

TEST(CvatUltralyticsTest, AnEmptyDatasetIsATree) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  for (const char* writer : kAll) {
    const std::string shape = writer == kPose ? "kpt_shape:\n- 0\n- 3\n" : "";
    EXPECT_THAT(Tree(writer, *data),
                ElementsAre(Pair("data.yaml", shape + "names: {}\npath: .\ntrain: train.txt\n"),
                            Pair("train.txt", "")))
        << writer;
  }
}

TEST(CvatUltralyticsTest, KeysOfDataYamlAreSorted) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "no"});
  uint32_t task = 0;
  for (const char* subset : {"val", "Zoo", "", "on"}) {
    builder.AddTask({.name = subset, .subset = subset});
    builder.AddFrame({.name = absl::StrCat(task), .task = task, .subset = subset}).value();
    ++task;
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(Tree(kDetection, *data)["data.yaml"],
            "Zoo: Zoo.txt\nnames:\n  0: 'no'\n'on': on.txt\npath: .\ntrain: train.txt\n"
            "val: val.txt\n");
}

TEST(CvatUltralyticsTest, ASubsetThatIsAKeyOfDataYamlGetsAnotherName) {
  for (const char* word : {"backup", "classes", "names", "path", "kpt_shape", "flip_idx"}) {
    for (const char* writer : kAll) {
      DatasetBuilder builder;
      builder.AddTask({.name = "task", .subset = word});
      builder.AddFrame({.name = "a.jpg", .subset = word}).value();
      std::unique_ptr<Dataset> data = Finished(builder);
      auto files = Tree(writer, *data);
      const std::string other = absl::StrCat(word, "-", Hash8Hex(word));
      EXPECT_THAT(files["data.yaml"], HasSubstr(absl::StrCat("# the subset \"", word,
                                                             "\" is called ", other, " here\n")));
      EXPECT_THAT(files["data.yaml"], HasSubstr(absl::StrCat("\n", other, ": ", other, ".txt\n")));
      EXPECT_EQ(files[other + ".txt"], absl::StrCat("data/images/", other, "/a.jpg\n"));
      EXPECT_TRUE(files.contains(absl::StrCat("images/", other, "/a.jpg")));
    }
  }
}

TEST(CvatUltralyticsTest, ATrackedBoxEndsInTheNumberOfItsTrack) {
  EXPECT_EQ(LinesOf(kTrack, {{.track = 12, .points = {10, 10, 20, 20}},
                             {.points = {10, 10, 20, 20}},
                             {.track = 0, .points = {10, 10, 20, 20}}}),
            "0 0.150000 0.300000 0.100000 0.200000\n"  // static ones come first
            "0 0.150000 0.300000 0.100000 0.200000 0\n"
            "0 0.150000 0.300000 0.100000 0.200000 12\n");
}

// What follows a static box whose label has an attribute track_id with that value.
std::string SuffixOf(const std::string& input_type, const std::string& value) {
  OneFrame frame;
  frame.builder.AddLabel(
      {.name = "car",
       .attributes = {{.name = "track_id", .input_type = input_type, .default_value = "7"}}});
  Shape shape{.points = {10, 10, 20, 20}};
  if (value != "default") shape.attributes = {{"track_id", value}};
  frame.shapes = {shape};
  const std::string line = frame.Lines(kTrack), box = "0 0.150000 0.300000 0.100000 0.200000";
  EXPECT_EQ(line.substr(0, box.size()), box);
  return line.substr(box.size());
}

TEST(CvatUltralyticsTest, AnAttributeTrackIdCountsAsPythonsInt) {
  EXPECT_EQ(SuffixOf("text", "default"), " 7\n");
  EXPECT_EQ(SuffixOf("text", " 0012 "), " 12\n");
  EXPECT_EQ(SuffixOf("text", "-1_000"), " -1000\n");
  EXPECT_EQ(SuffixOf("text", "+0"), " 0\n");
  for (const char* text : {"", "-", "1__0", "_1", "1_", "1.0", "car", "0x1"}) {
    EXPECT_EQ(SuffixOf("text", text), "\n") << text;
  }
  EXPECT_EQ(SuffixOf("number", "3.9"), " 3\n");
  EXPECT_EQ(SuffixOf("number", "-0.5"), " 0\n");
  EXPECT_EQ(SuffixOf("number", "nan"), "\n");
  EXPECT_EQ(SuffixOf("checkbox", "True"), " 1\n");
  EXPECT_EQ(SuffixOf("checkbox", "yes"), " 0\n");
}

TEST(CvatUltralyticsTest, OrientedBoxesTurnAboutTheirCentreInPixels) {
  EXPECT_EQ(LinesOf(kObb, {{.points = {0, 0, 10, 10}},
                           {.rotation = 90, .points = {40, 10, 60, 20}},
                           {.rotation = 30, .points = {40, 10, 60, 20}}}),
            "0 0.000000 0.000000 0.100000 0.000000 0.100000 0.200000 0.000000 0.200000\n"
            "0 0.550000 0.100000 0.550000 0.500000 0.450000 0.500000 0.450000 0.100000\n"
            "0 0.438397 0.113397 0.611603 0.313397 0.561603 0.486603 0.388397 0.286603\n");
}

TEST(CvatUltralyticsTest, APolygonIsALineAndAMaskOneForEachPart) {
  const std::string lines = LinesOf(
      kSegmentation,
      {{.type = ShapeType::kPolygon, .points = {0, 0, 10, 0.125, 10, 5}},
       {.type = ShapeType::kMask, .points = {0, 5, 5, 10, 5, 10, 5, 10, 5, 5, 10, 10, 24, 13}}});
  EXPECT_THAT(lines,
              ::testing::StartsWith("0 0.000000 0.000000 0.100000 0.002400 0.100000 0.100000\n0 "));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3) << lines;
}

TEST(CvatUltralyticsTest, AMaskWithoutAnOutlineHasAReason) {
  OneFrame frame;
  frame.builder.AddLabel({.name = "car"});
  frame.shapes = {{.type = ShapeType::kMask, .points = {0, 1, 5, 5, 5, 5}},
                  {.type = ShapeType::kMask, .points = {0, 4, 500, 500, 501, 501}},
                  {.type = ShapeType::kEllipse, .points = {-50, -50, -40, -60}},
                  {.points = {0, 0, 5, 5}}};
  std::unique_ptr<Dataset> data = frame.Build();
  const char* why = "no part of it on the image is large enough for an outline";
  EXPECT_THAT(WhyOf(kSegmentation, *data, 0),
              ElementsAre(why, why, why, "the format has no place for this type"));
  EXPECT_FALSE(Tree(kSegmentation, *data).contains("labels/train/a.txt"));
}

TEST(CvatUltralyticsTest, PoseHasAsManyPointsAsTheLargestSkeleton) {
  OneFrame frame;
  frame.builder.AddLabel({.name = "car"});
  const auto add = [&frame](const std::string& name, std::vector<std::string> parts) {
    const uint32_t label = frame.builder.AddLabel({.name = name, .type = "skeleton"});
    for (std::string& part : parts)
      frame.builder.AddLabel({.name = std::move(part), .parent = int32_t(label)});
    return label;
  };
  const uint32_t cat = add("cat", {"nose"}), dog = add("dog", {"nose", "tail", "paw"});
  const auto point = [](uint32_t label, double x, double y) {
    return Shape{.type = ShapeType::kPoints, .label = label, .points = {x, y}};
  };
  Shape hidden = point(dog + 3, 30, 20), outside = point(dog + 1, 90, 40);
  hidden.occluded = true;
  outside.outside = true;
  frame.shapes = {{.type = ShapeType::kSkeleton, .label = cat, .elements = {point(cat + 1, 5, 6)}},
                  {.type = ShapeType::kSkeleton,
                   .label = dog,
                   .elements = {hidden, point(dog + 2, 10, 10), outside}},
                  {.type = ShapeType::kSkeleton, .label = dog, .elements = {hidden}},
                  {.type = ShapeType::kSkeleton, .label = dog, .elements = {outside}}};
  std::unique_ptr<Dataset> data = frame.Build();
  auto files = Tree(kPose, *data);
  EXPECT_EQ(files["data.yaml"],
            "kpt_shape:\n- 3\n- 3\nnames:\n  0: cat\n  1: dog\npath: .\ntrain: train.txt\n");
  EXPECT_EQ(files["labels/train/a.txt"],
            "0 0.050000 0.120000 0.000000 0.000000 0.050000 0.120000 2 0.0 0.0 0 0.0 0.0 0\n"
            "1 0.200000 0.300000 0.200000 0.200000"
            " 0.900000 0.800000 0 0.100000 0.200000 2 0.300000 0.400000 1\n"
            "1 0.300000 0.400000 0.000000 0.000000 0.0 0.0 0 0.0 0.0 0 0.300000 0.400000 1\n"
            "1 0.000000 0.000000 0.000000 0.000000 0.900000 0.800000 0 0.0 0.0 0 0.0 0.0 0\n");
}

TEST(CvatUltralyticsTest, PoseTakesKeyPointsInTheOrderOfTheSvg) {
  OneFrame frame;
  frame.builder.AddLabel(
      {.name = "cat",
       .type = "skeleton",
       .svg = "<circle data-type=\"element node\" data-element-id=\"1\" data-node-id=\"1\" "
              "data-label-name=\"tail\"/>"
              "<circle data-type=\"element node\" data-element-id=\"2\" data-node-id=\"2\" "
              "data-label-name=\"nose\"/>"});
  frame.builder.AddLabel({.name = "nose", .parent = 0});
  frame.builder.AddLabel({.name = "tail", .parent = 0});
  frame.shapes = {{.type = ShapeType::kSkeleton,
                   .label = 0,
                   .elements = {{.type = ShapeType::kPoints, .label = 1, .points = {10, 10}},
                                {.type = ShapeType::kPoints, .label = 2, .points = {20, 10}}}}};
  EXPECT_EQ(frame.Lines(kPose),
            "0 0.150000 0.200000 0.100000 0.000000 0.200000 0.200000 2 0.100000 0.200000 2\n");
}

TEST(CvatUltralyticsTest, AnAbsurdTemplateIsLeftOutWithAReason) {
  OneFrame frame;
  const uint32_t huge = frame.builder.AddLabel({.name = "huge", .type = "skeleton"});
  for (int i = 0; i < 1001; ++i)
    frame.builder.AddLabel({.name = absl::StrCat(i), .parent = int32_t(huge)});
  frame.shapes = {{.type = ShapeType::kSkeleton,
                   .label = huge,
                   .elements = {{.type = ShapeType::kPoints, .label = 1, .points = {1, 1}}}}};
  std::unique_ptr<Dataset> data = frame.Build();
  EXPECT_THAT(WhyOf(kPose, *data, 0), ElementsAre("a skeleton of more than 1000 points"));
  EXPECT_FALSE(Tree(kPose, *data).contains("labels/train/a.txt"));
}

TEST(CvatUltralyticsTest, EachFormatKeepsItsTypesAndSaysWhyNotTheOthers) {
  std::unique_ptr<Dataset> data = EveryShape();
  const char* type = "the format has no place for this type";
  EXPECT_THAT(WhyOf(kObb, *data, 1),
              ElementsAre(type, type, "", type, type, type, type, type, type, "", "", "", ""));
  EXPECT_THAT(WhyOf(kSegmentation, *data, 1),
              ElementsAre(type, "", type, "", type, type, type,
                          "no part of it on the image is large enough for an outline", type, type,
                          type, type, type));
  EXPECT_THAT(WhyOf(kPose, *data, 1), ElementsAre(type, type, type, type, type, type, type, type,
                                                  "", type, type, type, type));
}

TEST(CvatUltralyticsTest, AnUnknownSizeIsTheReason) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.points = {1, 1, 2, 2}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  for (const char* writer : {kDetection, kTrack, kObb}) {
    EXPECT_THAT(WhyOf(writer, *data, 0), ElementsAre("the size of the image is not known"));
    EXPECT_FALSE(Tree(writer, *data).contains("labels/train/a.txt"));
  }
}

}  // namespace
}  // namespace annofs
