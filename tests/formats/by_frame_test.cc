#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::FramesNamed;
using ::annofs::testing::NamesIn;
using ::testing::ElementsAre;

constexpr char kHeader[] =
    "label\ttype\tx\ty\tw\th\trotation\toccluded\tz\tsource\ttrack\tgroup\tscore\tattributes\t"
    "points\n";

TEST(ByFrameTest, TsvHasEveryShapeInOrderOfZ) {
  std::unique_ptr<Dataset> data = EveryShape();
  std::string expected = kHeader;
  expected += "sky\ttag\t\t\t\t\t\t\t\tmanual\t\t\t\ttime=day\\\\;night\\\\=x\t\n";
  expected += "car\tellipse\t40\t20\t20\t10\t0\t0\t-1\t\t\t\t1\t\t50 25 60 20\n";
  expected += "car\trectangle\t40\t10\t20\t10\t90\t0\t0\t\t\t\t1\t\t40 10 60 20\n";
  expected += "sky\tpolygon\t0\t0\t10\t5\t0\t0\t0\t\t\t\t1\t\t0 0 10 0.5 10 5\n";
  expected += "car\tpolyline\t1\t2\t2\t2\t0\t0\t0\t\t\t\t1\t\t1 2 3 4\n";
  expected += "car\tpoints\t5\t6\t0\t0\t0\t0\t0\t\t\t\t1\t\t5 6\n";
  expected +=
      "car\tcuboid\t10\t8\t15\t12\t0\t0\t0\t\t\t\t1\t\t10 10 10 20 20 10 20 20 25 8 25 18 15 8 15 "
      "18\n";
  expected += "sky\tmask\t80\t40\t2\t2\t0\t0\t0\t\t\t\t1\t\t0 4 80 40 81 41\n";
  expected += "person\tskeleton\t70\t10\t10\t20\t0\t0\t0\t\t\t\t1\t\t\n";
  expected += "person/nose\telement\t70\t10\t0\t0\t0\t0\t0\t\t\t\t1\t\t70 10\n";
  expected += "person/knee\telement\t80\t30\t0\t0\t0\t0\t0\t\t\t\t1\t\t80 30\n";
  expected += "person/knee\toutside\t0\t0\t0\t0\t0\t0\t0\t\t\t\t1\t\t0 0\n";
  expected += "car\trectangle\t200\t200\t10\t10\t0\t0\t0\t\t\t\t1\t\t200 200 210 210\n";
  expected += "car\trectangle\t-10\t-10\t20\t20\t0\t0\t0\t\t\t\t1\t\t-10 -10 10 10\n";
  expected +=
      "car\trectangle\t10\t20\t20\t20\t0\t1\t0\tauto\t3\t2\t0.5\tcolor=red;note=a\\tb\t10 20 30 "
      "40\n";
  expected += "car\trectangle\t10\t20\t20\t20\t0\t0\t0\t\t4\t\t1\t\t10 20 30 40\n";
  EXPECT_EQ(FilesOf(Described("by-frame", *data), *data)["dir/b 1.tsv"], expected);
}

TEST(ByFrameTest, AFrameWithoutAnnotationsHasTheHeaderOnly) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_EQ(FilesOf(Described("by-frame", *data), *data)["a.tsv"], kHeader);
}

TEST(ByFrameTest, JsonHasEveryField) {
  DatasetBuilder builder;
  builder.AddTask({.name = "night \"ride\""});
  uint32_t person = builder.AddLabel({.name = "person", .type = "skeleton"});
  uint32_t nose = builder.AddLabel({.name = "nose", .parent = 0});
  uint32_t frame =
      builder
          .AddFrame(
              {.name = "d/a.jpg", .number = 12, .width = 640, .height = 480, .subset = "Train"})
          .value();
  ASSERT_TRUE(builder
                  .AddShape(frame, {.type = ShapeType::kTag,
                                    .label = person,
                                    .group = 4,
                                    .source = "manual",
                                    .attributes = {{"k", "v"}}})
                  .ok());
  ASSERT_TRUE(builder
                  .AddShape(frame, {.type = ShapeType::kSkeleton,
                                    .label = person,
                                    .z_order = 1,
                                    .track = 5,
                                    .keyframe = true,
                                    .source = "auto",
                                    .elements = {{.type = ShapeType::kPoints,
                                                  .label = nose,
                                                  .outside = true,
                                                  .points = {1, 2.5}}}})
                  .ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described("by-frame", *data), *data)["d/a.json"], R"({
  "frame": "d/a.jpg",
  "number": 12,
  "width": 640,
  "height": 480,
  "subset": "Train",
  "task": "night \"ride\"",
  "tags": [
    {
      "label": "person",
      "group": 4,
      "source": "manual",
      "attributes": [
        {
          "name": "k",
          "value": "v"
        }
      ]
    }
  ],
  "shapes": [
    {
      "label": "person",
      "type": "skeleton",
      "points": [],
      "rotation": 0,
      "occluded": false,
      "outside": false,
      "z_order": 1,
      "group": 0,
      "track": 5,
      "keyframe": true,
      "source": "auto",
      "score": 1,
      "attributes": [],
      "elements": [
        {
          "label": "nose",
          "type": "points",
          "points": [
            1,
            2.5
          ],
          "rotation": 0,
          "occluded": false,
          "outside": true,
          "z_order": 0,
          "group": 0,
          "source": "",
          "score": 1,
          "attributes": []
        }
      ]
    }
  ]
}
)");
}

TEST(ByFrameTest, ImagesAreTheBucketsOwn) {
  std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_EQ(FilesOf(Described("by-frame", *data), *data)["dir/b 1.png"], "-> bucket/dir/b 1.png");
}

TEST(ByFrameTest, FramesThatShareAStemKeepTheirExtension) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg", "a.png", "b.jpg"});
  EXPECT_THAT(NamesIn(Described("by-frame", *data), *data),
              ElementsAre("a.jpg", "a.jpg.json", "a.jpg.tsv", "a.png", "a.png.json", "a.png.tsv",
                          "b.jpg", "b.json", "b.tsv"));
}

TEST(ByFrameTest, WithoutTheImageTheLabelsAreShown) {
  DatasetBuilder builder;
  builder.AddFrame({.name = "a.jpg"}).value();
  std::unique_ptr<Dataset> data = Finished(builder, nullptr);
  EXPECT_THAT(NamesIn(Described("by-frame", *data), *data), ElementsAre("a.json", "a.tsv"));
}

TEST(ByFrameTest, ACuboidInSpaceHasNoBox) {
  DatasetBuilder builder;
  builder.AddTask({.name = "lidar", .is_3d = true});
  builder.AddLabel({.name = "car"});
  uint32_t frame = builder.AddFrame({.name = "a.pcd"}).value();
  ASSERT_TRUE(builder
                  .AddShape(frame, {.type = ShapeType::kCuboid,
                                    .points = {1, 2, 3, 0, 0, 0.5, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0}})
                  .ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described("by-frame", *data), *data)["a.tsv"],
            std::string(kHeader) +
                "car\tcuboid\t\t\t\t\t0\t0\t0\t\t\t\t1\t\t1 2 3 0 0 0.5 4 2 1 0 0 0 0 0 0 0\n");
}

}  // namespace
}  // namespace annofs
