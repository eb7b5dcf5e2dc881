#include "formats/memory_dataset.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Rank> Members(const RankSet& set) {
  std::vector<Rank> ranks;
  for (size_t i = 0; i < set.size(); ++i) ranks.push_back(set[i]);
  return ranks;
}

Shape Tag(uint32_t label) { return {.type = ShapeType::kTag, .label = label}; }
Shape Box(uint32_t label, int32_t z_order = 0, int32_t track = -1) {
  return {.label = label, .z_order = z_order, .track = track, .points = {0, 0, 1, 1}};
}

// Frames c, a, b of two tasks; ranks are a, b, c. Labels: 0 on a and c, 1 on c, 2 nowhere.
class MemoryDatasetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    builder_.AddTask({.name = "first"});
    builder_.AddTask({.name = "second", .subset = "val"});
    for (const char* name : {"car", "bus", "sky"}) builder_.AddLabel({.name = name});
    const uint32_t c = builder_.AddFrame({.name = "d/c.jpg", .number = 0, .task = 0}).value();
    const uint32_t a =
        builder_.AddFrame({.name = "a.jpg", .number = 1, .task = 1, .subset = "val"}).value();
    builder_.AddFrame({.name = "b.jpg", .number = 2, .task = 0}).value();
    ASSERT_TRUE(builder_.AddShape(c, Box(0)).ok());
    ASSERT_TRUE(builder_.AddShape(c, Tag(1)).ok());
    ASSERT_TRUE(builder_.AddShape(c, Box(0)).ok());
    ASSERT_TRUE(builder_.AddShape(a, Tag(0)).ok());
  }

  DatasetBuilder builder_;
};

TEST_F(MemoryDatasetTest, FramesAreInOrderOfPaths) {
  std::unique_ptr<Dataset> data = builder_.Finish().value();
  ASSERT_EQ(data->frame_count(), 3u);
  EXPECT_EQ(data->GetFrame(0)->name, "a.jpg");
  EXPECT_EQ(data->GetFrame(2)->name, "d/c.jpg");
  EXPECT_EQ(data->Names(2)->stem, "d_c");
}

TEST_F(MemoryDatasetTest, SetsOfFrames) {
  std::unique_ptr<Dataset> data = builder_.Finish().value();
  EXPECT_THAT(Members(*data->WithLabel(0)), ElementsAre(0, 2));
  EXPECT_THAT(Members(*data->WithLabel(1)), ElementsAre(2));
  EXPECT_THAT(Members(*data->WithLabel(2)), IsEmpty());
  EXPECT_THAT(Members(*data->WithoutLabels()), ElementsAre(1));
  EXPECT_THAT(Members(*data->OfTask(0)), ElementsAre(1, 2));
  EXPECT_THAT(Members(*data->InSubset("val")), ElementsAre(0));
  EXPECT_THAT(Members(*data->InSubset("")), ElementsAre(1, 2));
  EXPECT_THAT(Members(*data->InSubset("none such")), IsEmpty());
  EXPECT_THAT(data->Subsets().value(), ElementsAre("", "val"));
  EXPECT_THAT(Members(data->All()), ElementsAre(0, 1, 2));
}

TEST_F(MemoryDatasetTest, NamesAreFound) {
  std::unique_ptr<Dataset> data = builder_.Finish().value();
  EXPECT_EQ(*data->FindPath("d/c.jpg"), std::optional<Rank>(2));
  EXPECT_EQ(*data->FindPath("c.jpg"), std::nullopt);
  EXPECT_EQ(*data->FindSidecar("d/c"), std::optional<Rank>(2));
  EXPECT_EQ(*data->FindStem("d_c"), std::optional<Rank>(2));
  EXPECT_EQ(*data->FindDirectory("d"), std::optional<uint32_t>(1));
  EXPECT_EQ(*data->FindDirectory("e"), std::nullopt);
  EXPECT_EQ(data->Directory(1)->begin, 2u);
}

TEST_F(MemoryDatasetTest, CountsByType) {
  std::unique_ptr<Dataset> data = builder_.Finish().value();
  EXPECT_EQ(data->info().shape_counts[size_t(ShapeType::kTag)], 2u);
  EXPECT_EQ(data->info().shape_counts[size_t(ShapeType::kRectangle)], 2u);
}

TEST_F(MemoryDatasetTest, InfoIsKeptAndFilled) {
  builder_.SetInfo({.name = "street", .id = "abc"});
  std::unique_ptr<Dataset> data = builder_.Finish().value();
  EXPECT_EQ(data->info().name, "street");
  EXPECT_EQ(data->info().id, "abc");
  EXPECT_EQ(data->info().tasks.size(), 2u);
  EXPECT_EQ(data->info().labels.size(), 3u);
}

TEST_F(MemoryDatasetTest, AFrameWithoutItsImageIsAProblem) {
  std::unique_ptr<Dataset> data =
      builder_
          .Finish([](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
            if (frame.name == "b.jpg") return std::nullopt;
            return Media{.key = "bucket/" + frame.name, .size = 7};
          })
          .value();
  EXPECT_THAT(Members(*data->WithMedia()), ElementsAre(0, 2));
  EXPECT_EQ(data->GetMedia(0)->value().key, "bucket/a.jpg");
  EXPECT_FALSE(data->GetMedia(1)->has_value());
  const std::vector<Problem> problems = data->Problems().value();
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].frame, "b.jpg");
}

TEST_F(MemoryDatasetTest, AnErrorOfTheFinderIsTheAnswer) {
  absl::Status status = builder_
                            .Finish([](const Frame&) -> absl::StatusOr<std::optional<Media>> {
                              return absl::UnavailableError("no network");
                            })
                            .status();
  EXPECT_TRUE(absl::IsUnavailable(status));
}

TEST(MemoryDataset, ShapesAreSortedByZOrderThenStaticThenByTrack) {
  DatasetBuilder builder;
  builder.AddTask({});
  for (int i = 0; i < 6; ++i) builder.AddLabel({});
  const uint32_t frame = builder.AddFrame({.name = "a"}).value();
  ASSERT_TRUE(builder.AddShape(frame, Box(0, 0, 5)).ok());
  ASSERT_TRUE(builder.AddShape(frame, Box(1, 1)).ok());
  ASSERT_TRUE(builder.AddShape(frame, Box(2, 0, 2)).ok());
  ASSERT_TRUE(builder.AddShape(frame, Box(3, 0)).ok());
  ASSERT_TRUE(builder.AddShape(frame, Box(4, -1)).ok());
  ASSERT_TRUE(builder.AddShape(frame, Box(5, 0)).ok());
  std::vector<uint32_t> labels;
  std::unique_ptr<Dataset> data = builder.Finish().value();
  const FrameShapes shapes = data->Shapes(0).value();
  for (const Shape& shape : shapes.shapes) labels.push_back(shape.label);
  EXPECT_THAT(labels, ElementsAre(4, 3, 5, 2, 0, 1));
}

TEST(MemoryDataset, ShapesOfFramesOrLabelsThatWereNotAddedAreErrors) {
  DatasetBuilder builder;
  EXPECT_FALSE(builder.AddShape(0, Box(0)).ok());
  builder.AddTask({});
  const uint32_t frame = builder.AddFrame({.name = "a"}).value();
  EXPECT_FALSE(builder.AddShape(frame, Box(0)).ok());
  EXPECT_FALSE(builder.AddFrame({.name = "a", .task = 1}).ok());
}

TEST(MemoryDataset, MoreProblemsThanAnyoneReadsAreCounted) {
  DatasetBuilder builder;
  for (int i = 0; i < 100005; ++i) builder.AddProblem({.reason = "x"});
  builder.AddFrame({.name = "a.jpg"}).value();
  auto none = [](const Frame&) { return std::optional<Media>(); };
  const std::vector<Problem> problems = builder.Finish(none).value()->Problems().value();
  ASSERT_EQ(problems.size(), 1002u);
  EXPECT_EQ(problems[999].reason, "x");
  EXPECT_EQ(problems[1000].reason, "99005 more like this: x");
  EXPECT_EQ(problems[1001].frame, "a.jpg");
}

TEST(MemoryDataset, NothingPushedIsAnEmptyDataset) {
  std::unique_ptr<Dataset> data = DatasetBuilder().Finish().value();
  EXPECT_EQ(data->frame_count(), 0u);
  EXPECT_EQ(data->directory_count(), 1u);
  EXPECT_TRUE(data->All().empty());
}

TEST(RankSet, RangesAndListsAnswerAlike) {
  const RankSet range = RankSet::Range(3, 6), list = RankSet::Of({3, 4, 5});
  for (Rank rank = 0; rank < 9; ++rank) {
    EXPECT_EQ(range.LowerBound(rank), list.LowerBound(rank)) << rank;
    EXPECT_EQ(range.Contains(rank), list.Contains(rank)) << rank;
  }
  EXPECT_EQ(Members(range), Members(list));
  EXPECT_TRUE(RankSet::Range(6, 3).empty());
  EXPECT_TRUE(RankSet().empty());
}

TEST(RankSet, IntersectKeepsMembersOfBoth) {
  EXPECT_THAT(Members(Intersect(RankSet::Of({1, 4, 7, 9}), RankSet::Range(4, 9))),
              ElementsAre(4, 7));
  EXPECT_THAT(Members(Intersect(RankSet::Of({1, 2}), RankSet::Of({3}))), IsEmpty());
  EXPECT_THAT(Members(Intersect(RankSet(), RankSet::Range(0, 5))), IsEmpty());
}

}  // namespace
}  // namespace annofs::testing
