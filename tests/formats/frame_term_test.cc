#include "formats/frame_term.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "formats/attribute_terms.h"
#include "formats/memory_dataset.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = FrameTerm::Kind;

TEST(FrameTerm, KeysAreInOrderOfNumbersThenBytes) {
  const std::vector<FrameTerm> ordered = {
      FrameTerm::FirstOf(Kind::kTrack),    FrameTerm::OfTrack(5, 0, -7),
      FrameTerm::OfTrack(5, 0, 2),         FrameTerm::OfTrack(5, 0, 10),
      FrameTerm::OfTrack(0, 1, 0),         FrameTerm::FirstOf(Kind::kAttribute),
      FrameTerm::OfAttribute(0, "a", "z"), FrameTerm::OfAttribute(0, std::string("a\0", 2), "a"),
      FrameTerm::OfAttribute(0, "ab", ""), FrameTerm::OfAttribute(0, "ab", "0"),
      FrameTerm::OfAttribute(256, "", ""),
  };
  for (size_t i = 1; i < ordered.size(); ++i) {
    EXPECT_LT(TermKey(ordered[i - 1]), TermKey(ordered[i])) << i;
  }
}

TEST(FrameTerm, KeysOfHostileTextsAreShortAndDifferent) {
  const std::string zeros(1000, '\0'), more_zeros(1001, '\0'), value(kMaxTermValue, 'v');
  const std::string key = TermKey(FrameTerm::OfAttribute(UINT32_MAX, zeros, value));
  EXPECT_LE(key.size(), 486u);
  EXPECT_NE(key, TermKey(FrameTerm::OfAttribute(UINT32_MAX, more_zeros, value)));
  const std::string exact(200, 'x');
  EXPECT_NE(TermKey(FrameTerm::OfSubset(exact)), TermKey(FrameTerm::OfSubset(exact + "x")));
}

TEST(AttributeTerms, AnAttributeWithTooManyValuesHasNoTermsAtAll) {
  AttributeTerms terms({.values_of_one = 3, .values_in_all = 100});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(terms.Add(0, "plate", absl::StrCat(i)));
  EXPECT_TRUE(terms.IsListed(0, "plate"));
  EXPECT_EQ(terms.Unlisted(), std::nullopt);
  EXPECT_FALSE(terms.Add(0, "plate", "3"));
  EXPECT_FALSE(terms.Add(0, "plate", "1"));
  EXPECT_FALSE(terms.IsListed(0, "plate"));
  EXPECT_TRUE(terms.Add(1, "plate", "1"));  // of another label
  EXPECT_THAT(terms.Unlisted().value(), HasSubstr("'plate'"));
}

TEST(AttributeTerms, NoNewAttributeIsListedAfterThereAreTooManyValuesInAll) {
  AttributeTerms terms({.values_of_one = 10, .values_in_all = 4});
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(terms.Add(0, absl::StrCat("a", i), "x"));
  EXPECT_FALSE(terms.Add(0, "b", "x"));
  EXPECT_FALSE(terms.Add(0, "a0", "y"));  // its own end: what it takes becomes free
  EXPECT_FALSE(terms.Add(0, "b", "x"));
  EXPECT_TRUE(terms.Add(0, "a1", "x"));
  EXPECT_TRUE(terms.IsListed(0, "a1"));
  EXPECT_FALSE(terms.IsListed(0, "a0"));
  EXPECT_FALSE(terms.IsListed(0, "b"));
}

TEST(AttributeTerms, OnlyTheLongValueIsNoTerm) {
  AttributeTerms terms;
  EXPECT_TRUE(terms.Add(0, "a", std::string(kMaxTermValue, 'x')));
  EXPECT_FALSE(terms.Add(0, "a", std::string(kMaxTermValue + 1, 'x')));
  EXPECT_TRUE(terms.IsListed(0, "a"));
  EXPECT_THAT(terms.Unlisted().value(), HasSubstr("more than 255 bytes"));
}

std::vector<Rank> Members(const RankSet& set) {
  std::vector<Rank> ranks;
  set.ForEach(0, [&ranks](Rank rank) {
    ranks.push_back(rank);
    return true;
  });
  return ranks;
}

// Three frames of two tasks, with a skeleton, a track, a tag and attributes.
class DatasetTerms : public ::testing::Test {
 protected:
  void SetUp() override {
    DatasetBuilder builder;
    builder.AddTask({.name = "one"});
    builder.AddTask({.name = "two"});
    for (const char* name : {"person", "nose", "day"}) builder.AddLabel({.name = name});
    const uint32_t job = builder.AddJob({.id = 7});
    const uint32_t a = builder.AddFrame({.name = "a.jpg", .subset = "Train"}).value();
    const uint32_t b = builder.AddFrame({.name = "b.jpg", .task = 1}).value();
    builder.AddFrame({.name = "c.jpg", .task = 1}).value();
    ASSERT_TRUE(builder.AddToJob(job, b).ok());
    Shape skeleton{.type = ShapeType::kSkeleton, .label = 0, .source = "auto"};
    skeleton.elements.push_back({.type = ShapeType::kPoints,
                                 .label = 1,
                                 .source = "of the element",
                                 .attributes = {{"of", "the element"}}});
    ASSERT_TRUE(builder.AddShape(a, skeleton).ok());
    ASSERT_TRUE(builder
                    .AddShape(b, {.type = ShapeType::kTag,
                                  .label = 2,
                                  .source = "manual",
                                  .attributes = {{"time", "noon"}}})
                    .ok());
    ASSERT_TRUE(builder
                    .AddShape(b, {.label = 0,
                                  .track = 4,
                                  .source = "manual",
                                  .points = {0, 0, 1, 1},
                                  .attributes = {{"time", "noon"}, {"id", "3"}}})
                    .ok());
    data_ = builder.Finish().value();
  }

  std::vector<Rank> With(const FrameTerm& term) { return Members(data_->With(term).value()); }
  std::vector<FrameTerm> Terms(const FrameTerm& from) {
    std::vector<FrameTerm> terms;
    EXPECT_TRUE(data_
                    ->Terms(from,
                            [&terms](const FrameTerm& term) {
                              terms.push_back(term);
                              return true;
                            })
                    .ok());
    return terms;
  }

  std::unique_ptr<Dataset> data_;
};

TEST_F(DatasetTerms, ASkeletonCountsForItselfAndNotForItsElements) {
  EXPECT_THAT(With(FrameTerm::OfLabel(0)), ElementsAre(0, 1));
  EXPECT_THAT(With(FrameTerm::OfLabel(1)), ElementsAre());
  EXPECT_THAT(With(FrameTerm::OfType(ShapeType::kSkeleton)), ElementsAre(0));
  EXPECT_THAT(With(FrameTerm::OfType(ShapeType::kPoints)), ElementsAre());
  EXPECT_THAT(With(FrameTerm::OfSource("of the element")), ElementsAre());
  EXPECT_THAT(With(FrameTerm::OfAttribute(1, "of", "the element")), ElementsAre());
}

TEST_F(DatasetTerms, EveryKindHasItsFrames) {
  EXPECT_THAT(With(FrameTerm::WithoutLabel()), ElementsAre(2));
  EXPECT_THAT(With(FrameTerm::OfType(ShapeType::kTag)), ElementsAre(1));
  EXPECT_THAT(With(FrameTerm::OfTask(1)), ElementsAre(1, 2));
  EXPECT_THAT(With(FrameTerm::OfJob(0)), ElementsAre(1));
  EXPECT_THAT(With(FrameTerm::OfSubset("Train")), ElementsAre(0));
  EXPECT_THAT(With(FrameTerm::OfSource("auto")), ElementsAre(0));
  EXPECT_THAT(With(FrameTerm::OfTrack(0, 1, 4)), ElementsAre(1));
  EXPECT_THAT(With(FrameTerm::OfTrack(0, 0, 4)), ElementsAre());
  EXPECT_THAT(With(FrameTerm::OfAttribute(2, "time", "noon")), ElementsAre(1));
}

TEST_F(DatasetTerms, AListingGoesOnFromAnyTerm) {
  const FrameTerm id = FrameTerm::OfAttribute(0, "id", "3");
  const FrameTerm box_noon = FrameTerm::OfAttribute(0, "time", "noon");
  const FrameTerm tag_noon = FrameTerm::OfAttribute(2, "time", "noon");
  EXPECT_THAT(Terms(FrameTerm::FirstOf(Kind::kAttribute)), ElementsAre(id, box_noon, tag_noon));
  EXPECT_THAT(Terms(box_noon), ElementsAre(box_noon, tag_noon));
  EXPECT_THAT(Terms(FrameTerm::OfAttribute(1, "", "")), ElementsAre(tag_noon));
  EXPECT_THAT(Terms(FrameTerm::OfAttribute(3, "", "")), ElementsAre());
}

}  // namespace
}  // namespace annofs::testing
