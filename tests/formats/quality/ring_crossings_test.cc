// Outlines that cross themselves, against GEOS's own answer.
#include "formats/quality/ring_crossings.h"

#include <geos_c.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "absl/strings/str_join.h"

namespace annofs {
namespace {

using Points = std::vector<double>;

TEST(RingCrossingsTest, SimpleOutlinesAre) {
  EXPECT_EQ(CheckRing({}), RingVerdict::kSimple);
  EXPECT_EQ(CheckRing({1, 1, 2, 2}), RingVerdict::kSimple);
  EXPECT_EQ(CheckRing({0, 0, 4, 0, 4, 4, 0, 4}), RingVerdict::kSimple);
  EXPECT_EQ(CheckRing({0, 0, 4, 0, 4, 4, 2, 1, 0, 4}), RingVerdict::kSimple);
  EXPECT_EQ(CheckRing({0, 0, 2, 0, 4, 0, 4, 4}), RingVerdict::kSimple) << "a point on an edge";
  EXPECT_EQ(CheckRing({0, 0, 0, 0, 4, 0, 4, 4, 0, 0}), RingVerdict::kSimple) << "repeated points";
}

TEST(RingCrossingsTest, CrossingTouchingAndFoldingAreNot) {
  EXPECT_EQ(CheckRing({0, 0, 4, 4, 4, 0, 0, 4}), RingVerdict::kCrosses);
  EXPECT_EQ(CheckRing({0, 0, 4, 0, 4, 4, 2, 0, 0, 4}), RingVerdict::kCrosses)
      << "a corner on an edge";
  EXPECT_EQ(CheckRing({0, 0, 4, 0, 2, 2, 4, 4, 0, 4, 2, 2}), RingVerdict::kCrosses)
      << "two corners at one place";
  EXPECT_EQ(CheckRing({0, 0, 4, 0, 2, 0, 2, 4}), RingVerdict::kCrosses) << "there and back";
}

class Geos {
 public:
  Geos() : context_(GEOS_init_r()) {}
  ~Geos() { GEOS_finish_r(context_); }

  // Whether the closed line has no point twice but its ends.
  bool IsSimple(const Points& points) const {
    const unsigned count = unsigned(points.size() / 2);
    GEOSCoordSequence* corners = GEOSCoordSeq_create_r(context_, count + 1, 2);
    for (unsigned i = 0; i <= count; ++i) {
      const size_t at = size_t(i % count) * 2;
      GEOSCoordSeq_setXY_r(context_, corners, i, points[at], points[at + 1]);
    }
    GEOSGeometry* ring = GEOSGeom_createLinearRing_r(context_, corners);
    const bool is_simple = GEOSisSimple_r(context_, ring) == 1;
    GEOSGeom_destroy_r(context_, ring);
    return is_simple;
  }

 private:
  const GEOSContextHandle_t context_;
};

bool IsOnALine(const Points& points) {
  for (size_t i = 2; i + 3 < points.size(); i += 2) {
    for (size_t j = i + 2; j + 1 < points.size(); j += 2) {
      if ((points[i] - points[0]) * (points[j + 1] - points[1]) !=
          (points[i + 1] - points[1]) * (points[j] - points[0])) {
        return false;
      }
    }
  }
  return true;
}

TEST(RingCrossingsTest, AgreesWithGeosOnRandomOutlinesOfASmallGrid) {
  const Geos geos;
  std::mt19937 random(1);
  int simple = 0, crossing = 0;
  for (int i = 0; i < 20000; ++i) {
    const size_t count = 3 + random() % 7;
    const uint32_t grid = 3 + random() % 30;
    Points points;
    for (size_t p = 0; p < 2 * count; ++p) points.push_back(double(random() % grid));
    if (IsOnALine(points)) continue;  // GEOS and this differ on what is a line, not a ring
    const bool is_simple = CheckRing(points) == RingVerdict::kSimple;
    ASSERT_EQ(is_simple, geos.IsSimple(points)) << absl::StrJoin(points, " ");
    ++(is_simple ? simple : crossing);
  }
  EXPECT_GT(simple, 1000);
  EXPECT_GT(crossing, 1000);
}

// A circle with a wave on it.
Points Wavy(size_t count) {
  Points points;
  for (size_t i = 0; i < count; ++i) {
    const double angle = 2 * M_PI * double(i) / double(count);
    const double radius = 1000 + 50 * std::sin(20 * angle);
    points.push_back(2000 + radius * std::cos(angle));
    points.push_back(2000 + radius * std::sin(angle));
  }
  return points;
}

TEST(RingCrossingsTest, LargeOutlinesAreLookedAtWhole) {
  Points points = Wavy(20000);
  EXPECT_EQ(CheckRing(points), RingVerdict::kSimple);
  std::swap(points[10000], points[10002]);
  std::swap(points[10001], points[10003]);
  EXPECT_EQ(CheckRing(points), RingVerdict::kCrosses);
}

TEST(RingCrossingsTest, ACombOfLongSlantedTeethIsGivenUpInTime) {
  Points points;
  for (int i = 0; i < 20000; ++i) {
    points.push_back(i % 2 == 0 ? i * 0.001 : 1000 + i * 0.001);
    points.push_back(i % 2 == 0 ? i : 900 + i);
  }
  points.insert(points.end(), {-100, 21000, -100, -10});  // its back
  EXPECT_EQ(CheckRing(points), RingVerdict::kTooManyNear);
}

}  // namespace
}  // namespace annofs
