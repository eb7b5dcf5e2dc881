// What a configuration changes in the division of frames: shares, seed, rule, lists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "formats/split.h"
#include "formats/split_shares.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using ::testing::Not;
using ::testing::SizeIs;

using Names = std::set<std::string>;
using Named = std::map<std::string, Names>;  // part -> its frames
using By = SplitOptions::By;

struct TaskSpec {
  std::string name;
  int frames = 0;
  bool is_video = false;
  std::string subset = {};
};

// Frames "<task>/<1000 + i>.jpg"; `lists`: part -> frames.
std::unique_ptr<Dataset> Tasks(const std::vector<TaskSpec>& tasks, const SplitOptions& split,
                               const std::vector<std::pair<std::string, Names>>& lists = {}) {
  DatasetBuilder builder;
  builder.SetInfo({.options = {.split = split}});
  for (const TaskSpec& spec : tasks) {
    const uint32_t task = builder.AddTask({.name = spec.name, .is_video = spec.is_video});
    for (int i = 0; i < spec.frames; ++i) {
      const std::string name = absl::StrCat(spec.name, "/", 1000 + i, ".jpg");
      const uint32_t frame =
          builder
              .AddFrame({.name = name, .number = uint32_t(i), .task = task, .subset = spec.subset})
              .value();
      for (const auto& [part, names] : lists) {
        if (names.contains(name)) {
          EXPECT_TRUE(builder.AddToPart(part, frame).ok());
        }
      }
    }
  }
  return Finished(builder);
}

Named PartsOf(const Dataset& data) {
  Named named;
  const std::vector<SplitPart> parts = Split(data).value();
  for (const SplitPart& part : parts) {
    Names& names = named[part.name];
    for (size_t i = 0; i < part.frames.size(); ++i)
      names.insert(data.GetFrame(part.frames[i])->name);
  }
  return named;
}

Names Numbered(const std::string& task, int begin, int end) {
  Names names;
  for (int i = begin; i < end; ++i) names.insert(absl::StrCat(task, "/", 1000 + i, ".jpg"));
  return names;
}

Names HashedTo(absl::string_view part, const SplitOptions& options) {
  Names names;
  for (int i = 0; i < 4000; ++i) {
    std::string name = absl::StrCat("frame", i);
    if (PartByHash(name, options) == part) names.insert(std::move(name));
  }
  return names;
}

TEST(SplitShares, WithoutAConfigurationValIsWhatAHashSaysThatFiveDivides) {
  for (int i = 0; i < 4000; ++i) {
    const std::string name = absl::StrCat("frame", i);
    EXPECT_EQ(PartByHash(name, {}), Hash64(name) % 5 == 0 ? "val" : "train") << name;
  }
}

TEST(SplitShares, AGreaterShareOfValTakesFromTrainOnly) {
  Names val, test = HashedTo("test", {.train = 0.8, .val = 0, .test = 0.2});
  for (double share : {0.0, 0.01, 0.1, 0.2, 0.21, 0.5, 0.79, 0.8}) {
    const SplitOptions options{.train = 0.8 - share, .val = share, .test = 0.2};
    const Names more = HashedTo("val", options);
    EXPECT_THAT(val, IsSubsetOf(more)) << share;
    EXPECT_EQ(HashedTo("test", options), test) << share;
    val = more;
  }
  EXPECT_EQ(val.size() + test.size(), 4000u);
}

TEST(SplitShares, NoFrameLeavesAPartWhoseShareGrows) {
  for (const char* part : {"val", "test"}) {
    Names before;
    for (double share : {0.0, 0.1, 0.3, 0.7, 1.0}) {
      SplitOptions options{.train = (1 - share) / 2, .val = (1 - share) / 2, .test = share};
      if (part == std::string("val")) std::swap(options.val, options.test);
      const Names now = HashedTo(part, options);
      EXPECT_THAT(before, IsSubsetOf(now)) << part << share;
      before = now;
    }
    EXPECT_THAT(before, SizeIs(4000));
  }
}

TEST(SplitShares, PartsAreAboutAsLargeAsTheirShares) {
  for (uint64_t seed : {0, 1, 99}) {
    const SplitOptions options{.train = 0.65, .val = 0.1, .test = 0.25, .seed = seed};
    EXPECT_NEAR(double(HashedTo("train", options).size()), 2600, 120) << seed;
    EXPECT_NEAR(double(HashedTo("val", options).size()), 400, 80) << seed;
    EXPECT_NEAR(double(HashedTo("test", options).size()), 1000, 110) << seed;
  }
}

TEST(SplitShares, AnotherSeedIsAnotherDivision) {
  const Names one = HashedTo("val", {.seed = 1}), other = HashedTo("val", {.seed = 2});
  Names both;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(),
                        std::inserter(both, both.end()));
  EXPECT_LT(both.size(), one.size() / 2);
  EXPECT_EQ(one, HashedTo("val", {.seed = 1}));
}

TEST(SplitOptionsTest, AVideoIsCutInTimeByTheShares) {
  const std::unique_ptr<Dataset> data =
      Tasks({{"v", 10, true}}, {.by = By::kGroup, .train = 0.6, .val = 0.3, .test = 0.1});
  EXPECT_EQ(RuleOf(*data).value(), SplitRule::kTime);
  Named parts = PartsOf(*data);
  EXPECT_EQ(parts["train"], Numbered("v", 0, 6));
  EXPECT_EQ(parts["val"], Numbered("v", 6, 9));
  EXPECT_EQ(parts["test"], Numbered("v", 9, 10));
}

// 0.7 + 0.1 is a little less than 0.8.
TEST(SplitOptionsTest, SharesThatAreWholeFramesAreExact) {
  Named parts = PartsOf(*Tasks({{"v", 10, true}}, {.train = 0.2, .val = 0.7, .test = 0.1}));
  EXPECT_THAT(parts["train"], SizeIs(2));
  EXPECT_THAT(parts["val"], SizeIs(7));
  EXPECT_THAT(parts["test"], SizeIs(1));
}

TEST(SplitOptionsTest, AShortVideoHasTrainAndValBeforeItHasTest) {
  const SplitOptions split{.train = 0.8, .val = 0.1, .test = 0.1};
  Named two = PartsOf(*Tasks({{"v", 2, true}}, split));
  EXPECT_EQ(two["train"], Numbered("v", 0, 1));
  EXPECT_EQ(two["val"], Numbered("v", 1, 2));
  EXPECT_EQ(two.count("test"), 0);
}

TEST(SplitOptionsTest, GroupsStayWholeAndAreDividedByTheShares) {
  std::vector<TaskSpec> tasks;
  for (int i = 0; i < 200; ++i) tasks.push_back({.name = absl::StrCat("t", i), .frames = 2});
  const SplitOptions split{.by = By::kGroup, .train = 0.5, .val = 0.2, .test = 0.3, .seed = 5};
  Named parts = PartsOf(*Tasks(tasks, split));
  std::map<std::string, size_t> whole;
  for (const TaskSpec& task : tasks) {
    for (const auto& [part, names] : parts) {
      if (names.contains(task.name + "/1000.jpg")) {
        EXPECT_TRUE(names.contains(task.name + "/1001.jpg")) << task.name;
        ++whole[part];
      }
    }
  }
  EXPECT_NEAR(double(whole["train"]), 100, 25);
  EXPECT_NEAR(double(whole["val"]), 40, 20);
  EXPECT_NEAR(double(whole["test"]), 60, 22);
  EXPECT_EQ(whole["train"] + whole["val"] + whole["test"], 200u);
}

TEST(SplitOptionsTest, GroupsAndHashesComeBeforeSubsetsWhereTheyAreAskedFor) {
  const std::vector<TaskSpec> tasks = {{.name = "a", .frames = 50, .subset = "train"},
                                       {.name = "b", .frames = 50, .subset = "test"}};
  EXPECT_EQ(RuleOf(*Tasks(tasks, {})).value(), SplitRule::kSubset);
  EXPECT_EQ(RuleOf(*Tasks(tasks, {.by = By::kGroup})).value(), SplitRule::kTask);
  const std::unique_ptr<Dataset> hashed = Tasks(tasks, {.by = By::kHash});
  EXPECT_EQ(RuleOf(*hashed).value(), SplitRule::kFrame);
  Named parts = PartsOf(*hashed);
  for (const std::string& name : Numbered("a", 0, 50))
    EXPECT_TRUE(parts[Hash64(name) % 5 == 0 ? "val" : "train"].contains(name)) << name;
}

TEST(SplitOptionsTest, SubsetsAreKeptWhereTheyAreAskedForThoughThereIsOne) {
  const std::unique_ptr<Dataset> data =
      Tasks({{.name = "a", .frames = 4, .subset = "x"}}, {.by = By::kSubset});
  EXPECT_EQ(RuleOf(*data).value(), SplitRule::kSubset);
  Named parts = PartsOf(*data);
  EXPECT_THAT(parts["train"], SizeIs(3));
  EXPECT_THAT(parts["val"], SizeIs(1));
}

TEST(SplitOptionsTest, WhereAllIsTestTrainAndValAreNotEmpty) {
  Named parts = PartsOf(*Tasks({{"t", 30}}, {.by = By::kHash, .train = 0, .val = 0, .test = 1}));
  EXPECT_THAT(parts["train"], SizeIs(1));
  EXPECT_THAT(parts["val"], SizeIs(1));
  EXPECT_THAT(parts["test"], SizeIs(28));
}

TEST(SplitListsTest, ListsComeBeforeEverythingElse) {
  const std::unique_ptr<Dataset> data =
      Tasks({{.name = "t", .frames = 6, .subset = "a"}, {.name = "u", .frames = 1, .subset = "b"}},
            {.by = By::kHash},
            {{"train", Numbered("t", 0, 3)},
             {"val", {"t/1003.jpg", "u/1000.jpg"}},
             {"test", Numbered("t", 4, 6)}});
  EXPECT_EQ(RuleOf(*data).value(), SplitRule::kLists);
  const Named parts = PartsOf(*data);
  EXPECT_THAT(parts, SizeIs(3));
  EXPECT_EQ(parts.at("train"), Numbered("t", 0, 3));
  EXPECT_THAT(parts.at("val"), ElementsAre("t/1003.jpg", "u/1000.jpg"));
  EXPECT_EQ(parts.at("test"), Numbered("t", 4, 6));
}

TEST(SplitListsTest, WithoutAListOfTrainTheRestIsTrain) {
  const Named val = PartsOf(*Tasks({{"t", 9}}, {}, {{"val", Numbered("t", 2, 4)}}));
  EXPECT_THAT(val, SizeIs(2));
  EXPECT_EQ(val.at("val"), Numbered("t", 2, 4));
  EXPECT_THAT(val.at("train"), SizeIs(7));
  const Named both = PartsOf(
      *Tasks({{"t", 9}}, {}, {{"val", Numbered("t", 2, 4)}, {"test", Numbered("t", 4, 5)}}));
  EXPECT_EQ(both.at("test"), Numbered("t", 4, 5));
  EXPECT_THAT(both.at("train"), SizeIs(6));
}

TEST(SplitListsTest, WithoutAListOfValTheRestIsVal) {
  const Named parts = PartsOf(
      *Tasks({{"t", 9}}, {}, {{"train", Numbered("t", 0, 5)}, {"test", Numbered("t", 5, 6)}}));
  EXPECT_EQ(parts.at("val"), Numbered("t", 6, 9));
  EXPECT_EQ(parts.count("unlisted"), 0);
}

TEST(SplitListsTest, WhatListsOfTrainAndValLeaveOutIsNoPartOfTraining) {
  const std::unique_ptr<Dataset> data =
      Tasks({{"t", 9}}, {}, {{"train", Numbered("t", 0, 5)}, {"val", Numbered("t", 5, 7)}});
  const Named parts = PartsOf(*data);
  EXPECT_THAT(parts, SizeIs(3));
  EXPECT_EQ(parts.at("unlisted"), Numbered("t", 7, 9));

  std::map<std::string, std::string> files = FilesOf(Described("yolo", *data), *data);
  EXPECT_THAT(files["data.yaml"],
              AllOf(HasSubstr("\nval: val.txt\n"), Not(HasSubstr("\nunlisted:"))));
  EXPECT_EQ(files.count("images/unlisted/t_1007.jpg"), 1);
  EXPECT_EQ(files.count("labels/unlisted/t_1008.txt"), 1);
  EXPECT_THAT(files["train.txt"], Not(HasSubstr("t_1007")));
}

TEST(SplitListsTest, AFrameOfSeveralListsIsHeldOut) {
  const Named parts = PartsOf(*Tasks({{"t", 9}}, {},
                                     {{"train", Numbered("t", 0, 9)},
                                      {"val", Numbered("t", 5, 9)},
                                      {"test", Numbered("t", 8, 9)}}));
  EXPECT_EQ(parts.at("train"), Numbered("t", 0, 5));
  EXPECT_EQ(parts.at("val"), Numbered("t", 5, 8));
  EXPECT_EQ(parts.at("test"), Numbered("t", 8, 9));
}

TEST(SplitListsTest, TrainAndValAreNotEmptyWhateverTheListsSay) {
  for (const char* part : {"train", "val", "test"}) {
    const Named parts = PartsOf(*Tasks({{"t", 9}}, {}, {{part, Numbered("t", 0, 9)}}));
    EXPECT_THAT(parts.at("train"), Not(IsEmpty())) << part;
    EXPECT_THAT(parts.at("val"), Not(IsEmpty())) << part;
    size_t frames = 0;
    for (const auto& [name, names] : parts) frames += names.size();
    EXPECT_EQ(frames, 9u) << part;
  }
}

TEST(SplitListsTest, ASingleImageThatIsTestIsInAllParts) {
  const Named parts = PartsOf(*Tasks({{"t", 1}}, {}, {{"test", Numbered("t", 0, 1)}}));
  for (const char* part : {"train", "val", "test"}) EXPECT_THAT(parts.at(part), SizeIs(1)) << part;
}

std::string SplitText(const std::vector<TaskSpec>& tasks, const SplitOptions& split,
                      const std::vector<std::pair<std::string, Names>>& lists = {}) {
  return DescribeSplit(*Tasks(tasks, split, lists)).value();
}

TEST(DescribeSplitTest, SaysSharesAndSeedWhereTheyAreNotTheUsualOnes) {
  const std::vector<TaskSpec> images = {{"t", 2}}, two = {{"t", 2}, {"u", 2}};
  EXPECT_EQ(SplitText(images, {}),
            "one task of images: frames by a hash of their names, about 80:20");
  EXPECT_EQ(SplitText(two, {}), "whole tasks by a hash of their names, about 80:20");
  EXPECT_EQ(SplitText(two, {.by = By::kHash, .train = 0.7, .val = 0.1, .test = 0.2}),
            "frames by a hash of their names, train 0.7, val 0.1, test 0.2");
  EXPECT_EQ(SplitText(two, {.by = By::kGroup, .train = 0.7, .val = 0.3, .seed = 17}),
            "whole tasks by a hash of their names, train 0.7, val 0.3, seed 17");
}

TEST(DescribeSplitTest, OfAVideoTheSeedSaysNothing) {
  EXPECT_EQ(SplitText({{"v", 5, true}}, {.seed = 3}), "one video: its last fifth is val");
  EXPECT_EQ(SplitText({{"v", 5, true}}, {.train = 0.5, .val = 0.25, .test = 0.25}),
            "one video, cut in time: train 0.5, val 0.25, test 0.25");
}

TEST(DescribeSplitTest, OfListsSaysWhereTheRestIs) {
  EXPECT_EQ(SplitText({{"t", 3}}, {}, {{"val", Numbered("t", 0, 1)}}),
            "lists of the configuration; frames that none names are in train");
  EXPECT_EQ(
      SplitText({{"t", 3}}, {}, {{"train", Numbered("t", 0, 1)}, {"val", Numbered("t", 1, 2)}}),
      "lists of the configuration; frames that none names are in unlisted");
  EXPECT_EQ(
      SplitText({{"t", 3}}, {}, {{"train", Numbered("t", 0, 1)}, {"val", Numbered("t", 1, 3)}}),
      "lists of the configuration");
}

}  // namespace
}  // namespace annofs::testing
