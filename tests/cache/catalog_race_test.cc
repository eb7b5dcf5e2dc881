// Several catalogs on one cache directory, and a refresh beside readers: what comes between two
// steps of one.
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "cache/catalog.h"
#include "cache/indexer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_check.h"
#include "tests/cache/catalog_testing.h"
#include "tests/cache/faulty_lmdb.h"
#include "tests/cache/forked_child.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr CatalogOptions::Names kFresh = CatalogOptions::Names::kFresh;

std::unique_ptr<Catalog> OpenWith(Lmdb& lmdb, ObjectStore& store, const CatalogOptions& options) {
  auto catalog = OpenCatalog(lmdb, store, options);
  EXPECT_TRUE(catalog.ok()) << catalog.status();
  return *std::move(catalog);
}

std::vector<std::string> Refresh(Catalog& catalog) {
  std::vector<std::string> changed;
  const absl::Status status =
      catalog.Refresh([&](RowId, absl::string_view name) { changed.emplace_back(name); }, {});
  EXPECT_TRUE(status.ok()) << status;
  return changed;
}

class CatalogRaceTest : public CatalogFixture {};

// The number of a listing that could not be committed is given to the next one.
TEST_F(CatalogRaceTest, AFailedCommitDoesNotRemoveTheListingThatGetsItsNumber) {
  for (int i = 0; i < 9; ++i) store_.Put(absl::StrCat("d/", i));
  int failures = 0;  // outlives the catalog, whose end is a transaction too
  FaultyLmdb faulty(*lmdb_);
  auto catalog = OpenTestCatalog(faulty, store_, kFresh, 5);
  const RowId d = RowOf(*catalog, "d").id;
  auto other = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  RowOf(*other, "d");
  ListingStore elsewhere("memory://elsewhere");
  elsewhere.Put("x");
  auto elsewhere_catalog = OpenTestCatalog(*lmdb_, elsewhere);
  store_.Put("new");
  auto third = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  faulty.SetHook([&](int, FaultyLmdb::When when) {
    if (when == FaultyLmdb::When::kBeforeCommit && failures == 0) {
      ++failures;
      return absl::InternalError("disk full");
    }
    if (when == FaultyLmdb::When::kAfter && failures == 1) {
      ++failures;
      EXPECT_EQ(Names(*third).size(), 2u);
      EXPECT_EQ(Names(*elsewhere_catalog).size(), 1u);
    }
    return absl::OkStatus();
  });
  EXPECT_FALSE(catalog->Lookup(d, "1", {}).ok());
  EXPECT_EQ(failures, 2);
  EXPECT_THAT(Names(*third), ElementsAre("d/", "new"));
  EXPECT_THAT(Names(*elsewhere_catalog), ElementsAre("x"));
  EXPECT_EQ(Names(*catalog, d).size(), 9u);
  CheckCatalog(*lmdb_);
}

// Two mounts follow; while one lists, the other refreshes too and then a third changes what is the
// latest listing.
TEST_F(CatalogRaceTest, WhatARefreshHasListedIsKeptUntilItIsShown) {
  class Store : public ListingStore {
   public:
    absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override {
      if (request.prefix == "d/" && between) std::exchange(between, nullptr)();
      return ListingStore::List(request, context);
    }
    std::function<void()> between;
  } store;
  store.Put("a");
  store.Put("d/x");
  auto first = OpenWith(*lmdb_, store, {.follow = true});
  auto second = OpenWith(*lmdb_, store, {.follow = true});
  EXPECT_EQ(Names(*first).size(), 2u);
  Names(*first, RowOf(*first, "d").id);
  Names(*second);
  store.Put("b");
  store.between = [&] {
    while (CountMarks(*lmdb_) == 0) absl::SleepFor(absl::Milliseconds(1));  // the root is listed
    Refresh(*second);
    for (absl::string_view name : {"c", "e"}) {
      store.Put(name);
      Names(*OpenTestCatalog(*lmdb_, store));
      Refresh(*second);
    }
  };
  Refresh(*first);
  EXPECT_THAT(Names(*first), ::testing::Contains("b"));
  CheckCatalog(*lmdb_);
}

TEST_F(CatalogRaceTest, OfAPastTimeTheFirstListingStays) {
  store_.Put("a");
  for (int i = 0; i < 9; ++i) store_.Put(absl::StrCat("n", i));
  const CatalogOptions past{.at = store_.time(), .page_names = 4};
  auto first = OpenWith(*lmdb_, store_, past);
  auto second = OpenWith(*lmdb_, store_, past);
  std::atomic<bool> done = false;
  std::vector<std::string> shown;
  store_.SetHook([&](int call, const CallContext&) {
    if (call != 2 || done.exchange(true)) return absl::OkStatus();
    shown = Names(*second);
    store_.Remove("n8");  // all versions: the past changes
    return absl::OkStatus();
  });
  Names(*first);
  EXPECT_EQ(shown.size(), 10u);
  EXPECT_EQ(Names(*second), shown);
  EXPECT_EQ(Names(*first), shown);
  first.reset();
  EXPECT_EQ(CountMarks(*lmdb_), 0u);
  CheckCatalog(*lmdb_);
}

TEST_F(CatalogRaceTest, AClosedMountLeavesNoHalfListings) {
  for (int i = 0; i < 20; ++i) store_.Put(absl::StrCat("n", 10 + i));
  {
    auto catalog = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
    RowOf(*catalog, "n10");
    EXPECT_EQ(CountMarks(*lmdb_), 1u);
  }
  EXPECT_EQ(CountMarks(*lmdb_), 0u);
  EXPECT_EQ(CountEntries(*lmdb_, kListingsTable), 0u);
}

// More names than are read at a time.
TEST_F(CatalogRaceTest, OneListingOfADirectoryIsAllOldOrAllNew) {
  for (int i = 0; i < 1000; ++i) store_.Put(absl::StrCat("n", 1000 + i), 1);
  auto catalog = OpenWith(*lmdb_, store_, {.follow = true});
  EXPECT_EQ(Names(*catalog).size(), 1000u);
  for (int i = 0; i < 1000; ++i) store_.Put(absl::StrCat("n", 1000 + i), 2);
  std::set<uint64_t> sizes;
  size_t seen = 0;
  const absl::Status status = catalog->Children(kRootRow, 0,
                                                [&](const Row& row) {
                                                  if (++seen == 10) Refresh(*catalog);
                                                  sizes.insert(row.size);
                                                  return true;
                                                },
                                                {});
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(seen, 1000u);
  EXPECT_THAT(sizes, ElementsAre(1u));
  EXPECT_EQ(RowOf(*catalog, "n1999").size, 2u);
  CheckCatalog(*lmdb_);
  Refresh(*catalog);
  EXPECT_EQ(CountMarks(*lmdb_), 0u);
}

TEST_F(CatalogRaceTest, AnIndexThatTheBucketChangedUnderShowsAllOfItsDirectories) {
  for (int i = 0; i < 400; ++i) store_.Put(absl::StrCat("d", i % 20, "/", i));
  store_.SetHook([](int call, const CallContext&) {
    return call == 50 ? absl::PermissionDeniedError("not allowed") : absl::OkStatus();
  });
  const IndexOptions options{.requests_at_once = 1, .page_names = 5};
  EXPECT_FALSE(BuildIndex(*lmdb_, store_, options, [](const IndexProgress&) {}, {}).ok());
  store_.SetHook(nullptr);
  store_.Put("a/new");  // before all that is listed already
  ASSERT_TRUE(BuildIndex(*lmdb_, store_, options, [](const IndexProgress&) {}, {}).ok());
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_EQ(catalog->Info().kind, SnapshotInfo::Kind::kIndex);
  EXPECT_THAT(Names(*catalog, RowOf(*catalog, "a").id), ElementsAre("new"));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Names(*catalog, RowOf(*catalog, absl::StrCat("d", i)).id).size(), 20u);
  }
}

TEST_F(CatalogRaceTest, ASnapshotThatWasNamedIsNotCollectedWhenItIsOpened) {
  store_.Put("a");
  uint64_t number = 0;
  for (int i = 0; i < 3; ++i) {
    const auto info = BuildIndex(*lmdb_, store_, {}, [](const IndexProgress&) {}, {});
    ASSERT_TRUE(info.ok());
    if (i == 0) number = info->number;
  }
  auto catalog =
      OpenCatalog(*lmdb_, store_, {.names = CatalogOptions::Names::kSnapshot, .snapshot = number});
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  EXPECT_THAT(Names(**catalog), ElementsAre("a"));
}

TEST_F(CatalogRaceTest, ADirectoryThatWentAndCameShowsWhatItHasNotItsIndex) {
  store_.Put("keep");
  store_.Put("d/old");
  ASSERT_TRUE(BuildIndex(*lmdb_, store_, {}, [](const IndexProgress&) {}, {}).ok());
  auto catalog = OpenWith(*lmdb_, store_, {.follow = true});
  const RowId d = RowOf(*catalog, "d").id;
  EXPECT_THAT(Names(*catalog, d), ElementsAre("old"));
  store_.Remove("d/old");
  Refresh(*catalog);
  EXPECT_THAT(Names(*catalog, d), IsEmpty());
  store_.Put("d/new");
  Refresh(*catalog);
  EXPECT_THAT(Names(*catalog, RowOf(*catalog, "d").id), ElementsAre("new"));
}

TEST_F(CatalogRaceTest, TwoThatListOneDirectoryAtOnceGiveItsNamesTheSameRows) {
  for (int i = 0; i < 300; ++i) store_.Put(absl::StrCat("n", 1000 + i));
  store_.SetHook([](int, const CallContext&) {
    absl::SleepFor(absl::Microseconds(100));
    return absl::OkStatus();
  });
  auto first = OpenTestCatalog(*lmdb_, store_, kFresh, 7);
  auto second = OpenTestCatalog(*lmdb_, store_, kFresh, 11);
  const auto ids = [](Catalog& catalog) {
    std::vector<RowId> all;
    EXPECT_TRUE(catalog
                    .Children(kRootRow, 0,
                              [&](const Row& row) {
                                all.push_back(row.id);
                                return true;
                              },
                              {})
                    .ok());
    return all;
  };
  std::vector<RowId> of_first, of_second;
  std::thread thread([&] { of_first = ids(*first); });
  of_second = ids(*second);
  thread.join();
  EXPECT_EQ(of_first.size(), 300u);
  EXPECT_EQ(of_first, of_second);
  CheckCatalog(*lmdb_);
}

// In a process of its own: the rows that it showed.
TEST(CatalogProcesses, TwoThatListOneDirectoryAtOnceGiveItsNamesTheSameRows) {
  constexpr int kNames = 200;
  TempDir directory;
  const auto fill = [](ListingStore& store) {
    for (int i = 0; i < kNames; ++i) store.Put(absl::StrCat("d/n", 1000 + i));
  };
  const auto list = [&](uint32_t page_names, int sleep_us, const std::string& out) {
    auto lmdb = OpenCatalogLmdb(directory.path());
    ListingStore store;
    fill(store);
    store.SetHook([sleep_us](int, const CallContext&) {
      absl::SleepFor(absl::Microseconds(sleep_us));
      return absl::OkStatus();
    });
    auto catalog = OpenTestCatalog(*lmdb, store, kFresh, page_names);
    std::string ids;
    const absl::Status status = catalog->Children(RowOf(*catalog, "d").id, 0,
                                                  [&](const Row& row) {
                                                    absl::StrAppend(&ids, row.id, "\n");
                                                    return true;
                                                  },
                                                  {});
    if (!status.ok() || !WriteFile(out, ids).ok()) return 1;
    return 0;
  };
  const std::string mine = directory / "mine";
  std::vector<std::string> all = {directory / "0", directory / "1", directory / "2"};
  {
    ForkedChild first([&](ForkedChild&) { return list(3, 50, all[0]); });
    ForkedChild second([&](ForkedChild&) { return list(5, 90, all[1]); });
    ForkedChild third([&](ForkedChild&) { return list(7, 10, all[2]); });
    EXPECT_EQ(first.Wait(), 0);
    EXPECT_EQ(second.Wait(), 0);
    EXPECT_EQ(third.Wait(), 0);
  }
  const std::string ids = ReadFile(all[0]).value();
  EXPECT_EQ(std::count(ids.begin(), ids.end(), '\n'), kNames);
  EXPECT_EQ(ReadFile(all[1]).value(), ids);
  EXPECT_EQ(ReadFile(all[2]).value(), ids);
  auto lmdb = OpenCatalogLmdb(directory.path());
  CheckCatalog(*lmdb);
}

// Every refresh gives all names a new size; readers see one size per listing, never less than
// before, and are not kept waiting by a store that takes its time.
TEST_F(CatalogRaceTest, ARefreshBesideEightReadersIsSeenWholeAndBlocksNobody) {
  constexpr int kNames = 600;
  const auto put_all = [&](uint64_t size) {
    for (int i = 0; i < kNames; ++i) store_.Put(absl::StrCat("n", 1000 + i), size);
  };
  put_all(1);
  auto catalog = OpenWith(*lmdb_, store_, {.follow = true});
  EXPECT_EQ(Names(*catalog).size(), static_cast<size_t>(kNames));
  store_.SetHook([](int, const CallContext&) {
    absl::SleepFor(absl::Milliseconds(30));
    return absl::OkStatus();
  });
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 8; ++t) {
    readers.emplace_back([&, t] {
      CallContext fast;
      fast.lane = Lane::kFast;
      uint64_t last = 0;
      while (!stop) {
        if (t % 2 == 0) {
          const auto row = catalog->Lookup(kRootRow, "n1300", fast);
          ASSERT_TRUE(row.ok()) << row.status();
          EXPECT_GE(row->size, last);
          last = row->size;
        } else {
          std::set<uint64_t> sizes;
          int seen = 0;
          const absl::Status status = catalog->Children(
              kRootRow, 0,
              [&](const Row& row) {
                sizes.insert(row.size);
                ++seen;
                return true;
              },
              fast);
          ASSERT_TRUE(status.ok()) << status;
          EXPECT_EQ(seen, kNames);
          ASSERT_EQ(sizes.size(), 1u);
          EXPECT_GE(*sizes.begin(), last);
          last = *sizes.begin();
        }
        ++reads;
      }
    });
  }
  for (uint64_t size = 2; size < 12; ++size) {
    put_all(size);
    EXPECT_EQ(Refresh(*catalog).size(), static_cast<size_t>(kNames));
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(reads, 100);
  Refresh(*catalog);
  EXPECT_EQ(CountMarks(*lmdb_), 0u);
  CheckCatalog(*lmdb_);
}

}  // namespace
}  // namespace annofs::testing
