// Listings as of a time, asked of every store that keeps versions, against a model: for each key,
// what was made of it and when.
#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/conformance_fixture.h"
#include "tests/cache/store/random_names.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Values;

constexpr int kSeed = 20240501;
constexpr int kKeys = 8;
constexpr int kChanges = 30;

// One version of a key; without content it is a hide marker.
struct Made {
  size_t moment = 0;  // the first at which it was there
  std::optional<std::string> content;
};

class ConformanceAtTest : public ConformanceTest {
 protected:
  ConformanceAtTest()
      : ConformanceTest(NewVersionedBucket(GetParam())),
        bucket_(static_cast<VersionedBucket&>(*ConformanceTest::bucket_)) {}

  void Put(const std::string& key, const std::string& content) {
    bucket_.Put(key, content);
    model_[key].push_back({moments_.size(), content});
  }
  void Hide(const std::string& key) {
    bucket_.Hide(key);
    model_[key].push_back({moments_.size(), std::nullopt});
  }
  void RemoveNewest(const std::string& key) {
    bucket_.RemoveNewest(key);
    model_[key].pop_back();
    if (model_[key].empty()) model_.erase(key);
  }
  absl::Time Moment() {
    moments_.push_back(bucket_.Moment());
    return moments_.back();
  }

  void ChangeByChance(const std::set<std::string>& keys, std::mt19937& random) {
    const std::string key =
        *std::next(keys.begin(), static_cast<ptrdiff_t>(random() % keys.size()));
    const std::vector<Made>* versions = model_.contains(key) ? &model_[key] : nullptr;
    const size_t what = random() % 10;
    if (what < 2 && versions != nullptr) return RemoveNewest(key);
    if (what < 4 && versions != nullptr && versions->back().content.has_value()) return Hide(key);
    Put(key, absl::StrCat("content ", random()));
  }

  // What was there at a moment.
  std::map<std::string, std::string> TruthAt(size_t moment, const ListRequest& request) const {
    std::map<std::string, std::string> truth;
    for (const auto& [key, versions] : model_) {
      if (!absl::StartsWith(key, request.prefix) || key <= request.after) continue;
      const auto newest = std::find_if(versions.rbegin(), versions.rend(),
                                       [&](const Made& one) { return one.moment <= moment; });
      if (newest != versions.rend() && newest->content.has_value()) truth[key] = *newest->content;
    }
    return truth;
  }

  int PagesOf(const ListRequest& request) const {
    size_t entries = 0;
    for (const auto& [key, versions] : model_) {
      if (!absl::StartsWith(key, request.prefix) || key <= request.after) continue;
      entries += bucket_.entries() == VersionedBucket::Entries::kNames ? 1 : versions.size();
    }
    return std::max<int>(1, (entries + request.max - 1) / request.max);
  }

  void CheckRecursive(size_t moment, ListRequest request) {
    request.at = moments_[moment];
    request.recursive = true;
    const auto truth = TruthAt(moment, request);
    const std::optional<int64_t> before = bucket_.list_requests();
    int pages = 0;
    const ListPage all = ListAll(request, &pages);
    EXPECT_THAT(all.directories, IsEmpty());
    ExpectObjects(all, truth, request.max == 1000);
    if (bucket_.is_faulty()) return;
    EXPECT_EQ(pages, PagesOf(request));
    EXPECT_EQ(bucket_.list_requests().value_or(0) - before.value_or(0), pages);
  }

  // Each key once and in order, with the right content.
  void ExpectObjects(const ListPage& all, const std::map<std::string, std::string>& truth,
                     bool reads) {
    std::vector<std::string> listed;
    std::vector<std::string> expected;
    for (const ObjectVersion& object : all.objects) listed.push_back(object.key);
    for (const auto& [key, content] : truth) expected.push_back(key);
    EXPECT_EQ(listed, expected);
    if (!reads || listed != expected) return;
    for (const ObjectVersion& object : all.objects) {
      EXPECT_EQ(Read(object, {0, object.size}).value_or("?"), truth.at(object.key)) << object.key;
    }
  }

  // Directories may come that had no files then, but none that never had any.
  void CheckShallow(size_t moment, uint32_t max) {
    const ListRequest request{.at = moments_[moment], .max = max};
    auto truth = TruthAt(moment, request);
    std::set<std::string> were;
    std::set<std::string> may_be;
    for (const auto& [key, versions] : model_) {
      const size_t slash = key.find('/');
      if (slash == key.npos) continue;
      may_be.insert(key.substr(0, slash + 1));
      if (truth.erase(key) > 0) were.insert(key.substr(0, slash + 1));
    }
    const ListPage all = ListAll(request);
    ExpectObjects(all, truth, false);
    EXPECT_TRUE(std::is_sorted(all.directories.begin(), all.directories.end()));
    const std::set<std::string> listed(all.directories.begin(), all.directories.end());
    EXPECT_EQ(listed.size(), all.directories.size()) << "a directory came twice";
    EXPECT_TRUE(std::includes(listed.begin(), listed.end(), were.begin(), were.end()));
    EXPECT_TRUE(std::includes(may_be.begin(), may_be.end(), listed.begin(), listed.end()));
  }

  VersionedBucket& bucket_;
  std::map<std::string, std::vector<Made>> model_;  // oldest first
  std::vector<absl::Time> moments_;                 // after each change
};

// Where faults make every request slow, every fifth moment is asked.
TEST_P(ConformanceAtTest, EveryMomentBetweenChangesByChanceIsListedAsItWas) {
  std::mt19937 random(kSeed);
  const std::set<std::string> keys = RandomKeys(bucket_.names(), kKeys, random);
  Moment();
  for (int i = 0; i < kChanges; ++i) {
    ChangeByChance(keys, random);
    Moment();
  }
  const size_t step = bucket_.is_faulty() ? 5 : 1;
  for (size_t moment = 0; moment < moments_.size(); moment += step) {
    const std::string after = RandomAfter(keys, random);
    for (const uint32_t max : {1u, 2u, 1000u}) {
      if (max == 1 && bucket_.is_faulty()) continue;
      SCOPED_TRACE(absl::StrCat("seed ", kSeed, ", moment ", moment, ", pages of ", max));
      CheckRecursive(moment, {.max = max});
      CheckRecursive(moment, {.after = after, .max = max});
      CheckRecursive(moment, {.prefix = "c/", .max = max});
      CheckShallow(moment, max);
      if (HasFailure()) return;
    }
  }
}

TEST_P(ConformanceAtTest, AHiddenNameIsNotThereUntilItsMarkerIsRemoved) {
  Put("a", "1");
  const absl::Time before = Moment();
  Hide("a");
  const absl::Time hidden = Moment();
  EXPECT_THAT(Keys({.recursive = true, .at = before}), ElementsAre("a"));
  EXPECT_THAT(Keys({.recursive = true, .at = hidden}), IsEmpty());
  EXPECT_THAT(Keys({.recursive = true}), IsEmpty());
  RemoveNewest("a");
  EXPECT_THAT(Keys({.recursive = true, .at = hidden}), ElementsAre("a"));
  EXPECT_THAT(Keys({.recursive = true}), ElementsAre("a"));
}

TEST_P(ConformanceAtTest, AVersionThatWasOverwrittenOrHiddenStaysReadable) {
  Put("a", "old");
  const absl::Time then = Moment();
  Put("a", "newer");
  Hide("a");
  const ListPage page = ListAll({.recursive = true, .at = then});
  ASSERT_EQ(page.objects.size(), 1u);
  EXPECT_EQ(Read(page.objects[0], {0, 3}).value_or("?"), "old");
}

// One store answers all: nothing of one listing is left to the next.
TEST_P(ConformanceAtTest, NamesAsTheyAreAndAsTheyWereComeFromOneStore) {
  Put("a", "1");
  const absl::Time then = Moment();
  Put("b", "2");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Keys({.recursive = true}), ElementsAre("a", "b"));
    EXPECT_THAT(Keys({.recursive = true, .at = then}), ElementsAre("a"));
  }
}

TEST_P(ConformanceAtTest, BeforeTheFirstVersionThereWasNothing) {
  const absl::Time then = Moment();
  Put("a", "1");
  EXPECT_THAT(Keys({.recursive = true, .at = then}), IsEmpty());
  EXPECT_THAT(Keys({.recursive = true, .at = absl::UnixEpoch()}), IsEmpty());
}

TEST(ConformanceAt, ADirectorySaysThatItKeepsNoVersions) {
  const auto bucket = NewConformanceBucket("directory");
  bucket->Put("a", "1");
  const absl::Status status = bucket->store().List({.at = absl::Now()}, {}).status();
  EXPECT_TRUE(absl::IsUnimplemented(status)) << status;
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("no earlier versions"));
}

INSTANTIATE_TEST_SUITE_P(Stores, ConformanceAtTest,
                         Values("memory", "versionedb2", "versionedb2prefix", "s3", "s3prefix",
                                "faultyb2", "faultys3"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace annofs::testing
