#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "formats/mot_tracks.h"
#include "tests/formats/counting_dataset.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::Pair;

using Files = std::map<std::string, std::string>;

constexpr char kFormat[] = "cvat/MOT 1.1";

Shape Box(int32_t track, double x) { return {.track = track, .points = {x, 1, x + 2, 3}}; }

TEST(CvatMotTest, TracksAreNumberedAsTheyFirstOccurAlsoOverTasks) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one", .subset = "train"});
  builder.AddTask({.name = "two", .subset = "val"});
  builder.AddLabel({.name = "car"});
  builder.AddLabel({.name = "bus"});
  // The order of names is not that of frames.
  auto z = builder.AddFrame({.name = "z.jpg", .number = 0, .task = 0, .subset = "train"}).value();
  auto y = builder.AddFrame({.name = "y.jpg", .number = 1, .task = 0, .subset = "train"}).value();
  auto a = builder.AddFrame({.name = "a.jpg", .number = 0, .task = 1, .subset = "val"}).value();
  for (auto& [frame, shape] : std::vector<std::pair<uint32_t, Shape>>{{z, Box(-1, 1)},
                                                                      {z, Box(7, 2)},
                                                                      {y, Box(3, 3)},
                                                                      {y, Box(7, 4)},
                                                                      {a, Box(3, 5)},
                                                                      {a, Box(0, 6)}}) {
    ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  Files files = FilesOf(Described(kFormat, *data), *data);
  EXPECT_EQ(files["gt/gt.txt"],
            "1,-1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "1,1,2.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "2,2,3.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "2,1,4.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "3,3,6.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "3,2,5.0,1.0,2.0,2.0,1,1,1.0\r\n");  // track 3 of the other task: CVAT's number too
  EXPECT_EQ(files["gt/labels.txt"], "car\nbus");
  EXPECT_EQ(files["img1/z.jpg"], "-> bucket/z.jpg");
}

TEST(CvatMotTest, AFrameWhoseNameIsANumberHasThatNumber) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one"});
  builder.AddLabel({.name = "car"});
  const char* names[] = {"0007.jpg", "x.jpg", "1_0.png", "d/5.jpg", "٣.jpg", "-2.jpg"};
  for (uint32_t i = 0; i < 6; ++i) {
    uint32_t frame = builder.AddFrame({.name = names[i], .number = i}).value();
    ASSERT_TRUE(builder.AddShape(frame, Box(-1, 1)).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described(kFormat, *data), *data)["gt/gt.txt"],
            "7,-1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "2,-1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "10,-1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "4,-1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "3,-1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "-2,-1,1.0,1.0,2.0,2.0,1,1,1.0\r\n");
}

TEST(CvatMotTest, ABoxThatCvatsExportFailsOnIsLeftOutWithAReason) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one"});
  builder.AddLabel(
      {.name = "car",
       .attributes = {{.name = "ignored", .input_type = "checkbox", .default_value = "false"},
                      {.name = "visibility", .input_type = "text", .default_value = "0.5"},
                      {.name = "track_id", .input_type = "text", .default_value = "-1"}}});
  uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  for (const std::vector<Attribute>& attributes :
       {std::vector<Attribute>{{"ignored", "True"}},
        {{"visibility", "half\n"}},
        {{"track_id", "x"}},
        {{"track_id", " 12 "}, {"visibility", "1e-7"}}}) {
    Shape box = Box(-1, 1);
    box.attributes = attributes;
    ASSERT_TRUE(builder.AddShape(frame, box).ok());
  }
  ASSERT_TRUE(builder.AddShape(frame, {.type = ShapeType::kPoints, .points = {1, 2}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described(kFormat, *data), *data)["gt/gt.txt"],
            "1,-1,1.0,1.0,2.0,2.0,0,1,0.5\r\n"
            "1,1,1.0,1.0,2.0,2.0,1,1,1e-07\r\n");
  EXPECT_THAT(
      WriterNamed(kFormat)->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value()),
      ElementsAre("", "its attribute visibility is no number",
                  "its attribute track_id is no number", "",
                  "the format has no place for this type"));
}

// A number among tracks may be of several labels and types, as where tracks come from attributes.
TEST(CvatMotTest, ATrackIsNumberedWhereItsFirstBoxIs) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one"});
  builder.AddLabel({.name = "car"});
  builder.AddLabel({.name = "bus"});
  Shape polygon{.type = ShapeType::kPolygon, .track = 5, .points = {1, 1, 3, 1, 2, 3}};
  Shape bus = Box(5, 1);
  bus.label = 1;
  const std::vector<std::vector<Shape>> frames = {
      {polygon, Box(9, 1)}, {Box(8, 1)}, {Box(9, 1), polygon}, {bus, Box(7, 1)}, {Box(5, 1)}};
  for (size_t i = 0; i < frames.size(); ++i) {
    // Names count down: the order of ranks is not that of frames.
    const std::string name = absl::StrCat("f", 9 - i, ".jpg");
    const uint32_t frame = builder.AddFrame({.name = name, .number = uint32_t(i)}).value();
    for (const Shape& shape : frames[i]) ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described(kFormat, *data), *data)["gt/gt.txt"],
            "1,1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "2,2,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "3,1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "4,3,1.0,1.0,2.0,2.0,1,2,1.0\r\n"
            "4,4,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "5,3,1.0,1.0,2.0,2.0,1,1,1.0\r\n");
}

TEST(CvatMotTest, TracksAreNumberedWithoutReadingEveryFrame) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one"});
  builder.AddLabel({.name = "car"});
  constexpr uint32_t kFrames = 1000;
  for (uint32_t i = 0; i < kFrames; ++i) {
    const uint32_t frame =
        builder.AddFrame({.name = absl::StrCat(kFrames + i, ".jpg"), .number = i}).value();
    for (int32_t track : {0, int32_t(i / 500) + 1})
      ASSERT_TRUE(builder.AddShape(frame, Box(track, 1)).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  const testing::CountingDataset counted(*data);
  MotTracks tracks(data->All());
  EXPECT_EQ(tracks.NumberOf(counted, 2).value(), 3);
  EXPECT_LT(counted.steps, 50);
}

TEST(CvatMotTest, AStaticBoxHasTheTrackIdThatItsLabelSpecifiesAndNoOther) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one"});
  builder.AddLabel({.name = "car", .attributes = {{.name = "track_id", .input_type = "number"}}});
  builder.AddLabel({.name = "bus"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  for (uint32_t label : {0u, 1u}) {
    Shape box = Box(-1, 1);
    box.label = label;
    box.attributes = {{"track_id", "40"}};
    ASSERT_TRUE(builder.AddShape(frame, box).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_EQ(FilesOf(Described(kFormat, *data), *data)["gt/gt.txt"],
            "1,1,1.0,1.0,2.0,2.0,1,1,1.0\r\n"
            "1,-1,1.0,1.0,2.0,2.0,1,2,1.0\r\n");
}

TEST(CvatMotTest, AnEmptyDatasetHasEmptyFiles) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(FilesOf(Described(kFormat, *data), *data),
              ElementsAre(Pair("gt/gt.txt", ""), Pair("gt/labels.txt", "")));
}

}  // namespace
}  // namespace annofs
