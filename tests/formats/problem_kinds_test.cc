// A flood of one kind of problem leaves room for the others.
#include "formats/problem_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Problem Of(std::string reason, std::string source = "a.zip") {
  return {.source = std::move(source), .reason = std::move(reason)};
}

// How many of them have a line.
int ListedOf(ProblemKinds& kinds, const std::vector<Problem>& problems) {
  int listed = 0;
  for (const Problem& problem : problems) listed += kinds.Add(problem);
  return listed;
}

std::vector<std::string> RestOf(const ProblemKinds& kinds) {
  std::vector<std::string> reasons;
  for (const Problem& problem : kinds.Rest()) reasons.push_back(problem.reason);
  return reasons;
}

constexpr ProblemLimits kTwoOfAKind = {.all = 100, .of_kind = 2, .kinds = 10};

TEST(ProblemKinds, ReasonsThatDifferInNumbersAreOneKind) {
  ProblemKinds kinds(kTwoOfAKind);
  EXPECT_EQ(ListedOf(kinds, {Of("3 points at -1.5"), Of("4 points at 2e-7"), Of("5 points at 0"),
                             Of("12 points at 9")}),
            2);
  EXPECT_THAT(RestOf(kinds), ElementsAre("2 more like this: 3 points at -1.5"));
}

TEST(ProblemKinds, ReasonsThatDifferInWhatIsQuotedAreOneKind) {
  ProblemKinds kinds(kTwoOfAKind);
  EXPECT_EQ(
      ListedOf(kinds, {Of("the frame's label 'a' is new"), Of("the frame's label 'b c' is new"),
                       Of("the frame's label 'it's' is new")}),
      2);
  EXPECT_THAT(RestOf(kinds), ElementsAre("1 more like this: the frame's label 'a' is new"));
}

TEST(ProblemKinds, EntriesOfOneObjectAreOneKindAndObjectsAreNot) {
  ProblemKinds kinds(kTwoOfAKind);
  EXPECT_EQ(ListedOf(kinds, {Of("x", "a.zip!1"), Of("x", "a.zip!2"), Of("x", "a.zip!3"),
                             Of("x", "b.zip!1")}),
            3);
  ASSERT_EQ(kinds.Rest().size(), 1u);
  EXPECT_EQ(kinds.Rest()[0].source, "a.zip");
}

TEST(ProblemKinds, SeveritiesAreKinds) {
  ProblemKinds kinds({.all = 100, .of_kind = 1, .kinds = 10});
  Problem error = Of("x");
  error.severity = Problem::Severity::kError;
  EXPECT_EQ(ListedOf(kinds, {Of("x"), error, error}), 2);
  ASSERT_EQ(kinds.Rest().size(), 1u);
  EXPECT_EQ(kinds.Rest()[0].severity, Problem::Severity::kError);
}

TEST(ProblemKinds, ThoseThatAProblemStandsForAreCounted) {
  ProblemKinds kinds({.all = 100, .of_kind = 1, .kinds = 10});
  EXPECT_EQ(ListedOf(kinds, {Of("track 1 is bad"), Of("track 2 is bad (and 41 more like it)"),
                             Of("track 3 is bad")}),
            1);
  EXPECT_THAT(RestOf(kinds), ElementsAre("43 more like this: track 1 is bad"));
}

TEST(ProblemKinds, TheFirstOfAKindHasALineWhenTheRoomIsTaken) {
  // 100 - 2 * 11 lines of any kind, and the first of each.
  ProblemKinds kinds({.all = 100, .of_kind = 1000, .kinds = 10});
  EXPECT_EQ(ListedOf(kinds, std::vector<Problem>(200, Of("flood"))), 79);
  EXPECT_EQ(ListedOf(kinds, {Of("late"), Of("late")}), 1);
  EXPECT_THAT(RestOf(kinds), ElementsAre("121 more like this: flood", "1 more like this: late"));
}

TEST(ProblemKinds, LinesAndKindsAreBounded) {
  ProblemKinds kinds({.all = 100, .of_kind = 20, .kinds = 10});
  int listed = 0;
  for (int i = 0; i < 20000; ++i) listed += kinds.Add(Of(std::string(size_t(i % 1000) + 1, 'x')));
  EXPECT_LE(listed + int(kinds.Rest().size()), 100);
  EXPECT_EQ(kinds.Rest().size(), 11u);
  uint64_t unlisted = 0;
  for (const std::string& reason : RestOf(kinds)) unlisted += std::stoull(reason);
  EXPECT_EQ(uint64_t(listed) + unlisted, 20000u);
}

TEST(ProblemKinds, WhatIsListedHasNoRest) {
  ProblemKinds kinds;
  EXPECT_EQ(ListedOf(kinds, {Of("a"), Of("b"), Of("b")}), 3);
  EXPECT_THAT(RestOf(kinds), IsEmpty());
}

}  // namespace
}  // namespace annofs
