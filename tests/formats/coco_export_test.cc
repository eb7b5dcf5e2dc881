// What the golden exports of COCO and COCO Keypoints do not show. Areas and runs of polygons were
// counted with pycocotools.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kCoco = "cvat/COCO 1.0";
constexpr absl::string_view kKeypoints = "cvat/COCO Keypoints 1.0";
constexpr char kInstances[] = "annotations/instances_default.json";
constexpr char kPeople[] = "annotations/person_keypoints_default.json";

using Files = std::map<std::string, std::string>;

Files FilesOf(absl::string_view writer, const Dataset& data) {
  return FilesOf(Described(writer, data), data);
}

// The elements of an array of the file, as text.
std::string ArrayOf(const std::string& text, absl::string_view member) {
  const std::string begin = absl::StrCat("\"", member, "\":[");
  const size_t from = text.find(begin);
  if (from == std::string::npos) return "no such member";
  const size_t end = member == "images" ? text.find("],\"annotations\"") : text.rfind("]}");
  return text.substr(from + begin.size(), end - from - begin.size());
}

AttributeSpec Checkbox(std::string name, std::string value) {
  return {.name = std::move(name), .input_type = "checkbox", .default_value = std::move(value)};
}
AttributeSpec Text(std::string name, std::string value = "") {
  return {.name = std::move(name), .input_type = "text", .default_value = std::move(value)};
}

// One image of 10 x 8 with the shapes.
std::unique_ptr<Dataset> ImageWith(std::vector<Label> labels, std::vector<Shape> shapes,
                                   Frame frame = {.name = "a.jpg", .width = 10, .height = 8}) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  for (Label& label : labels) builder.AddLabel(std::move(label));
  const uint32_t number = builder.AddFrame(std::move(frame)).value();
  for (Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(number, std::move(shape)).ok());
  return Finished(builder);
}

std::string AnnotationsOf(absl::string_view writer, const Dataset& data) {
  return ArrayOf(FilesOf(writer, data)[writer == kCoco ? kInstances : kPeople], "annotations");
}

// Annotations without what is not looked at here.
std::string InstancesOf(std::vector<Label> labels, std::vector<Shape> shapes) {
  return AnnotationsOf(kCoco, *ImageWith(std::move(labels), std::move(shapes)));
}

std::vector<absl::string_view> Reasons(absl::string_view writer, const Dataset& data) {
  return WriterNamed(writer)->WhyDropped(data, data.GetFrame(0).value(), data.Shapes(0).value());
}

Shape Box(double left, double top, double right, double bottom, int group = 0) {
  return {.group = group, .points = {left, top, right, bottom}};
}
// 12 pixels of 10 x 8: columns 2 to 5, rows 2 to 4.
Shape Polygon(int group = 0) {
  return {.type = ShapeType::kPolygon, .group = group, .points = {2, 2, 6, 2, 6, 5, 2, 5}};
}
// Two pixels: (7, 6) and (8, 6).
Shape Mask(int group = 0) {
  return {.type = ShapeType::kMask, .group = group, .points = {0, 2, 7, 6, 8, 6}};
}

TEST(CocoExportTest, WithoutFramesThereIsAFileWithoutElements) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  std::unique_ptr<Dataset> data = Finished(builder);
  const Files files = FilesOf(kCoco, *data);
  EXPECT_THAT(files, ElementsAre(std::make_pair(
                         kInstances,
                         R"({"licenses":[{"name":"","id":0,"url":""}],"info":{"contributor":"",)"
                         R"("date_created":"","description":"","url":"","version":"","year":""},)"
                         R"("categories":[{"id":1,"name":"car","supercategory":""}],)"
                         R"("images":[],"annotations":[]})")));
}

// Three tasks, the first and the last of one subset.
std::unique_ptr<Dataset> Subsets() {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const char* const subsets[] = {"val", "Train", "val"};
  for (uint32_t task = 0; task < 3; ++task) {
    builder.AddTask({.name = absl::StrCat(task), .subset = subsets[task]});
    for (const char* name : {"b.jpg", "a.jpg"}) {
      const uint32_t frame = builder
                                 .AddFrame({.name = absl::StrCat(task, name),
                                            .number = name[0] == 'b' ? 0u : 1u,
                                            .task = task,
                                            .width = 10,
                                            .height = 8,
                                            .subset = subsets[task]})
                                 .value();
      EXPECT_TRUE(builder.AddShape(frame, Box(1, 2, 3, 4)).ok());
    }
  }
  return Finished(builder);
}

// id, file_name of each image; id, image_id of each annotation.
std::string NumbersIn(const std::string& text) {
  const JsonDocument document = JsonDocument::Parse(text).value();
  std::string numbers;
  const JsonValue images = document.root()["images"];
  for (size_t i = 0; i < images.size(); ++i)
    absl::StrAppend(&numbers, images[i].IntOr("id", -1), " ", images[i].StringOr("file_name", ""),
                    "; ");
  const JsonValue annotations = document.root()["annotations"];
  for (size_t i = 0; i < annotations.size(); ++i)
    absl::StrAppend(&numbers, annotations[i].IntOr("id", -1), ":",
                    annotations[i].IntOr("image_id", -1), " ");
  return numbers;
}

TEST(CocoExportTest, ImagesAreNumberedThroughAllSubsetsAndAnnotationsInEachFile) {
  std::unique_ptr<Dataset> data = Subsets();
  Files files = FilesOf(kCoco, *data);
  EXPECT_EQ(NumbersIn(files["annotations/instances_val.json"]),
            "1 0b.jpg; 2 0a.jpg; 3 2b.jpg; 4 2a.jpg; 1:1 2:2 3:3 4:4 ");
  EXPECT_EQ(NumbersIn(files["annotations/instances_Train.json"]), "5 1b.jpg; 6 1a.jpg; 1:5 2:6 ");
}

TEST(CocoExportTest, ImagesLieUnderTheirSubset) {
  std::unique_ptr<Dataset> data = Subsets();
  const Files files = FilesOf(kCoco, *data);
  EXPECT_EQ(files.at("images/val/2a.jpg"), "-> bucket/2a.jpg");
  EXPECT_EQ(files.at("images/Train/1b.jpg"), "-> bucket/1b.jpg");
  EXPECT_EQ(files.size(), 8u);
}

TEST(CocoExportTest, ANameInTwoSubsetsIsTwoImagesOfOneNumberThatTheFilesNameAsTheyLie) {
  DatasetBuilder builder;
  for (uint32_t task = 0; task < 2; ++task) {
    const std::string subset = task == 0 ? "val" : "train";
    builder.AddTask({.name = "same", .subset = subset});
    builder.AddFrame({.name = "a.jpg", .task = task, .subset = subset}).value();
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  Files files = FilesOf(kCoco, *data);
  std::vector<std::string> ids;
  for (const std::string subset : {"val", "train"}) {
    const JsonDocument document =
        JsonDocument::Parse(files[absl::StrCat("annotations/instances_", subset, ".json")]).value();
    const JsonValue image = document.root()["images"][0];
    EXPECT_TRUE(
        files.contains(absl::StrCat("images/", subset, "/", image.StringOr("file_name", ""))))
        << image.StringOr("file_name", "");
    ids.push_back(absl::StrCat(image.IntOr("id", -1)));
  }
  EXPECT_THAT(ids, ElementsAre("1", "1"));
}

// Datumaro counts the item ids that it has met, in whatever subset.
TEST(CocoExportTest, ANumberThatAnEarlierSubsetHasIsNotCountedAgain) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const std::pair<const char*, std::vector<const char*>> subsets[] = {
      {"val", {"c.jpg", "a.jpg"}}, {"train", {"a.jpg", "d.jpg", "c.jpg", "b.jpg"}}};
  uint32_t task = 0;
  for (const auto& [subset, names] : subsets) {
    builder.AddTask({.name = subset, .subset = subset});
    uint32_t number = 0;
    for (const char* name : names) {
      const uint32_t frame = builder
                                 .AddFrame({.name = name,
                                            .number = number++,
                                            .task = task,
                                            .width = 10,
                                            .height = 8,
                                            .subset = subset})
                                 .value();
      EXPECT_TRUE(builder.AddShape(frame, Box(1, 2, 3, 4)).ok());
    }
    ++task;
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  Files files = FilesOf(kCoco, *data);
  EXPECT_EQ(NumbersIn(files["annotations/instances_val.json"]), "1 c.jpg; 2 a.jpg; 1:1 2:2 ");
  EXPECT_EQ(NumbersIn(files["annotations/instances_train.json"]),
            "2 a.jpg; 3 d.jpg; 1 c.jpg; 4 b.jpg; 1:2 2:3 3:1 4:4 ");
}

TEST(CocoExportTest, AGroupIsOneObjectOfItsLargestPart) {
  // Box of 5, polygon of 12 pixels; polygons stay polygons.
  EXPECT_EQ(InstancesOf({{.name = "car"}}, {Box(0, 0, 5, 1, 3), Polygon(3)}),
            R"({"id":1,"image_id":1,"category_id":1,)"
            R"("segmentation":[[2.0,2.0,6.0,2.0,6.0,5.0,2.0,5.0]],"area":12.0,)"
            R"("bbox":[0.0,0.0,6.0,5.0],"iscrowd":0,"attributes":{"occluded":false}})");
}

TEST(CocoExportTest, AGroupWithAMaskOfTheLeadersLabelIsTheMaskOfAll) {
  EXPECT_EQ(InstancesOf({{.name = "car"}}, {Mask(3), Box(0, 0, 5, 1, 3), Polygon(3)}),
            R"({"id":1,"image_id":1,"category_id":1,)"
            R"("segmentation":{"counts":[18,3,5,3,5,3,5,3,17,1,7,1,9],"size":[8,10]},"area":14.0,)"
            R"("bbox":[0.0,0.0,9.0,7.0],"iscrowd":1,"attributes":{"occluded":false}})");
}

TEST(CocoExportTest, AMaskOfAnotherLabelThanTheLeadersBecomesAPolygon) {
  Shape mask = Mask(3);
  mask.label = 1;
  mask.points = {0, 12, 6, 4, 8, 7};
  const std::string text = InstancesOf({{.name = "car"}, {.name = "bus"}}, {mask, Polygon(3)});
  EXPECT_THAT(text, HasSubstr(R"("category_id":1,"segmentation":[[2.0,2.0,6.0,2.0,6.0,5.0,2.0,)"
                              R"(5.0],[)"));
  EXPECT_THAT(text, HasSubstr(R"("iscrowd":0)"));
}

TEST(CocoExportTest, GroupsFollowWhatHasNoneInOrderOfTheirNumbers) {
  const std::string text =
      InstancesOf({{.name = "car"}}, {Box(1, 1, 2, 2, 7), Box(0, 0, 3, 3), Box(2, 2, 3, 3, 2),
                                      Box(0, 0, 4, 4), Box(5, 5, 7, 7, 7)});
  const JsonDocument document = JsonDocument::Parse(absl::StrCat("[", text, "]")).value();
  std::vector<double> areas;
  for (size_t i = 0; i < document.root().size(); ++i)
    areas.push_back(document.root()[i].DoubleOr("area", -1));
  EXPECT_THAT(areas, ElementsAre(9, 16, 1, 36));
}

TEST(CocoExportTest, IsCrowdOfAMaskThatIsFalseMakesPolygonsAndIsNoAttribute) {
  Shape mask = Mask();
  mask.points = {0, 12, 6, 4, 8, 7};
  const std::string text =
      InstancesOf({{.name = "car", .attributes = {Checkbox("is_crowd", "false")}}}, {mask});
  EXPECT_THAT(text, HasSubstr(R"("segmentation":[[)"));
  EXPECT_THAT(text, HasSubstr(R"("iscrowd":0,"attributes":{"occluded":false}})"));
}

// Rows in turn: 180,000 runs down the columns.
TEST(CocoExportTest, AMaskThatIsTooIntricateForPolygonsIsLeftOutAndSaysSo) {
  Shape mask{.type = ShapeType::kMask, .points = std::vector<double>(600, 600)};
  for (double side : {0, 0, 599, 599}) mask.points.push_back(side);
  const Frame large{.name = "a.jpg", .width = 600, .height = 600};
  const auto data = ImageWith({{.name = "car", .attributes = {Checkbox("is_crowd", "false")}}},
                              {Polygon(), mask}, large);
  EXPECT_THAT(Reasons(kCoco, *data), ElementsAre("", HasSubstr("so many holes and parts")));
  const auto crowd = ImageWith({{.name = "car"}}, {mask}, large);
  EXPECT_THAT(Reasons(kCoco, *crowd), ElementsAre(""));
}

TEST(CocoExportTest, IsCrowdOfAPolygonThatIsTrueMakesAMask) {
  EXPECT_EQ(
      InstancesOf({{.name = "car", .attributes = {Checkbox("is_crowd", "true")}}}, {Polygon()}),
      R"({"id":1,"image_id":1,"category_id":1,)"
      R"("segmentation":{"counts":[18,3,5,3,5,3,5,3,35],"size":[8,10]},"area":12.0,)"
      R"("bbox":[2.0,2.0,4.0,3.0],"iscrowd":1,"attributes":{"occluded":false}})");
}

TEST(CocoExportTest, IsCrowdThatIsNoCheckboxIsNotTrue) {
  const std::string text =
      InstancesOf({{.name = "car", .attributes = {Text("is_crowd", "true")}}}, {Mask()});
  EXPECT_THAT(text, HasSubstr(R"("iscrowd":0)"));
}

TEST(CocoExportTest, ABoxIsNoCrowdWhateverItSays) {
  EXPECT_THAT(InstancesOf({{.name = "car", .attributes = {Checkbox("is_crowd", "true")}}},
                          {Box(0, 0, 1, 1)}),
              HasSubstr(R"("segmentation":[],"area":1.0,"bbox":[0.0,0.0,1.0,1.0],"iscrowd":0)"));
}

TEST(CocoExportTest, ScoreIsAMemberOfTheAnnotationWhereItIsANumber) {
  EXPECT_THAT(
      InstancesOf({{.name = "car", .attributes = {Text("score", "0.25")}}}, {Box(0, 0, 1, 1)}),
      HasSubstr(R"("iscrowd":0,"score":0.25,"attributes":{"occluded":false,)"));
  EXPECT_THAT(
      InstancesOf({{.name = "car", .attributes = {Text("score", "high")}}}, {Box(0, 0, 1, 1)}),
      HasSubstr(R"("iscrowd":0,"attributes":{"occluded":false,)"));
}

TEST(CocoExportTest, AnAttributeCalledAsABuiltInOneIsWrittenOnceWithTheBuiltInValue) {
  EXPECT_THAT(InstancesOf({{.name = "car", .attributes = {Text("occluded", "much"), Text("b")}}},
                          {Box(0, 0, 1, 1)}),
              HasSubstr(R"("attributes":{"occluded":false,"b":"","rotation":0.0}})"));
}

TEST(CocoExportTest, WithoutASizeMasksAreLeftOutAndSaySoAndAllElseStays) {
  const Shape ellipse{.type = ShapeType::kEllipse, .points = {5, 5, 7, 3}};
  std::unique_ptr<Dataset> data = ImageWith(
      {{.name = "car"}}, {Mask(), Polygon(), Box(0, 0, 1, 1), ellipse}, {.name = "a.jpg"});
  const std::string text = AnnotationsOf(kCoco, *data);
  EXPECT_THAT(text, HasSubstr(R"("area":12.0)"));
  EXPECT_THAT(text,
              HasSubstr(R"({"id":2,"image_id":1,"category_id":1,"segmentation":[],"area":1.0)"));
  EXPECT_THAT(text, Not(HasSubstr(R"("id":3)")));
  EXPECT_THAT(Reasons(kCoco, *data), ElementsAre("the size of the image is not known", "", "",
                                                 "the size of the image is not known"));
}

TEST(CocoExportTest, HostileTextsAreStillJson) {
  const std::string hostile = "\"\\\n\t\x01/</script>\x7f ü \xf0\x9f\x9a\x97";
  std::unique_ptr<Dataset> data =
      ImageWith({{.name = hostile, .attributes = {Text(hostile), Text("bad\xff\xc3")}}},
                {{.points = {0, 0, 1, 1},
                  .attributes = {{hostile, hostile}, {"bad\xff\xc3", "\xed\xa0\x80"}}}});
  const JsonDocument document = JsonDocument::Parse(FilesOf(kCoco, *data)[kInstances]).value();
  EXPECT_EQ(document.root()["categories"][0].StringOr("name", ""), hostile);
  const JsonValue attributes = document.root()["annotations"][0]["attributes"];
  EXPECT_EQ(attributes.StringOr(hostile, ""), hostile);
  EXPECT_EQ(attributes.StringOr("bad\xef\xbf\xbd\xef\xbf\xbd", ""),
            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(CocoExportTest, PointCloudsAreNoImages) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  builder.AddTask({.name = "lidar", .is_3d = true});
  builder.AddTask({.name = "camera"});
  const uint32_t cloud = builder.AddFrame({.name = "1.pcd"}).value();
  builder.AddFrame({.name = "2.jpg", .task = 1, .width = 10, .height = 8}).value();
  EXPECT_TRUE(builder
                  .AddShape(cloud, {.type = ShapeType::kCuboid,
                                    .points = {1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0}})
                  .ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  Files files = FilesOf(kCoco, *data);
  EXPECT_EQ(NumbersIn(files[kInstances]), "1 2.jpg; ");
  EXPECT_FALSE(files.contains("images/default/1.pcd"));
  EXPECT_THAT(Reasons(kCoco, *data), ElementsAre(Not("")));
}

// A skeleton label of two parts, drawn in the other order.
std::vector<Label> Person() {
  return {{.name = "person",
           .type = "skeleton",
           .svg = R"(<line data-type="edge" data-node-from="1" data-node-to="2"></line>)"
                  R"(<circle data-type="element node" data-node-id="1" data-label-name="knee"/>)"
                  R"(<circle data-type="element node" data-node-id="2" data-label-name="nose"/>)"},
          {.name = "nose", .parent = 0},
          {.name = "knee", .parent = 0},
          {.name = "car"}};
}
Shape Skeleton(double x, int group = 0) {
  return {.type = ShapeType::kSkeleton,
          .group = group,
          .elements = {
              {.type = ShapeType::kPoints, .label = 1, .points = {x, 1}},
              {.type = ShapeType::kPoints, .label = 2, .occluded = true, .points = {x + 2, 4}}}};
}

TEST(CocoKeypointsExportTest, CategoriesAreTopLevelLabelsUnderTheirNumbersOfAllLabels) {
  std::unique_ptr<Dataset> data = ImageWith(Person(), {});
  EXPECT_THAT(
      FilesOf(kKeypoints, *data)[kPeople],
      HasSubstr(R"("categories":[{"id":1,"name":"person","supercategory":"",)"
                R"("keypoints":["knee","nose"],"skeleton":[[1,2]]},)"
                R"({"id":4,"name":"car","supercategory":"","keypoints":[],"skeleton":[]}],)"));
}

TEST(CocoKeypointsExportTest, ASkeletonHasItsPointsInTheOrderOfTheDrawing) {
  EXPECT_EQ(AnnotationsOf(kKeypoints, *ImageWith(Person(), {Skeleton(3)})),
            R"({"id":1,"image_id":1,"category_id":1,"segmentation":[],"area":6.0,)"
            R"("bbox":[3.0,1.0,2.0,3.0],"iscrowd":0,)"
            R"("attributes":{"occluded":false,"keyframe":false},)"
            R"("keypoints":[5.0,4.0,1,3.0,1.0,2],"num_keypoints":2})");
}

TEST(CocoKeypointsExportTest, APartThatIsMissingIsZerosUnlessItIsTheLast) {
  Shape without_knee = Skeleton(3), without_nose = Skeleton(3);
  without_knee.elements.pop_back();
  without_nose.elements.erase(without_nose.elements.begin());
  const std::string text =
      AnnotationsOf(kKeypoints, *ImageWith(Person(), {without_knee, without_nose}));
  EXPECT_THAT(text, HasSubstr(R"("keypoints":[0,0,0,3.0,1.0,2],"num_keypoints":1})"));
  EXPECT_THAT(text, HasSubstr(R"("keypoints":[5.0,4.0,1],"num_keypoints":1})"));
}

TEST(CocoKeypointsExportTest, APartThatIsOutsideKeepsItsPlace) {
  Shape skeleton = Skeleton(3);
  skeleton.elements[0].outside = true;
  skeleton.elements[0].points = {0, 0};
  EXPECT_THAT(AnnotationsOf(kKeypoints, *ImageWith(Person(), {skeleton})),
              HasSubstr(R"("keypoints":[5.0,4.0,1,0.0,0.0,0],"num_keypoints":1})"));
}

TEST(CocoKeypointsExportTest, ABodyOfItsGroupGivesASkeletonBoxCategoryAndAttributes) {
  Shape box = Box(0, 0, 5, 4, 9);
  box.label = 3;
  std::unique_ptr<Dataset> data = ImageWith(Person(), {box, Skeleton(3, 9), Skeleton(1)});
  const std::string text = AnnotationsOf(kKeypoints, *data);
  EXPECT_THAT(text,
              HasSubstr(R"("num_keypoints":2},{"id":2,"image_id":1,"category_id":4,)"
                        R"("segmentation":[],"area":20.0,"bbox":[0.0,0.0,5.0,4.0],"iscrowd":0,)"
                        R"("attributes":{"occluded":false,"rotation":0.0},)"
                        R"("keypoints":[5.0,4.0,1,3.0,1.0,2],"num_keypoints":2})"));
  EXPECT_THAT(Reasons(kKeypoints, *data), ElementsAre("", "", ""));
}

TEST(CocoKeypointsExportTest, OfAGroupWithABodyTheFirstSkeletonIsWritten) {
  std::unique_ptr<Dataset> data = ImageWith(Person(), {Skeleton(3, 9), Skeleton(1, 9), Polygon(9)});
  const std::string text = AnnotationsOf(kKeypoints, *data);
  EXPECT_THAT(text, HasSubstr(R"("keypoints":[5.0,4.0,1,3.0,1.0,2],"num_keypoints":2})"));
  EXPECT_THAT(text, Not(HasSubstr(R"("id":2)")));
  EXPECT_THAT(Reasons(kKeypoints, *data), ElementsAre("", Not(""), ""));
}

TEST(CocoKeypointsExportTest, WhatHasNoSkeletonInItsGroupIsLeftOutAndSaysSo) {
  std::unique_ptr<Dataset> data =
      ImageWith(Person(), {Skeleton(3, 9), Box(0, 0, 1, 1, 8), Box(0, 0, 1, 1)});
  EXPECT_THAT(AnnotationsOf(kKeypoints, *data), Not(HasSubstr(R"("id":2)")));
  EXPECT_THAT(Reasons(kKeypoints, *data), ElementsAre("", Not(""), Not("")));
}

}  // namespace
}  // namespace annofs
