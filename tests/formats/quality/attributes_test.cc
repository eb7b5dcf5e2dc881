// Rules about attributes and their values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using ::testing::IsEmpty;
using testing::Made;
using testing::PlacesOf;

const AttributeSpec kColor = {
    .name = "color", .input_type = "select", .default_value = "red", .values = {"red", "blue"}};
const AttributeSpec kAge = {
    .name = "age", .input_type = "number", .default_value = "0", .values = {"0", "200", "1"}};
const AttributeSpec kCrowd = {
    .name = "crowd", .input_type = "checkbox", .default_value = "false", .values = {"false"}};
const AttributeSpec kText = {.name = "plate", .input_type = "text"};

void AddBox(Made& made, uint32_t label, std::vector<Attribute> attributes) {
  made.Add({.label = label, .points = {1, 1, 20, 20}, .attributes = std::move(attributes)});
}

// One annotation of a label that has the attribute.
QualityReport WithValue(const AttributeSpec& spec, std::string value) {
  Made made;
  const uint32_t label = made.LabelWith("car", {spec});
  made.NextFrame();
  AddBox(made, label, {{spec.name, std::move(value)}});
  return made.Checked();
}

bool IsAllowed(const AttributeSpec& spec, std::string value) {
  return FindingOf(WithValue(spec, std::move(value)), "undefined-attribute-value").count == 0;
}

TEST(QualityAttributesTest, AValueOfAListIsOneOfIt) {
  EXPECT_TRUE(IsAllowed(kColor, "blue"));
  EXPECT_FALSE(IsAllowed(kColor, "Blue"));
  EXPECT_FALSE(IsAllowed(kColor, ""));
  AttributeSpec radio = kColor;
  radio.input_type = "radio";
  EXPECT_FALSE(IsAllowed(radio, "green"));
  AttributeSpec unset = kColor;
  unset.default_value = "__undefined__";
  EXPECT_TRUE(IsAllowed(unset, "__undefined__")) << "CVAT itself fills it in";
  AttributeSpec open = kColor;
  open.values.clear();
  EXPECT_TRUE(IsAllowed(open, "any"));
  AttributeSpec many = kColor;
  for (int i = 0; i < 100; ++i) many.values.push_back(absl::StrCat("v", i));
  EXPECT_TRUE(IsAllowed(many, "v99"));
  EXPECT_FALSE(IsAllowed(many, "v100"));
}

TEST(QualityAttributesTest, ANumberIsOneAndWithinItsRange) {
  for (const char* value : {"0", "200", "17.5"}) EXPECT_TRUE(IsAllowed(kAge, value)) << value;
  for (const char* value : {"-1", "200.5", "old", "", "nan"}) {
    EXPECT_FALSE(IsAllowed(kAge, value)) << value;
  }
  AttributeSpec open = kAge;
  open.values.clear();
  EXPECT_TRUE(IsAllowed(open, "-1"));
  EXPECT_FALSE(IsAllowed(open, "old"));
}

TEST(QualityAttributesTest, ACheckboxIsTrueOrFalseInEitherCase) {
  EXPECT_TRUE(IsAllowed(kCrowd, "true"));
  EXPECT_TRUE(IsAllowed(kCrowd, "False"));
  EXPECT_FALSE(IsAllowed(kCrowd, "1"));
  EXPECT_TRUE(IsAllowed(kText, "anything"));
}

TEST(QualityAttributesTest, ThePlaceSaysValueAndRange) {
  EXPECT_THAT(PlacesOf(FindingOf(WithValue(kAge, "201"), "undefined-attribute-value")),
              ElementsAre("0.jpg|car|shape 0|'age' is '201', not between 0 and 200"));
}

TEST(QualityAttributesTest, MissingAndUndefinedOnesAreTwoThings) {
  Made made;
  const uint32_t car = made.LabelWith("car", {kColor, kAge});
  const uint32_t sky = made.Label("sky");
  made.NextFrame();
  AddBox(made, car, {{"age", "1"}, {"color", "red"}});
  AddBox(made, car, {{"age", "1"}, {"age", "2"}});
  AddBox(made, car, {{"color", "red"}, {"age", "1"}, {"speed", "9"}});
  AddBox(made, sky, {{"speed", "9"}});
  AddBox(made, sky, {});
  const QualityReport report = made.Checked();
  EXPECT_THAT(PlacesOf(FindingOf(report, "missing-attribute")),
              ElementsAre("0.jpg|car|shape 1|'color'"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "undefined-attribute")),
              ElementsAre("0.jpg|car|shape 2|'speed'", "0.jpg|sky|shape 3|'speed'"));
}

TEST(QualityAttributesTest, WhereTheSourceSpecifiesNoneNoneIsUndefined) {
  Made made("coco");
  const uint32_t car = made.Label("car");
  made.NextFrame();
  AddBox(made, car, {{"speed", "9"}});
  EXPECT_EQ(FindingOf(made.Checked(), "undefined-attribute").count, 0u);
}

TEST(QualityAttributesTest, ElementsOfSkeletonsHaveAttributesToo) {
  Made made;
  const uint32_t person = made.builder().AddLabel({.name = "person", .type = "skeleton"});
  const uint32_t nose =
      made.builder().AddLabel({.name = "nose", .parent = int32_t(person), .attributes = {kColor}});
  made.NextFrame();
  made.Add({.type = ShapeType::kSkeleton,
            .label = person,
            .elements = {{.type = ShapeType::kPoints, .label = nose, .points = {5, 5}}}});
  EXPECT_THAT(PlacesOf(FindingOf(made.Checked(), "missing-attribute")),
              ElementsAre("0.jpg|person/nose|shape 0, element 0|'color'"));
}

// So many annotations with each value of a list.
QualityReport WithColors(int red, int blue) {
  Made made;
  const uint32_t car = made.LabelWith("car", {kColor, kText});
  made.NextFrame();
  for (int i = 0; i < red + blue; ++i) {
    AddBox(made, car, {{"color", i < red ? "red" : "blue"}});
  }
  return made.Checked();
}

TEST(QualityAttributesTest, ValuesAreCounted) {
  const std::string color = "|car|attribute 'color'|";
  EXPECT_THAT(PlacesOf(FindingOf(WithColors(100, 2), "imbalanced-attribute")),
              ElementsAre(color + "'blue': 2, 'red': 100"));
  EXPECT_EQ(FindingOf(WithColors(99, 2), "imbalanced-attribute").count, 0u);
  EXPECT_THAT(PlacesOf(FindingOf(WithColors(9, 1), "few-samples-in-attribute")),
              ElementsAre(color + "'blue': 1"));
  EXPECT_EQ(FindingOf(WithColors(9, 2), "few-samples-in-attribute").count, 0u);
  EXPECT_THAT(PlacesOf(FindingOf(WithColors(9, 0), "only-one-attribute-value")),
              ElementsAre(color + "'red': 9"));
  EXPECT_EQ(FindingOf(WithColors(9, 2), "only-one-attribute-value").count, 0u);
  EXPECT_THAT(PlacesOf(FindingOf(WithColors(9, 2), "attribute-defined-but-not-found")),
              ElementsAre("|car|attribute 'plate'|"));
  EXPECT_THAT(PlacesOf(FindingOf(WithColors(0, 0), "attribute-defined-but-not-found")), IsEmpty())
      << "the label itself is not found";
}

TEST(QualityAttributesTest, NumbersAndTextsMayBeTheOnlyOnes) {
  Made made;
  const uint32_t car = made.LabelWith("car", {kAge, kText});
  made.NextFrame();
  AddBox(made, car, {{"age", "3"}, {"plate", "X 1"}});
  const QualityReport report = made.Checked();
  EXPECT_EQ(FindingOf(report, "few-samples-in-attribute").count, 0u);
  EXPECT_EQ(FindingOf(report, "only-one-attribute-value").count, 0u);
}

}  // namespace
}  // namespace annofs
