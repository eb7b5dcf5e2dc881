#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "formats/item.h"
#include "formats/open_images_labels_export.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::NamesIn;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::Pair;

using Files = std::map<std::string, std::string>;

constexpr char kFormat[] = "cvat/Open Images V6 1.0";
constexpr char kImageHead[] =
    "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,"
    "OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation\r\n";
constexpr char kBoxHead[] =
    "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,"
    "IsDepiction,IsInside\r\n";
constexpr char kMaskHead[] =
    "MaskPath,ImageID,LabelName,BoxID,BoxXMin,BoxXMax,BoxYMin,BoxYMax,PredictedIoU,Clicks\r\n";

std::vector<std::string> PathsIn(const Files& files, absl::string_view directory) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(path, directory)) paths.push_back(path);
  }
  return paths;
}

// One frame of 8 x 4 with these shapes; labels "a/b" and "ab", which has attributes.
class Sample {
 public:
  Sample() {
    builder_.AddTask({.name = "one"});
    builder_.AddLabel({.name = "a/b"});
    builder_.AddLabel(
        {.name = "ab",
         .attributes = {{.name = "box_id", .input_type = "text"},
                        {.name = "truncated", .input_type = "text", .default_value = "1"},
                        {.name = "predicted_iou", .input_type = "number", .default_value = "0.5"},
                        {.name = "score", .input_type = "number", .default_value = "0.25"}}});
  }
  Sample& Frame(const std::string& name, uint32_t width = 8, uint32_t height = 4) {
    frame_ = builder_.AddFrame({.name = name, .number = next_++, .width = width, .height = height})
                 .value();
    return *this;
  }
  Sample& Add(Shape shape) {
    EXPECT_TRUE(builder_.AddShape(frame_, std::move(shape)).ok());
    return *this;
  }
  std::unique_ptr<Dataset> Finish() { return Finished(builder_); }

 private:
  DatasetBuilder builder_;
  uint32_t frame_ = 0, next_ = 0;
};

Shape Square(uint32_t label, double x, double side, int group = 0) {
  return {.type = ShapeType::kPolygon,
          .label = label,
          .group = group,
          .points = {x, 0, x + side, 0, x + side, side, x, side}};
}

TEST(CvatOpenImagesTest, GroupsAreOneMaskWithTheBoxAndTheLabelOfTheLargest) {
  Sample sample;
  sample.Frame("d/x.jpg")
      .Add(Square(0, 0, 1, 7))
      .Add(Square(1, 2, 3, 7))
      .Add({.label = 0, .group = 7, .points = {0, 0, 4, 2}})
      .Add(Square(0, 1, 1));
  std::unique_ptr<Dataset> data = sample.Finish();
  Files files = FilesOf(Described(kFormat, *data), *data);
  EXPECT_EQ(files["annotations/default-annotations-object-segmentation.csv"],
            absl::StrCat(kMaskHead,
                         "dx_ab_00000000.png,d/x,a/b,00000000,,,,,,\r\n"
                         "dx_ab_00000001.png,d/x,ab,00000001,0.0,0.5,0.0,0.5,0.5,\r\n"));
  EXPECT_EQ(files["annotations/default-annotations-bbox.csv"],
            absl::StrCat(kBoxHead, "d/x,,a/b,1,0.0,0.5,0.0,0.5,0,-1,-1,-1,-1\r\n"));
  EXPECT_EQ(files["annotations/images.meta"], "# <image name> <height> <width>\n\nd/x 4 8\n");
  EXPECT_THAT(PathsIn(files, "masks/"),
              ElementsAre("masks/default/dx_ab_00000000.png", "masks/default/dx_ab_00000001.png"));
}

TEST(CvatOpenImagesTest, AMaskMayHaveItsOwnBoxIdWhichOthersDoNotGet) {
  Sample sample;
  Shape own = Square(1, 0, 2), bad = Square(1, 1, 2);
  own.attributes = {{"box_id", "00000000"}};
  bad.attributes = {{"box_id", "a/b"}};
  sample.Frame("x.jpg").Add(Square(0, 2, 1)).Add(own).Add(bad);
  std::unique_ptr<Dataset> data = sample.Finish();
  Files files = FilesOf(Described(kFormat, *data), *data);
  EXPECT_EQ(files["annotations/default-annotations-object-segmentation.csv"],
            absl::StrCat(kMaskHead,
                         "x_ab_00000001.png,x,a/b,00000001,,,,,,\r\n"
                         "x_ab_00000000.png,x,ab,00000000,,,,,0.5,\r\n"
                         "x_ab_00000002.png,x,ab,00000002,,,,,0.5,\r\n"));
}

TEST(CvatOpenImagesTest, MasksOfOneImageWithOneBoxIdAreDifferentFiles) {
  Sample sample;
  Shape mask = Square(1, 0, 2);
  mask.attributes = {{"box_id", "seven"}};
  sample.Frame("x.jpg").Add(mask).Add(mask);
  std::unique_ptr<Dataset> data = sample.Finish();
  Files files = FilesOf(Described(kFormat, *data), *data);
  EXPECT_TRUE(files.contains("masks/default/x_ab_seven.png"));
  EXPECT_EQ(PathsIn(files, "masks/").size(), 2);
}

TEST(CvatOpenImagesTest, RowsAreCsvAndQuotedWordsOfAShell) {
  Sample sample;
  sample.Frame("it's, \"x\".jpg")
      .Add({.type = ShapeType::kTag, .label = 1})
      .Add({.label = 1, .points = {1, 1, 4, 2}})
      .Add({.label = 1, .points = {1, 1, 4, 2}, .attributes = {{"truncated", "no"}}})
      .Add({.label = 0, .occluded = true, .points = {-1, 1, 9, 2}});
  std::unique_ptr<Dataset> data = sample.Finish();
  Files files = FilesOf(Described(kFormat, *data), *data);
  EXPECT_EQ(files["annotations/default-images-with-rotation.csv"],
            absl::StrCat(kImageHead, "\"it's, \"\"x\"\"\",default,,,,,,,,,,\r\n"));
  EXPECT_EQ(files["annotations/default-annotations-human-imagelabels.csv"],
            "ImageID,Source,LabelName,Confidence\r\n\"it's, \"\"x\"\"\",,ab,0.25\r\n");
  EXPECT_EQ(files["annotations/default-annotations-bbox.csv"],
            absl::StrCat(kBoxHead,
                         "\"it's, \"\"x\"\"\",,ab,0.25,0.125,0.5,0.25,0.5,0,1,-1,-1,-1\r\n"
                         "\"it's, \"\"x\"\"\",,a/b,1,-0.125,1.125,0.25,0.5,1,-1,-1,-1,-1\r\n"));
  EXPECT_EQ(files["annotations/images.meta"],
            "# <image name> <height> <width>\n\n'it'\"'\"'s, \"x\"' 4 8\n");
  EXPECT_THAT(
      WriterNamed(kFormat)->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      ElementsAre("", "", "one of its five flags is no number", ""));
}

TEST(CvatOpenImagesTest, OfMasksWithOneNameAllAreThere) {
  Sample sample;
  sample.Frame("a/b.jpg").Add(Square(0, 0, 2));
  sample.Frame("ab.jpg").Add(Square(0, 0, 2));
  std::unique_ptr<Dataset> data = sample.Finish();
  Files files = FilesOf(Described(kFormat, *data), *data);
  EXPECT_EQ(files["annotations/default-annotations-object-segmentation.csv"],
            absl::StrCat(kMaskHead,
                         "ab_ab_00000000.png,a/b,a/b,00000000,,,,,,\r\n"
                         "ab_ab_00000000.png,ab,a/b,00000000,,,,,,\r\n"));
  Layout layout = Described(kFormat, *data);
  EXPECT_EQ(NamesIn(layout, *data, {.place = *layout.FindPlace("masks/default")}).size(), 2);
}

TEST(CvatOpenImagesTest, WithoutASizeNothingIsDrawnOrMeasured) {
  Sample sample;
  sample.Frame("x.jpg", 0, 0).Add(Square(0, 0, 2)).Add({.points = {1, 1, 2, 2}});
  sample.Frame("y.jpg", 1u << 20, 1u << 20).Add(Square(0, 0, 2)).Add({.points = {1, 1, 2, 2}});
  std::unique_ptr<Dataset> data = sample.Finish();
  Files files = FilesOf(Described(kFormat, *data), *data);
  EXPECT_THAT(PathsIn(files, "masks/"), ElementsAre());
  EXPECT_EQ(files["annotations/images.meta"],
            "# <image name> <height> <width>\n\ny 1048576 1048576\n");
  EXPECT_THAT(
      WriterNamed(kFormat)->WhyDropped(*data, data->GetFrame(1).value(), data->Shapes(1).value()),
      ElementsAre("the image is too large to draw on", ""));
  constexpr char kNoSize[] = "the size of the image is not known";
  EXPECT_THAT(
      WriterNamed(kFormat)->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      ElementsAre(kNoSize, kNoSize));
}

TEST(CvatOpenImagesTest, AMaskThatNoItemHasIsNotCounted) {
  // Every other row of 3,000: few runs by rows, 4.5 million by columns.
  std::vector<double> stripes(3000, 3000);
  stripes[0] = 0;
  stripes.insert(stripes.end(), {0, 0, 2999, 2999});
  Sample sample;
  sample.Frame("x.jpg", 4000, 4000)
      .Add({.type = ShapeType::kMask, .points = stripes})
      .Add({.type = ShapeType::kMask, .points = {0, 4, 0, 0, 1, 1}});
  std::unique_ptr<Dataset> data = sample.Finish();
  ASSERT_EQ(ItemOf(*data, 0).value().annotations.size(), 1);
  Layout layout = Described(kFormat, *data);
  EXPECT_THAT(NamesIn(layout, *data, {.place = *layout.FindPlace("masks/default")}),
              ElementsAre("x_ab_00000000.png"));
}

TEST(CvatOpenImagesTest, SubsetsHaveTheirOwnTables) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one", .subset = "b"});
  builder.AddTask({.name = "two", .subset = "a,b"});
  builder.AddLabel({.name = "car"});
  for (uint32_t task : {0, 1}) {
    uint32_t frame = builder
                         .AddFrame({.name = task == 0 ? "0.jpg" : "1.jpg",
                                    .task = task,
                                    .width = 10,
                                    .height = 10,
                                    .subset = task == 0 ? "b" : "a,b"})
                         .value();
    EXPECT_TRUE(builder.AddShape(frame, {.points = {0, 0, 5, 5}}).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  Files files = FilesOf(Described(kFormat, *data), *data);
  EXPECT_EQ(files["annotations/a,b-images-with-rotation.csv"],
            absl::StrCat(kImageHead, "1,\"a,b\",,,,,,,,,,\r\n"));
  EXPECT_EQ(files["annotations/b-annotations-bbox.csv"],
            absl::StrCat(kBoxHead, "0,,car,1,0.0,0.5,0.0,0.5,0,-1,-1,-1,-1\r\n"));
  EXPECT_EQ(files["annotations/images.meta"],
            "# <image name> <height> <width>\n\n0 10 10\n1 10 10\n");
  EXPECT_EQ(files["images/a,b/1.jpg"], "-> bucket/1.jpg");
}

TEST(CvatOpenImagesTest, AnEmptyDatasetHasTheFilesThatAreAlwaysThere) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(FilesOf(Described(kFormat, *data), *data),
              ElementsAre(Pair("annotations/bbox_labels_600_hierarchy.json",
                               "{\n    \"LabelName\": \"/m/0\",\n    \"Subcategory\": []\n}\n"),
                          Pair("annotations/class-descriptions.csv", ""),
                          Pair("annotations/default-images-with-rotation.csv", kImageHead)));
}

TEST(OpenImagesHierarchyTest, ALabelInsideItselfEnds) {
  DatasetInfo info;
  info.labels = {{.name = "/m/0"},
                 {.name = "a\"", .parent = 0},
                 {.name = "a\""},
                 {.name = "/m/0", .parent = 2}};
  EXPECT_EQ(OpenImagesHierarchy(info),
            "{\n"
            "    \"LabelName\": \"/m/1\",\n"
            "    \"Subcategory\": [\n"
            "        {\n"
            "            \"LabelName\": \"/m/0\",\n"
            "            \"Subcategory\": [\n"
            "                {\n"
            "                    \"LabelName\": \"a\\\"\",\n"
            "                    \"Subcategory\": [\n"
            "                        {\n"
            "                            \"LabelName\": \"/m/0\"\n"
            "                        }\n"
            "                    ]\n"
            "                }\n"
            "            ]\n"
            "        },\n"
            "        {\n"
            "            \"LabelName\": \"a\\\"\",\n"
            "            \"Subcategory\": [\n"
            "                {\n"
            "                    \"LabelName\": \"/m/0\",\n"
            "                    \"Subcategory\": [\n"
            "                        {\n"
            "                            \"LabelName\": \"a\\\"\"\n"
            "                        }\n"
            "                    ]\n"
            "                }\n"
            "            ]\n"
            "        }\n"
            "    ]\n"
            "}\n");
}

TEST(OpenImagesHierarchyTest, LabelsThatShareTheirPartsDoNotFillTheMemory) {
  DatasetInfo info;
  for (int i = 0; i < 60; ++i) info.labels.push_back({.name = absl::StrCat("s", i)});
  for (int i = 0; i + 1 < 60; ++i) {
    for (int twice = 0; twice < 2; ++twice) {
      info.labels.push_back({.name = absl::StrCat("s", i + 1), .parent = i});
    }
  }
  EXPECT_LT(OpenImagesHierarchy(info).size(), size_t{33} << 20);
}

}  // namespace
}  // namespace annofs
