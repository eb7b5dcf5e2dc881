#include "formats/gauss_area.h"

#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

TEST(GaussAreaTest, IsTheAreaWhicheverWayRound) {
  EXPECT_EQ(GaussArea({0, 0, 4, 0, 4, 3}), 6);
  EXPECT_EQ(GaussArea({4, 3, 4, 0, 0, 0}), 6);
}

TEST(GaussAreaTest, WhatIsNoPairAtTheEndDoesNotCount) {
  EXPECT_EQ(GaussArea({0, 0, 4, 0, 4, 3, 9}), 6);
  EXPECT_EQ(GaussArea({}), 0);
  EXPECT_EQ(GaussArea({7}), 0);
}

}  // namespace
}  // namespace annofs::testing
