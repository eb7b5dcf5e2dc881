// Frames divided by lists of their names.
#include "formats/copy_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/copying.h"

namespace annofs {
namespace {

using ::annofs::testing::Copied;
using ::annofs::testing::CopyResult;
using ::annofs::testing::Pushed;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::unique_ptr<Dataset> Named(const std::vector<std::string>& names) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  for (const std::string& name : names) builder.AddFrame({.name = name}).value();
  return Pushed(builder);
}

std::vector<std::string> PartOf(const CopyResult& copy, absl::string_view part) {
  return copy.FramesWith(FrameTerm::OfPart(part));
}

TEST(CopyLists, FramesAreOfTheListThatNamesThem) {
  const CopyResult copy = Copied(*Named({"a.jpg", "d/b.jpg", "c.jpg"}),
                                 {.lists = {{.part = "train", .frames = {"d/b.jpg", "a.jpg"}},
                                            {.part = "val", .frames = {"c.jpg"}}}});
  EXPECT_THAT(PartOf(copy, "train"), UnorderedElementsAre("a.jpg", "d/b.jpg"));
  EXPECT_THAT(PartOf(copy, "val"), ElementsAre("c.jpg"));
  EXPECT_THAT(copy.Reasons(), IsEmpty());
}

TEST(CopyLists, FramesOfNoListAreOfNoPart) {
  const CopyResult copy =
      Copied(*Named({"a.jpg", "b.jpg"}), {.lists = {{.part = "val", .frames = {"a.jpg"}}}});
  EXPECT_EQ(copy.dataset->frame_count(), 2u);
  EXPECT_THAT(PartOf(copy, "val"), ElementsAre("a.jpg"));
}

TEST(CopyLists, GlobsNameFramesByComponents) {
  const CopyResult copy =
      Copied(*Named({"a.jpg", "a.png", "d/a.jpg", "d/e/a.jpg", "e", "e/f/a.png"}),
             {.lists = {{.part = "top", .frames = {"*.jpg"}},
                        {.part = "inner", .frames = {"d/*/?.jpg"}},
                        {.part = "below", .frames = {"e/**", "./d//*.[j]pg"}}}});
  EXPECT_THAT(PartOf(copy, "top"), ElementsAre("a.jpg"));
  EXPECT_THAT(PartOf(copy, "inner"), ElementsAre("d/e/a.jpg"));
  EXPECT_THAT(PartOf(copy, "below"), UnorderedElementsAre("d/a.jpg", "e", "e/f/a.png"));
  EXPECT_THAT(copy.Reasons(), IsEmpty());
}

TEST(CopyLists, ANameWithAWildcardIsANameToo) {
  const CopyResult copy = Copied(*Named({"a[1].jpg", "a1.jpg"}),
                                 {.lists = {{.part = "train", .frames = {"a[1].jpg"}}}});
  EXPECT_THAT(PartOf(copy, "train"), UnorderedElementsAre("a[1].jpg", "a1.jpg"));
}

TEST(CopyLists, OfTwoListsTheLaterCountsAndTheOtherIsTold) {
  const CopyResult copy = Copied(*Named({"a.jpg", "b.jpg", "c.jpg"}),
                                 {.lists = {{.part = "train", .frames = {"*.jpg"}},
                                            {.part = "val", .frames = {"a.jpg", "b.jpg"}}}});
  EXPECT_THAT(PartOf(copy, "train"), ElementsAre("c.jpg"));
  EXPECT_THAT(PartOf(copy, "val"), UnorderedElementsAre("a.jpg", "b.jpg"));
  EXPECT_THAT(copy.Reasons(),
              ElementsAre("the list of part 'train' in the configuration: 2 frames are of a later "
                          "list, too, which counts ('val'), the first is 'a.jpg'"));
}

TEST(CopyLists, NamesWithoutFrameAreCounted) {
  const CopyResult copy =
      Copied(*Named({"a.jpg"}), {.lists = {{.part = "train", .frames = {"x.jpg", "a.jpg", "y*"}},
                                           {.part = "val", .frames = {"z.jpg"}}}});
  EXPECT_THAT(copy.Reasons(),
              ElementsAre("the list of part 'train' in the configuration: 2 of its names have no "
                          "frame, the first is 'x.jpg'",
                          "the list of part 'val' in the configuration: 1 of its names have no "
                          "frame, the first is 'z.jpg'"));
}

TEST(CopyLists, AFrameThatIsLeftOutHasItsNameAllTheSame) {
  const CopyResult copy =
      Copied(*Named({"a.jpg"}),
             {.frames = FramesKept::kLabelled, .lists = {{.part = "train", .frames = {"a.jpg"}}}});
  EXPECT_EQ(copy.dataset->frame_count(), 0u);
  EXPECT_THAT(copy.Reasons(), IsEmpty());
}

TEST(CopyLists, AGlobIsFoundToHaveFramesBesideANameThatHasThem) {
  const CopyResult copy =
      Copied(*Named({"a.jpg"}), {.lists = {{.part = "train", .frames = {"a.jpg", "a.*", "*"}}}});
  EXPECT_THAT(copy.Reasons(), IsEmpty());
}

TEST(CopyLists, AMillionNamesAreFoundAtOnce) {
  std::vector<std::vector<std::string>> names(1);
  for (int i = 0; i < 1000000; ++i) names[0].push_back(absl::StrCat("images/", i, ".jpg"));
  const std::vector<PartList> list = {{.part = "train"}};
  CopyLists lists(list, names);
  // One after the other this would take minutes.
  for (const std::string& name : names[0]) ASSERT_TRUE(lists.Find(name).has_value());
  EXPECT_FALSE(lists.Find("images/1000000.jpg").has_value());
  EXPECT_THAT(lists.Problems(), IsEmpty());
}

TEST(CopyLists, GlobsBeyondABoundAreNamesAndTold) {
  std::vector<std::string> globs;
  for (size_t i = 0; i < kMostListGlobs + 2; ++i) globs.push_back(absl::StrCat("x", i, "y*"));
  const std::vector<std::vector<std::string>> all = {globs};
  const std::vector<PartList> list = {{.part = "train"}};
  CopyLists lists(list, all);
  EXPECT_TRUE(lists.Find("x9999yz").has_value());
  EXPECT_FALSE(lists.Find("x10000yz").has_value());
  EXPECT_TRUE(lists.Find("x10001y*").has_value());
  ASSERT_EQ(lists.Problems().size(), 2u);
  EXPECT_EQ(lists.Problems()[1].severity, Problem::Severity::kError);
  EXPECT_EQ(lists.Problems()[1].reason,
            "the lists in the configuration have more than 10000 globs: 2 are taken as names");
}

}  // namespace
}  // namespace annofs
