#include "tests/testing/synthetic_store.h"

#include <algorithm>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr uint32_t kAllPageSizes[] = {1, 3, 10000};

// 2,503 objects in 1,200 directories of two batches, 40 in a flat one, 100 in another.
SyntheticShape Small() { return {.objects = 2503, .directories = 1200, .flat = {40, 100}}; }

std::vector<std::string> SortedKeys(const SyntheticStore& store) {
  std::vector<std::string> keys;
  for (uint64_t rank = 0; rank < store.objects(); ++rank) keys.push_back(store.Key(rank));
  std::sort(keys.begin(), keys.end());
  return keys;
}

// What a listing has to answer, from all keys: names of both lists in one order.
std::set<std::string> Expected(const std::vector<std::string>& keys, const ListRequest& request) {
  std::set<std::string> names;
  for (const std::string& key : keys) {
    if (!absl::StartsWith(key, request.prefix) || key <= request.after) continue;
    const size_t slash = key.find('/', request.prefix.size());
    const bool folds = !request.recursive && slash != std::string::npos;
    names.insert(folds ? key.substr(0, slash + 1) : key);
  }
  return names;
}

// All pages of a listing, names of objects and directories each in the order in which they came.
struct Listing {
  std::vector<std::string> objects, directories;
  uint64_t pages = 0;

  std::set<std::string> All() const {
    std::set<std::string> all(objects.begin(), objects.end());
    all.insert(directories.begin(), directories.end());
    EXPECT_EQ(all.size(), objects.size() + directories.size()) << "a name came twice";
    return all;
  }
};

Listing ListAll(SyntheticStore& store, ListRequest request) {
  Listing listing;
  do {
    absl::StatusOr<ListPage> page = store.List(request, CallContext());
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) break;
    EXPECT_LE(page->objects.size() + page->directories.size(), request.max);
    for (const ObjectVersion& object : page->objects) listing.objects.push_back(object.key);
    for (const std::string& key : page->directories) listing.directories.push_back(key);
    ++listing.pages;
    request.start = page->next;
  } while (!request.start.empty());
  EXPECT_TRUE(std::is_sorted(listing.objects.begin(), listing.objects.end()));
  EXPECT_TRUE(std::is_sorted(listing.directories.begin(), listing.directories.end()));
  return listing;
}

TEST(SyntheticStoreTest, KeysAreInByteOrderOfTheirRanksAndAllDifferent) {
  const SyntheticStore store(Small());
  const std::vector<std::string> keys = SortedKeys(store);
  EXPECT_THAT(std::set<std::string>(keys.begin(), keys.end()), SizeIs(2643));
  for (uint64_t rank = 0; rank < keys.size(); ++rank) ASSERT_EQ(store.Key(rank), keys[rank]);
}

TEST(SyntheticStoreTest, ARecursiveListingHasEveryKeyInPagesOfAnySize) {
  SyntheticStore store(Small());
  const std::vector<std::string> keys = SortedKeys(store);
  for (uint32_t max : kAllPageSizes) {
    const Listing listing = ListAll(store, {.recursive = true, .max = max});
    EXPECT_EQ(listing.objects, keys) << max;
    EXPECT_EQ(listing.pages, (keys.size() + max - 1) / max);
  }
}

TEST(SyntheticStoreTest, AListingOfADirectoryFoldsWhatIsDeeper) {
  SyntheticStore store(Small());
  const std::vector<std::string> keys = SortedKeys(store);
  std::set<std::string> prefixes = {"", "batch_0000/", "batch_0001/", "no such/",
                                    "flat_000000040/"};
  for (uint64_t rank : {0, 17, 2502}) prefixes.insert(store.DirectoryKey(rank));
  for (const std::string& prefix : prefixes) {
    for (uint32_t max : kAllPageSizes) {
      const ListRequest request{.prefix = prefix, .max = max};
      EXPECT_EQ(ListAll(store, request).All(), Expected(keys, request)) << prefix << " by " << max;
    }
  }
}

TEST(SyntheticStoreTest, ARecursiveListingBeginsAfterAKeyThatIsThereOrNot) {
  SyntheticStore store(Small());
  const std::vector<std::string> keys = SortedKeys(store);
  const std::string afters[] = {keys[0], keys[1500], keys.back(), "batch_0001/", "a", "z"};
  for (const std::string& after : afters) {
    for (const char* prefix : {"", "batch_0001/", "flat_000000100/"}) {
      const ListRequest request{.prefix = prefix, .recursive = true, .after = after, .max = 7};
      EXPECT_EQ(ListAll(store, request).All(), Expected(keys, request)) << prefix << " " << after;
    }
  }
}

TEST(SyntheticStoreTest, ADirectoryHasItsShareOfTheObjects) {
  SyntheticStore store({.objects = 7, .directories = 3, .flat = {5}});
  std::vector<size_t> counts;
  for (uint64_t rank : store.FirstRanks())
    counts.push_back(ListAll(store, {.prefix = store.DirectoryKey(rank)}).objects.size());
  EXPECT_EQ(counts, (std::vector<size_t>{3, 2, 2, 5}));
}

TEST(SyntheticStoreTest, ObjectsAreShapedAsB2ShapesThem) {
  SyntheticStore store(Small());
  absl::StatusOr<ListPage> page = store.List({.recursive = true}, CallContext());
  ASSERT_TRUE(page.ok());
  std::set<std::string> versions, digests;
  for (const ObjectVersion& object : page->objects) {
    EXPECT_EQ(object.key.size() - object.key.rfind('/') - 1, 40u) << object.key;
    EXPECT_THAT(
        object.version,
        MatchesRegex("4_z[0-9a-f]{24}_f1[0-9a-f]{16}_d202[0-9][01][0-9][0-3][0-9]_m[0-2][0-9]"
                     "[0-5][0-9][0-5][0-9]_c002_v[0-9]{7}_t[0-9]{4}_u[0-9]{16}"));
    EXPECT_EQ(object.digest.bytes.size(), 20u);
    EXPECT_EQ(object.modified, absl::FromUnixMillis(absl::ToUnixMillis(object.modified)));
    versions.insert(object.version);
    digests.insert(object.digest.bytes);
  }
  EXPECT_THAT(versions, SizeIs(store.objects()));
  EXPECT_THAT(digests, SizeIs(store.objects()));
}

// The date and time of a file id are those of its milliseconds.
TEST(SyntheticStoreTest, TheTimesOfAFileIdAgree) {
  SyntheticStore store(Small());
  absl::StatusOr<ListPage> page = store.List({.recursive = true}, CallContext());
  ASSERT_TRUE(page.ok());
  for (const ObjectVersion& object : page->objects) {
    const size_t millis = object.version.rfind("_u") + 2;
    const absl::Time when = absl::FromUnixMillis(std::stoll(object.version.substr(millis)));
    const std::string text = absl::FormatTime("_d%E4Y%m%d_m%H%M%S_", when, absl::UTCTimeZone());
    ASSERT_TRUE(absl::StrContains(object.version, text)) << object.version;
  }
}

TEST(SyntheticStoreTest, AnotherStoreOfThatShapeHasTheSameObjectsAndName) {
  SyntheticStore one(Small()), two(Small());
  EXPECT_EQ(one.identity(), two.identity());
  absl::StatusOr<ListPage> first = one.List({.recursive = true}, CallContext());
  absl::StatusOr<ListPage> second = two.List({.recursive = true}, CallContext());
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_EQ(first->objects.size(), second->objects.size());
  for (size_t i = 0; i < first->objects.size(); ++i) {
    EXPECT_EQ(first->objects[i].version, second->objects[i].version);
    EXPECT_EQ(first->objects[i].size, second->objects[i].size);
    EXPECT_EQ(first->objects[i].modified, second->objects[i].modified);
    EXPECT_EQ(first->objects[i].digest, second->objects[i].digest);
  }
}

TEST(SyntheticStoreTest, ListsAreCountedFromAllThreads) {
  SyntheticStore store(Small());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&store] { ListAll(store, {.recursive = true, .max = 100}); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store.lists(), 4 * 27u);
  EXPECT_EQ(store.names(), 4 * store.objects());
}

TEST(SyntheticStoreTest, WhatItHasNotIsSaid) {
  SyntheticStore store(Small());
  EXPECT_TRUE(absl::IsUnimplemented(store.List({.at = absl::Now()}, CallContext()).status()));
  EXPECT_TRUE(absl::IsUnimplemented(store.Get(
      {.key = "a"}, {0, 1}, [](absl::string_view) { return absl::OkStatus(); }, CallContext())));
}

TEST(SyntheticStoreTest, TheFastLaneAsksNothing) {
  SyntheticStore store(Small());
  EXPECT_EQ(store.List({}, {.lane = Lane::kFast}).status(), WouldBlock());
  EXPECT_EQ(store.lists(), 0u);
}

}  // namespace
}  // namespace annofs::testing
