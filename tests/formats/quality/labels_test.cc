// Rules about labels and tags.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using testing::Made;
using testing::PlacesOf;

TEST(QualityLabelsTest, OnesWithoutAnnotationsAndWithOneAreNamed) {
  Made made;
  const uint32_t car = made.Label("car"), bus = made.Label("bus");
  made.Label("tram");
  made.NextFrame();
  made.Box(car, {1, 1, 20, 20});
  made.Box(car, {30, 1, 50, 20});
  made.Tag(bus);
  const QualityReport report = made.Checked();
  EXPECT_THAT(PlacesOf(FindingOf(report, "label-defined-but-not-found")), ElementsAre("|tram||"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "few-samples-in-label")),
              ElementsAre("|bus||1 annotation"));
  EXPECT_EQ(FindingOf(report, "only-one-label").count, 0u);
  EXPECT_EQ(FindingOf(report, "missing-label-categories").count, 0u);
}

TEST(QualityLabelsTest, NoneAreMissingInAManifest) {
  for (const char* format : {"cvat_manifest", "cvat_backup"}) {
    Made made(format);
    made.NextFrame();
    EXPECT_EQ(FindingOf(made.Checked(), "missing-label-categories").count,
              format == absl::string_view("cvat_manifest") ? 0u : 1u);
  }
}

TEST(QualityLabelsTest, PartsOfSkeletonsCountByThemselves) {
  Made made;
  const uint32_t person = made.builder().AddLabel({.name = "person", .type = "skeleton"});
  const uint32_t nose = made.builder().AddLabel({.name = "nose", .parent = int32_t(person)});
  made.builder().AddLabel({.name = "knee", .parent = int32_t(person)});
  made.NextFrame();
  for (double x : {10.0, 50.0}) {
    made.Add({.type = ShapeType::kSkeleton,
              .label = person,
              .elements = {{.type = ShapeType::kPoints, .label = nose, .points = {x, 5}}}});
  }
  const QualityReport report = made.Checked();
  EXPECT_THAT(PlacesOf(FindingOf(report, "label-defined-but-not-found")),
              ElementsAre("|person/knee||"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "only-one-label")), ElementsAre("|person||2 annotations"));
}

QualityReport WithCounts(int cars, int buses) {
  Made made;
  const uint32_t bus = made.Label("bus"), car = made.Label("car");
  made.NextFrame();
  for (int i = 0; i < cars; ++i) made.Box(car, {double(i), 1, i + 20.0, 20});
  for (int i = 0; i < buses; ++i) made.Box(bus, {double(i), 1, i + 20.0, 20});
  return made.Checked();
}

TEST(QualityLabelsTest, ImbalanceBeginsAtFiftyTimes) {
  EXPECT_THAT(PlacesOf(FindingOf(WithCounts(100, 2), "imbalanced-labels")),
              ElementsAre("|bus||2 annotations, 'car' has 100"));
  EXPECT_EQ(FindingOf(WithCounts(99, 2), "imbalanced-labels").count, 0u);
  EXPECT_EQ(FindingOf(WithCounts(100, 0), "imbalanced-labels").count, 0u)
      << "that is label-defined-but-not-found";
}

TEST(QualityLabelsTest, ALabelIsForItsTypeAndPartsAreForTheirSkeleton) {
  Made made;
  const uint32_t box = made.builder().AddLabel({.name = "box", .type = "rectangle"});
  const uint32_t person = made.builder().AddLabel({.name = "person", .type = "skeleton"});
  const uint32_t nose = made.builder().AddLabel({.name = "nose", .type = "points", .parent = 1});
  const uint32_t any = made.Label("any");
  made.NextFrame();
  made.Box(box, {1, 1, 20, 20});
  made.Add({.type = ShapeType::kPolygon, .label = box, .points = {1, 1, 20, 1, 20, 20}});
  made.Add({.type = ShapeType::kPolygon, .label = any, .points = {1, 1, 20, 1, 20, 20}});
  made.Add({.type = ShapeType::kPoints, .label = nose, .points = {5, 5}});
  made.Add({.type = ShapeType::kSkeleton,
            .label = person,
            .elements = {{.type = ShapeType::kPoints, .label = nose, .points = {5, 5}},
                         {.type = ShapeType::kPoints, .label = any, .points = {6, 6}}}});
  const QualityReport report = made.Checked();
  EXPECT_THAT(PlacesOf(FindingOf(report, "label-type")),
              ElementsAre("0.jpg|box|shape 1|a polygon, the label is for rectangle"));
  EXPECT_THAT(
      PlacesOf(FindingOf(report, "undefined-label")),
      ElementsAre("0.jpg|person/nose|shape 3|a label of a skeleton's parts on something of its own",
                  "0.jpg|any|shape 4, element 1|not a part of its skeleton"));
}

TEST(QualityTagsTest, OneOfTheSameLabelRepeatsOrContradicts) {
  Made made;
  const uint32_t day = made.Label("day"), night = made.Label("night");
  made.NextFrame();
  made.Tag(day);
  made.Tag(night);
  made.Tag(day);
  made.NextFrame();
  made.Add({.type = ShapeType::kTag, .label = day, .attributes = {{"rain", "true"}}});
  made.Add({.type = ShapeType::kTag, .label = day, .attributes = {{"rain", "false"}}});
  const QualityReport report = made.Checked();
  EXPECT_THAT(PlacesOf(FindingOf(report, "duplicate-tag")),
              ElementsAre("0.jpg|day|tag 2|as tag 0"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "contradicting-tags")),
              ElementsAre("1.jpg|day|tag 1|as tag 0"));
}

// `single` frames with one tag, then `several` with two.
Made Tagged(int single, int several) {
  Made made;
  const uint32_t day = made.Label("day"), night = made.Label("night");
  for (int i = 0; i < single + several; ++i) {
    made.NextFrame();
    made.Tag(day);
    if (i >= single) made.Tag(night);
  }
  return made;
}

TEST(QualityTagsTest, SeveralLabelsAreWrongWhereNineOfTenFramesHaveOne) {
  EXPECT_THAT(PlacesOf(FindingOf(Tagged(9, 1).Checked(), "multi-label")),
              ElementsAre("9.jpg|||2 labels"));
  EXPECT_EQ(FindingOf(Tagged(8, 1).Checked(), "multi-label").count, 0u)
      << "tags of several labels are usual there";
  EXPECT_EQ(FindingOf(Tagged(10, 0).Checked(), "multi-label").count, 0u);
}

TEST(QualityTagsTest, SeveralLabelsAreUsualBesideShapes) {
  Made made = Tagged(20, 1);
  made.Box(0, {1, 1, 20, 20});
  EXPECT_EQ(FindingOf(made.Checked(), "multi-label").count, 0u);
}

}  // namespace
}  // namespace annofs
