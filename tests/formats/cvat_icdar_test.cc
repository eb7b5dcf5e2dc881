#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::Pair;

// Two subsets; texts that are hostile; images in a directory "images".
std::unique_ptr<Dataset> Texts() {
  DatasetBuilder builder;
  builder.AddTask({.name = "one", .subset = "b"});
  builder.AddTask({.name = "two", .subset = "a"});
  builder.AddLabel({.name = "word", .attributes = {{.name = "text", .input_type = "text"}}});
  builder.AddLabel(
      {.name = "number",
       .attributes = {{.name = "text", .input_type = "number", .default_value = "1"}}});
  builder.AddLabel({.name = "bare"});
  uint32_t first = builder.AddFrame({.name = "images/x.JPG", .task = 0, .subset = "b"}).value();
  uint32_t second = builder.AddFrame({.name = "y.png", .task = 1, .subset = "a"}).value();
  auto add = [&](uint32_t frame, Shape shape) {
    EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
  };
  add(first, {.type = ShapeType::kTag, .attributes = {{"text", "say \"hi\"\n"}}});
  add(first, {.points = {1.005, 2, 3.115, 4}, .attributes = {{"text", "a\tb"}}});
  add(first, {.type = ShapeType::kPolygon, .label = 1, .points = {1, 2, 3, 4.5, 5, 6}});
  add(first, {.type = ShapeType::kPolyline, .label = 2, .points = {1, 2, 3, 4}});
  add(second, {.label = 2, .points = {1, 2, 3, 4}});
  return Finished(builder);
}

TEST(CvatIcdarTest, LocalizationHasALineForEachAnnotation) {
  std::unique_ptr<Dataset> data = Texts();
  EXPECT_THAT(FilesOf(Described("cvat/ICDAR Localization 1.0", *data), *data),
              ElementsAre(Pair("a/gt_y.txt", "1.0 2.0 3.0 4.0\n"),
                          Pair("a/images/y.png", "-> bucket/y.png"),
                          Pair("b/images/gt_x.txt",
                               "\n1.0 2.0 3.12 4.0 \"a\tb\"\n1.0,2.0,3.0,4.5,5.0,6.0,\"1.0\"\n\n"),
                          Pair("b/images/images/x.JPG", "-> bucket/images/x.JPG")));
}

TEST(CvatIcdarTest, RecognitionHasWhateverHasAText) {
  std::unique_ptr<Dataset> data = Texts();
  EXPECT_THAT(FilesOf(Described("cvat/ICDAR Recognition 1.0", *data), *data),
              ElementsAre(Pair("a/gt.txt", "y.png, \n"), Pair("a/images/y.png", "-> bucket/y.png"),
                          Pair("b/gt.txt", "images/x.JPG, \"say \"hi\"\n\"\"a\tb\"\"1.0\"\n"),
                          Pair("b/images/images/x.JPG", "-> bucket/images/x.JPG")));
}

TEST(CvatIcdarTest, WhatIsDroppedHasAReason) {
  std::unique_ptr<Dataset> data = Texts();
  const Frame frame = data->GetFrame(0).value();
  const FrameShapes all = data->Shapes(0).value();
  EXPECT_THAT(WriterNamed("cvat/ICDAR Localization 1.0")->WhyDropped(*data, frame, all),
              ElementsAre("the format has no place for this type", "", "",
                          "the format has no place for this type"));
  EXPECT_THAT(WriterNamed("cvat/ICDAR Recognition 1.0")->WhyDropped(*data, frame, all),
              ElementsAre("", "", "", "it has no attribute text"));
}

TEST(CvatIcdarTest, AnEmptyDatasetHasNoFiles) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(FilesOf(Described("cvat/ICDAR Localization 1.0", *data), *data), ElementsAre());
  EXPECT_THAT(FilesOf(Described("cvat/ICDAR Recognition 1.0", *data), *data), ElementsAre());
}

}  // namespace
}  // namespace annofs
