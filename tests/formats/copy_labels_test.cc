// The labels of a dataset made of others.
#include "formats/copy_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/copying.h"

namespace annofs {
namespace {

using ::annofs::testing::Copied;
using ::annofs::testing::CopyResult;
using ::annofs::testing::Pushed;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Shape BoxOf(uint32_t label, std::string name, std::vector<Attribute> attributes = {}) {
  return {.label = label,
          .source = std::move(name),
          .points = {1, 1, 5, 5},
          .attributes = std::move(attributes)};
}

Shape SkeletonOf(uint32_t label, std::string name, const std::vector<uint32_t>& parts) {
  Shape shape{.type = ShapeType::kSkeleton, .label = label, .source = std::move(name)};
  for (uint32_t part : parts) {
    shape.elements.push_back({.type = ShapeType::kPoints, .label = part, .points = {1, 1}});
  }
  return shape;
}

std::unique_ptr<Dataset> DatasetOf(const std::vector<Label>& labels,
                                   const std::vector<Shape>& shapes = {}) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  for (const Label& label : labels) builder.AddLabel(label);
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  for (const Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(frame, shape).ok());
  return Pushed(builder);
}

// Shapes are called after their labels; a skeleton between two others.
std::unique_ptr<Dataset> Street() {
  return DatasetOf(
      {{.name = "car", .color = "#000001", .type = "rectangle"},
       {.name = "person", .type = "skeleton"},
       {.name = "nose", .parent = 1},
       {.name = "knee", .parent = 1},
       {.name = "bus", .color = "#000002", .type = "rectangle"},
       {.name = "sky", .type = "polygon"}},
      {BoxOf(0, "car"), SkeletonOf(1, "person", {2, 3}), BoxOf(4, "bus"), BoxOf(5, "sky")});
}

// "car:car" for each shape: the label that it has, and what it was called.
std::vector<std::string> ShapesOf(const CopyResult& copy) {
  std::vector<std::string> names;
  for (const Shape& shape : copy.ShapesOf("a.jpg").shapes) {
    names.push_back(absl::StrCat(copy.Labels()[shape.label], ":", shape.source));
    for (const Shape& element : shape.elements) {
      names.push_back("." + copy.Labels()[element.label]);
    }
  }
  return names;
}

TEST(CopyLabels, KeptOnesAreThereAlone) {
  const CopyResult copy = Copied(*Street(), {.labels = {.keep = {"bus", "car"}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("car", "bus"));
  EXPECT_THAT(ShapesOf(copy), ElementsAre("car:car", "bus:bus"));
  EXPECT_EQ(copy.left_out.shapes, 2u);
  EXPECT_THAT(copy.Reasons(), IsEmpty());
}

TEST(CopyLabels, DroppedOnesAreNotThere) {
  const CopyResult copy = Copied(*Street(), {.labels = {.drop = {"car", "sky"}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("person", "person/nose", "person/knee", "bus"));
  EXPECT_THAT(ShapesOf(copy),
              ElementsAre("person:person", ".person/nose", ".person/knee", "bus:bus"));
}

TEST(CopyLabels, PartsOfASkeletonGoWithIt) {
  const CopyResult copy = Copied(*Street(), {.labels = {.drop = {"person"}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("car", "bus", "sky"));
}

TEST(CopyLabels, PartsOfASkeletonAreNotNamedByRules) {
  const CopyResult copy = Copied(*Street(), {.labels = {.drop = {"nose"}}});
  EXPECT_EQ(copy.Labels().size(), 6u);
  EXPECT_THAT(copy.Reasons(),
              ElementsAre("labels.drop of the configuration: no label 'nose' in the dataset"));
}

TEST(CopyLabels, ARenamedOneKeepsItsPlaceAndItsShapes) {
  const CopyResult copy = Copied(*Street(), {.labels = {.rename = {{"person", "human"}}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("car", "human", "human/nose", "human/knee", "bus", "sky"));
  EXPECT_THAT(ShapesOf(copy), ElementsAre("car:car", "human:person", ".human/nose", ".human/knee",
                                          "bus:bus", "sky:sky"));
}

TEST(CopyLabels, RenamedToTheNameOfOneThatStaysTheyAreOne) {
  const CopyResult copy = Copied(*Street(), {.labels = {.rename = {{"bus", "car"}}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("car", "person", "person/nose", "person/knee", "sky"));
  EXPECT_THAT(ShapesOf(copy), ElementsAre("car:car", "person:person", ".person/nose",
                                          ".person/knee", "car:bus", "sky:sky"));
  EXPECT_EQ(copy.info().labels[0].color, "#000001");
}

TEST(CopyLabels, RenamedToTheNameOfOneThatDoesNotStayItIsItself) {
  const CopyResult copy =
      Copied(*Street(), {.labels = {.drop = {"car"}, .rename = {{"bus", "car"}}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("person", "person/nose", "person/knee", "car", "sky"));
  EXPECT_EQ(copy.info().labels[3].color, "#000002");
}

TEST(CopyLabels, TwoMayTakeEachOthersName) {
  const CopyResult copy = Copied(
      *Street(), {.labels = {.keep = {"car", "bus"}, .rename = {{"bus", "car"}, {"car", "bus"}}}});
  EXPECT_THAT(ShapesOf(copy), ElementsAre("bus:car", "car:bus"));
}

TEST(CopyLabels, MergedOnesAreOneUnderTheNewName) {
  const CopyResult copy = Copied(*Street(), {.labels = {.merge = {{"vehicle", {"bus", "car"}}}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("vehicle", "person", "person/nose", "person/knee", "sky"));
  EXPECT_EQ(copy.info().labels[0].color, "#000001");
  EXPECT_EQ(copy.info().labels[0].type, "rectangle");
}

TEST(CopyLabels, MergedOnesOfSeveralTypesAreOfAny) {
  const CopyResult copy = Copied(*Street(), {.labels = {.merge = {{"thing", {"car", "sky"}}}}});
  EXPECT_EQ(copy.info().labels[0].type, "any");
}

TEST(CopyLabels, MergedWithASkeletonItIsASkeleton) {
  const CopyResult copy = Copied(*Street(), {.labels = {.merge = {{"x", {"car", "person"}}}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("x", "x/nose", "x/knee", "bus", "sky"));
  EXPECT_EQ(copy.info().labels[0].type, "skeleton");
}

TEST(CopyLabels, MergedSkeletonsHaveThePartsOfBoth) {
  const std::unique_ptr<Dataset> data = DatasetOf({{.name = "man", .type = "skeleton"},
                                                   {.name = "nose", .parent = 0},
                                                   {.name = "car"},
                                                   {.name = "woman", .type = "skeleton"},
                                                   {.name = "knee", .parent = 3},
                                                   {.name = "nose", .parent = 3}},
                                                  {SkeletonOf(3, "she", {4, 5})});
  const CopyResult copy = Copied(*data, {.labels = {.merge = {{"human", {"man", "woman"}}}}});
  EXPECT_THAT(copy.Labels(), ElementsAre("human", "human/nose", "human/knee", "car"));
  EXPECT_THAT(ShapesOf(copy), ElementsAre("human:she", ".human/knee", ".human/nose"));
}

TEST(CopyLabels, OrderedOnesComeFirstWithTheirParts) {
  const CopyResult copy = Copied(
      *Street(), {.labels = {.rename = {{"bus", "vehicle"}}, .order = {"vehicle", "person"}}});
  EXPECT_THAT(copy.Labels(),
              ElementsAre("vehicle", "person", "person/nose", "person/knee", "car", "sky"));
  EXPECT_THAT(ShapesOf(copy), ElementsAre("car:car", "person:person", ".person/nose",
                                          ".person/knee", "vehicle:bus", "sky:sky"));
}

TEST(CopyLabels, NamesThatNothingHasAreTold) {
  const CopyResult copy = Copied(*Street(), {.labels = {.keep = {"car", "cra"},
                                                        .rename = {{"bsu", "x"}, {"bus", "y"}},
                                                        .merge = {{"z", {"ksy"}}},
                                                        .order = {"y", "car"}}});
  EXPECT_THAT(copy.Reasons(),
              ElementsAre("labels.keep of the configuration: no label 'cra' in the dataset",
                          "labels.rename of the configuration: no label 'bsu' in the dataset",
                          "labels.rename of the configuration: label 'bus' is not kept",
                          "labels.merge of the configuration: no label 'ksy' in the dataset",
                          "labels.order of the configuration: no label 'y' in the dataset"));
  EXPECT_EQ(copy.dataset->Problems()->front().severity, Problem::Severity::kWarning);
}

AttributeSpec Select(std::string name, std::string value, std::vector<std::string> values) {
  return {.name = std::move(name),
          .input_type = "select",
          .default_value = std::move(value),
          .values = std::move(values)};
}

TEST(CopyLabels, OneOfSeveralHasTheAttributesAndValuesOfAll) {
  const std::unique_ptr<Dataset> data = DatasetOf(
      {{.name = "car", .attributes = {Select("color", "red", {"red", "blue"})}},
       {.name = "bus",
        .attributes = {Select("line", "1", {"1"}), Select("color", "red", {"green", "blue"})}}});
  const CopyResult copy = Copied(*data, {.labels = {.rename = {{"bus", "car"}}}});
  EXPECT_THAT(
      copy.info().labels[0].attributes,
      ElementsAre(Select("color", "red", {"red", "blue", "green"}), Select("line", "1", {"1"})));
}

TEST(CopyLabels, AnAttributeOfSeveralInputTypesIsText) {
  const std::unique_ptr<Dataset> data =
      DatasetOf({{.name = "car", .attributes = {Select("age", "new", {"new", "old"})}},
                 {.name = "bus",
                  .attributes = {{.name = "age", .is_mutable = true, .input_type = "number"}}}});
  const CopyResult copy = Copied(*data, {.labels = {.rename = {{"bus", "car"}}}});
  const AttributeSpec& age = copy.info().labels[0].attributes[0];
  EXPECT_EQ(age.input_type, "text");
  EXPECT_TRUE(age.is_mutable);
}

TEST(CopyLabels, ShapesSayTheDefaultThatTheirLabelHadBefore) {
  const std::unique_ptr<Dataset> data =
      DatasetOf({{.name = "car", .attributes = {Select("color", "red", {"red", "blue"})}},
                 {.name = "bus", .attributes = {Select("color", "blue", {"red", "blue"})}}},
                {BoxOf(0, "car"), BoxOf(1, "silent"), BoxOf(1, "speaking", {{"color", "red"}})});
  const CopyResult copy = Copied(*data, {.labels = {.rename = {{"bus", "car"}}}});
  const FrameShapes all = copy.ShapesOf("a.jpg");
  EXPECT_THAT(all.shapes[0].attributes, IsEmpty());
  EXPECT_THAT(all.shapes[1].attributes, ElementsAre(Attribute{"color", "blue"}));
  EXPECT_THAT(all.shapes[2].attributes, ElementsAre(Attribute{"color", "red"}));
}

TEST(CopyLabels, OfOneNameAndParentSeveralDatasetsHaveOne) {
  const std::unique_ptr<Dataset> first = Street();
  const std::unique_ptr<Dataset> second = DatasetOf({{.name = "bus"},
                                                     {.name = "nose"},
                                                     {.name = "person", .type = "skeleton"},
                                                     {.name = "ear", .parent = 2},
                                                     {.name = "nose", .parent = 2}},
                                                    {SkeletonOf(2, "other", {3, 4})});
  const CopyResult copy = Copied({first.get(), second.get()});
  EXPECT_THAT(copy.Labels(), ElementsAre("car", "person", "person/nose", "person/knee",
                                         "person/ear", "bus", "sky", "nose"));
  EXPECT_EQ(copy.info().label_counts[1][size_t(ShapeType::kSkeleton)], 2u);
  EXPECT_EQ(copy.info().labels[5].type, "any");  // rectangle and any
}

TEST(CopyLabels, ANameThatADatasetHasTwiceIsTwoLabels) {
  const std::unique_ptr<Dataset> twice =
      DatasetOf({{.name = "car"}, {.name = "car"}}, {BoxOf(1, "second")});
  const CopyResult copy = Copied({twice.get(), twice.get()});
  EXPECT_THAT(copy.Labels(), ElementsAre("car", "car"));
  EXPECT_THAT(copy.FramesWith(FrameTerm::OfLabel(0)), IsEmpty());
  EXPECT_EQ(copy.FramesWith(FrameTerm::OfLabel(1)).size(), 2u);
}

TEST(CopyLabels, ParentsThatGoRoundAreNone) {
  const std::unique_ptr<Dataset> data = DatasetOf({{.name = "a", .parent = 1},
                                                   {.name = "b", .parent = 0},
                                                   {.name = "c", .parent = 2},
                                                   {.name = "d", .parent = 99}},
                                                  {BoxOf(1, "b")});
  const CopyResult copy = Copied(*data);
  EXPECT_THAT(copy.Labels(), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(ShapesOf(copy), ElementsAre("b:b"));
}

TEST(CopyLabels, ElementsOfALabelThatIsLeftOutAreTold) {
  const std::unique_ptr<Dataset> data =
      DatasetOf({{.name = "car"}, {.name = "person", .type = "skeleton"}},
                {SkeletonOf(1, "odd", {0, 0}), SkeletonOf(1, "even", {1})});
  const CopyResult copy = Copied(*data, {.labels = {.drop = {"car"}}});
  EXPECT_THAT(ShapesOf(copy), ElementsAre("person:odd", "person:even", ".person"));
  EXPECT_THAT(copy.Reasons(),
              ElementsAre("2 elements of skeletons have a label that is left out, and is none of "
                          "their skeleton's"));
}

}  // namespace
}  // namespace annofs
