#include "formats/recent_shapes.h"

#include <gmock/gmock.h>

#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

TEST(RecentShapesTest, AnswersTheFramesOwnShapes) {
  const auto data = EveryShape();
  RecentShapes recent;
  for (Rank rank : {1u, 0u, 1u}) {
    EXPECT_EQ(recent.Get(*data, rank).value()->shapes, data->Shapes(rank).value().shapes);
    EXPECT_EQ(recent.Get(*data, rank).value()->tags, data->Shapes(rank).value().tags);
  }
}

TEST(RecentShapesTest, ReadsAFrameOnceAsLongAsItFits) {
  const auto data = FramesNamed({"a", "b", "c"});
  RecentShapes recent;
  const auto first = recent.Get(*data, 0).value();
  EXPECT_NE(recent.Get(*data, 1).value(), first);
  EXPECT_EQ(recent.Get(*data, 0).value(), first);
  recent.Clear();
  EXPECT_NE(recent.Get(*data, 0).value(), first);
}

// One frame of these counts 128 bytes, its box and four numbers.
TEST(RecentShapesTest, ForgetsWhatWasUsedLongestAgo) {
  const auto data = FramesNamed({"a", "b", "c"});
  RecentShapes recent(2 * (128 + sizeof(Shape) + 4 * sizeof(double)));
  const auto a = recent.Get(*data, 0).value(), b = recent.Get(*data, 1).value();
  EXPECT_EQ(recent.Get(*data, 0).value(), a);
  const auto c = recent.Get(*data, 2).value();
  EXPECT_EQ(recent.Get(*data, 0).value(), a);
  EXPECT_EQ(recent.Get(*data, 2).value(), c);
  EXPECT_NE(recent.Get(*data, 1).value(), b);
}

TEST(RecentShapesTest, AFrameThatDoesNotFitIsNotKept) {
  const auto data = FramesNamed({"a"});
  RecentShapes recent(100);
  EXPECT_NE(recent.Get(*data, 0).value(), recent.Get(*data, 0).value());
}

}  // namespace
}  // namespace annofs::testing
