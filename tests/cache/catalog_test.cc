#include "cache/catalog.h"

#include <thread>

#include "absl/time/clock.h"
#include "cache/base/status.h"
#include "cache/catalog_garbage.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr CatalogOptions::Names kOffline = CatalogOptions::Names::kOffline;

class CatalogTest : public CatalogFixture {};

TEST_F(CatalogTest, ShowsTheBucketAsATree) {
  store_.Put("b.txt", 5);
  store_.Put("a/x.jpg", 7);
  store_.Put("a/sub/y.jpg");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre("a/", "b.txt"));
  const Row a = RowOf(*catalog, "a");
  EXPECT_TRUE(a.is_directory);
  EXPECT_EQ(a.parent, kRootRow);
  EXPECT_THAT(Names(*catalog, a.id), ElementsAre("sub/", "x.jpg"));
  const Row x = RowOf(*catalog, "x.jpg", a.id);
  EXPECT_EQ(x.size, 7u);
  EXPECT_EQ(x.digest.kind, DigestKind::kMd5);
}

TEST_F(CatalogTest, ARowLeadsBackToItsKeyAndVersion) {
  store_.Put("a/b/c.jpg", 9);
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const Row b = RowOf(*catalog, "b", RowOf(*catalog, "a").id);
  const Row c = RowOf(*catalog, "c.jpg", b.id);
  EXPECT_EQ(catalog->Key(kRootRow).value(), "");
  EXPECT_EQ(catalog->Key(b.id).value(), "a/b/");
  EXPECT_EQ(catalog->Key(c.id).value(), "a/b/c.jpg");
  const ObjectVersion version = catalog->Version(c.id).value();
  EXPECT_EQ(version.key, "a/b/c.jpg");
  EXPECT_EQ(version.version, c.version);
  EXPECT_EQ(version.size, 9u);
  EXPECT_EQ(version.modified, c.modified);
  EXPECT_EQ(catalog->Get(c.id).value().name, "c.jpg");
  EXPECT_TRUE(absl::IsNotFound(catalog->Get(12345).status()));
  EXPECT_TRUE(absl::IsNotFound(catalog->Key(12345).status()));
}

TEST_F(CatalogTest, TheRootIsAlwaysRow1) {
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const Row root = catalog->Get(kRootRow).value();
  EXPECT_TRUE(root.is_directory);
  EXPECT_EQ(root.parent, 0u);
  EXPECT_THAT(Names(*catalog), IsEmpty());
}

TEST_F(CatalogTest, ChildrenGoOnAfterAnyRowAndStopWhenToldTo) {
  for (int i = 0; i < 1000; ++i) store_.Put(absl::StrCat(1000 + i));
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const RowId row = RowOf(*catalog, "1996").id;
  EXPECT_THAT(Names(*catalog, kRootRow, row), ElementsAre("1997", "1998", "1999"));
  EXPECT_EQ(Names(*catalog).size(), 1000u);
  int seen = 0;
  EXPECT_TRUE(catalog->Children(kRootRow, 0, [&](const Row&) { return ++seen < 300; }, {}).ok());
  EXPECT_EQ(seen, 300);
}

TEST_F(CatalogTest, RowIdsAreStableOverReopening) {
  store_.Put("a/x");
  store_.Put("b");
  RowId a = 0, x = 0, b = 0;
  {
    auto catalog = OpenTestCatalog(*lmdb_, store_);
    a = RowOf(*catalog, "a").id;
    x = RowOf(*catalog, "x", a).id;
    b = RowOf(*catalog, "b").id;
  }
  lmdb_.reset();
  lmdb_ = OpenCatalogLmdb(directory_.path());
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_EQ(catalog->Get(x).value().name, "x");  // known before anything is listed again
  EXPECT_EQ(RowOf(*catalog, "b").id, b);
  EXPECT_EQ(RowOf(*catalog, "a").id, a);
  EXPECT_EQ(RowOf(*catalog, "x", a).id, x);
}

TEST_F(CatalogTest, RowIdsAreStableOverAChangedListing) {
  store_.Put("b");
  store_.Put("d/x");
  RowId b = 0, d = 0;
  {
    auto catalog = OpenTestCatalog(*lmdb_, store_);
    b = RowOf(*catalog, "b").id;
    d = RowOf(*catalog, "d").id;
  }
  store_.Put("a");
  store_.Put("c");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre("a", "b", "c", "d/"));
  EXPECT_EQ(RowOf(*catalog, "b").id, b);
  EXPECT_EQ(RowOf(*catalog, "d").id, d);
}

TEST_F(CatalogTest, AChangedVersionIsANewRowAndTheOldOneStays) {
  store_.Put("b", 1);
  Row old;
  {
    auto catalog = OpenTestCatalog(*lmdb_, store_);
    old = RowOf(*catalog, "b");
  }
  store_.Put("b", 2);
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const Row now = RowOf(*catalog, "b");
  EXPECT_NE(now.id, old.id);
  EXPECT_EQ(now.size, 2u);
  EXPECT_EQ(catalog->Get(old.id).value().version, old.version);
}

TEST_F(CatalogTest, AnUnchangedBucketAddsNothing) {
  for (int i = 0; i < 100; ++i) store_.Put(absl::StrCat("d", i % 7, "/", i));
  const auto walk = [&] {
    auto catalog = OpenTestCatalog(*lmdb_, store_, CatalogOptions::Names::kFresh, 5);
    for (int i = 0; i < 7; ++i) Names(*catalog, RowOf(*catalog, absl::StrCat("d", i)).id);
  };
  walk();
  walk();
  const size_t rows = CountEntries(*lmdb_, kRowsTable);
  const size_t entries = CountEntries(*lmdb_, kListingsTable);
  for (int i = 0; i < 3; ++i) walk();
  EXPECT_EQ(CountEntries(*lmdb_, kRowsTable), rows);
  EXPECT_EQ(CountEntries(*lmdb_, kListingsTable), entries);
}

TEST_F(CatalogTest, ListingsThatNobodyShowsAreRemoved) {
  store_.Put("a");
  for (int i = 0; i < 20; ++i) {
    store_.Put(absl::StrCat("new", i));
    auto catalog = OpenTestCatalog(*lmdb_, store_);
    EXPECT_EQ(Names(*catalog).size(), 2u + i);
  }
  OpenTestCatalog(*lmdb_, store_);
  // Those of the snapshots that are kept, one entry each; the latest is that of the last.
  EXPECT_EQ(CountEntries(*lmdb_, kListingsTable), kKeptLazySnapshots);
  EXPECT_EQ(CountEntries(*lmdb_, kHeadsTable), kKeptLazySnapshots + 1);
}

TEST_F(CatalogTest, ASnapshotIsFrozenAlsoAgainstASecondCatalog) {
  store_.Put("a");
  store_.Put("d/x");
  auto first = OpenTestCatalog(*lmdb_, store_);
  const Row a = RowOf(*first, "a");
  store_.Put("a", 2);
  store_.Put("b");
  store_.Remove("d/x");
  auto second = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*second), ElementsAre("a", "b"));
  OpenTestCatalog(*lmdb_, store_);  // collects garbage
  EXPECT_THAT(Names(*first), ElementsAre("a", "d/"));
  EXPECT_EQ(RowOf(*first, "a").id, a.id);
  EXPECT_NE(RowOf(*second, "a").id, a.id);
  EXPECT_NE(first->snapshot(), second->snapshot());
}

TEST_F(CatalogTest, SourcesDoNotMix) {
  ListingStore other("memory://other");
  store_.Put("a");
  other.Put("b");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  auto other_catalog = OpenTestCatalog(*lmdb_, other);
  EXPECT_THAT(Names(*catalog), ElementsAre("a"));
  EXPECT_THAT(Names(*other_catalog), ElementsAre("b"));
  EXPECT_EQ(catalog->Key(kRootRow).value(), other_catalog->Key(kRootRow).value());
}

TEST_F(CatalogTest, AbsentNamesCostNoRequest) {
  store_.Put("a");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  Names(*catalog);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, absl::StrCat("no", i), {}).status()));
  }
  EXPECT_EQ(store_.lists(), 1);
}

TEST_F(CatalogTest, NamesThatNoDirectoryHoldsAreAnsweredAtOnce) {
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_TRUE(absl::IsOutOfRange(catalog->Lookup(kRootRow, std::string(256, 'n'), {}).status()));
  for (absl::string_view name : {"", ".", "..", "a/b", "/"}) {
    EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, name, {}).status())) << name;
  }
  EXPECT_EQ(store_.lists(), 0);
}

TEST_F(CatalogTest, AnObjectHasNoChildren) {
  store_.Put("a");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const RowId a = RowOf(*catalog, "a").id;
  EXPECT_TRUE(absl::IsInvalidArgument(catalog->Lookup(a, "x", {}).status()));
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(9999, "x", {}).status()));
  EXPECT_EQ(store_.lists(), 1);
}

TEST_F(CatalogTest, TheFastLaneListsNothingAndReadsWhatIsListed) {
  store_.Put("a");
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  CallContext fast;
  fast.lane = Lane::kFast;
  EXPECT_TRUE(IsWouldBlock(catalog->Lookup(kRootRow, "a", fast).status()));
  EXPECT_TRUE(IsWouldBlock(catalog->Children(
      kRootRow, 0, [](const Row&) { return true; }, fast)));
  EXPECT_EQ(store_.lists(), 0);
  RowOf(*catalog, "a");
  EXPECT_TRUE(catalog->Lookup(kRootRow, "a", fast).ok());
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, "b", fast).status()));
}

TEST_F(CatalogTest, SixteenThreadsMakeOneListRequestPerDirectory) {
  for (int i = 0; i < 4; ++i) store_.Put(absl::StrCat("d", i, "/x"));
  store_.SetHook([](int, const CallContext&) {
    absl::SleepFor(absl::Milliseconds(20));
    return absl::OkStatus();
  });
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 4; ++i) {
        const Row directory = RowOf(*catalog, absl::StrCat("d", (i + t) % 4));
        EXPECT_TRUE(catalog->Lookup(directory.id, "x", {}).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_.lists(), 5);
}

TEST_F(CatalogTest, OfflineShowsTheLatestListingOfAnyone) {
  store_.Put("a");
  store_.Put("d/x");
  {
    auto catalog = OpenTestCatalog(*lmdb_, store_);
    Names(*catalog);
  }
  auto catalog = OpenTestCatalog(*lmdb_, store_, kOffline);
  EXPECT_THAT(Names(*catalog), ElementsAre("a", "d/"));
  const RowId d = RowOf(*catalog, "d").id;
  const absl::Status status = catalog->Lookup(d, "x", {}).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(status.message().find("d/ is not in the catalog and the mount is offline"),
            absl::string_view::npos)
      << status;
  EXPECT_EQ(store_.lists(), 1);
}

TEST_F(CatalogTest, OfflineIsFrozenAtFirstTouch) {
  store_.Put("a");
  {
    auto catalog = OpenTestCatalog(*lmdb_, store_);
    Names(*catalog);
  }
  auto offline = OpenTestCatalog(*lmdb_, store_, kOffline);
  EXPECT_THAT(Names(*offline), ElementsAre("a"));
  store_.Put("b");
  auto fresh = OpenTestCatalog(*lmdb_, store_);
  EXPECT_THAT(Names(*fresh), ElementsAre("a", "b"));
  EXPECT_THAT(Names(*offline), ElementsAre("a"));
}

TEST_F(CatalogTest, OfflineWithoutAListingFailsAtOnceOnBothLanes) {
  auto catalog = OpenTestCatalog(*lmdb_, store_, kOffline);
  CallContext fast;
  fast.lane = Lane::kFast;
  EXPECT_TRUE(absl::IsUnavailable(catalog->Lookup(kRootRow, "a", fast).status()));
  EXPECT_TRUE(absl::IsUnavailable(catalog->Lookup(kRootRow, "a", {}).status()));
}

}  // namespace
}  // namespace annofs::testing
