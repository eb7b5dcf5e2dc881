#include "tests/golden/hand_made_data.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/golden/golden_case.h"

namespace annofs::testing {
namespace {

std::unique_ptr<Dataset> Finished(DatasetBuilder& builder) {
  absl::StatusOr<std::unique_ptr<Dataset>> data = builder.Finish(ImageOfSize);
  EXPECT_TRUE(data.ok()) << data.status();
  return *std::move(data);
}

struct Labels {
  uint32_t car = 0, pose = 0, nose = 0, hand = 0, sky = 0;
};

Labels AddLabels(DatasetBuilder& builder) {
  Labels labels;
  labels.car = builder.AddLabel({.name = "car",
                                 .color = "#2080c0",
                                 .attributes = {{.name = "parked",
                                                 .input_type = "checkbox",
                                                 .default_value = "false",
                                                 .values = {"false"}},
                                                {.name = "plate", .input_type = "text"}}});
  labels.pose = builder.AddLabel({.name = "pose", .color = "#00aa00", .type = "skeleton"});
  labels.nose =
      builder.AddLabel({.name = "nose", .color = "#aa0000", .parent = int32_t(labels.pose)});
  labels.hand =
      builder.AddLabel({.name = "hand", .color = "#0000aa", .parent = int32_t(labels.pose)});
  labels.sky = builder.AddLabel({.name = "sky", .color = "#aaaa00"});
  return labels;
}

// Different numbers for each `seed`.
std::vector<Shape> EveryType(const Labels& labels, int seed) {
  const double x = seed;
  return {
      {.type = ShapeType::kTag, .label = labels.sky, .source = "manual"},
      {.label = labels.car,
       .source = "manual",
       .points = {x, 2, x + 30.5, 40.25},
       .attributes = {{"parked", "true"}, {"plate", absl::StrCat("B ", seed)}}},
      {.label = labels.car,
       .occluded = true,
       .rotation = 30,
       .source = "manual",
       .points = {x + 40, 10, x + 60, 20},
       .attributes = {{"parked", "false"}, {"plate", ""}}},
      {.type = ShapeType::kPolygon,
       .label = labels.sky,
       .source = "manual",
       .points = {x, 50, x + 20, 50, x + 20, 70, x + 5, 80}},
      {.type = ShapeType::kPolyline,
       .label = labels.sky,
       .source = "manual",
       .points = {x, 1, x + 3, 4}},
      {.type = ShapeType::kPoints, .label = labels.sky, .source = "manual", .points = {x + 5, 6}},
      {.type = ShapeType::kEllipse,
       .label = labels.sky,
       .source = "manual",
       .points = {x + 30, 60, x + 40, 55}},
      {.type = ShapeType::kMask,
       .label = labels.sky,
       .source = "manual",
       .points = {1, 3, 70, 80, 71, 81}},
      {.type = ShapeType::kSkeleton,
       .label = labels.pose,
       .source = "manual",
       .elements = {{.type = ShapeType::kPoints,
                     .label = labels.nose,
                     .source = "manual",
                     .points = {x + 70, 10}},
                    {.type = ShapeType::kPoints,
                     .label = labels.hand,
                     .occluded = true,
                     .source = "manual",
                     .points = {x + 75, 30}}}}};
}

void AddShapes(DatasetBuilder& builder, uint32_t frame, std::vector<Shape> shapes) {
  for (Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
}

}  // namespace

std::unique_ptr<Dataset> SeveralSubsets() {
  DatasetBuilder builder;
  const std::vector<std::string> subsets = {"train", "Val", "b c", ""};
  for (const std::string& subset : subsets) {
    builder.AddTask({.name = absl::StrCat("task ", subset), .subset = subset});
  }
  const Labels labels = AddLabels(builder);
  for (uint32_t task = 0; task < subsets.size(); ++task) {
    for (uint32_t number = 0; number < 3; ++number) {
      const uint32_t frame =
          builder
              .AddFrame({.name = absl::StrCat("t", task, "/image ", number, ".jpg"),
                         .number = number,
                         .task = task,
                         .width = 120,
                         .height = 100,
                         .subset = subsets[task]})
              .value();
      // The last one is empty.
      if (number < 2) AddShapes(builder, frame, EveryType(labels, int(task * 3 + number)));
    }
  }
  return Finished(builder);
}

std::unique_ptr<Dataset> NamesThatHurt() {
  DatasetBuilder builder;
  builder.AddTask({.name = "names <that> \"hurt\""});
  const std::vector<std::string> names = {"a.jpg",
                                          "b/a.jpg",
                                          "b/c d/a.jpg",
                                          "with blank.PNG",
                                          "dots.in.it.jpeg",
                                          "comma,semi;colon.jpg",
                                          "quote\"s 'here.jpg",
                                          "фото/图.png",
                                          "#no comment.jpg",
                                          "per%20cent+plus.jpg",
                                          "000007.jpg",
                                          "a&b<c>.jpg",
                                          "tail_.jpg",
                                          "images/labels/train.jpg"};
  const std::vector<std::string> labels = {
      "car", "two words", "comma, \"quote\"", "авто", "a/b", "key: value", "#sharp"};
  for (const std::string& label : labels) {
    builder.AddLabel({.name = label,
                      .color = "#102030",
                      .attributes = {{.name = "text", .input_type = "text"},
                                     {.name = "a=b, c", .input_type = "text"}}});
  }
  for (uint32_t i = 0; i < names.size(); ++i) {
    const uint32_t frame =
        builder.AddFrame({.name = names[i], .number = i, .width = 120, .height = 100}).value();
    const uint32_t label = i % uint32_t(labels.size());
    const double x = i + 0.5;
    std::vector<Attribute> attributes = {{"text", "say \"x\", y=1\\"}, {"a=b, c", "12"}};
    AddShapes(builder, frame,
              {{.type = ShapeType::kTag, .label = label, .attributes = attributes},
               {.label = label, .points = {x, 2, x + 30, 40}, .attributes = attributes},
               {.type = ShapeType::kPolygon,
                .label = label,
                .points = {x, 50, x + 20, 50, x + 20, 70},
                .attributes = attributes}});
  }
  return Finished(builder);
}

}  // namespace annofs::testing
