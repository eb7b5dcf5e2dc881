// Boxes among those of their label.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using ::testing::HasSubstr;
using testing::Made;

// `usual` squares of 10 and then one of `size`, one a frame.
Made Squares(int usual, double size) {
  Made made;
  const uint32_t car = made.Label("car");
  for (int i = 0; i < usual; ++i) {
    made.NextFrame({.width = 1000, .height = 1000});
    made.Box(car, {20, 20, 30, 30});
  }
  made.NextFrame({.width = 1000, .height = 1000});
  made.Box(car, {20, 20, 20 + size, 20 + size});
  return made;
}

TEST(QualityBoxSizesTest, OneUnlikeAllOthersIsFarFromTheMean) {
  // Of n equal values and one other, that one lies sqrt(n) standard deviations from the mean of
  // all: 5 for n = 25, a little more for n = 26.
  const QualityFinding far = FindingOf(Squares(26, 40).Checked(), "far-from-label-mean");
  ASSERT_EQ(far.count, 1u);
  EXPECT_EQ(far.places[0].frame, "26.jpg");
  // Mean (26 * 10 + 40) / 27 = 11.111; deviation 30 * sqrt(26) / 27 = 5.666.
  EXPECT_EQ(far.places[0].detail, "width 40, mean 11.11, standard deviation 5.67");
}

TEST(QualityBoxSizesTest, FiveDeviationsAreNotFar) {
  QualityOptions options;
  options.thresholds.least_boxes = 2;
  EXPECT_EQ(FindingOf(Squares(25, 40).Checked(options), "far-from-label-mean").count, 0u);
  EXPECT_EQ(FindingOf(Squares(26, 40).Checked(options), "far-from-label-mean").count, 1u);
}

TEST(QualityBoxSizesTest, FewBoxesHaveNoStatistics) {
  QualityOptions options;
  options.thresholds.far_from_mean = 2;
  EXPECT_EQ(FindingOf(Squares(25, 40).Checked(options), "far-from-label-mean").count, 0u);
  EXPECT_EQ(FindingOf(Squares(26, 40).Checked(options), "far-from-label-mean").count, 1u);
}

TEST(QualityBoxSizesTest, AnOddFormIsFoundByItsRatio) {
  Made made = Squares(40, 10);
  made.NextFrame({.width = 1000, .height = 1000});
  made.Box(0, {20, 20, 120, 21});
  const QualityFinding far = FindingOf(made.Checked(), "far-from-label-mean");
  ASSERT_EQ(far.count, 1u);
  EXPECT_THAT(far.places[0].detail, HasSubstr("width 100"));
}

TEST(QualityBoxSizesTest, EqualBoxesAreNeverFar) {
  Made made;
  const uint32_t car = made.Label("car");
  for (int i = 0; i < 100; ++i) {
    made.NextFrame();
    made.Box(car, {0.1, 0.1, 0.1 + 10.3, 0.1 + 7.7});
  }
  EXPECT_EQ(FindingOf(made.Checked(), "far-from-label-mean").count, 0u);
}

TEST(QualityBoxSizesTest, LabelsTypesAndDegenerateBoxesAreApart) {
  Made made = Squares(40, 10);
  const uint32_t bus = made.Label("bus");
  made.NextFrame({.width = 1000, .height = 1000});
  made.Box(bus, {0, 0, 900, 900});
  made.Box(0, {0, 0, 900, 0.5});
  made.Add({.type = ShapeType::kPolyline, .points = {0, 0, 900, 900}});
  EXPECT_EQ(FindingOf(made.Checked(), "far-from-label-mean").count, 0u);
}

TEST(QualityBoxSizesTest, ADistributionIsImbalancedFromFourFifthsInOneOfTenClasses) {
  // 80 squares of 10, then 20 of 20, 21, … 39: classes of 2.9 from 10 on.
  auto made = [](int usual, int others) {
    Made made;
    const uint32_t car = made.Label("car");
    for (int i = 0; i < usual + others; ++i) {
      made.NextFrame();
      const double size = i < usual ? 10 : 20 + (i - usual) % 20;
      made.Box(car, {0, 0, size, size});
    }
    return made.Checked();
  };
  const QualityFinding found = FindingOf(made(80, 20), "imbalanced-dist-in-label");
  EXPECT_EQ(found.severity, QualitySeverity::kInfo);
  std::vector<std::string> properties;
  for (const QualityPlace& place : found.places) properties.push_back(place.object);
  // Every ratio is 1: numpy makes one class of equal values, too.
  EXPECT_THAT(properties, ElementsAre("width", "height", "area (w x h)", "ratio (w / h)",
                                      "short side", "long side"));
  EXPECT_EQ(found.places[0].detail, "80 of 100 boxes from 10 to 12.9, all from 10 to 39");
  const QualityFinding even = FindingOf(made(78, 20), "imbalanced-dist-in-label");
  ASSERT_EQ(even.count, 1u) << "78 of 98 are less";
  EXPECT_EQ(even.places[0].object, "ratio (w / h)");
}

}  // namespace
}  // namespace annofs
