#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "tests/formats/mask_formats.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<JsonValue> Items(JsonValue array) {
  std::vector<JsonValue> items;
  for (size_t i = 0; i < array.size(); ++i) items.push_back(array[i]);
  return items;
}

std::string PointsIn(JsonValue shape) {
  std::vector<std::string> points;
  for (JsonValue point : Items(shape["points"])) {
    EXPECT_EQ(point.size(), 2u);
    points.push_back(
        absl::StrCat(point[0].AsDouble().value_or(-1), ",", point[1].AsDouble().value_or(-1)));
  }
  return absl::StrJoin(points, " ");
}

// "label type group [x,y x,y …]" of each shape of a document.
std::vector<std::string> ShapesIn(const std::string& text) {
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text);
  EXPECT_TRUE(document.ok()) << document.status();
  std::vector<std::string> shapes;
  if (!document.ok()) return shapes;
  for (JsonValue shape : Items(document->root()["shapes"])) {
    const std::string group =
        shape["group_id"].is_null() ? "" : absl::StrCat(shape.IntOr("group_id", 0), " ");
    shapes.push_back(absl::StrCat(shape.StringOr("label", "?"), " ",
                                  shape.StringOr("shape_type", "?"), " ", group, "[",
                                  PointsIn(shape), "]"));
  }
  return shapes;
}

// The document of one frame of 100 x 50, "a.jpg".
std::string DocumentOf(std::vector<Shape> shapes, std::vector<Label> labels = {{.name = "car"}}) {
  auto data = MaskData(labels, {{"a.jpg", "", std::move(shapes), 100, 50}});
  return Exported("labelme", *data)["a.json"];
}

TEST(LabelmeTest, ADocumentIsOneOfLabelmes) {
  EXPECT_EQ(
      DocumentOf({{.occluded = true, .points = {1, 2.5, 3, 4}, .attributes = {{"color", "red"}}}}),
      R"({
  "version": "5.0.1",
  "flags": {},
  "shapes": [
    {
      "label": "car",
      "points": [
        [
          1.0,
          2.5
        ],
        [
          3.0,
          4.0
        ]
      ],
      "group_id": null,
      "description": "",
      "shape_type": "rectangle",
      "flags": {
        "occluded": true
      },
      "attributes": {
        "color": "red"
      }
    }
  ],
  "imagePath": "a.jpg",
  "imageData": null,
  "imageHeight": 50,
  "imageWidth": 100
}
)");
}

TEST(LabelmeTest, EveryTypeIsKept) {
  std::unique_ptr<Dataset> data = EveryShape();
  const std::string text = Exported("labelme", *data)["dir/b 1.json"];
  std::vector<std::string> shapes = ShapesIn(text);
  ASSERT_EQ(shapes.size(), 13u);
  EXPECT_THAT(shapes[0], StartsWith("car polygon [60,25 "));  // ellipse: its rightmost point first
  EXPECT_THAT(shapes[1], StartsWith("car polygon ["));        // turned
  shapes.erase(shapes.begin(), shapes.begin() + 2);
  EXPECT_THAT(shapes,
              ElementsAre("sky polygon [0,0 10,0.5 10,5]", "car line [1,2 3,4]", "car point [5,6]",
                          StartsWith("car polygon ["),  // cuboid
                          StartsWith("sky polygon ["),  // mask
                          "nose point -8 [70,10]", "knee point -8 [80,30]",
                          "car rectangle [200,200 210,210]", "car rectangle [-10,-10 10,10]",
                          "car rectangle 2 [10,20 30,40]", "car rectangle [10,20 30,40]"));
  EXPECT_THAT(Dropped("labelme", *data, 1), Not(Contains(Not(""))));
}

TEST(LabelmeTest, PointsOfASkeletonTellWhatTheyAreOf) {
  std::unique_ptr<Dataset> data = EveryShape();
  absl::StatusOr<JsonDocument> document =
      JsonDocument::Parse(Exported("labelme", *data)["dir/b 1.json"]);
  ASSERT_TRUE(document.ok());
  for (JsonValue shape : Items(document->root()["shapes"])) {
    const bool is_element =
        shape.StringOr("label", "") == "nose" || shape.StringOr("label", "") == "knee";
    EXPECT_EQ(shape.StringOr("description", "?"), is_element ? "person" : "");
  }
}

TEST(LabelmeTest, TagsAreFlags) {
  const Shape tag = {.type = ShapeType::kTag, .label = 1};
  const std::string text =
      DocumentOf({tag, tag, {.type = ShapeType::kTag}}, {{.name = "wet"}, {.name = "night"}});
  EXPECT_THAT(text, HasSubstr("  \"flags\": {\n    \"night\": true,\n    \"wet\": true\n  },\n"));
}

TEST(LabelmeTest, ATurnedRectangleIsAPolygon) {
  const std::vector<std::string> shapes =
      ShapesIn(DocumentOf({{.rotation = 180, .points = {10, 10, 20, 20}}}));
  ASSERT_EQ(shapes.size(), 1u);
  EXPECT_THAT(shapes[0], StartsWith("car polygon ["));
}

TEST(LabelmeTest, PolylinesAreLinesOrStripsAndPointsStayTogether) {
  EXPECT_THAT(
      ShapesIn(DocumentOf({{.type = ShapeType::kPolyline, .points = {1, 2, 3, 4}},
                           {.type = ShapeType::kPolyline, .points = {1, 2, 3, 4, 5, 6}},
                           {.type = ShapeType::kPoints, .points = {1, 2}},
                           {.type = ShapeType::kPoints, .points = {1, 2, 3, 4}},
                           {.type = ShapeType::kPoints, .group = 6, .points = {1, 2, 3, 4}}})),
      ElementsAre("car line [1,2 3,4]", "car linestrip [1,2 3,4 5,6]", "car point [1,2]",
                  "car point -4 [1,2]", "car point -4 [3,4]", "car point 6 [1,2]",
                  "car point 6 [3,4]"));
}

// Converter bug 1.
TEST(LabelmeTest, RegionsOfAMaskAreOneGroup) {
  const std::vector<std::string> shapes = ShapesIn(DocumentOf(
      {{.type = ShapeType::kMask, .points = {0, 4, 2, 8, 2, 8, 2, 8, 2, 4, 10, 10, 19, 13}}}));
  EXPECT_THAT(shapes, ElementsAre(StartsWith("car polygon -1 ["), StartsWith("car polygon -1 [")));
}

// Converter bug 14: only what becomes a polygon is cut.
TEST(LabelmeTest, WhatIsOutsideIsKeptUnlessItMustBeDrawn) {
  const std::vector<Shape> shapes = {
      {.points = {200, 200, 210, 210}},
      {.type = ShapeType::kPolygon, .points = {-5, -5, -1, -5, -1, -1}},
      {.rotation = 45, .points = {200, 200, 210, 210}},
      {.type = ShapeType::kEllipse, .points = {300, 25, 310, 20}}};
  EXPECT_THAT(ShapesIn(DocumentOf(shapes)),
              ElementsAre("car rectangle [200,200 210,210]", "car polygon [-5,-5 -1,-5 -1,-1]"));
  auto data = MaskData({{.name = "car"}}, {{"a.jpg", "", shapes, 100, 50}});
  EXPECT_THAT(Dropped("labelme", *data, 0),
              ElementsAre("", "", "no area of it lies inside the image",
                          "no area of it lies inside the image"));
}

// Converter bug 11. labelme refuses a size that is not the image's.
TEST(LabelmeTest, ASizeThatIsNotKnownIsNull) {
  auto data = MaskData(
      {{.name = "car"}},
      {{"a.jpg", "", {{.points = {1, 2, 3, 4}}, {.rotation = 5, .points = {1, 2, 3, 4}}}, 0, 0}});
  const std::string text = Exported("labelme", *data)["a.json"];
  EXPECT_THAT(text, HasSubstr("\"imageHeight\": null,\n  \"imageWidth\": null\n"));
  EXPECT_THAT(ShapesIn(text), ElementsAre("car rectangle [1,2 3,4]"));
  EXPECT_THAT(Dropped("labelme", *data, 0), ElementsAre("", "the size of the image is not known"));
}

TEST(LabelmeTest, ASkeletonWithoutAPointThatIsThereIsDropped) {
  const Shape skeleton = {
      .type = ShapeType::kSkeleton,
      .elements = {{.type = ShapeType::kPoints, .outside = true, .points = {1, 2}}}};
  auto data = MaskData({{.name = "car"}}, {{"a.jpg", "", {skeleton}}});
  EXPECT_THAT(Dropped("labelme", *data, 0), ElementsAre("none of its points is there"));
  EXPECT_THAT(ShapesIn(Exported("labelme", *data)["a.json"]), IsEmpty());
}

TEST(LabelmeTest, ADocumentLiesBesideItsImageAndNamesIt) {
  auto data = MaskData({}, {{"dir/b 1.png", "", {}}, {"x/a.jpg", "", {}}, {"x/a.png", "", {}}});
  auto files = Exported("labelme", *data);
  EXPECT_THAT(PathsOf(files), ElementsAre("dir/b 1.json", "dir/b 1.png", "x/a.jpg", "x/a.jpg.json",
                                          "x/a.png", "x/a.png.json"));
  EXPECT_THAT(files["dir/b 1.json"], HasSubstr("\"imagePath\": \"b 1.png\""));
  EXPECT_THAT(files["x/a.png.json"], HasSubstr("\"imagePath\": \"a.png\""));
}

TEST(LabelmeTest, PointCloudsHaveTheirTagsAlone) {
  DatasetBuilder builder;
  builder.AddTask({.name = "space", .is_3d = true});
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.pcd"}).value();
  const Shape cuboid = {.type = ShapeType::kCuboid, .points = std::vector<double>(16, 1)};
  EXPECT_TRUE(builder.AddShape(frame, cuboid).ok());
  EXPECT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  const std::string text = Exported("labelme", *data)["a.json"];
  EXPECT_THAT(ShapesIn(text), IsEmpty());
  EXPECT_THAT(text, HasSubstr("\"car\": true"));
  EXPECT_THAT(Dropped("labelme", *data, 0),
              ElementsAre("", "a 3D cuboid has no outline in an image"));
}

}  // namespace
}  // namespace annofs::testing
