// Datasets that nobody made in good faith: no crash, no wrong place, no quadratic time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "absl/strings/str_format.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/quality/checking.h"
#include "tests/formats/random_datasets.h"

namespace annofs {
namespace {

using testing::FindingOf;
using testing::Made;

// Of the processor: far more than any of them takes, far less than what grows with the square.
constexpr double kMostSeconds = 20;

double SecondsOf(const Dataset& data) {
  const std::clock_t begun = std::clock();
  testing::Check(data);
  return double(std::clock() - begun) / CLOCKS_PER_SEC;
}
double SecondsOf(Made& made) { return SecondsOf(*testing::Finished(made.builder())); }

TEST(QualityHostileTest, HundredThousandShapesOnAFrameTakeNoSquareOfThem) {
  for (int kind = 0; kind < 3; ++kind) {
    Made made;
    const uint32_t car = made.Label("car");
    made.NextFrame();
    for (int i = 0; i < 100000; ++i) {
      // All the same; all beginning at one column; a polygon each.
      if (kind == 0) made.Box(car, {10, 10, 20, 20});
      if (kind == 1) made.Box(car, {10, i * 1e-4, 20, 50});
      if (kind == 2) {
        made.Add({.type = ShapeType::kPolygon, .label = car, .points = {0, 0, 9, 0, 9, i * 1e-3}});
      }
    }
    EXPECT_LT(SecondsOf(made), kMostSeconds) << kind;
  }
}

TEST(QualityHostileTest, ManyLabelsAttributesAndTagsTakeNoSquareOfThem) {
  Made made;
  std::vector<AttributeSpec> specs;
  std::vector<Attribute> attributes;
  for (int i = 0; i < 50000; ++i) {
    specs.push_back({.name = absl::StrCat("a", i), .input_type = "select", .values = {"x"}});
    attributes.push_back({absl::StrCat("a", 49999 - i), "y"});
  }
  const uint32_t label = made.LabelWith("wide", std::move(specs));
  AttributeSpec long_list{.name = "list", .input_type = "radio"};
  for (int i = 0; i < 50000; ++i) long_list.values.push_back(absl::StrCat("v", i));
  const uint32_t listed = made.LabelWith("listed", {std::move(long_list)});
  for (int i = 0; i < 50000; ++i) made.Label(absl::StrCat("label ", i));
  made.NextFrame();
  made.Add({.label = label, .points = {1, 1, 9, 9}, .attributes = std::move(attributes)});
  for (uint32_t i = 0; i < 50000; ++i) {
    made.Tag(i);
    made.Add({.type = ShapeType::kTag, .label = listed, .attributes = {{"list", "v49999"}}});
  }
  EXPECT_LT(SecondsOf(made), kMostSeconds);
}

TEST(QualityHostileTest, DigestsThatBeginAlikeTakeNoSquareOfThem) {
  Made made;
  for (int i = 0; i < 50000; ++i) made.NextFrame();
  const std::unique_ptr<Dataset> data = testing::Finished(made.builder(), [](const Frame& frame) {
    return std::optional<Media>(
        {.key = frame.name, .digest = absl::StrFormat("sha1:%040x", frame.number)});
  });
  EXPECT_LT(SecondsOf(*data), kMostSeconds);
}

TEST(QualityHostileTest, NumbersBeyondAllBoundsAreNoneOfTheStatistics) {
  Made made;
  const uint32_t car = made.Label("car");
  for (int i = 0; i < 100; ++i) {
    made.NextFrame();
    made.Box(car, {-1e300, -1e300, 1e300, 1e300});
    made.Box(car, {0, 0, 1e150 + i * 1e140, 1e150});
    made.Box(car, {10, 10, 20, 20});
    made.Add(
        {.type = ShapeType::kPolygon, .label = car, .points = {1e308, 0, -1e308, 9, 0, 1e308}});
    made.Add({.type = ShapeType::kMask, .label = car, .points = {0, 1, 1e300, 1, 1e300, 1}});
    made.Add({.type = ShapeType::kEllipse, .label = car, .points = {1e308, 0, -1e308, 1e308}});
  }
  const std::unique_ptr<Dataset> data = testing::Finished(made.builder());
  EXPECT_EQ(FindingOf(testing::Check(*data), "missing-annotation").count, 0u);
}

TEST(QualityHostileTest, ShapesWithTooFewNumbersOfEveryTypeAreLookedAt) {
  for (ShapeType type : AllShapeTypes()) {
    for (size_t count = 0; count < 20; ++count) {
      for (bool is_in_space : {false, true}) {
        Made made;
        made.builder().AddTask({.name = "cloud", .is_3d = true});
        made.Label("car");
        made.NextFrame({.task = is_in_space ? 1u : 0u, .width = 100, .height = 50});
        for (int32_t track : {-1, 5}) {
          made.Add({.type = type, .track = track, .points = std::vector<double>(count, 1.5)});
        }
        testing::Check(*testing::Finished(made.builder()));
      }
    }
  }
}

void ExpectSound(const Dataset& data) {
  const QualityReport report = testing::Check(data, {.places = 100000});
  for (const QualityFinding& finding : report.findings) {
    EXPECT_GE(finding.count, finding.places.size()) << finding.rule;
    for (const QualityPlace& place : finding.places) {
      if (!place.rank) continue;
      ASSERT_LT(*place.rank, data.frame_count()) << finding.rule;
      EXPECT_EQ(place.frame, data.Names(*place.rank).value().path) << finding.rule;
    }
  }
}

class QualityOfEveryDataset : public ::testing::TestWithParam<testing::DatasetCase> {};

TEST_P(QualityOfEveryDataset, IsToldWithPlacesThatAreThere) { ExpectSound(*GetParam().make()); }

INSTANTIATE_TEST_SUITE_P(Random, QualityOfEveryDataset, testing::RandomDatasets<60>());

TEST(QualityHostileTest, HostileNamesAreLookedAt) { ExpectSound(*testing::HostileNames()); }

}  // namespace
}  // namespace annofs
