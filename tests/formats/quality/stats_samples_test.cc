#include "formats/quality/stats_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Finished;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

absl::StatusOr<bool> All(Rank) { return true; }

// Frames with the labels given, by number.
std::unique_ptr<Dataset> WithLabels(const std::vector<std::vector<uint32_t>>& frames,
                                    uint32_t labels) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  for (uint32_t i = 0; i < labels; ++i) builder.AddLabel({.name = absl::StrCat("l", i)});
  for (size_t i = 0; i < frames.size(); ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(1000 + i)}).value();
    for (uint32_t label : frames[i]) {
      EXPECT_TRUE(builder.AddShape(frame, {.label = label, .points = {0, 0, 1, 1}}).ok());
    }
  }
  return Finished(builder);
}

std::set<uint32_t> SeenOn(const Dataset& data, const std::vector<Rank>& ranks) {
  std::set<uint32_t> labels;
  for (Rank rank : ranks) {
    const FrameShapes all = data.Shapes(rank).value();
    for (const Shape& shape : all.shapes) labels.insert(shape.label);
  }
  return labels;
}

TEST(StatsSamplesTest, EveryClassIsSeenThoughMostFramesHaveOne) {
  std::vector<std::vector<uint32_t>> frames(1000, {0});
  for (uint32_t label = 1; label < 20; ++label) frames[label * 37] = {label};
  const auto data = WithLabels(frames, 20);
  const auto ranks = ChooseSamples(*data, All);
  ASSERT_TRUE(ranks.ok());
  EXPECT_THAT(SeenOn(*data, *ranks), SizeIs(20));
  EXPECT_LE(ranks->size(), 24u);
}

TEST(StatsSamplesTest, FramesWithManyUnseenClassesLeaveRoomForOthers) {
  std::vector<std::vector<uint32_t>> frames;
  for (uint32_t label = 0; label < 100; ++label) frames.push_back({label});
  for (uint32_t i = 0; i < 10; ++i) {
    std::vector<uint32_t> ten;
    for (uint32_t label = 0; label < 10; ++label) ten.push_back(i * 10 + label);
    frames.push_back(ten);
  }
  const auto data = WithLabels(frames, 100);
  const auto ranks = ChooseSamples(*data, All);
  ASSERT_TRUE(ranks.ok());
  EXPECT_THAT(SeenOn(*data, *ranks), SizeIs(100));
}

TEST(StatsSamplesTest, FramesThatCanBeShownArePreferred) {
  const auto data = WithLabels(std::vector<std::vector<uint32_t>>(20, {0}), 1);
  const auto ranks = ChooseSamples(
      *data, [](Rank rank) -> absl::StatusOr<bool> { return rank == 13; }, {.most = 1, .least = 1});
  ASSERT_TRUE(ranks.ok());
  EXPECT_THAT(*ranks, ::testing::ElementsAre(13u));
}

TEST(StatsSamplesTest, NoFrameComesTwiceAndThereAreAsManyAsAskedFor) {
  const auto data = WithLabels(std::vector<std::vector<uint32_t>>(50, {0}), 1);
  const auto ranks = ChooseSamples(*data, All);
  ASSERT_TRUE(ranks.ok());
  EXPECT_THAT(*ranks, SizeIs(12));
  EXPECT_THAT(std::set<Rank>(ranks->begin(), ranks->end()), SizeIs(12));
  EXPECT_EQ(*ChooseSamples(*data, All), *ranks) << "the same each time";
}

TEST(StatsSamplesTest, OfNothingNothingIsChosen) {
  EXPECT_THAT(*ChooseSamples(*testing::NoFrames(), All), IsEmpty());
  EXPECT_THAT(*ChooseSamples(*WithLabels({{}, {}}, 3), All), IsEmpty());
}

}  // namespace
}  // namespace annofs
