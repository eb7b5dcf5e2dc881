#include "formats/cvat_export.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

struct FrameIn {
  std::string name, subset;
  uint32_t number = 0, task = 0;
};

std::unique_ptr<Dataset> Frames(const std::vector<FrameIn>& frames, std::vector<Task> tasks = {}) {
  DatasetBuilder builder;
  if (tasks.empty()) tasks = {{.name = "task"}};
  for (Task& task : tasks) builder.AddTask(std::move(task));
  for (const FrameIn& frame : frames) {
    EXPECT_TRUE(builder
                    .AddFrame({.name = frame.name,
                               .number = frame.number,
                               .task = frame.task,
                               .subset = frame.subset})
                    .ok());
  }
  return Finished(builder);
}

// "name: frame frame"
std::vector<std::string> Texts(const Dataset& data, const std::vector<ExportSubset>& subsets) {
  std::vector<std::string> texts;
  for (const ExportSubset& subset : subsets) {
    std::string text = subset.name + ":";
    subset.frames.ForEach(0, [&](Rank rank) {
      absl::StrAppend(&text, " ", data.GetFrame(rank)->name);
      return true;
    });
    texts.push_back(text);
  }
  return texts;
}

TEST(ExportSubsetsTest, AreInTheOrderInWhichTheyOccur) {
  const auto data = Frames({{"a", "val", 2}, {"b", "", 1}, {"c", "Train", 0}, {"d", "val", 3}});
  EXPECT_THAT(Texts(*data, ExportSubsets(*data).value()),
              ElementsAre("Train: c", "default: b", "val: a d"));
  EXPECT_THAT(Texts(*data, ExportSubsets(*data, "train").value()),
              ElementsAre("Train: c", "train: b", "val: a d"));
}

TEST(ExportSubsetsTest, ASubsetCalledLikeTheDefaultIsTheSameOne) {
  const auto data = Frames({{"a", "train", 0}, {"b", "", 1}, {"c", "x", 2}});
  EXPECT_THAT(Texts(*data, ExportSubsets(*data, "train").value()),
              ElementsAre("train: a b", "x: c"));
}

TEST(ExportSubsetsTest, OneIsThereWithoutFrames) {
  const auto data = Frames({});
  EXPECT_THAT(Texts(*data, ExportSubsets(*data).value()), ElementsAre("default:"));
  EXPECT_THAT(Texts(*data, ExportSubsets3d(*data).value()), ElementsAre("default:"));
}

TEST(ExportSubsetsTest, PointCloudsAndImagesAreApart) {
  const auto data = Frames({{"a.png", "s", 0, 0}, {"b.pcd", "s", 0, 1}, {"c.pcd", "t", 1, 1}},
                           {{.name = "2d"}, {.name = "3d", .is_3d = true}});
  EXPECT_THAT(Texts(*data, ExportSubsets(*data).value()), ElementsAre("s: a.png"));
  EXPECT_THAT(Texts(*data, ExportSubsets3d(*data).value()), ElementsAre("s: b.pcd", "t: c.pcd"));
}

TEST(ExportSubsetsTest, PathsAreSafeAndUniqueWithoutRegardToCase) {
  const std::string large(300, 'x');
  const auto data = Frames(
      {{"a", "Train", 0}, {"b", "train", 1}, {"c", "../x", 2}, {"d", large, 3}, {"e", ".", 4}});
  const std::vector<ExportSubset> subsets = ExportSubsets(*data).value();
  ASSERT_EQ(subsets.size(), 5u);
  EXPECT_EQ(subsets[0].path, "Train");
  EXPECT_THAT(subsets[1].path, MatchesRegex("train-[0-9a-f]{8}"));
  EXPECT_EQ(subsets[1].name, "train");
  EXPECT_THAT(subsets[2].path, MatchesRegex("[^/]*x-[0-9a-f]{8}"));
  EXPECT_LE(subsets[3].path.size(), 160u);
  EXPECT_NE(subsets[4].path, ".");
}

TEST(FramesWhereTest, AsksEachFrameOnceAndPassesErrorsOn) {
  const auto data = FramesNamed({"a", "b", "c"});
  std::vector<Rank> asked;
  const auto odd = FramesWhere(*data, data->All(), [&asked](const Dataset&, Rank rank) {
    asked.push_back(rank);
    return rank % 2 == 1;
  });
  EXPECT_EQ(odd.value().size(), 1u);
  EXPECT_THAT(asked, ElementsAre(0, 1, 2));
  const auto failed = FramesWhere(*data, data->All(), [](const Dataset&, Rank) {
    return absl::StatusOr<bool>(absl::InternalError("damaged"));
  });
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kInternal);
}

TEST(FramesWithTypesTest, HaveOneOfThem) {
  const auto data = EveryShape();
  EXPECT_EQ(FramesWithTypes(*data, {ShapeType::kMask, ShapeType::kTag}).value().size(), 1u);
  EXPECT_THAT(FramesWithTypes(*FramesNamed({"a"}), {ShapeType::kMask}).value().empty(), true);
}

TEST(TopLevelIndexesTest, SkipPartsOfSkeletons) {
  DatasetInfo info;
  info.labels = {{.name = "a"}, {.name = "pose"}, {.name = "x", .parent = 1}, {.name = "b"}};
  EXPECT_THAT(TopLevelIndexes(info), ElementsAre(0, 1, -1, 2));
}

TEST(WhyDroppedByTypeTest, SaysWhatHasNoPlace) {
  const WriterInfo writer{.name = "x", .keeps = {ShapeType::kTag, ShapeType::kMask}};
  DatasetInfo info;
  info.labels = {{.name = "car"}};
  FrameShapes all;
  all.tags = {{.type = ShapeType::kTag}};
  all.shapes = {{.type = ShapeType::kMask, .points = {0, 4, 1, 1, 2, 2}},
                {.type = ShapeType::kPolygon},
                {.type = ShapeType::kPolygon, .outside = true}};
  EXPECT_THAT(WhyDroppedByType(writer, info, {.width = 4, .height = 3}, all),
              ElementsAre("", "", kTypeNotInFormat, ""));
  EXPECT_THAT(WhyDroppedByType(writer, info, {}, all),
              ElementsAre("", kSizeNotKnown, kTypeNotInFormat, ""));
}

}  // namespace
}  // namespace annofs::testing
