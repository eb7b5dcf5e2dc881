#include "cache/indexer.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <random>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_testing.h"
#include "tests/cache/forked_child.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const auto kSilent = [](const IndexProgress&) {};

// Everything that a catalog shows: "path size version", a directory's path with a final '/'.
std::vector<std::string> Everything(Catalog& catalog) {
  std::vector<std::string> all;
  EachRow(catalog, [&all](const std::string& path, const Row& row) {
    all.push_back(absl::StrCat(path, " ", row.size, " ", row.version));
  });
  return all;
}

class IndexerTest : public CatalogFixture {
 protected:
  absl::StatusOr<SnapshotInfo> Index(uint32_t page_names = 10000, int threads = 4) {
    return BuildIndex(*lmdb_, store_, {.requests_at_once = threads, .page_names = page_names},
                      kSilent, {});
  }

  std::vector<std::string> keys_;  // that the test has put

  // What a mount without an index shows, in a cache of its own.
  void ExpectSameAsListed() {
    TempDir directory;
    auto other = OpenCatalogLmdb(directory.path());
    auto listed = OpenTestCatalog(*other, store_);
    auto indexed = OpenTestCatalog(*lmdb_, store_);
    const std::vector<std::string> all = Everything(*listed);
    const int lists = store_.lists();
    EXPECT_EQ(Everything(*indexed), all);
    EXPECT_EQ(store_.lists(), lists) << "an index is shown without a request";
    EXPECT_EQ(SortedProblems(*indexed), SortedProblems(*listed));
  }
};

TEST_F(IndexerTest, ASmallBucketCostsOneRequestAndItsMountNone) {
  for (int i = 0; i < 300; ++i) store_.Put(absl::StrCat("d", i % 17, "/e", i % 5, "/", i));
  const auto info = Index();
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(store_.lists(), 1);
  EXPECT_EQ(info->kind, SnapshotInfo::Kind::kIndex);
  EXPECT_EQ(info->objects, 300u);
  EXPECT_EQ(info->directories, 1u + 17 + 17 * 5);
  ExpectSameAsListed();
}

TEST_F(IndexerTest, AnEmptyBucketHasAnIndexToo) {
  const auto info = Index();
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->objects, 0u);
  EXPECT_EQ(info->directories, 1u);
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), IsEmpty());
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, "a", {}).status()));
  EXPECT_EQ(store_.lists(), 1);
}

TEST_F(IndexerTest, AMountShowsTheMomentOfTheIndex) {
  store_.Put("a");
  ASSERT_TRUE(Index().ok());
  store_.Put("b");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre("a"));
  ASSERT_TRUE(Index().ok());
  EXPECT_THAT(Names(*catalog), ElementsAre("a"));
  EXPECT_THAT(Names(*OpenTestCatalog(*lmdb_, store_)), ElementsAre("a", "b"));
}

TEST_F(IndexerTest, AnIndexThatIsTooOldIsNotUsed) {
  store_.Put("a");
  ASSERT_TRUE(Index().ok());
  store_.Put("b");
  absl::SleepFor(absl::Milliseconds(20));
  auto catalog = OpenCatalog(*lmdb_, store_, {.index_age = absl::Milliseconds(10)});
  ASSERT_TRUE(catalog.ok());
  EXPECT_THAT(Names(**catalog), ElementsAre("a", "b"));
  EXPECT_EQ((*catalog)->Info().kind, SnapshotInfo::Kind::kLazy);
}

TEST_F(IndexerTest, RowsKeepTheirIdsFromMountToIndexToIndex) {
  store_.Put("d/x");
  store_.Put("d/e/y");
  RowId d = 0, x = 0;
  {
    auto lazy = OpenTestCatalog(*lmdb_, store_);
    d = RowOf(*lazy, "d").id;
    x = RowOf(*lazy, "x", d).id;
  }
  ASSERT_TRUE(Index().ok());
  store_.Put("d/a");
  const auto row_count = CountEntries(*lmdb_, kRowsTable);
  ASSERT_TRUE(Index().ok());
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_EQ(RowOf(*catalog, "d").id, d);
  EXPECT_EQ(RowOf(*catalog, "x", d).id, x);
  EXPECT_EQ(CountEntries(*lmdb_, kRowsTable), row_count + 1);
}

TEST_F(IndexerTest, AnIndexOfAnUnchangedBucketAddsNoRowsAndNoListings) {
  for (int i = 0; i < 2000; ++i) store_.Put(absl::StrCat("d", i % 7, "/", 10000 + i));
  ASSERT_TRUE(Index(100).ok());
  const size_t rows = CountEntries(*lmdb_, kRowsTable);
  const size_t listings = CountEntries(*lmdb_, kListingsTable);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Index(100).ok());
  EXPECT_EQ(CountEntries(*lmdb_, kRowsTable), rows);
  EXPECT_EQ(CountEntries(*lmdb_, kListingsTable), listings);
}

TEST_F(IndexerTest, LeavesNoTasksAndNoMarks) {
  for (int i = 0; i < 500; ++i) store_.Put(absl::StrCat("d", i % 40, "/", i));
  ASSERT_TRUE(Index(3).ok());
  EXPECT_EQ(CountEntries(*lmdb_, kRangesTable), 0u);
  lmdb_
      ->View([](const LmdbReader& txn) {
        txn.Scan(kMetaTable, "", [](absl::string_view key, absl::string_view) {
          EXPECT_FALSE(absl::StartsWith(key, "building/")) << key;
          EXPECT_FALSE(absl::StartsWith(key, "live/")) << key;
          return true;
        });
        return absl::OkStatus();
      })
      .IgnoreError();
}

// Random trees, also with names that no directory holds and objects that have a directory's name.
std::string RandomKey(std::mt19937& random) {
  static const std::vector<std::string> kNames = {
      "a", "a-", "a.object", "b", "b!", "", ".", "..", "c", "d0", "d", std::string(256, 'n'), "z"};
  std::string key;
  const uint32_t depth = random() % 5;
  for (uint32_t i = 0; i <= depth; ++i) {
    const uint32_t pick = random() % 40;
    const std::string name =
        pick < kNames.size() ? kNames[pick] : absl::StrCat("n", random() % (i == 0 ? 6 : 30));
    absl::StrAppend(&key, i == 0 ? "" : "/", name);
  }
  if (random() % 20 == 0) key += "/";  // a marker
  return key;
}

TEST_F(IndexerTest, ShowsWhatListingEachDirectoryShows) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 8; ++round) {
    lmdb_.reset();
    TempDir directory;
    lmdb_ = OpenCatalogLmdb(directory.path());
    for (const std::string& key : keys_) store_.Remove(key);
    keys_.clear();
    const uint32_t objects = random() % 500;
    for (uint32_t i = 0; i < objects; ++i) store_.Put(keys_.emplace_back(RandomKey(random)), i);
    store_.SetHook(nullptr);
    const uint32_t page_names = round % 3 == 0 ? 1 + random() % 3 : 1 + random() % 100;
    const int threads = static_cast<int>(1 + random() % 8);
    const auto info = Index(page_names, threads);
    ASSERT_TRUE(info.ok()) << info.status();
    ExpectSameAsListed();
    // Changed, with listings to build on, and again.
    for (uint32_t i = 0; i < objects / 4; ++i) {
      if (random() % 2) {
        store_.Put(keys_.emplace_back(RandomKey(random)), i);
      } else {
        store_.Remove(keys_[random() % keys_.size()]);
      }
    }
    ASSERT_TRUE(Index(page_names, threads).ok());
    ExpectSameAsListed();
    if (::testing::Test::HasFailure()) FAIL() << "round " << round << " pages " << page_names;
    lmdb_.reset();
  }
  lmdb_ = OpenCatalogLmdb(directory_.path());
}

// A store some way off, so that threads are without work while others wait.
TEST_F(IndexerTest, CutsALargeBucketAndStaysWithinTheRequestsThatItSays) {
  std::mt19937 random(5);
  for (int i = 0; i < 6000; ++i) {
    store_.Put(absl::StrCat("top/", random() % 9, "/", random() % 30, "/", i));
  }
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  store_.SetHook([&](int, const CallContext&) {
    most = std::max<int>(most, ++inside);
    absl::SleepFor(absl::Milliseconds(2));
    --inside;
    return absl::OkStatus();
  });
  ASSERT_TRUE(Index(20, 8).ok());
  const RequestRange range = IndexRequests(6000, 20);
  EXPECT_GE(store_.lists(), static_cast<int>(range.least));
  EXPECT_LE(store_.lists(), static_cast<int>(range.most));
  EXPECT_LT(store_.lists(), 6000 / 20 * 2);
  EXPECT_GT(most, 4);
  store_.SetHook(nullptr);
  ExpectSameAsListed();
}

// Then tasks are cut in another way, which must not lose what comes after.
TEST_F(IndexerTest, LosesNothingOnceItHasCutAllThatItMay) {
  std::mt19937 random(9);
  for (int i = 0; i < 6000; ++i) {
    store_.Put(absl::StrCat("top/", random() % 5, "/", random() % 20, "/", random() % 3, "/", i));
  }
  store_.SetHook([&](int, const CallContext&) {
    absl::SleepFor(absl::Milliseconds(1));
    return absl::OkStatus();
  });
  for (const int most_cuts : {0, 1, 3}) {
    ASSERT_TRUE(BuildIndex(*lmdb_, store_,
                           {.requests_at_once = 8, .page_names = 10, .most_cuts = most_cuts},
                           kSilent, {})
                    .ok());
    ExpectSameAsListed();
  }
}

// A directory that comes or goes between the listing of the one around it and its own.
TEST_F(IndexerTest, ShowsAListingOfEachDirectoryAlsoOfABucketThatChanges) {
  std::mt19937 random(4);
  for (int i = 0; i < 3000; ++i) store_.Put(absl::StrCat("d", random() % 60, "/", i % 7, "/", i));
  store_.SetHook([&](int call, const CallContext&) {
    absl::SleepFor(absl::Microseconds(500));
    store_.Put(absl::StrCat("d", call % 70, "-", call, "/x"));
    store_.Put(absl::StrCat("d", call % 60, "/new", call, "/x"));
    for (int i = call; i < 3000; i += 450) {
      store_.Remove(absl::StrCat("d", call % 60, "/", i % 7, "/", i));
    }
    return absl::OkStatus();
  });
  ASSERT_TRUE(Index(20, 8).ok());
  store_.SetHook(nullptr);
  const int lists = store_.lists();
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_GT(Everything(*catalog).size(), 1000u);
  EXPECT_EQ(store_.lists(), lists);
}

TEST_F(IndexerTest, AFailureKeepsWhatWasListedForTheNextCall) {
  for (int i = 0; i < 3000; ++i) store_.Put(absl::StrCat("d", i % 50, "/", i));
  store_.SetHook([](int call, const CallContext&) {
    return call == 110 ? absl::PermissionDeniedError("not allowed") : absl::OkStatus();
  });
  const absl::Status status = Index(20).status();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_EQ(OpenTestCatalog(*lmdb_, store_)->Info().kind, SnapshotInfo::Kind::kLazy);
  store_.SetHook(nullptr);
  const int before = store_.lists();
  bool resumed = false;
  ASSERT_TRUE(BuildIndex(*lmdb_, store_, {.requests_at_once = 4, .page_names = 20},
                         [&](const IndexProgress& progress) { resumed = progress.resumed; }, {})
                  .ok());
  EXPECT_TRUE(resumed);
  EXPECT_LT(store_.lists() - before, 120);
  ExpectSameAsListed();
}

TEST_F(IndexerTest, KilledAnywhereItGoesOnAndEndsWithTheWholeBucket) {
  const auto fill = [](ListingStore& store) {
    for (int i = 0; i < 3000; ++i) {
      store.Put(absl::StrCat("d", i % 7, "/e", i % 41, "/", i));
    }
    store.Put("d3");
    store.Put("x//y");
  };
  fill(store_);
  std::mt19937 random(3);
  for (int round = 0; round < 6; ++round) {
    TempDir directory;
    int kills = 0;
    for (bool done = false; !done;) {
      ForkedChild child([&](ForkedChild&) {
        auto lmdb = OpenCatalogLmdb(directory.path());
        ListingStore store;
        fill(store);
        const int last = kills > 20 ? 1 << 30 : static_cast<int>(5 + random() % 60);
        store.SetHook([last](int call, const CallContext&) {
          if (call >= last) _exit(7);
          absl::SleepFor(absl::Microseconds(200));
          return absl::OkStatus();
        });
        const auto info =
            BuildIndex(*lmdb, store, {.requests_at_once = 5, .page_names = 20}, kSilent, {});
        return info.ok() ? 0 : 1;
      });
      const int code = child.Wait();
      ASSERT_TRUE(code == 0 || code == 7) << code;
      done = code == 0;
      kills += code == 7;
      random();
    }
    lmdb_.reset();
    lmdb_ = OpenCatalogLmdb(directory.path());
    ExpectSameAsListed();
    EXPECT_EQ(ListSnapshots(*lmdb_, store_.identity())->size(), 1u);
    lmdb_.reset();
    if (::testing::Test::HasFailure()) FAIL() << "round " << round;
  }
  lmdb_ = OpenCatalogLmdb(directory_.path());
}

TEST_F(IndexerTest, TwoAtOnceAreRefused) {
  store_.Put("a");
  absl::Status second;
  store_.SetHook([&](int call, const CallContext&) {
    if (call == 1) second = Index().status();
    return absl::OkStatus();
  });
  EXPECT_TRUE(Index().ok());
  EXPECT_TRUE(absl::IsAlreadyExists(second)) << second;
}

TEST_F(IndexerTest, AStoreThatListsInACircleIsAnError) {
  CircleStore circle;
  EXPECT_TRUE(absl::IsInternal(BuildIndex(*lmdb_, circle, {}, kSilent, {}).status()));
}

TEST_F(IndexerTest, EndsWhenToldTo) {
  for (int i = 0; i < 1000; ++i) store_.Put(absl::StrCat(i));
  Cancellation cancellation;
  store_.SetHook([&](int call, const CallContext&) {
    if (call == 10) cancellation.Cancel();
    return absl::OkStatus();
  });
  CallContext context;
  context.cancellation = &cancellation;
  EXPECT_TRUE(
      absl::IsCancelled(BuildIndex(*lmdb_, store_, {.page_names = 2}, kSilent, context).status()));
}

TEST(IndexRequests, SaysTheLeastAndTheMost) {
  EXPECT_EQ(IndexRequests(0, 1000).most, 1u);
  EXPECT_EQ(IndexRequests(8000, 1000).most, 8u);
  EXPECT_EQ(IndexRequests(10'000'000, 10'000).least, 1000u);
  EXPECT_LT(IndexRequests(10'000'000, 10'000).most, 5000u);
}

}  // namespace
}  // namespace annofs::testing
