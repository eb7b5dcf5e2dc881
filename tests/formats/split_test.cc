#include "formats/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Finished;
using ::testing::ElementsAre;
using ::testing::SizeIs;

// Part -> names of its frames.
using Named = std::map<std::string, std::set<std::string>>;

Named NamesOf(const Dataset& data) {
  Named named;
  const std::vector<SplitPart> parts = Split(data).value();
  for (const SplitPart& part : parts) {
    std::set<std::string>& names = named[part.name];
    for (size_t i = 0; i < part.frames.size(); ++i)
      names.insert(data.GetFrame(part.frames[i])->name);
  }
  return named;
}

// Each subset with `count` frames "<subset>/<i>.jpg" of a task of its own.
std::unique_ptr<Dataset> WithSubsets(const std::map<std::string, int>& subsets) {
  DatasetBuilder builder;
  for (const auto& [subset, count] : subsets) {
    uint32_t task = builder.AddTask({.name = subset, .subset = subset});
    for (int i = 0; i < count; ++i) {
      builder
          .AddFrame(
              {.name = absl::StrCat("s", subset, "/", i, ".jpg"), .task = task, .subset = subset})
          .value();
    }
  }
  return Finished(builder);
}

std::unique_ptr<Dataset> WithTasks(const std::vector<std::pair<std::string, int>>& tasks,
                                   bool is_video = false) {
  DatasetBuilder builder;
  for (const auto& [name, count] : tasks) {
    uint32_t task = builder.AddTask({.name = name, .is_video = is_video});
    for (int i = 0; i < count; ++i) {
      builder
          .AddFrame({.name = absl::StrCat(name, "/", i + 1000, ".jpg"),
                     .number = uint32_t(i),
                     .task = task})
          .value();
    }
  }
  return Finished(builder);
}

TEST(SplitTest, UsualSubsetNamesAreTrainValAndTest) {
  std::unique_ptr<Dataset> data = WithSubsets({{"Train", 2}, {"validation", 2}, {"TEST", 1}});
  EXPECT_EQ(RuleOf(*data).value(), SplitRule::kSubset);
  Named named = NamesOf(*data);
  EXPECT_THAT(named["train"], ElementsAre("sTrain/0.jpg", "sTrain/1.jpg"));
  EXPECT_THAT(named["val"], ElementsAre("svalidation/0.jpg", "svalidation/1.jpg"));
  EXPECT_THAT(named["test"], ElementsAre("sTEST/0.jpg"));
}

TEST(SplitTest, OtherSubsetsKeepANameOfTheirOwn) {
  Named named = NamesOf(*WithSubsets({{"train", 2}, {"val", 1}, {"a b", 1}, {"a.b", 1}}));
  EXPECT_THAT(named, SizeIs(4));
  EXPECT_THAT(named["a_b"], ElementsAre("sa b/0.jpg"));
}

TEST(SplitTest, ASubsetCalledImagesDoesNotBreakTheTrainersPaths) {
  Named named =
      NamesOf(*WithSubsets({{"train", 2}, {"val", 1}, {"images", 1}, {"labels", 1}, {"Masks", 1}}));
  EXPECT_EQ(named.count("images"), 0);
  EXPECT_EQ(named.count("labels"), 0);
  EXPECT_EQ(named.count("Masks"), 0);
  EXPECT_THAT(named, SizeIs(5));
}

TEST(SplitTest, WithoutTrainTheLargestSubsetIsTrain) {
  Named named = NamesOf(*WithSubsets({{"small", 2}, {"large", 4}, {"test", 9}}));
  EXPECT_THAT(named["small"], SizeIs(2));
  EXPECT_THAT(named["test"], SizeIs(9));
  EXPECT_THAT(named["train"], SizeIs(3));
  EXPECT_THAT(named["val"], SizeIs(1));
  EXPECT_EQ(named.count("large"), 0);
}

TEST(SplitTest, NoTaskIsCutInTwo) {
  std::vector<std::pair<std::string, int>> tasks;
  for (int i = 0; i < 40; ++i) tasks.emplace_back(absl::StrCat("task", i), 3);
  std::unique_ptr<Dataset> data = WithTasks(tasks);
  EXPECT_EQ(RuleOf(*data).value(), SplitRule::kTask);
  Named named = NamesOf(*data);
  for (int i = 0; i < 40; ++i) {
    std::string first = absl::StrCat("task", i, "/1000.jpg");
    bool is_val = named["val"].contains(first);
    for (int frame = 1000; frame < 1003; ++frame) {
      EXPECT_TRUE(
          named[is_val ? "val" : "train"].contains(absl::StrCat("task", i, "/", frame, ".jpg")));
    }
  }
  EXPECT_EQ(named["train"].size() + named["val"].size(), 120);
}

// Whatever the hashes say of a few tasks.
TEST(SplitTest, AnEmptyValGetsAWholeTask) {
  for (int first = 0; first < 30; ++first) {
    Named named =
        NamesOf(*WithTasks({{absl::StrCat("x", first), 5}, {absl::StrCat("y", first), 4}}));
    std::set<size_t> sizes = {named["train"].size(), named["val"].size()};
    EXPECT_EQ(sizes, (std::set<size_t>{4, 5})) << first;
  }
}

TEST(SplitTest, AVideosLastFifthIsVal) {
  std::unique_ptr<Dataset> data = WithTasks({{"v", 10}}, true);
  EXPECT_EQ(RuleOf(*data).value(), SplitRule::kTime);
  EXPECT_THAT(NamesOf(*data)["val"], ElementsAre("v/1008.jpg", "v/1009.jpg"));
}

TEST(SplitTest, AShortVideoStillHasVal) {
  EXPECT_THAT(NamesOf(*WithTasks({{"v", 3}}, true))["val"], ElementsAre("v/1002.jpg"));
}

TEST(SplitTest, ImagesOfOneTaskAreAboutFourToOneAndEachInOnePart) {
  Named named = NamesOf(*WithTasks({{"t", 1000}}));
  EXPECT_EQ(named["train"].size() + named["val"].size(), 1000);
  EXPECT_GT(named["val"].size(), 150);
  EXPECT_LT(named["val"].size(), 250);
}

TEST(SplitTest, AFramesPartDoesNotDependOnTheOthers) {
  Named small = NamesOf(*WithTasks({{"t", 100}})), large = NamesOf(*WithTasks({{"t", 200}}));
  for (const std::string& name : small["val"]) EXPECT_TRUE(large["val"].contains(name)) << name;
}

TEST(SplitTest, ASingleFrameIsInBoth) {
  for (bool is_video : {false, true}) {
    Named named = NamesOf(*WithTasks({{"t", 1}}, is_video));
    EXPECT_THAT(named["train"], SizeIs(1));
    EXPECT_THAT(named["val"], SizeIs(1));
  }
}

TEST(SplitTest, NoFramesGiveEmptyParts) {
  DatasetBuilder builder;
  std::vector<SplitPart> parts = Split(*Finished(builder)).value();
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].name, "train");
  EXPECT_EQ(parts[1].name, "val");
  EXPECT_TRUE(parts[0].frames.empty() && parts[1].frames.empty());
}

TEST(SplitTest, TrainComesFirstThenValThenTest) {
  std::unique_ptr<Dataset> data = WithSubsets({{"aaa", 1}, {"test", 1}, {"val", 1}, {"train", 1}});
  const std::vector<SplitPart> parts = Split(*data).value();
  std::vector<std::string> names;
  for (const SplitPart& part : parts) names.push_back(part.name);
  EXPECT_THAT(names, ElementsAre("train", "val", "test", "aaa"));
}

// Trainers look at images only.
TEST(SplitTest, APartWhoseFramesHaveNoImagesGetsOne) {
  DatasetBuilder builder;
  uint32_t task = 0;
  for (const char* subset : {"Train", "Validation"}) {
    builder.AddTask({.name = subset, .subset = subset});
    for (int i = 0; i < 3; ++i) {
      builder.AddFrame({.name = absl::StrCat(subset, i, ".jpg"), .task = task, .subset = subset})
          .value();
    }
    ++task;
  }
  auto data = builder.Finish([](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
    if (frame.task == 1) return std::nullopt;
    return Media{.key = frame.name};
  });
  ASSERT_TRUE(data.ok()) << data.status();
  const std::vector<SplitPart> parts = Split(**data).value();
  const RankSet media = (*data)->WithMedia().value();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(Intersect(parts[0].frames, media).size(), 2u);
  EXPECT_EQ(Intersect(parts[1].frames, media).size(), 1u);
  EXPECT_EQ(parts[1].frames.size(), 4u);
}

}  // namespace
}  // namespace annofs
