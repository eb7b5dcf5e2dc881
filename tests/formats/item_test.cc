#include "formats/item.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "formats/item_buffers.h"
#include "formats/item_limits.h"
#include "formats/memory_dataset.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

AttributeSpec Spec(std::string name, std::string type, std::string otherwise = "") {
  return {.name = std::move(name),
          .input_type = std::move(type),
          .default_value = std::move(otherwise)};
}

// One frame of 100 x 50 with one shape.
std::unique_ptr<Dataset> OneShape(Label label, Shape shape, Frame frame = {.name = "a.png"}) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel(std::move(label));
  const uint32_t number = builder.AddFrame(std::move(frame)).value();
  EXPECT_TRUE(builder.AddShape(number, std::move(shape)).ok());
  return Finished(builder);
}

// The item of the first frame, which has one annotation.
Item OnlyItem(const Dataset& data) {
  Item item = ItemOf(data, 0).value();
  EXPECT_EQ(item.annotations.size(), 1u);
  return item;
}

std::vector<std::string> Names(const std::vector<ItemAttribute>& attributes) {
  std::vector<std::string> names;
  for (const ItemAttribute& attribute : attributes) names.emplace_back(attribute.name);
  return names;
}

const std::vector<double> kBox = {1, 2, 3, 4};

TEST(Round2Test, RoundsHalvesToEven) {
  EXPECT_EQ(Round2(0.125), 0.12);
  EXPECT_EQ(Round2(0.375), 0.38);
  EXPECT_EQ(Round2(-1.005), -1.0);  // is a little more than that
  EXPECT_EQ(Round2(98.766), 98.77);
}

TEST(Round2Test, KeepsWhatHasNoHundredths) {
  EXPECT_TRUE(std::signbit(Round2(-0.0)));
  EXPECT_TRUE(std::signbit(Round2(-0.001)));
  EXPECT_EQ(Round2(1e300), 1e300 * 100 / 100);
  EXPECT_EQ(Round2(45035996273704.96), 45035996273704.96);  // hundredths are about 2^52
  EXPECT_EQ(Round2(90071992547409.93), std::nearbyint(90071992547409.93 * 100) / 100);
  EXPECT_TRUE(std::isnan(Round2(std::nan(""))));
}

TEST(ItemOfTest, FillsDefaultsInTheOrderOfTheLabel) {
  const auto data =
      OneShape({.name = "car",
                .attributes = {Spec("b", "checkbox", "True"), Spec("n", "number", "7"),
                               Spec("t", "text", "x"), Spec("s", "select", "q")}},
               {.occluded = true, .points = kBox, .attributes = {{"s", "r"}, {"n", " 1_0.5"}}});
  EXPECT_THAT(OnlyItem(*data).annotations.at(0).attributes,
              ElementsAre(ItemAttribute{"b", true}, ItemAttribute{"n", 10.5},
                          ItemAttribute{"t", "x"}, ItemAttribute{"s", "r"},
                          ItemAttribute{"occluded", true}, ItemAttribute{"rotation", 0.0}));
}

TEST(ItemOfTest, ANumberThatIsNoneStaysText) {
  const auto data = OneShape({.name = "car", .attributes = {Spec("n", "number", "7")}},
                             {.points = kBox, .attributes = {{"n", "fast"}}});
  EXPECT_EQ(*OnlyItem(*data).annotations.at(0).Find("n"), ItemValue("fast"));
}

TEST(ItemOfTest, OfRepeatedValuesTheLastCounts) {
  const auto data = OneShape({.name = "car", .attributes = {Spec("t", "text")}},
                             {.points = kBox, .attributes = {{"t", "a"}, {"t", "b"}}});
  EXPECT_EQ(*OnlyItem(*data).annotations.at(0).Find("t"), ItemValue("b"));
}

TEST(ItemOfTest, WhatTheLabelDoesNotSpecifyFollowsAsText) {
  const auto data =
      OneShape({.name = "car", .attributes = {Spec("t", "text")}},
               {.points = kBox, .attributes = {{"x", "1"}, {"t", "a"}, {"y", "2"}, {"x", "3"}}});
  const Item whole = OnlyItem(*data);
  const ItemAnnotation& box = whole.annotations.at(0);
  EXPECT_THAT(Names(box.attributes), ElementsAre("t", "x", "y", "occluded", "rotation"));
  EXPECT_EQ(*box.Find("x"), ItemValue("3"));
  EXPECT_EQ(box.Find("z"), nullptr);
}

TEST(ItemOfTest, AnAttributeCalledLikeAPartGivesUpItsValueAndKeepsItsPlace) {
  const auto data =
      OneShape({.name = "car", .attributes = {Spec("occluded", "text", "x"), Spec("t", "text")}},
               {.rotation = 30, .points = kBox, .attributes = {{"rotation", "y"}}});
  const Item whole = OnlyItem(*data);
  const ItemAnnotation& box = whole.annotations.at(0);
  EXPECT_THAT(Names(box.attributes), ElementsAre("occluded", "t", "rotation"));
  EXPECT_EQ(*box.Find("occluded"), ItemValue(false));
  EXPECT_EQ(*box.Find("rotation"), ItemValue(30.0));
}

TEST(ItemOfTest, ManyAttributesTakeLinearTime) {
  Label label{.name = "car"};
  Shape shape{.points = kBox};
  for (int i = 0; i < 20000; ++i) {
    label.attributes.push_back(Spec(absl::StrCat("a", i), "text"));
    shape.attributes.push_back({absl::StrCat("b", i), "x"});
  }
  EXPECT_EQ(
      OnlyItem(*OneShape(std::move(label), std::move(shape))).annotations.at(0).attributes.size(),
      40002u);
}

// Shapes of a few bytes, of labels with ten thousand attributes or parts.
TEST(ItemOfTest, WhatShapesDoNotHaveIsFilledInWithinABudget) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  Label car{.name = "car"};
  for (int i = 0; i < 10000; ++i) car.attributes.push_back(Spec(absl::StrCat("a", i), "text"));
  builder.AddLabel(car);
  const uint32_t pose = builder.AddLabel({.name = "pose"});
  for (int i = 0; i < 10000; ++i) {
    builder.AddLabel({.name = absl::StrCat("p", i), .parent = int32_t(pose)});
  }
  const uint32_t frame = builder.AddFrame({.name = "a.png"}).value();
  for (int i = 0; i < 1000; ++i) {
    const Shape box{.points = kBox, .attributes = {{"a7", "x"}}};
    ASSERT_TRUE(builder.AddShape(frame, box).ok());
    ASSERT_TRUE(builder.AddShape(frame, {.type = ShapeType::kSkeleton, .label = pose}).ok());
  }
  const auto data = Finished(builder);
  const Item item = ItemOf(*data, 0).value();
  uint64_t attributes = 0, elements = 0;
  for (const ItemAnnotation& annotation : item.annotations) {
    attributes += annotation.attributes.size();
    elements += annotation.elements.size();
  }
  EXPECT_LE(attributes + elements, kMaxFilledIn + 1000 * 4);
  EXPECT_GE(attributes, 1000u * 3);
  EXPECT_EQ(*item.annotations.front().Find("a7"), ItemValue("x"));
  // The skeletons that are not there are told by name.
  const FrameShapes all = data->Shapes(0).value();
  const std::vector<uint32_t> left_out =
      SkeletonsLeftOut(data->info(), data->GetFrame(0).value(), all);
  const auto is_skeleton = [](const ItemAnnotation& annotation) {
    return annotation.type == ItemType::kSkeleton;
  };
  EXPECT_EQ(left_out.size() +
                std::count_if(item.annotations.begin(), item.annotations.end(), is_skeleton),
            1000u);
  EXPECT_EQ(all.shapes[left_out.at(0)].type, ShapeType::kSkeleton);
  for (const char* writer : {"cvat/Datumaro 1.0", "cvat/COCO Keypoints 1.0"}) {
    const std::vector<absl::string_view> why =
        WriterNamed(writer)->WhyDropped(*data, data->GetFrame(0).value(), all);
    EXPECT_EQ(std::count(why.begin(), why.end(), kSkeletonsLackTooMuch), left_out.size()) << writer;
  }
}

TEST(ItemOfTest, MasksOfAnImageOfUnknownSizeAreLeftOut) {
  const Shape mask{.type = ShapeType::kMask, .points = {0, 4, 1, 1, 2, 2}};
  EXPECT_THAT(ItemOf(*OneShape({.name = "car"}, mask), 0).value().annotations, IsEmpty());
  const auto data = OneShape({.name = "car"}, mask, {.name = "a.png", .width = 4, .height = 3});
  EXPECT_THAT(OnlyItem(*data).annotations.at(0).mask.runs, ElementsAre(4, 2, 1, 2, 3));
}

TEST(ItemOfTest, ShapesThatAreOutsideAreNotThere) {
  EXPECT_THAT(ItemOf(*OneShape({.name = "car"}, {.track = 0, .outside = true, .points = kBox}), 0)
                  .value()
                  .annotations,
              IsEmpty());
}

TEST(ItemOfTest, CuboidsOfImagesAreNotThere) {
  EXPECT_THAT(ItemOf(*OneShape({.name = "car"},
                               {.type = ShapeType::kCuboid, .points = std::vector<double>(16, 1)}),
                     0)
                  .value()
                  .annotations,
              IsEmpty());
}

TEST(ItemOfTest, ASkeletonHasAnElementForEachSublabel) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  const std::string svg =
      "<line data-type=\"edge\" data-node-from=\"1\" data-node-to='2'></line>"
      "<circle data-label-name=\"b &lt;&amp;&gt;\" cx=\"1\"></circle>"
      "<g><circle data-label-name=\"c\"/></g><circle data-label-name=\"nobody\"/>"
      "<circle data-label-name=\"a\"/><line data-node-from=\"7\" data-node-to=\"1\"/>";
  const uint32_t pose = builder.AddLabel({.name = "pose", .type = "skeleton", .svg = svg});
  std::vector<uint32_t> parts;
  for (const char* name : {"a", "b <&>", "c"}) {
    parts.push_back(builder.AddLabel(
        {.name = name, .parent = int32_t(pose), .attributes = {Spec("t", "text", "x")}}));
  }
  const uint32_t frame = builder.AddFrame({.name = "a.png"}).value();
  Shape skeleton{.type = ShapeType::kSkeleton, .label = pose, .track = 4};
  skeleton.elements = {
      {.type = ShapeType::kPoints, .label = parts[0], .keyframe = true, .points = {1.006, 2}},
      {.type = ShapeType::kPoints, .label = parts[1], .occluded = true, .points = {3, 5}}};
  ASSERT_TRUE(builder.AddShape(frame, skeleton).ok());
  const auto data = Finished(builder);

  const SkeletonTemplate form = SkeletonTemplateOf(data->info(), pose);
  EXPECT_THAT(form.sublabels, ElementsAre(parts[1], parts[0], parts[2]));
  EXPECT_THAT(form.joints, ElementsAre(Pair(1, 2)));

  const Item whole = OnlyItem(*data);
  const ItemAnnotation& item = whole.annotations.at(0);
  ASSERT_EQ(item.elements.size(), 3u);
  EXPECT_EQ(item.elements[0].visibility, Visibility::kHidden);
  EXPECT_EQ(*item.elements[0].Find("track_id"), ItemValue(int64_t{1}));
  EXPECT_THAT(item.elements[1].points, ElementsAre(1.01, 2));
  EXPECT_THAT(Names(item.elements[1].attributes), ElementsAre("t", "track_id", "keyframe"));
  EXPECT_EQ(item.elements[2].visibility, Visibility::kAbsent);
  EXPECT_THAT(item.elements[2].attributes, IsEmpty());
  EXPECT_EQ(*item.Find("keyframe"), ItemValue(true));
  EXPECT_THAT(BboxOf(item), ElementsAre(1.01, 2, 1.99, 3));
}

TEST(SkeletonTemplateTest, BrokenDrawingsGiveTheLabelsOwnOrder) {
  for (const char* svg : {"", "<", "<circle", "<circle data-label-name=\"b", "<>", "</>",
                          "<circle "
                          "data-label-name=b>",
                          "<circle data-label-name", "&lt;circle/&gt;"}) {
    DatasetInfo info;
    info.labels = {
        {.name = "pose", .svg = svg}, {.name = "a", .parent = 0}, {.name = "b", .parent = 0}};
    EXPECT_THAT(SkeletonTemplateOf(info, 0).sublabels, ElementsAre(1, 2)) << svg;
  }
}

void ExpectSame(const std::vector<ItemAnnotation>& a, const std::vector<ItemAnnotation>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].type, b[i].type);
    EXPECT_EQ(a[i].label, b[i].label);
    EXPECT_EQ(a[i].z_order, b[i].z_order);
    EXPECT_EQ(a[i].group, b[i].group);
    EXPECT_EQ(a[i].id, b[i].id);
    EXPECT_EQ(a[i].track, b[i].track);
    EXPECT_EQ(a[i].rotation, b[i].rotation);
    EXPECT_EQ(a[i].points, b[i].points);
    EXPECT_TRUE(a[i].attributes == b[i].attributes);
    EXPECT_TRUE(a[i].mask == b[i].mask);
    EXPECT_EQ(a[i].visibility, b[i].visibility);
    EXPECT_EQ(a[i].origin, b[i].origin);
    ExpectSame(a[i].elements, b[i].elements);
  }
}

TEST(ItemBuffersTest, NothingIsLeftOfTheItemThatWasThereBefore) {
  const auto every = EveryShape();
  const FrameShapes all = every->Shapes(every->FindPath("dir/b 1.png").value().value()).value();
  std::vector<Shape> shapes = all.tags;
  shapes.insert(shapes.end(), all.shapes.begin(), all.shapes.end());
  // A frame of each pair, so that each shape comes to the place of each other one.
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  for (const Label& label : every->info().labels) builder.AddLabel(label);
  for (size_t i = 0; i < shapes.size() * shapes.size(); ++i) {
    const uint32_t frame =
        builder.AddFrame({.name = absl::StrCat(i, ".png"), .width = 100, .height = 50}).value();
    ASSERT_TRUE(builder.AddShape(frame, shapes[i / shapes.size()]).ok());
    ASSERT_TRUE(builder.AddShape(frame, shapes[i % shapes.size()]).ok());
  }
  const auto data = Finished(builder);
  ItemBuffers buffers;
  for (uint32_t position = 0; position < data->frame_count(); ++position) {
    const Rank rank = data->InOrder(position).value();
    const Item alone = ItemOf(*data, rank).value();
    const absl::Status status = buffers.WithItem(*data, rank, [&](Item& item) {
      EXPECT_EQ(item.rank, rank);
      EXPECT_EQ(item.id, alone.id);
      EXPECT_EQ(item.file_name, alone.file_name);
      ExpectSame(item.annotations, alone.annotations);
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
  }
}

TEST(ItemBuffersTest, WhatIsChangedInAnItemIsNotInTheNextOne) {
  const auto data = FramesNamed({"a.png", "b.png"});
  ItemBuffers buffers;
  const auto clear = [](Item& item) {
    EXPECT_EQ(item.annotations.size(), 1u);
    item.annotations.clear();
    item.width = 7;
    return absl::OkStatus();
  };
  ASSERT_TRUE(buffers.WithItem(*data, 0, clear).ok());
  ASSERT_TRUE(buffers
                  .WithItem(*data, 1,
                            [](Item& item) {
                              EXPECT_EQ(item.width, 100u);
                              EXPECT_EQ(item.annotations.size(), 1u);
                              return absl::OkStatus();
                            })
                  .ok());
}

ItemNames NamesOf(const Dataset& data, absl::string_view path) {
  return ItemNamesOf(data, data.FindPath(path).value().value()).value();
}

TEST(ItemNamesTest, AnIdHasItsExtensionWhereAnotherFrameDiffersOnlyByThat) {
  const auto data = FramesNamed({"d/a.jpg", "d/a.png", "d/b.jpg"});
  EXPECT_EQ(NamesOf(*data, "d/a.jpg").id, "d/a.jpg");
  EXPECT_EQ(NamesOf(*data, "d/b.jpg").id, "d/b");
  EXPECT_EQ(NamesOf(*data, "d/b.jpg").file_name, "d/b.jpg");
}

TEST(ItemNamesTest, FramesOfAVideoArePngFiles) {
  DatasetBuilder builder;
  builder.AddTask({.name = "clip", .is_video = true});
  ASSERT_TRUE(builder.AddFrame({.name = "frame_000002", .number = 2}).ok());
  const auto data = Finished(builder);
  EXPECT_EQ(NamesOf(*data, "frame_000002").id, "frame_000002");
  EXPECT_EQ(NamesOf(*data, "frame_000002").file_name, "frame_000002.PNG");
}

TEST(ItemNamesTest, PointCloudsAreKnownByTheirBaseNameWhereItIsTheOnlyOne) {
  DatasetBuilder builder;
  builder.AddTask({.name = "3d", .is_3d = true});
  for (const char* name : {"a/1.pcd", "b/1.pcd", "b/2.pcd", "3.pcd"}) {
    ASSERT_TRUE(builder.AddFrame({.name = name}).ok());
  }
  const auto data = Finished(builder);
  EXPECT_EQ(NamesOf(*data, "a/1.pcd").id, "a/1");
  EXPECT_EQ(NamesOf(*data, "b/1.pcd").id, "b/1");
  EXPECT_EQ(NamesOf(*data, "b/2.pcd").id, "2");
  EXPECT_EQ(NamesOf(*data, "b/2.pcd").file_name, "b/2.pcd");
  EXPECT_EQ(NamesOf(*data, "3.pcd").id, "3");
}

}  // namespace
}  // namespace annofs::testing
