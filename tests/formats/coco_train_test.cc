// coco, coco-keypoints and roboflow-coco.
#include "formats/coco_train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::SegmentedText;
using ::annofs::testing::WriterNamed;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Files = std::map<std::string, std::string>;

std::vector<std::string> PathsOf(const Files& files) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) paths.push_back(path);
  return paths;
}

// The only file of annotations that knows the image.
std::string FileWith(const Files& files, absl::string_view image) {
  for (const auto& [path, text] : files) {
    if (absl::EndsWith(path, ".json") && absl::StrContains(text, image)) return text;
  }
  return "no such file";
}

// Everything of an array, one object a line.
std::vector<std::string> ArrayOf(const std::string& text, absl::string_view name) {
  const std::string head = absl::StrCat("\"", name, "\":[");
  const size_t begin = text.find(head);
  if (begin == std::string::npos) return {"no such array"};
  std::vector<std::string> objects;
  int depth = 0;
  for (size_t i = begin + head.size(), from = i; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '[') {
      if (depth++ == 0) from = i;
    } else if (text[i] == '}' || text[i] == ']') {
      if (depth-- == 0) break;
      if (depth == 0) objects.push_back(text.substr(from, i + 1 - from));
    }
  }
  return objects;
}

std::vector<std::string> Annotations(const std::string& text) {
  return ArrayOf(text, "annotations");
}

// One frame of 100 x 50 with these shapes, all cars.
std::unique_ptr<Dataset> OneFrame(std::vector<Shape> shapes) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one"});
  builder.AddLabel({.name = "car"});
  uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
  for (Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
  return Finished(builder);
}

std::string TextWith(std::vector<Shape> shapes, CocoMasks masks) {
  const std::unique_ptr<Dataset> data = OneFrame(std::move(shapes));
  return SegmentedText(CocoTrainFile(data->info(), NewCocoTrainInstances(data->info()),
                                     *TrackNumbers::Of(*data), data->All(), masks),
                       *data);
}
std::vector<std::string> Instances(std::vector<Shape> shapes, CocoMasks masks = CocoMasks::kAuto) {
  return Annotations(TextWith(std::move(shapes), masks));
}

std::string EveryInstance() {
  const std::unique_ptr<Dataset> data = EveryShape();
  return FileWith(FilesOf(Described("coco", *data), *data), "dir_b_1.png");
}

TEST(CocoTrainTest, CategoriesAreThoseOfCvatFromOneWithoutGapsOrPartsOfSkeletons) {
  EXPECT_THAT(ArrayOf(EveryInstance(), "categories"),
              ElementsAre(R"({"id":1,"name":"car","supercategory":""})",
                          R"({"id":2,"name":"person","supercategory":""})",
                          R"({"id":3,"name":"sky","supercategory":""})"));
}

TEST(CocoTrainTest, EveryTypeWithAnAreaIsAnInstance) {
  const std::vector<std::string> all = Annotations(EveryInstance());
  ASSERT_THAT(all, SizeIs(9));
  // A polygon of 64 corners in the ellipse of 10 by 5: 32 · sin(2π / 64) · 50.
  EXPECT_THAT(all[0], AllOf(HasSubstr(R"("bbox":[40.0,20.0,20.0,10.0],"area":156.83,"iscrowd":0)"),
                            HasSubstr(R"("segmentation":[[60.0,25.0,)")));
  EXPECT_EQ(std::count(all[0].begin(), all[0].end(), ','), 7 + 3 + 127);
  EXPECT_THAT(all[1],
              HasSubstr(R"("category_id":1,"bbox":[45.0,5.0,10.0,20.0],"area":200.0,"iscrowd":0,)"
                        R"("segmentation":[[55.0,5.0,55.0,25.0,45.0,25.0,45.0,5.0]],)"
                        R"("attributes":{"occluded":false}})"));
  EXPECT_THAT(all[2],
              HasSubstr(R"("category_id":3,"bbox":[0.0,0.0,10.0,5.0],"area":22.5,"iscrowd":0,)"
                        R"("segmentation":[[0.0,0.0,10.0,0.5,10.0,5.0]],)"));
  // Half of |100 - 200 - 140 - 250 + 80 + 70| around the six outer corners.
  EXPECT_THAT(
      all[3],
      HasSubstr(R"("category_id":1,"bbox":[10.0,8.0,15.0,12.0],"area":170.0,"iscrowd":0,)"));
  EXPECT_THAT(all[4],
              HasSubstr(R"("category_id":3,"bbox":[80.0,40.0,2.0,2.0],"area":4.0,"iscrowd":0,)"
                        R"("segmentation":[[80.0,40.0,)"));
  EXPECT_THAT(all[5],
              HasSubstr(R"("category_id":2,"bbox":[70.0,10.0,10.0,20.0],"area":200.0,"iscrowd":0,)"
                        R"("segmentation":[[70.0,10.0,80.0,10.0,80.0,30.0,70.0,30.0]],)"));
}

TEST(CocoTrainTest, WhatLeavesTheImageIsCutAndWhatIsOutsideIsNotThere) {
  const std::vector<std::string> all = Annotations(EveryInstance());
  ASSERT_THAT(all, SizeIs(9));
  EXPECT_THAT(all[6], HasSubstr(R"("bbox":[0.0,0.0,10.0,10.0],"area":100.0,"iscrowd":0,)"
                                R"("segmentation":[[0.0,0.0,10.0,0.0,10.0,10.0,0.0,10.0]],)"));
  EXPECT_THAT(all[7], HasSubstr(R"("bbox":[10.0,20.0,20.0,20.0],"area":400.0)"));
}

TEST(CocoTrainTest, AttributesComeWithWhatCvatSaysBesides) {
  const std::vector<std::string> all = Annotations(EveryInstance());
  ASSERT_THAT(all, SizeIs(9));
  EXPECT_THAT(
      all[7],
      HasSubstr(R"("attributes":{"occluded":true,"track_id":4,"color":"red","note":"a\tb"}})"));
  EXPECT_THAT(all[8], HasSubstr(R"("attributes":{"occluded":false,"track_id":5}})"));
}

TEST(CocoTrainTest, AnAttributeDoesNotHideWhatCvatSays) {
  const std::vector<std::string> all =
      Instances({{.points = {1, 1, 5, 5},
                  .attributes = {{"occluded", "x"}, {"a", "1"}, {"a", "2"}, {"track_id", "no"}}}});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0], HasSubstr(R"("attributes":{"occluded":false,"a":"1","track_id":"no"}})"));
}

TEST(CocoTrainTest, IdsAreWholeFromOneAndBelongToTheFile) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  builder.AddLabel({.name = "car"});
  for (const char* name : {"a.jpg", "b.jpg"}) {
    uint32_t frame = builder.AddFrame({.name = name, .width = 100, .height = 50}).value();
    for (double x : {1, 9}) ASSERT_TRUE(builder.AddShape(frame, {.points = {x, 1, x + 2, 5}}).ok());
  }
  const std::unique_ptr<Dataset> data = Finished(builder);
  const std::string text =
      SegmentedText(CocoTrainFile(data->info(), NewCocoTrainInstances(data->info()),
                                  *TrackNumbers::Of(*data), data->All()),
                    *data);
  EXPECT_THAT(ArrayOf(text, "images"),
              ElementsAre(R"({"id":1,"width":100,"height":50,"file_name":"a.jpg"})",
                          R"({"id":2,"width":100,"height":50,"file_name":"b.jpg"})"));
  const std::vector<std::string> all = Annotations(text);
  ASSERT_THAT(all, SizeIs(4));
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_THAT(all[i], ::testing::StartsWith(absl::StrCat("{\"id\":", i + 1, ",\"image_id\":",
                                                           i / 2 + 1, ",\"category_id\":1,")));
  }
}

TEST(CocoTrainTest, PolygonsOfOneGroupAreOneInstanceWhosePixelsCountOnce) {
  const auto square = [](double x) {
    return Shape{
        .type = ShapeType::kPolygon, .group = 3, .points = {x, 0, x + 10, 0, x + 10, 10, x, 10}};
  };
  const std::vector<std::string> all = Instances({square(0), square(5)});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0], HasSubstr(R"("bbox":[0.0,0.0,15.0,10.0],"area":150.0,"iscrowd":0,)"
                                R"("segmentation":[[0.0,0.0,10.0,0.0,10.0,10.0,0.0,10.0],)"
                                R"([5.0,0.0,15.0,0.0,15.0,10.0,5.0,10.0]])"));
}

TEST(CocoTrainTest, GroupedRectanglesStayInstancesOfTheirOwn) {
  EXPECT_THAT(
      Instances({{.group = 3, .points = {0, 0, 9, 9}}, {.group = 3, .points = {20, 0, 29, 9}}}),
      SizeIs(2));
}

// Three by three pixels at 10, 10 without the one in the middle; CVAT counts along rows, COCO
// along columns of 50 pixels.
Shape MaskWithHole() { return {.type = ShapeType::kMask, .points = {0, 4, 1, 4, 10, 10, 12, 12}}; }
constexpr absl::string_view kRunsOfHole =
    R"("bbox":[10.0,10.0,3.0,3.0],"area":8.0,"iscrowd":0,)"
    R"("segmentation":{"size":[50,100],"counts":[510,3,47,1,1,1,47,3,4387]},)";

TEST(CocoTrainTest, AMaskWithAHoleIsWrittenInRunsAndIsNoCrowd) {
  const std::vector<std::string> all = Instances({MaskWithHole()});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0], HasSubstr(kRunsOfHole));
}

TEST(CocoTrainTest, PolygonsOnlyWhereThatIsAskedFor) {
  const std::vector<std::string> all = Instances({MaskWithHole()}, CocoMasks::kPolygon);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0], AllOf(HasSubstr(R"("area":8.0,"iscrowd":0,"segmentation":[[10.0,10.0,)"),
                            Not(HasSubstr("counts"))));
}

TEST(CocoTrainTest, RunsOnlyWhereThatIsAskedFor) {
  const std::vector<std::string> all =
      Instances({MaskWithHole(), {.points = {2, 1, 4, 4}}}, CocoMasks::kRle);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[0], HasSubstr(kRunsOfHole));
  // Columns 2 and 3, rows 1 to 3.
  EXPECT_THAT(all[1], HasSubstr(R"("bbox":[2.0,1.0,2.0,3.0],"area":6.0,"iscrowd":0,)"
                                R"("segmentation":{"size":[50,100],"counts":[101,3,47,3,4846]},)"));
}

// What a configuration says, through the writers: a mask with a hole, two polygons of one group,
// and a skeleton.
std::unique_ptr<Dataset> CoversWith(CocoMasks masks) {
  DatasetBuilder builder;
  builder.SetInfo({.options = {.coco_masks = masks}});
  builder.AddTask({.name = "one"});
  const uint32_t car = builder.AddLabel({.name = "car"});
  const uint32_t pose = builder.AddLabel({.name = "pose", .type = "skeleton"});
  const uint32_t nose = builder.AddLabel({.name = "nose", .parent = int32_t(pose)});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
  const auto square = [car](double x) {
    return Shape{.type = ShapeType::kPolygon,
                 .label = car,
                 .group = 3,
                 .points = {x, 0, x + 2, 0, x + 2, 2, x, 2}};
  };
  const Shape skeleton{
      .type = ShapeType::kSkeleton,
      .label = pose,
      .elements = {{.type = ShapeType::kPoints, .label = nose, .points = {10, 10}},
                   {.type = ShapeType::kPoints, .label = nose, .points = {20, 30}}}};
  for (const Shape& shape : {MaskWithHole(), square(0), square(4), skeleton})
    EXPECT_TRUE(builder.AddShape(frame, shape).ok());
  return Finished(builder);
}

std::string CocoOf(const Dataset& data, absl::string_view writer, const std::string& file) {
  return FilesOf(Described(writer, data), data).at(file);
}

// Columns 0, 1, 4 and 5, rows 0 and 1.
constexpr absl::string_view kRunsOfSquares =
    R"("area":8.0,"iscrowd":0,)"
    R"("segmentation":{"size":[50,100],"counts":[0,2,48,2,148,2,48,2,4748]},)";
constexpr absl::string_view kSquares =
    R"("area":8.0,"iscrowd":0,"segmentation":[[0.0,0.0,2.0,0.0,2.0,2.0,0.0,2.0],)"
    R"([4.0,0.0,6.0,0.0,6.0,2.0,4.0,2.0]],)";
constexpr absl::string_view kSkeletonsBox =
    R"("bbox":[10.0,10.0,10.0,20.0],"area":200.0,"iscrowd":0,)"
    R"("segmentation":[[10.0,10.0,20.0,10.0,20.0,30.0,10.0,30.0]],)";

TEST(CocoMasksTest, TheConfigurationSaysHowCocoAndRoboflowCoverObjects) {
  for (const auto& [writer, file] : {std::pair("coco", "annotations/instances_train.json"),
                                     std::pair("roboflow-coco", "train/_annotations.coco.json")}) {
    EXPECT_THAT(CocoOf(*CoversWith(CocoMasks::kAuto), writer, file),
                AllOf(HasSubstr(kRunsOfHole), HasSubstr(kSquares), HasSubstr(kSkeletonsBox)));
    EXPECT_THAT(CocoOf(*CoversWith(CocoMasks::kRle), writer, file),
                AllOf(HasSubstr(kRunsOfHole), HasSubstr(kRunsOfSquares), HasSubstr(kSkeletonsBox)));
    EXPECT_THAT(CocoOf(*CoversWith(CocoMasks::kPolygon), writer, file),
                AllOf(HasSubstr(R"("area":8.0,"iscrowd":0,"segmentation":[[10.0,10.0,)"),
                      HasSubstr(kSquares), HasSubstr(kSkeletonsBox), Not(HasSubstr("counts"))));
  }
}

TEST(CocoMasksTest, OfKeyPointsTheBoxIsCoveredWhateverTheConfigurationSays) {
  for (CocoMasks masks : {CocoMasks::kAuto, CocoMasks::kRle, CocoMasks::kPolygon}) {
    EXPECT_THAT(
        CocoOf(*CoversWith(masks), "coco-keypoints", "annotations/person_keypoints_train.json"),
        AllOf(HasSubstr(kSkeletonsBox), Not(HasSubstr("counts"))));
  }
}

TEST(CocoTrainTest, AMaskWithoutAHoleIsAPolygon) {
  const std::vector<std::string> all =
      Instances({{.type = ShapeType::kMask, .points = {0, 9, 10, 10, 12, 12}}});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0], AllOf(HasSubstr(R"("area":9.0,"iscrowd":0,"segmentation":[[10.0,10.0,)"),
                            Not(HasSubstr("counts"))));
}

TEST(CocoTrainTest, AMaskOfOnePixelHasAPolygon) {
  const std::vector<std::string> all =
      Instances({{.type = ShapeType::kMask, .points = {0, 1, 10, 10, 10, 10}}});
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0], HasSubstr(R"("bbox":[10.0,10.0,1.0,1.0],"area":1.0,"iscrowd":0,)"
                                R"("segmentation":[[10.0,10.0,11.0,10.0,11.0,11.0,10.0,11.0]])"));
}

TEST(CocoTrainTest, WhatHasNoAreaIsDroppedWithAReason) {
  const std::unique_ptr<Dataset> data = OneFrame({{.points = {5, 5, 5, 9}}});
  EXPECT_THAT(
      WriterNamed("coco")->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      ElementsAre("no area of it lies inside the image"));
  EXPECT_THAT(Instances({{.points = {5, 5, 5, 9}}}), IsEmpty());
}

TEST(CocoTrainTest, WhatIsNotAnInstanceHasAReason) {
  const std::unique_ptr<Dataset> data = EveryShape();
  for (const char* view : {"coco", "roboflow-coco"}) {
    EXPECT_THAT(
        WriterNamed(view)->WhyDropped(*data, data->GetFrame(1).value(), data->Shapes(1).value()),
        ElementsAre("a tag is of the whole image", "", "", "", "this type has no area",
                    "this type has no area", "", "", "", "no area of it lies inside the image", "",
                    "", ""))
        << view;
  }
}

// `frame_000000` in every task; subsets by other spellings.
std::unique_ptr<Dataset> TwoVideos() {
  DatasetBuilder builder;
  builder.AddTask({.name = "one", .subset = "Train"});
  builder.AddTask({.name = "two", .subset = "Validation"});
  builder.AddLabel({.name = "car"});
  for (uint32_t task : {0u, 1u}) {
    const uint32_t frame = builder
                               .AddFrame({.name = "frame_000000.jpg",
                                          .task = task,
                                          .width = 100,
                                          .height = 50,
                                          .subset = task == 0 ? "Train" : "Validation"})
                               .value();
    for (int32_t track : {0, 1}) {
      EXPECT_TRUE(builder.AddShape(frame, {.track = track, .points = {1, 1, 5, 5}}).ok());
    }
  }
  return Finished(builder);
}

TEST(CocoTrainTest, TracksOfTwoTasksHaveDifferentNumbers) {
  const std::unique_ptr<Dataset> data = TwoVideos();
  const Files files = FilesOf(Described("coco", *data), *data);
  EXPECT_THAT(Annotations(files.at("annotations/instances_train.json")),
              ElementsAre(HasSubstr("\"track_id\":1}"), HasSubstr("\"track_id\":2}")));
  EXPECT_THAT(Annotations(files.at("annotations/instances_val.json")),
              ElementsAre(HasSubstr("\"track_id\":3}"), HasSubstr("\"track_id\":4}")));
}

// The names of the images of a file, by what is between the quotation marks.
std::vector<std::string> ImageNames(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& image : ArrayOf(text, "images")) {
    const std::vector<std::string> quoted = absl::StrSplit(image, '"');
    names.push_back(quoted[quoted.size() - 2]);
  }
  return names;
}

TEST(CocoTrainTest, NamesOfImagesAreRelativeAndDifferOverAllTasks) {
  const std::unique_ptr<Dataset> data = TwoVideos();
  const Files files = FilesOf(Described("coco", *data), *data);
  std::vector<std::string> names[2];
  size_t images = 0;
  for (const char* part : {"train", "val"}) {
    std::vector<std::string>& mine = names[part[0] == 'v'];
    mine = ImageNames(files.at(absl::StrCat("annotations/instances_", part, ".json")));
    ASSERT_THAT(mine, SizeIs(1));
    EXPECT_TRUE(files.contains(absl::StrCat(part, "/", mine[0]))) << mine[0];
    images += mine.size();
  }
  EXPECT_NE(names[0], names[1]);
  EXPECT_EQ(files.size(), 2 + images);
}

TEST(CocoTrainTest, RoboflowHasTheSameBesideTheImagesAndCallsValValid) {
  const std::unique_ptr<Dataset> data = TwoVideos();
  const Files files = FilesOf(Described("roboflow-coco", *data), *data);
  const Files coco = FilesOf(Described("coco", *data), *data);
  EXPECT_EQ(files.at("train/_annotations.coco.json"), coco.at("annotations/instances_train.json"));
  EXPECT_EQ(files.at("valid/_annotations.coco.json"), coco.at("annotations/instances_val.json"));
  const std::string image = ImageNames(files.at("valid/_annotations.coco.json"))[0];
  EXPECT_THAT(PathsOf(files), ::testing::IsSupersetOf({absl::StrCat("valid/", image)}));
}

TEST(CocoTrainTest, AFrameWithoutObjectsIsAnImage) {
  const std::unique_ptr<Dataset> data = OneFrame({});
  const Files files = FilesOf(Described("coco", *data), *data);
  EXPECT_EQ(files.at("annotations/instances_val.json"),
            "{\"info\":{},\"licenses\":[],\"categories\":[{\"id\":1,\"name\":\"car\","
            "\"supercategory\":\"\"}],\"images\":[{\"id\":1,\"width\":100,\"height\":50,"
            "\"file_name\":\"a.jpg\"}],\"annotations\":[]}\n");
}

TEST(CocoKeypointsTest, ASkeletonHasItsPointsInTheOrderOfTheTemplate) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = "car"});
  const uint32_t pose = builder.AddLabel(
      {.name = "pose",
       .type = "skeleton",
       .svg = "<line data-type=\"edge\" data-node-from=\"1\" data-node-to=\"3\"></line>"
              "<circle data-label-name=\"c\"/><circle data-label-name=\"a\"/>"
              "<circle data-label-name=\"b\"/>"});
  std::vector<uint32_t> parts;
  for (const char* name : {"a", "b", "c", "d"})
    parts.push_back(builder.AddLabel({.name = name, .parent = int32_t(pose)}));
  const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 100, .height = 50}).value();
  Shape skeleton{.type = ShapeType::kSkeleton, .label = pose};
  const auto add = [&](size_t part, std::vector<double> points, bool occluded, bool outside) {
    skeleton.elements.push_back({.type = ShapeType::kPoints,
                                 .label = parts[part],
                                 .occluded = occluded,
                                 .outside = outside,
                                 .points = std::move(points)});
  };
  add(0, {10, 20}, false, false);
  add(1, {30.127, 40}, true, false);  // hidden
  add(2, {50, 45}, false, true);      // absent
  add(3, {150, 45}, false, false);    // beyond the edge
  ASSERT_TRUE(builder.AddShape(frame, skeleton).ok());
  ASSERT_TRUE(builder.AddShape(frame, {.points = {1, 1, 5, 5}}).ok());
  const std::unique_ptr<Dataset> data = Finished(builder);
  const Files files = FilesOf(Described("coco-keypoints", *data), *data);

  EXPECT_THAT(PathsOf(files),
              ElementsAre("annotations/person_keypoints_train.json",
                          "annotations/person_keypoints_val.json", "train/a.jpg", "val/a.jpg"));
  const std::string text = files.at("annotations/person_keypoints_val.json");
  EXPECT_THAT(ArrayOf(text, "categories"),
              ElementsAre(R"({"id":1,"name":"pose","supercategory":"",)"
                          R"("keypoints":["c","a","b","d"],"skeleton":[[1,3]]})"));
  const std::vector<std::string> all = Annotations(text);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0],
              AllOf(HasSubstr(R"({"id":1,"image_id":1,"category_id":1,)"),
                    HasSubstr(R"("bbox":[10.0,20.0,90.0,25.0],"area":2250.0,"iscrowd":0)"),
                    HasSubstr(R"(,"keypoints":[0.0,0.0,0,10.0,20.0,2,30.13,40.0,1,0.0,0.0,0],)"
                              R"("num_keypoints":2})")));
}

TEST(CocoKeypointsTest, WhatIsNoSkeletonHasAReason) {
  const std::unique_ptr<Dataset> data = EveryShape();
  constexpr absl::string_view kNone = "only skeletons have key points";
  EXPECT_THAT(
      WriterNamed("coco-keypoints")
          ->WhyDropped(*data, data->GetFrame(1).value(), data->Shapes(1).value()),
      ElementsAre("a tag is of the whole image", kNone, kNone, kNone, "this type has no area",
                  "this type has no area", kNone, kNone, "", kNone, kNone, kNone, kNone));
}

TEST(CocoKeypointsTest, OfTwoPointsOfOneNameTheFirstCounts) {
  const std::unique_ptr<Dataset> data = EveryShape();
  const std::string text =
      FileWith(FilesOf(Described("coco-keypoints", *data), *data), "dir_b_1.png");
  EXPECT_THAT(
      Annotations(text),
      ElementsAre(HasSubstr(R"("keypoints":[70.0,10.0,2,80.0,30.0,2],"num_keypoints":2})")));
}

}  // namespace
}  // namespace annofs
