// COCO files of CVAT and of other tools. That CVAT's exports are read back as the task that they
// were made from is in json_exports_golden_test.cc.
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Counts = std::map<std::string, int>;

constexpr absl::string_view kReader = "coco";
constexpr absl::string_view kImages =
    R"([{"id": 1, "file_name": "a.jpg", "width": 10, "height": 5},
        {"id": 2, "file_name": "d/b.png", "width": 10, "height": 5}])";
constexpr absl::string_view kCategories = R"([{"id": 3, "name": "cat"}, {"id": 4, "name": "dog"}])";

std::string File(absl::string_view annotations, absl::string_view images = kImages,
                 absl::string_view categories = kCategories) {
  return absl::StrCat(R"({"info": {}, "images": )", images, R"(, "annotations": [)", annotations,
                      R"(], "categories": )", categories, "}");
}

ReadResult ReadText(std::string text, std::string name = "dir/coco.json") {
  MemorySource source(std::move(name), std::move(text));
  return ReadWith(kReader, source);
}

// The shapes of one annotation of image 1 and category 3.
std::vector<Shape> ShapesOf(absl::string_view members) {
  const ReadResult result =
      ReadText(File(absl::StrCat(R"({"id": 1, "image_id": 1, "category_id": 3, )", members, "}")));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Problems(), IsEmpty());
  return result.ShapesOf("a.jpg").shapes;
}

std::string ProblemOf(absl::string_view members) {
  const ReadResult result =
      ReadText(File(absl::StrCat(R"({"id": 1, "image_id": 1, "category_id": 3, )", members, "}")));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Problems().size(), 1u);
  return result.Problems().empty() ? "" : result.Problems()[0];
}

TEST(Coco, ABoxAloneIsARectangle) {
  const std::vector<Shape> shapes = ShapesOf(R"("bbox": [1.5, 2, 3, 0.5], "segmentation": [])");
  ASSERT_THAT(shapes, SizeIs(1));
  EXPECT_EQ(shapes[0].type, ShapeType::kRectangle);
  EXPECT_THAT(shapes[0].points, ElementsAre(1.5, 2, 4.5, 2.5));
  EXPECT_THAT(ShapesOf(R"("bbox": [1, 2, 3, 4])"), SizeIs(1));
}

TEST(Coco, PolygonsOfOneAnnotationShareAGroup) {
  const std::vector<Shape> shapes = ShapesOf(
      R"("bbox": [0, 0, 9, 9], "iscrowd": 0, "segmentation": [[0,0,1,0,1,1], [5,5,6,5,6,6]])");
  ASSERT_THAT(shapes, SizeIs(2));
  EXPECT_EQ(shapes[0].type, ShapeType::kPolygon);
  EXPECT_NE(shapes[0].group, 0);
  EXPECT_EQ(shapes[0].group, shapes[1].group);
  const std::vector<Shape> one = ShapesOf(R"("segmentation": [[0,0,1,0,1,1]])");
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_EQ(one[0].group, 0);
  EXPECT_THAT(ShapesOf(R"("segmentation": [0,0,1,0,1,1])"), SizeIs(1));
}

TEST(Coco, ALargeAttributeIsNotCopiedToEachOfManyPolygons) {
  std::string polygons = "[0,0,1,0,1,1]";
  for (int i = 1; i < 200; ++i) absl::StrAppend(&polygons, ", [0,0,1,0,1,1]");
  const ReadResult result = ReadText(
      File(absl::StrCat(R"({"id": 1, "image_id": 1, "category_id": 3, "attributes": {"x": ")",
                        std::string(1 << 20, 'x'), R"("}, "segmentation": [)", polygons, "]}")));
  EXPECT_TRUE(result.status.ok()) << result.status;
  const std::vector<Shape> shapes = result.ShapesOf("a.jpg").shapes;
  ASSERT_THAT(shapes, SizeIs(200));
  EXPECT_EQ(std::count_if(shapes.begin(), shapes.end(),
                          [](const Shape& shape) { return !shape.attributes.empty(); }),
            1);
  EXPECT_THAT(result.Problems(), Contains(HasSubstr("annotation 0||only the first of its 200")));
}

TEST(Coco, MasksAreReadCompressedAndNot) {
  const std::vector<Shape> list =
      ShapesOf(R"("iscrowd": 1, "segmentation": {"counts": [10, 10, 5, 10, 15], "size": [5, 10]})");
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_EQ(list[0].type, ShapeType::kMask);
  // Columns 2, 3, 5 and 6 of all rows.
  EXPECT_THAT(list[0].points, ElementsAre(0, 2, 1, 4, 1, 4, 1, 4, 1, 4, 1, 2, 2, 0, 6, 4));
  EXPECT_THAT(list[0].attributes, IsEmpty());
  const std::vector<Shape> text =
      ShapesOf(R"("iscrowd": 0, "segmentation": {"counts": "::5000", "size": [5, 10]})");
  ASSERT_THAT(text, SizeIs(1));
  EXPECT_EQ(text[0].type, ShapeType::kMask);
  EXPECT_THAT(text[0].attributes, ElementsAre(Attribute{.name = "is_crowd", .value = "false"}));
}

TEST(Coco, AnnotationsOfAnImageAsAWholeAreTags) {
  const ReadResult result = ReadText(File(R"({"id": 1, "image_id": 1, "category_id": 3})"));
  ASSERT_THAT(result.ShapesOf("a.jpg").tags, SizeIs(1));
  EXPECT_EQ(result.ShapesOf("a.jpg").tags[0].label, 0u);
}

TEST(Coco, AttributesAndMembersOfItsOwnAreKept) {
  const std::vector<Shape> shapes = ShapesOf(
      R"("bbox": [1, 2, 3, 4], "score": 0.5, "area": 12, "truncated": 1, "attributes": {
         "plate": "AB", "parked": true, "speed": 3.0, "occluded": true, "rotation": 30.5,
         "track_id": 7, "keyframe": true})");
  ASSERT_THAT(shapes, SizeIs(1));
  EXPECT_EQ(shapes[0].score, 0.5);
  EXPECT_TRUE(shapes[0].occluded);
  EXPECT_EQ(shapes[0].rotation, 30.5);
  EXPECT_EQ(shapes[0].track, 7);
  EXPECT_TRUE(shapes[0].keyframe);
  EXPECT_THAT(shapes[0].attributes,
              ElementsAre(Attribute{"plate", "AB"}, Attribute{"parked", "true"},
                          Attribute{"speed", "3"}, Attribute{"truncated", "1"}));
}

constexpr absl::string_view kPose =
    R"([{"id": 3, "name": "pose", "keypoints": ["nose", "hand"], "skeleton": [[1, 2]]}])";

TEST(Coco, NamedKeypointsAreASkeleton) {
  const ReadResult result = ReadText(
      File(R"({"id": 1, "image_id": 1, "category_id": 3, "num_keypoints": 1, "segmentation": [],
               "bbox": [4, 5, 0, 0], "keypoints": [4, 5, 1, 6, 7, 0]})",
           kImages, kPose));
  EXPECT_THAT(result.Problems(), IsEmpty());
  ASSERT_THAT(result.info().labels, SizeIs(3));
  EXPECT_EQ(result.info().labels[0].type, "skeleton");
  EXPECT_THAT(result.info().labels[0].svg, HasSubstr("data-node-from=\"1\" data-node-to=\"2\""));
  EXPECT_EQ(result.info().labels[2].parent, 0);
  const std::vector<Shape> shapes = result.ShapesOf("a.jpg").shapes;
  ASSERT_THAT(shapes, SizeIs(1));
  EXPECT_EQ(shapes[0].type, ShapeType::kSkeleton);
  ASSERT_THAT(shapes[0].elements, SizeIs(2));
  EXPECT_TRUE(shapes[0].elements[0].occluded);
  EXPECT_FALSE(shapes[0].elements[0].outside);
  EXPECT_TRUE(shapes[0].elements[1].outside);
  EXPECT_THAT(shapes[0].elements[1].points, ElementsAre(6, 7));
}

TEST(Coco, OfAKeyframeOfASkeletonTheElementsAreKeyframes) {
  const ReadResult result =
      ReadText(File(R"({"id": 1, "image_id": 1, "category_id": 3, "keypoints": [4, 5, 1, 6, 7, 2],
               "attributes": {"track_id": 2, "keyframe": true}})",
                    kImages, kPose));
  const std::vector<Shape> shapes = result.ShapesOf("a.jpg").shapes;
  ASSERT_THAT(shapes, SizeIs(1));
  EXPECT_EQ(shapes[0].track, 2);
  for (const Shape& element : shapes[0].elements) EXPECT_TRUE(element.keyframe);
}

TEST(Coco, AnOutlineWithKeypointsIsInAGroupWithThem) {
  const ReadResult result = ReadText(File(
      R"({"id": 1, "image_id": 1, "category_id": 3, "segmentation": [[0,0,9,0,9,9]],
          "bbox": [0, 0, 9, 9], "keypoints": [4, 5, 2, 6, 7, 2]},
         {"id": 2, "image_id": 2, "category_id": 3, "segmentation": [], "bbox": [0, 0, 9, 9],
          "keypoints": [4, 5, 2, 6, 7, 2]},
         {"id": 3, "image_id": 2, "category_id": 3, "segmentation": [], "bbox": [1, 1, 2, 2],
          "keypoints": [0, 0, 0, 0, 0, 0]})",
      kImages, kPose));
  EXPECT_THAT(result.Problems(), IsEmpty());
  EXPECT_EQ(result.Counts(),
            (Counts{{"pose skeleton", 2}, {"pose polygon", 1}, {"pose rectangle", 2}}));
  const std::vector<Shape> shapes = result.ShapesOf("a.jpg").shapes;
  EXPECT_NE(shapes[0].group, 0);
  EXPECT_EQ(shapes[0].group, shapes[1].group);
}

TEST(Coco, UnnamedKeypointsArePoints) {
  const ReadResult result =
      ReadText(File(R"({"id": 1, "image_id": 1, "category_id": 3, "bbox": [0, 2, 4, 1],
               "keypoints": [0, 3, 2, 9, 9, 0, 4, 2, 1]})"));
  const std::vector<Shape> shapes = result.ShapesOf("a.jpg").shapes;
  ASSERT_THAT(shapes, SizeIs(1));
  EXPECT_EQ(shapes[0].type, ShapeType::kPoints);
  EXPECT_THAT(shapes[0].points, ElementsAre(0, 3, 4, 2));
  EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("read as points")));
}

TEST(Coco, KeypointsAndLabelsHaveABound) {
  std::string keypoints = "\"k\"";
  for (int i = 1; i < 20000; ++i) absl::StrAppend(&keypoints, ", \"k", i, "\"");
  const ReadResult skeleton = ReadText(File(
      "", kImages, absl::StrCat(R"([{"id": 3, "name": "pose", "keypoints": [)", keypoints, "]}]")));
  EXPECT_EQ(skeleton.info().labels.size(), 10001u);
  EXPECT_THAT(skeleton.Problems(), ElementsAre(HasSubstr("category 0||more than 10000 keypoints")));

  std::string categories = R"({"id": 0, "name": "c"})";
  for (int i = 1; i < 100002; ++i) {
    absl::StrAppend(&categories, R"(, {"id": )", i, R"(, "name": "c)", i, "\"}");
  }
  const ReadResult labels = ReadText(File(R"({"id": 1, "image_id": 1, "category_id": 99999},
                       {"id": 2, "image_id": 1, "category_id": 100000})",
                                          kImages, absl::StrCat("[", categories, "]")));
  EXPECT_EQ(labels.info().labels.size(), 100000u);
  EXPECT_EQ(labels.Counts(), (Counts{{"c99999 tag", 1}}));
  EXPECT_THAT(labels.Problems(),
              ElementsAre(HasSubstr("more than 100000 labels"),
                          HasSubstr("annotation 1||left out: no category has the id 100000")));
}

TEST(Coco, IdsMayBeTextsAndFloats) {
  const ReadResult result =
      ReadText(File(R"({"id": "x", "image_id": 1, "category_id": "c", "bbox": [1, 1, 1, 1]},
              {"id": "x", "image_id": "img-2", "category_id": 4, "bbox": [1, 1, 1, 1]},
              {"id": 9, "image_id": 3.0, "category_id": 4.0, "bbox": [1, 1, 1, 1]})",
                    R"([{"id": "1", "file_name": "a"}, {"id": "img-2", "file_name": "b"},
               {"id": 3, "file_name": "c"}])",
                    R"([{"id": "c", "name": "cat"}, {"id": "4", "name": "dog"}])"));
  EXPECT_EQ(result.Counts(), (Counts{{"cat rectangle", 1}, {"dog rectangle", 2}}));
  for (const char* name : {"a", "b", "c"}) EXPECT_THAT(result.ShapesOf(name).shapes, SizeIs(1));
  EXPECT_THAT(result.Problems(), ElementsAre("||the size of 3 images is not given"));
}

TEST(Coco, WhatIsUnknownOrThereTwiceIsSaid) {
  const ReadResult result = ReadText(
      File(R"({"id": 1, "image_id": 77, "category_id": 3, "bbox": [1, 1, 1, 1]},
              {"id": 1, "image_id": 1, "category_id": 99, "bbox": [1, 1, 1, 1]},
              {"id": 1, "image_id": 1, "bbox": [1, 1, 1, 1]},
              {"id": 1, "image_id": 5, "category_id": 4, "bbox": [1, 1, 1, 1]}, 7)",
           R"([{"id": 5, "file_name": "a", "width": 1, "height": 1},
               {"id": 1, "file_name": "b", "width": 1, "height": 1},
               {"id": 5, "file_name": "a", "width": 1, "height": 1},
               {"file_name": "d", "width": 1, "height": 1}, {"id": 8}])",
           R"([{"id": 3, "name": "cat"}, {"id": 4, "name": "cat"}, {"id": 3, "name": "dog"},
               {"id": 6}])"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Counts(), (Counts{{"cat rectangle", 1}}));
  EXPECT_THAT(result.Problems(),
              UnorderedElementsAre(
                  "image 2||a second image of this file_name", "image 3||it has no id",
                  "image 4||left out: it has no file_name",
                  "||image id 5 is there more than once: annotations of it are the first image's",
                  "category 1||a second category 'cat': they are one label",
                  "category 3||left out: it has no name",
                  "||category id 3 is there more than once: the first counts",
                  "annotation 0||left out: no image has the id 77",
                  "annotation 1||left out: no category has the id 99",
                  "annotation 2||left out: no category has the id ",
                  "annotation 4||left out: no image has the id "));
}

TEST(Coco, BrokenGeometryIsLeftOutAndSaid) {
  EXPECT_THAT(ProblemOf(R"("bbox": [1, 2, 3])"), HasSubstr("left out: a box that is no list"));
  EXPECT_THAT(ProblemOf(R"("bbox": [1, 2, -3, 4])"), HasSubstr("negative size"));
  EXPECT_THAT(ProblemOf(R"("bbox": [1, 2, 1e308, 4])"), HasSubstr("no sane numbers"));
  EXPECT_THAT(ProblemOf(R"("segmentation": [[1, 2, 3, 4]])"), HasSubstr("wanted an even count"));
  EXPECT_THAT(ProblemOf(R"("segmentation": [[1, 2, "3", 4, 5, 6]])"), HasSubstr("no list"));
  EXPECT_THAT(ProblemOf(R"("segmentation": "x")"), HasSubstr("neither a list nor a mask"));
  EXPECT_THAT(ProblemOf(R"("segmentation": [], "bbox": [])"), HasSubstr("neither a box"));
  EXPECT_THAT(ProblemOf(R"("keypoints": [1, 2])"), HasSubstr("x, y and visibility"));
  for (absl::string_view mask :
       {R"({"counts": [1, 2]})", R"({"counts": [1, -2], "size": [5, 10]})",
        R"({"counts": [1, 2.5], "size": [5, 10]})", R"({"counts": "\u0001", "size": [5, 10]})",
        R"({"counts": "o", "size": [5, 10]})", R"({"counts": [50], "size": [5, 10]})",
        R"({"counts": [0, 1], "size": [0, 10]})", R"({"counts": 7, "size": [5, 10]})",
        R"({"counts": [0, 1], "size": [99999999999, 10]})"}) {
    EXPECT_THAT(ProblemOf(absl::StrCat(R"("segmentation": )", mask)), HasSubstr("left out: a mask"))
        << mask;
  }
  EXPECT_THAT(ProblemOf(R"("segmentation": {"counts": [0, 99], "size": [5, 10]}, "iscrowd": 1)"),
              HasSubstr("more pixels"));
}

TEST(Coco, AMaskOfABillionByABillionPixelsIsNoWork) {
  const std::string huge =
      R"({"id": 1, "image_id": 1, "category_id": 3, "segmentation":
          {"counts": [0, 1000000000, 1000000000, 1000000000], "size": [1000000000, 1000000000]}})";
  const ReadResult one = ReadText(File(huge));
  ASSERT_TRUE(one.status.ok());
  EXPECT_THAT(one.Problems(), ElementsAre(HasSubstr("is not read")));
}

TEST(Coco, AnnotationsMayComeBeforeTheirImages) {
  const ReadResult result = ReadText(absl::StrCat(
      R"({"annotations": [{"id": 1, "image_id": 2, "category_id": 4, "bbox": [1, 1, 1, 1]}],
          "categories": )",
      kCategories, R"(, "images": )", kImages, "}"));
  EXPECT_THAT(result.ShapesOf("d/b.png").shapes, SizeIs(1));
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(Coco, CaptionsAndPanopticSegmentsAreSaid) {
  const ReadResult captions =
      ReadText(FixtureText("datumaro/format_samples/coco_dataset/coco_captions/annotations/"
                           "captions_train.json"));
  EXPECT_THAT(captions.Problems(), Each(HasSubstr("captions are left out")));
  EXPECT_THAT(captions.Problems(), SizeIs(1));
  const ReadResult panoptic =
      ReadText(FixtureText("datumaro/format_samples/coco_dataset/coco_panoptic/annotations/"
                           "panoptic_train.json"));
  EXPECT_THAT(panoptic.Problems(), ElementsAre(HasSubstr("1 annotations are left out: panoptic")));
}

TEST(Coco, FilesThatBelongTogetherAreOneDatasetWithSubsets) {
  const std::string directory = "datumaro/format_samples/coco_dataset/coco/annotations";
  std::vector<std::string> names = {"instances_train.json"};
  const std::vector<std::string> tree = ListTree(Fixture(directory)).value();
  for (const std::string& name : tree) {
    if (absl::EndsWith(name, ".json") && name != names[0]) names.push_back(name);
  }
  DirectorySource source = FixtureDirectory(directory, names);
  const auto found = FindReader(kReader)->Probe(source);
  ASSERT_TRUE(found.ok() && found->has_value());
  // Captions, image_info and panoptic have nothing to show; keypoints, stuff and labels have.
  EXPECT_THAT((*found)->companions,
              UnorderedElementsAre("instances_val.json", "captions_train.json", "captions_val.json",
                                   "image_info_train.json", "image_info_val.json",
                                   "panoptic_train.json", "panoptic_val.json"));
  EXPECT_EQ((*found)->name, "instances");
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.dataset->Subsets().value(), ElementsAre("train", "val"));
  EXPECT_EQ(result.dataset->frame_count(), 2u);
  EXPECT_EQ(result.info().labels.size(), 3u);
  EXPECT_THAT(result.ShapesOf("a.jpg").shapes, SizeIs(1));
  EXPECT_THAT(result.Problems(), SizeIs(6));
  EXPECT_THAT(result.Problems(), Each("||not read: it has no annotations that can be shown"));

  // The second of them is read with the first.
  std::swap(names[0], *std::find(names.begin(), names.end(), "instances_val.json"));
  DirectorySource second = FixtureDirectory(directory, names);
  const auto alone = FindReader(kReader)->Probe(second);
  ASSERT_TRUE(alone.ok() && alone->has_value());
  EXPECT_THAT((*alone)->companions, IsEmpty());
}

TEST(Coco, AFileWithoutAnnotationsTakesNoOtherAlong) {
  const std::map<std::string, std::string> files = {{"captions_train.json", File("")},
                                                    {"instances_train.json", File("")}};
  DirectorySource captions("annotations", "captions_train.json", files);
  auto found = FindReader(kReader)->Probe(captions);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_THAT((*found)->companions, IsEmpty());
  // One subset alone keeps the name of its file.
  DirectorySource instances("annotations", "instances_train.json", files);
  found = FindReader(kReader)->Probe(instances);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_THAT((*found)->companions, ElementsAre("captions_train.json"));
  EXPECT_EQ((*found)->name, "");
}

TEST(Coco, EverySampleOfEveryKindIsRead) {
  const std::string directory = "datumaro/format_samples/coco_dataset";
  int count = 0;
  const std::vector<std::string> tree = ListTree(Fixture(directory)).value();
  for (const std::string& name : tree) {
    if (!absl::EndsWith(name, ".json")) continue;
    const ReadResult result = ReadText(FixtureText(absl::StrCat(directory, "/", name)), name);
    EXPECT_TRUE(result.status.ok()) << name << result.status;
    EXPECT_EQ(result.dataset->frame_count(), 1u) << name;
    ++count;
  }
  EXPECT_EQ(count, 28);
}

TEST(Coco, RealExportsOfCvatAreRead) {
  MemorySource instances = FixtureSource("cvat/export_zips/job_14__annotations_coco-10.ZIP");
  const ReadResult a = ReadWith(kReader, instances);
  EXPECT_TRUE(a.status.ok()) << a.status;
  EXPECT_THAT(a.Problems(), IsEmpty());
  // Counted in the JSON of the zip.
  EXPECT_EQ(a.dataset->frame_count(), 5u);
  MemorySource keypoints = FixtureSource("cvat/export_zips/job_23__dataset_coco-_keypoints-10.ZIP");
  const ReadResult b = ReadWith(kReader, keypoints);
  EXPECT_TRUE(b.status.ok()) << b.status;
  EXPECT_THAT(b.Problems(), IsEmpty());
  EXPECT_THAT(b.Names(), ElementsAre("9.png"));
  ASSERT_TRUE(b.FrameAt(0).inner.has_value());
  EXPECT_EQ(b.FrameAt(0).inner->size, 860u);
  EXPECT_EQ(b.info().labels.size(), 6u);
}

TEST(Coco, AZipHasItsSubsetsAndItsImages) {
  const std::string images = R"([{"id": 1, "file_name": "d/a.jpg", "width": 10, "height": 5}])";
  const std::string box = R"({"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 1, 1]})";
  MemorySource source(
      "x.zip",
      MakeZip({{.name = "annotations/instances_val.json", .content = File(box, images)},
               {.name = "annotations/instances_train.json",
                .content = File(box, images),
                .deflated = true},
               {.name = "annotations/person_keypoints_train.json", .content = File("", images)},
               {.name = "notes.json", .content = "[1, 2]"},
               {.name = "images/train/d/a.jpg", .content = "train"},
               {.name = "images/val/d/a.jpg", .content = "valid!"}}));
  const auto found = FindReader(kReader)->Probe(source);
  ASSERT_TRUE(found.ok() && found->has_value());
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.dataset->Subsets().value(), ElementsAre("train", "val"));
  EXPECT_EQ(result.info().tasks.size(), 2u);
  EXPECT_EQ(result.Counts(), (Counts{{"cat rectangle", 2}}));
  for (Rank rank = 0; rank < 2; ++rank) {
    const Frame frame = result.FrameAt(rank);
    ASSERT_TRUE(frame.inner.has_value());
    EXPECT_EQ(frame.inner->size, frame.subset == "train" ? 5u : 6u);
  }
  EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("not read: a richer file")));
}

TEST(Coco, AnEntryThatCannotBeReadIsSaidAndTheOthersAreRead) {
  MemorySource source("x.zip", MakeZip({{.name = "train.json", .content = File("")},
                                        {.name = "val.json", .content = "secret", .flags = 1}}));
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 2u);
  EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("encrypted")));
}

// A zip that can be read up to a byte.
class ZipWithAHole : public MemorySource {
 public:
  using MemorySource::MemorySource;
  absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) override {
    if (offset <= hole_ && hole_ < offset + length) return absl::UnavailableError("gone");
    return MemorySource::Read(offset, length);
  }
  void SetHole(uint64_t hole) { hole_ = hole; }

 private:
  uint64_t hole_ = UINT64_MAX;
};

TEST(Coco, AFailureOfTheStoreIsNoAnswerOfAProbe) {
  // Behind the padding is the directory: it is not read together with the entry.
  std::string zip = MakeZip({{.name = "a.json", .content = File("")},
                             {.name = "pad.bin", .content = std::string(4 << 20, 'x')}});
  const uint64_t hole = zip.find("file_name");
  ZipWithAHole source("x.zip", std::move(zip));
  ASSERT_TRUE(FindReader(kReader)->Probe(source).value().has_value());
  ZipWithAHole broken(source);
  broken.SetHole(hole);
  EXPECT_EQ(FindReader(kReader)->Probe(broken).status().code(), absl::StatusCode::kUnavailable);
}

TEST(Coco, RoboflowsFilesLieWithTheirImages) {
  // Its first category is the dataset itself, the others name it as what is above them.
  const std::string categories =
      R"([{"id": 0, "name": "pets", "supercategory": "none"},
          {"id": 3, "name": "cat", "supercategory": "pets"}])";
  MemorySource source(
      "x.zip",
      MakeZip({{.name = "train/_annotations.coco.json", .content = File("", kImages, categories)},
               {.name = "train/a.jpg", .content = "aa"},
               {.name = "valid/_annotations.coco.json",
                .content = File("", R"([{"id": 0, "file_name": "c.jpg"}])", categories)}}));
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.dataset->Subsets().value(), ElementsAre("train", "valid"));
  ASSERT_EQ(result.info().labels.size(), 2u);
  EXPECT_EQ(result.info().labels[1].parent, -1);
  EXPECT_TRUE(result.FrameAt(0).inner.has_value());
}

TEST(Coco, FiftyOnesFilesHaveTheirImagesInData) {
  MemorySource source("x.zip", MakeZip({{.name = "labels.json", .content = File("")},
                                        {.name = "data/a.jpg", .content = "aa"}}));
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_TRUE(result.FrameAt(0).inner.has_value());
}

TEST(Coco, CutShortAnywhereWhatCameBeforeIsKept) {
  const std::string whole =
      FixtureText("golden/rand_images_04/COCO 1.0/annotations/instances_Train.json");
  const int total = ReadText(whole).Total();
  int last = 0;
  std::set<int> totals;
  for (size_t percent = 1; percent < 100; ++percent) {
    const ReadResult result = ReadText(whole.substr(0, whole.size() * percent / 100));
    EXPECT_TRUE(result.status.ok()) << percent << result.status;
    EXPECT_THAT(ErrorsOf(result), SizeIs(1)) << percent;
    EXPECT_GE(result.Total(), last) << percent;
    last = result.Total();
    totals.insert(last);
  }
  EXPECT_GE(last, total * 9 / 10);
  EXPECT_GT(totals.size(), 5u);  // they come one by one
  // Categories and images are whole in the first half.
  EXPECT_EQ(ReadText(whole.substr(0, whole.size() / 2)).dataset->frame_count(), 4u);
}

TEST(Coco, AnnotationsWhoseImagesAreBehindTheDamageAreCounted) {
  const ReadResult result = ReadText(absl::StrCat(
      R"({"categories": )", kCategories,
      R"(, "annotations": [{"image_id": 1, "category_id": 3}, {"image_id": 2, "category_id": 3}],
          "images": [{"id": 1, "file_name": "a.jpg", "width": 10, "height": 5}, {"id": 2, )"));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(),
              ElementsAre(HasSubstr("byte "), HasSubstr("||1 annotations are left out: their")));
}

TEST(Coco, ADamagedSubsetHidesNoOther) {
  const std::string box = R"({"id": 1, "image_id": 1, "category_id": 3, "bbox": [1, 1, 1, 1]})";
  const std::string good = File(box);
  const std::string cut = absl::StrCat(R"({"images": )", kImages, R"(, "categories": )",
                                       kCategories, R"(, "annotations": [)", box, ", @]}");
  for (const bool is_first : {true, false}) {
    const char* names[] = {"instances_train.json", "instances_val.json"};
    DirectorySource source("dir", names[0],
                           {{names[0], is_first ? cut : good}, {names[1], is_first ? good : cut}});
    const ReadResult result = ReadWith(kReader, source);
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.dataset->frame_count(), 4u);
    EXPECT_EQ(result.Total(), 2);
    const std::vector<Problem> problems = result.dataset->Problems().value();
    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_EQ(problems[0].severity, Problem::Severity::kError);
    EXPECT_EQ(problems[0].source, absl::StrCat("dir/", names[is_first ? 0 : 1]));
    EXPECT_EQ(problems[0].position, absl::StrCat("byte ", cut.find('@')));
    EXPECT_EQ(problems[0].reason, "no value");
  }
}

TEST(Coco, ValuesThatCannotBeKeptAreSaid) {
  for (const char* box : {"[1, 1, 1, NaN]", "[1, 1, 1, 1e999]"}) {
    const ReadResult result = ReadText(
        File(absl::StrCat(R"({"image_id": 1, "category_id": 3, "bbox": )", box,
                          R"(}, {"image_id": 1, "category_id": 3, "bbox": [1, 1, 1, 1]})")));
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.Total(), 1);
    EXPECT_THAT(result.Problems(),
                ElementsAre(HasSubstr("annotations/0 at byte"),
                            "annotation 0||left out: a box that is no list of four numbers: left "
                            "out"));
  }
  const ReadResult text = ReadText(
      File("{\"image_id\": 1, \"category_id\": 3, \"bbox\": [1, 1, 1, 1], \"x\": \"\xff\"}"));
  EXPECT_EQ(text.Total(), 1);
  EXPECT_THAT(text.Problems(), ElementsAre(HasSubstr("annotations/0 at byte")));
}

TEST(Coco, OfATextThatIsTooDeepTheRestIsNotRead) {
  const ReadResult result =
      ReadText(File(absl::StrCat(R"({"image_id": 1, "x": )", std::string(200, '['))));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 2u);
  EXPECT_THAT(ErrorsOf(result), ElementsAre(HasSubstr("nested deeper than 64")));
}

TEST(Coco, OtherJsonIsNotCoco) {
  for (absl::string_view text :
       {R"({"shapes": [], "imagePath": "x", "imageData": null})", R"([{"image_id": 1}])",
        R"({"version": 0, "tags": [], "shapes": [], "tracks": []})", R"({"images": "many"})", "",
        R"({"dm_format_version": "1.0", "categories": {}, "items": []})"}) {
    MemorySource source("dir/instances_a.json", std::string(text));
    const auto found = FindReader(kReader)->Probe(source);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_FALSE(found->has_value()) << text;
  }
}

}  // namespace
}  // namespace annofs::testing
