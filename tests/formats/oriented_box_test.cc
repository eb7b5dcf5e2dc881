#include "formats/oriented_box.h"

#include <cmath>
#include <numbers>
#include <random>

#include "formats/box.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

// Of a box turned clockwise about its centre, from the upper left one on.
std::array<double, 8> CornersOf(const OrientedBox& box) {
  const double angle = box.rotation * std::numbers::pi / 180;
  const double x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
  const std::array<double, 8> upright = {box.left,  box.top,    box.right, box.top,
                                         box.right, box.bottom, box.left,  box.bottom};
  std::array<double, 8> corners;
  for (size_t i = 0; i < 8; i += 2) {
    const double dx = upright[i] - x, dy = upright[i + 1] - y;
    corners[i] = x + dx * std::cos(angle) - dy * std::sin(angle);
    corners[i + 1] = y + dx * std::sin(angle) + dy * std::cos(angle);
  }
  return corners;
}

double AreaOf(const OrientedBox& box) { return (box.right - box.left) * (box.bottom - box.top); }

// Gauss's formula.
double AreaOf(const std::array<double, 8>& corners) {
  double twice = 0;
  for (size_t i = 0; i < 8; i += 2) {
    const size_t next = (i + 2) % 8;
    twice += corners[i] * corners[next + 1] - corners[next] * corners[i + 1];
  }
  return std::abs(twice) / 2;
}

OrientedBox RandomBox(std::mt19937& engine) {
  std::uniform_real_distribution<double> place(-2000, 2000), side(2, 1000), turn(0, 359.9);
  OrientedBox box{.left = place(engine), .top = place(engine), .rotation = turn(engine)};
  box.right = box.left + side(engine);
  box.bottom = box.top + side(engine);
  return box;
}

TEST(OrientedBox, ARotationKeepsTheArea) {
  std::mt19937 engine(5);
  for (int round = 0; round < 2000; ++round) {
    const OrientedBox box = RandomBox(engine);
    const std::array<double, 8> corners = CornersOf(box);
    EXPECT_NEAR(AreaOf(corners), AreaOf(box), 1e-6);
    EXPECT_NEAR(AreaOf(BoxOfCorners(corners)), AreaOf(box), 1e-6 * AreaOf(box));
  }
}

TEST(OrientedBox, CornersGiveTheBoxBack) {
  std::mt19937 engine(6);
  for (int round = 0; round < 2000; ++round) {
    const OrientedBox box = RandomBox(engine);
    const OrientedBox back = BoxOfCorners(CornersOf(box));
    EXPECT_TRUE(back.is_exact);
    EXPECT_NEAR(back.left, box.left, 1e-6);
    EXPECT_NEAR(back.top, box.top, 1e-6);
    EXPECT_NEAR(back.right, box.right, 1e-6);
    EXPECT_NEAR(back.bottom, box.bottom, 1e-6);
    EXPECT_NEAR(std::remainder(back.rotation - box.rotation, 360), 0, 1e-6);
    EXPECT_GE(back.rotation, 0);
    EXPECT_LT(back.rotation, 360);
  }
}

TEST(OrientedBox, TheUprightBoxAroundATurnedOneIsThatOfItsCorners) {
  std::mt19937 engine(7);
  for (int round = 0; round < 2000; ++round) {
    const OrientedBox box = RandomBox(engine);
    const std::array<double, 8> corners = CornersOf(box);
    const std::optional<Box> around = EnclosingBox(
        {.rotation = box.rotation, .points = {box.left, box.top, box.right, box.bottom}});
    ASSERT_TRUE(around.has_value());
    EXPECT_NEAR(around->left, std::min({corners[0], corners[2], corners[4], corners[6]}), 1e-6);
    EXPECT_NEAR(around->top, std::min({corners[1], corners[3], corners[5], corners[7]}), 1e-6);
    EXPECT_NEAR(around->right, std::max({corners[0], corners[2], corners[4], corners[6]}), 1e-6);
    EXPECT_NEAR(around->bottom, std::max({corners[1], corners[3], corners[5], corners[7]}), 1e-6);
  }
}

}  // namespace
}  // namespace annofs
