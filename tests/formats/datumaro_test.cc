// Datumaro's JSON. That CVAT's exports are read back as the task that they were made from is in
// json_exports_golden_test.cc.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Counts = std::map<std::string, int>;

constexpr absl::string_view kReader = "datumaro";
constexpr absl::string_view kCategories =
    R"({"label": {"labels": [{"name": "cat"}, {"name": "pose"}, {"name": "nose", "parent": "pose"},
                             {"name": "hand", "parent": "pose"}]},
        "points": {"items": [{"label_id": 1, "labels": ["hand", "nose"], "joints": [[1, 2]]}]}})";

std::string Item(absl::string_view annotations, absl::string_view id = "a") {
  return absl::StrCat(R"({"id": ")", id, R"(", "annotations": [)", annotations,
                      R"(], "attr": {"frame": 5}, "image": {"path": ")", id,
                      R"(.jpg", "size": [10, 20]}})");
}

std::string File(absl::string_view items, absl::string_view categories = kCategories) {
  return absl::StrCat(
      R"({"dm_format_version": "1.0", "media_type": 2, "infos": {}, "categories": )", categories,
      R"(, "items": [)", items, "]}");
}

ReadResult ReadText(std::string text, std::string name = "annotations/default.json") {
  MemorySource source(std::move(name), std::move(text));
  return ReadWith(kReader, source);
}

std::string Sample(absl::string_view name) {
  return absl::StrCat("datumaro/format_samples/datumaro_dataset/", name);
}

TEST(Datumaro, ItemsAreFramesWithNumbersAndSizes) {
  const ReadResult result = ReadText(File(Item("", "d/a")), "annotations/val.json");
  ASSERT_TRUE(result.status.ok()) << result.status;
  const Frame frame = result.FrameAt(0);
  EXPECT_EQ(frame.name, "d/a.jpg");
  EXPECT_EQ(frame.number, 5u);
  EXPECT_EQ(frame.width, 20u);
  EXPECT_EQ(frame.height, 10u);
  EXPECT_EQ(frame.subset, "val");
}

TEST(Datumaro, TheNameIsTheIdWithTheExtensionOfThePath) {
  const ReadResult result = ReadText(File(
      R"({"id": "d/a", "image": {"path": "d_a.png"}}, {"id": "x", "image": {"path": "q/y.png"}},
              {"id": "z"}, {"id": 7, "image": {"path": "7.bmp"}}, {}, {"id": "z"})"));
  EXPECT_THAT(result.Names(), UnorderedElementsAre("d/a.png", "q/y.png", "z", "7.bmp", "z"));
  EXPECT_THAT(result.Problems(),
              UnorderedElementsAre("item 4||left out: it has neither an id nor a path",
                                   "item 5|z|a second item of this name"));
}

TEST(Datumaro, CategoriesMayComeBehindTheItems) {
  const ReadResult result = ReadText(absl::StrCat(
      R"({"items": [)", Item(R"({"type": "bbox", "label_id": 0, "bbox": [1, 2, 3, 4]})"),
      R"(], "categories": )", kCategories, "}"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Counts(), (Counts{{"cat rectangle", 1}}));
}

TEST(Datumaro, EveryTypeOfCvatIsRead) {
  const ReadResult result = ReadText(File(Item(
      R"({"type": "label", "label_id": 0, "group": 3},
         {"type": "bbox", "label_id": 0, "bbox": [1, 2, 3, 4], "z_order": -1, "group": 2,
          "attributes": {"rotation": 20.5, "occluded": true, "track_id": 4, "keyframe": true}},
         {"type": "polygon", "label_id": 0, "points": [0, 0, 1, 0, 1, 1]},
         {"type": "polyline", "label_id": 0, "points": [0, 0, 1, 0]},
         {"type": "points", "label_id": 0, "points": [0, 0], "visibility": [2]},
         {"type": "ellipse", "label_id": 0, "points": [2, 4, 8, 10]},
         {"type": "mask", "label_id": 0, "rle": {"counts": [10, 5], "size": [10, 20]}},
         {"type": "skeleton", "label_id": 1, "points": [1, 2, 2, 3, 4, 0],
          "points_attributes": [{"x": 1}, {}]},
         {"type": "cuboid_3d", "label_id": 0, "position": [1, 2, 3], "rotation": [4, 5, 6],
          "scale": [7, 8, 9]})")));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Problems(), IsEmpty());
  const FrameShapes all = result.ShapesAt(0);
  ASSERT_THAT(all.tags, SizeIs(1));
  EXPECT_EQ(all.tags[0].group, 3);
  ASSERT_THAT(all.shapes, SizeIs(8));
  EXPECT_EQ(all.shapes[0].z_order, -1);
  EXPECT_EQ(all.shapes[0].group, 2);
  EXPECT_EQ(all.shapes[0].rotation, 20.5);
  EXPECT_TRUE(all.shapes[0].occluded);
  EXPECT_EQ(all.shapes[0].track, 4);
  EXPECT_THAT(all.shapes[0].points, ElementsAre(1, 2, 4, 6));
  EXPECT_EQ(all.shapes[4].type, ShapeType::kEllipse);
  EXPECT_THAT(all.shapes[4].points, ElementsAre(5, 7, 8, 4));
  EXPECT_THAT(all.shapes[5].points, ElementsAre(0, 5, 1, 0, 1, 4));
  const Shape& skeleton = all.shapes[6];
  ASSERT_THAT(skeleton.elements, SizeIs(2));
  EXPECT_EQ(result.info().labels[skeleton.elements[0].label].name, "hand");
  EXPECT_THAT(skeleton.elements[0].attributes, ElementsAre(Attribute{"x", "1"}));
  EXPECT_TRUE(skeleton.elements[1].outside);
  EXPECT_THAT(all.shapes[7].points, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0));
}

TEST(Datumaro, ElementsStandInTheOrderOfTheirTracksAndMissingOnesAreNone) {
  const ReadResult result = ReadText(File(Item(
      R"({"type": "skeleton", "label_id": 1, "points": [1, 2, 2, 3, 4, 2],
          "attributes": {"track_id": 5, "keyframe": true},
          "points_attributes": [{"track_id": 1, "keyframe": false},
                                {"track_id": 0, "keyframe": true}]},
         {"type": "skeleton", "label_id": 1, "points": [1, 2, 2, 0, 0, 0],
          "points_attributes": [{}, {}]})")));
  ASSERT_TRUE(result.status.ok()) << result.status;
  const FrameShapes all = result.ShapesAt(0);
  ASSERT_THAT(all.shapes, SizeIs(2));  // the static one first
  EXPECT_THAT(all.shapes[0].elements, SizeIs(1));
  ASSERT_THAT(all.shapes[1].elements, SizeIs(2));
  EXPECT_THAT(all.shapes[1].elements[0].points, ElementsAre(3, 4));
  EXPECT_TRUE(all.shapes[1].elements[0].keyframe);
  EXPECT_FALSE(all.shapes[1].elements[1].keyframe);
}

TEST(Datumaro, WhatIsWrongIsLeftOutAndSaid) {
  const ReadResult result = ReadText(File(Item(
      R"({"type": "caption", "caption": "a"}, {"type": "caption", "caption": "b"},
         {"type": "bbox", "label_id": null, "bbox": [1, 2, 3, 4]},
         {"type": "bbox", "label_id": 99, "bbox": [1, 2, 3, 4]},
         {"type": "bbox", "label_id": 0, "bbox": [1, 2, 3]},
         {"type": "bbox", "label_id": 0, "bbox": [1, 2, -3, 1]},
         {"type": "polygon", "label_id": 0, "points": [1, 2, 3]},
         {"type": "polygon", "label_id": 0, "points": [1, 2, 3, 4, 5, "6"]},
         {"type": "skeleton", "label_id": 1, "points": [1, 2, 2]},
         {"type": "mask", "label_id": 0, "rle": {"counts": "o", "size": [10, 20]}},
         {"type": "cuboid_3d", "label_id": 0, "position": [1, 2]}, 7,
         {"type": "points", "label_id": 0, "points": [1, 2], "visibility": [1]})")));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Counts(), (Counts{{"cat points", 1}}));
  EXPECT_THAT(
      result.Problems(),
      UnorderedElementsAre(
          "||2 annotations of type 'caption' are left out: CVAT has no such shape",
          "||1 annotations of type '' are left out: CVAT has no such shape",
          "||members of annotations that are not read: visibility",
          "item 0 annotation 2|a.jpg|left out: it has no label",
          "item 0 annotation 3|a.jpg|left out: its label is not known",
          "item 0 annotation 4|a.jpg|left out: its bbox are not four numbers",
          "item 0 annotation 5|a.jpg|left out: a box of a negative size",
          "item 0 annotation 6|a.jpg|left out: a polygon with 3 numbers, wanted an even count of "
          "at "
          "least 6",
          "item 0 annotation 7|a.jpg|left out: its points are no numbers",
          "item 0 annotation 8|a.jpg|left out: a skeleton of 3 numbers, its label has 2 keypoints",
          "item 0 annotation 9|a.jpg|left out: a mask that ends inside a run",
          "item 0 annotation 10|a.jpg|left out: its position are not three numbers"));
}

TEST(Datumaro, SkeletonsThatContainEachOtherAreLabelsOfTheirOwn) {
  const ReadResult result = ReadText(
      File("", R"({"label": {"labels": [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"},
                                        {"name": "c", "parent": "c"}, {}]},
                   "points": {"items": [{"label_id": 0, "labels": ["b"], "joints": [[9, 9], 1]},
                                        {"label_id": 77}]}})"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.info().labels.size(), 3u);
  for (const Label& label : result.info().labels) EXPECT_EQ(label.parent, -1);
  EXPECT_EQ(result.Problems().size(), 4u);
}

TEST(Datumaro, SubsetsBesideEachOtherAreOneDataset) {
  DirectorySource source = FixtureDirectory(
      Sample("diverse/annotations"), {"default.json", "test.json", "train.json", "val.json"});
  const auto found = FindReader(kReader)->Probe(source);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_THAT((*found)->companions, ElementsAre("test.json", "train.json", "val.json"));
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.dataset->Subsets().value(), ElementsAre("", "test", "train", "val"));
  EXPECT_EQ(result.info().labels.size(), 5u);
}

TEST(Datumaro, PointCloudsAreFramesOfA3dTask) {
  MemorySource source = FixtureSource(Sample("with_pcd/annotations/default.json"));
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_TRUE(result.info().tasks[0].is_3d);
  EXPECT_THAT(result.Names(), ElementsAre("0000000000.pcd", "0000000001.pcd", "0000000002.pcd"));
  EXPECT_EQ(result.Counts(), (Counts{{"cat cuboid", 1}}));
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(Datumaro, ContextImagesOfPointCloudsAreTold) {
  MemorySource source = FixtureSource("golden/synth_3d/Datumaro 3D 1.0/annotations/default.json");
  const ReadResult result = ReadWith(kReader, source);
  EXPECT_THAT(result.FrameAt(0).related, ElementsAre("related_images/000001_pcd/000001.png"));
}

TEST(Datumaro, SkeletonsOfItsOwnSampleHaveTheirAttributes) {
  MemorySource source = FixtureSource(Sample("with_skeleton/annotations/default.json"));
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Problems(), IsEmpty());
  const std::vector<Shape> shapes = result.ShapesOf("100.jpg").shapes;
  ASSERT_THAT(shapes, SizeIs(1));
  ASSERT_THAT(shapes[0].elements, SizeIs(3));
  EXPECT_EQ(result.info().labels[shapes[0].elements[1].label].name, "point3-label");
  EXPECT_THAT(shapes[0].elements[1].attributes,
              ElementsAre(Attribute{"point3-attribute-checkbox", "true"}));
}

TEST(Datumaro, AZipHasItsImages) {
  MemorySource source(
      "x.zip",
      MakeZip(
          {{.name = "annotations/default.json", .content = File(Item("", "d/a")), .deflated = true},
           {.name = "images/default/d_a.jpg", .content = "flat"},
           {.name = "annotations/old.json", .content = File(Item("", "d/b"))},
           {.name = "images/old/d/b.jpg", .content = "slash"}}));
  const auto found = FindReader(kReader)->Probe(source);
  ASSERT_TRUE(found.ok() && found->has_value());
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.dataset->Subsets().value(), ElementsAre("", "old"));
  EXPECT_FALSE(result.FrameAt(0).inner.has_value());  // its path says d/a.jpg
  ASSERT_TRUE(result.FrameAt(1).inner.has_value());
  EXPECT_EQ(result.FrameAt(1).inner->size, 5u);
}

TEST(Datumaro, CutShortAnywhereWhatCameBeforeIsKept) {
  const std::string whole =
      FixtureText("golden/rand_images_04/Datumaro 1.0/annotations/Train.json");
  int last = 0;
  for (size_t percent = 1; percent < 100; ++percent) {
    const ReadResult result = ReadText(whole.substr(0, whole.size() * percent / 100));
    EXPECT_TRUE(result.status.ok()) << percent << result.status;
    EXPECT_THAT(ErrorsOf(result), SizeIs(1)) << percent;
    EXPECT_GE(result.Total(), last);
    last = result.Total();
  }
  EXPECT_GT(last, 20);
}

TEST(Datumaro, ADatasetOfSeveralFilesIsNotCalledAfterOneOfThem) {
  const std::map<std::string, std::string> both = {{"train.json", File("")},
                                                   {"val.json", File("")}};
  auto name = [](std::string directory, std::map<std::string, std::string> files) {
    DirectorySource source(std::move(directory), "train.json", std::move(files));
    return FindReader(kReader)->Probe(source).value().value().name;
  };
  EXPECT_EQ(name("data/pets/annotations", both), "pets");
  EXPECT_EQ(name("annotations", both), "annotations");
  EXPECT_EQ(name("data/pets/annotations", {{"train.json", File("")}}), "");
}

TEST(Datumaro, LabelsHaveABound) {
  std::string labels = R"({"name": "c"})";
  for (int i = 1; i < 100002; ++i) absl::StrAppend(&labels, R"(, {"name": "c)", i, "\"}");
  const ReadResult result =
      ReadText(File(Item(R"({"type": "label", "label_id": 99999},
                            {"type": "label", "label_id": 100000})"),
                    absl::StrCat(R"({"label": {"labels": [)", labels, "]}}")));
  EXPECT_EQ(result.info().labels.size(), 100000u);
  EXPECT_EQ(result.Counts(), (Counts{{"c99999 tag", 1}}));
  EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("more than 100000 labels"),
                                             HasSubstr("item 0 annotation 1|a.jpg|left out")));
}

TEST(Datumaro, ItemsBeforeTheirCategoriesAreKeptUpToTheDamage) {
  const std::string item =
      R"({"id": "a", "annotations": [{"type": "bbox", "label_id": 0, "bbox": [1, 1, 1, 1]}]})";
  const ReadResult result =
      ReadText(absl::StrCat(R"({"items": [)", item,
                            R"(], "categories": {"label": {"labels": [{"name": "cat"}]}}, "x": )"));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(ErrorsOf(result), SizeIs(1));
}

TEST(Datumaro, ADamagedSubsetHidesNoOther) {
  const std::string good = File(Item("", "g"));
  DirectorySource source("annotations", "a.json",
                         {{"a.json", good.substr(0, good.size() - 1)}, {"b.json", good}});
  const ReadResult result = ReadWith(kReader, source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 2u);
  const std::vector<Problem> problems = result.dataset->Problems().value();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].source, "annotations/a.json");
  EXPECT_EQ(problems[0].position, absl::StrCat("byte ", good.size() - 1));
}

TEST(Datumaro, OtherJsonIsNotDatumaros) {
  for (absl::string_view text :
       {R"({"items": [{"id": 1, "name": "x"}]})", R"({"categories": [], "images": []})", "[]", "",
        R"({"items": {"a": 1}, "categories": {}})"}) {
    MemorySource source("annotations/default.json", std::string(text));
    const auto found = FindReader(kReader)->Probe(source);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_FALSE(found->has_value()) << text;
  }
}

}  // namespace
}  // namespace annofs::testing
