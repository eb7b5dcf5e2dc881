// Listings that begin after a key, asked of every store, against a model: a sorted set.
#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
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
constexpr int kKeys = 30;
constexpr int kCases = 120;

class ConformanceAfterTest : public ConformanceTest {};

std::vector<std::string> KeysAfter(const std::set<std::string>& keys, const ListRequest& request) {
  std::vector<std::string> expected;
  for (const std::string& key : keys) {
    if (absl::StartsWith(key, request.prefix) && key > request.after) expected.push_back(key);
  }
  return expected;
}

std::set<std::string> PrefixesOf(const std::set<std::string>& keys) {
  std::set<std::string> prefixes = {"", "nothing/"};
  for (const std::string& key : keys) {
    if (const size_t slash = key.find('/'); slash != key.npos && slash > 0) {
      prefixes.insert(key.substr(0, slash + 1));
    }
  }
  return prefixes;
}

// Each page is one request, and none is asked in vain.
TEST_P(ConformanceAfterTest, TheKeysAfterAnyKeyComeInOrderAndInAsFewRequestsAsTheyNeed) {
  std::mt19937 random(kSeed);
  const std::set<std::string> keys = RandomKeys(bucket_->names(), kKeys, random);
  for (const std::string& key : keys) bucket_->Put(key, "x");
  const std::set<std::string> prefixes = PrefixesOf(keys);
  for (int i = 0; i < kCases; ++i) {
    ListRequest request{.recursive = true};
    request.after = RandomAfter(keys, random);
    request.prefix = *std::next(prefixes.begin(), i % 3 == 0 ? random() % prefixes.size() : 0);
    for (const uint32_t max : {1u, 2u, 1000u}) {
      if (max == 1 && bucket_->is_faulty()) continue;  // faults make every request slow
      request.max = max;
      SCOPED_TRACE(absl::StrCat("seed ", kSeed, ", case ", i, ": after '",
                                absl::CHexEscape(request.after), "' of '", request.prefix,
                                "', pages of ", max));
      const std::vector<std::string> expected = KeysAfter(keys, request);
      const std::optional<int64_t> before = bucket_->list_requests();
      int pages = 0;
      std::vector<std::string> listed;
      for (const ObjectVersion& object : ListAll(request, &pages).objects) {
        listed.push_back(object.key);
      }
      EXPECT_EQ(listed, expected);
      if (!bucket_->is_faulty()) {
        EXPECT_EQ(pages, std::max<int>(1, (expected.size() + max - 1) / max));
      }
      // What no name can come after need not be asked.
      const int64_t requests = bucket_->list_requests().value_or(0) - before.value_or(0);
      EXPECT_LE(requests, pages);
      if (before.has_value() && !expected.empty()) {
        EXPECT_EQ(requests, pages);
      }
      if (HasFailure()) return;
    }
  }
}

TEST_P(ConformanceAfterTest, TheKeyItselfDoesNotCome) {
  for (const char* key : {"a", "a.b", "a0", "b/c"}) bucket_->Put(key, "x");
  EXPECT_THAT(Keys({.recursive = true, .after = "a"}), ElementsAre("a.b", "a0", "b/c"));
  EXPECT_THAT(Keys({.prefix = "b/", .recursive = true, .after = "b/c"}), IsEmpty());
  EXPECT_THAT(Keys({.prefix = "b/", .recursive = true, .after = "b/"}), ElementsAre("b/c"));
}

TEST_P(ConformanceAfterTest, AKeyBeforeOrBehindThePrefixTakesAllOrNothing) {
  for (const char* key : {"a", "m/1", "m/2", "z"}) bucket_->Put(key, "x");
  EXPECT_THAT(Keys({.prefix = "m/", .recursive = true, .after = "a"}), ElementsAre("m/1", "m/2"));
  EXPECT_THAT(Keys({.prefix = "m/", .recursive = true, .after = "m"}), ElementsAre("m/1", "m/2"));
  EXPECT_THAT(Keys({.prefix = "m/", .recursive = true, .after = "m0"}), IsEmpty());
  EXPECT_THAT(Keys({.prefix = "m/", .recursive = true, .after = "z"}), IsEmpty());
}

TEST_P(ConformanceAfterTest, AKeyThatIsLongerThanAnyIsAKeyAllTheSame) {
  for (const char* key : {"a", "m", "z"}) bucket_->Put(key, "x");
  for (const size_t size : {1023, 1024, 1025, 5000}) {
    EXPECT_THAT(Keys({.recursive = true, .after = std::string(size, 'm')}), ElementsAre("z"));
  }
}

TEST_P(ConformanceAfterTest, TheLongestKeyDoesNotComeAfterItself) {
  // With the prefix of the bucket, a name of 1,024 bytes.
  const size_t size = absl::EndsWith(GetParam(), "prefix") ? 1014 : 1024;
  std::string longest;
  while (longest.size() < size) longest += std::string(199, 'n') + "/";
  longest.resize(size);
  for (const std::string& key : {std::string("a"), longest, std::string("z")}) {
    bucket_->Put(key, "x");
  }
  EXPECT_THAT(Keys({.recursive = true, .after = "a"}), ElementsAre(longest, "z"));
  EXPECT_THAT(Keys({.recursive = true, .after = longest}), ElementsAre("z"));
  EXPECT_THAT(Keys({.recursive = true, .after = longest + "0"}), ElementsAre("z"));
}

TEST_P(ConformanceAfterTest, OnlyARecursiveListingBeginsAfterAKey) {
  bucket_->Put("a", "x");
  EXPECT_TRUE(absl::IsInvalidArgument(List({.after = "a"}).status()));
}

INSTANTIATE_TEST_SUITE_P(Stores, ConformanceAfterTest,
                         Values("memory", "directory", "b2", "b2prefix", "versionedb2", "s3",
                                "s3prefix", "faultyb2", "faultys3"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace annofs::testing
