// What attributes labels have, where a source tells their values alone.
#include "formats/attribute_types.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Kind = AttributeKind;

std::vector<AttributeSpec> LearntFrom(absl::FunctionRef<void(AttributeTypes&)> annotations) {
  AttributeTypes types;
  annotations(types);
  DatasetBuilder builder;
  const uint32_t label = builder.AddLabel({.name = "car"});
  EXPECT_EQ(label, 0u);
  types.Finish(builder);
  return builder.Finish().value()->info().labels[0].attributes;
}

AttributeSpec Spec(std::string name, std::string type) {
  return {.name = std::move(name), .input_type = std::move(type)};
}

TEST(AttributeTypes, AreCheckboxNumberOrText) {
  const auto specs = LearntFrom([](AttributeTypes& types) {
    types.Start(0);
    types.Add("parked", Kind::kBool, "true");
    types.Add("speed", Kind::kNumber, "3");
    types.Add("plate", Kind::kText, "A 1");
    types.Start(0);
    types.Add("parked", Kind::kBool, "false");
    types.Add("speed", Kind::kNumber, "4.5");
    types.Add("plate", Kind::kText, "5");
  });
  EXPECT_THAT(specs, ElementsAre(Spec("parked", "checkbox"), Spec("speed", "number"),
                                 Spec("plate", "text")));
}

TEST(AttributeTypes, OneThatSomeAnnotationLacksIsNotSpecified) {
  const auto specs = LearntFrom([](AttributeTypes& types) {
    types.Start(0);
    types.Add("a", Kind::kBool, "true");
    types.Add("b", Kind::kBool, "true");
    types.Add("b", Kind::kBool, "true");  // an object that has a name twice
    types.Start(0);
    types.Add("a", Kind::kBool, "true");
    types.Add("late", Kind::kBool, "true");
  });
  EXPECT_THAT(specs, ElementsAre(Spec("a", "checkbox")));
}

TEST(AttributeTypes, ANumberMayHaveTextsThatAreNone) {
  const auto specs = LearntFrom([](AttributeTypes& types) {
    types.Start(0);
    types.Add("a", Kind::kNumber, "3");
    types.Add("b", Kind::kNumber, "3");
    types.Add("c", Kind::kNumber, "3");
    types.Start(0);
    types.Add("a", Kind::kText, "unknown");
    types.Add("b", Kind::kText, "4");
    types.Add("c", Kind::kBool, "true");
  });
  EXPECT_THAT(specs, ElementsAre(Spec("a", "number"), Spec("b", "text"), Spec("c", "text")));
}

TEST(AttributeTypes, OfAHostileLabelThereIsABound) {
  const auto specs = LearntFrom([](AttributeTypes& types) {
    types.Start(0);
    types.Add(std::string(AttributeTypes::kMaxNameBytes + 1, 'x'), Kind::kText, "");
    for (int i = 0; i < 100000; ++i) types.Add(absl::StrCat(i), Kind::kText, "");
  });
  EXPECT_EQ(specs.size(), AttributeTypes::kMaxOfLabel);
}

TEST(SpecifyAttributes, ReplacesThoseOfItsNamesAndAddsTheOthers) {
  DatasetBuilder builder;
  const uint32_t label =
      builder.AddLabel({.name = "car", .attributes = {Spec("a", "text"), Spec("b", "text")}});
  builder.SpecifyAttributes(label, {Spec("b", "number"), Spec("c", "checkbox")});
  EXPECT_THAT(builder.Finish().value()->info().labels[0].attributes,
              ElementsAre(Spec("a", "text"), Spec("b", "number"), Spec("c", "checkbox")));
}

// By label.
std::map<std::string, std::vector<AttributeSpec>> SpecsOf(const ReadResult& read) {
  EXPECT_TRUE(read.status.ok()) << read.status;
  std::map<std::string, std::vector<AttributeSpec>> specs;
  for (const Label& label : read.info().labels) specs[label.name] = label.attributes;
  return specs;
}

TEST(AttributesLearnt, FromCocoFiles) {
  MemorySource source("instances_default.json", R"({
      "images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 9}],
      "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
      "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2],
         "attributes": {"parked": true, "speed": 3.0, "occluded": false}},
        {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2],
         "attributes": {"parked": false, "speed": 3.5, "occluded": false}},
        {"id": 3, "image_id": 1, "category_id": 2, "bbox": [1, 1, 2, 2]}]})");
  auto specs = SpecsOf(ReadWith("coco", source));
  EXPECT_THAT(specs["car"], ElementsAre(Spec("parked", "checkbox"), Spec("speed", "number")));
  EXPECT_THAT(specs["bus"], IsEmpty());
}

TEST(AttributesLearnt, FromSeveralFilesTogether) {
  const auto file = [](absl::string_view attributes) {
    return absl::StrCat(
        R"({"categories": {"label": {"labels": [{"name": "car", "parent": ""}]}}, "items": [
            {"id": "a", "annotations": [{"type": "bbox", "label_id": 0, "bbox": [1, 1, 2, 2],
             "attributes": )",
        attributes, "}]}]}");
  };
  MemorySource source(
      "x.zip",
      MakeZip({{.name = "annotations/train.json",
                .content = file(R"({"x": 1.5, "y": true, "z": "a"})")},
               {.name = "annotations/val.json", .content = file(R"({"x": "far", "y": "true"})")}}));
  auto specs = SpecsOf(ReadWith("datumaro", source));
  EXPECT_THAT(specs["car"], ElementsAre(Spec("x", "number"), Spec("y", "text")));
}

TEST(AttributesLearnt, FromVocAndLabelMe) {
  MemorySource voc("x pascal voc 1.1.zip",
                   MakeZip({{.name = "Annotations/a.xml", .content = R"(<annotation>
      <filename>a.jpg</filename><object><name>car</name>
      <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>
      <attributes><attribute><name>parked</name><value>True</value></attribute>
      <attribute><name>speed</name><value>3.0</value></attribute></attributes>
      </object></annotation>)"},
                            {.name = "ImageSets/Main/default.txt", .content = "a\n"}}));
  EXPECT_THAT(SpecsOf(ReadWith("pascal_voc", voc))["car"],
              ElementsAre(Spec("parked", "checkbox"), Spec("speed", "text")));
  MemorySource label_me("x labelme 3.0.zip",
                        MakeZip({{.name = "default/a.xml", .content = R"(<annotation>
      <filename>a.jpg</filename><object><name>car</name><id>0</id><type>bounding_box</type>
      <polygon><pt><x>1</x><y>1</y></pt><pt><x>2</x><y>2</y></pt></polygon>
      <attributes>parked=True, speed=3.0, plate="3.0"</attributes></object></annotation>)"}}));
  EXPECT_THAT(
      SpecsOf(ReadWith("label_me", label_me))["car"],
      ElementsAre(Spec("parked", "checkbox"), Spec("speed", "number"), Spec("plate", "text")));
}

}  // namespace
}  // namespace annofs::testing
