// Listings that go wrong, are interrupted, or are large.
#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "cache/base/status.h"
#include "cache/catalog.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_check.h"
#include "tests/cache/catalog_testing.h"
#include "tests/cache/forked_child.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

constexpr CatalogOptions::Names kFresh = CatalogOptions::Names::kFresh;
constexpr CatalogOptions::Names kOffline = CatalogOptions::Names::kOffline;

// Call `number` fails, once.
ListingStore::Hook FailCall(int number, absl::Status status) {
  return [=](int call, const CallContext&) { return call == number ? status : absl::OkStatus(); };
}

class CatalogListingTest : public CatalogFixture {};

TEST_F(CatalogListingTest, AFailureOfTheStoreIsNotAnAbsentNameAndCanBeRetried) {
  store_.Put("a");
  store_.SetHook(FailCall(1, absl::UnavailableError("503")));
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const absl::Status status = catalog->Lookup(kRootRow, "absent", {}).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, "absent", {}).status()));
  EXPECT_TRUE(catalog->Lookup(kRootRow, "a", {}).ok());
}

TEST_F(CatalogListingTest, AStoreThatDoesNotFindTheBucketIsNotAnAbsentName) {
  store_.SetHook(FailCall(1, absl::NotFoundError("no such bucket")));
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const absl::Status status = catalog->Lookup(kRootRow, "a", {}).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(status.message().find("no such bucket"), absl::string_view::npos);
}

TEST_F(CatalogListingTest, OtherFailuresKeepTheirCode) {
  store_.SetHook(FailCall(1, absl::PermissionDeniedError("not allowed")));
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  EXPECT_TRUE(absl::IsPermissionDenied(catalog->Lookup(kRootRow, "a", {}).status()));
}

TEST_F(CatalogListingTest, AListingThatWasInterruptedGoesOnWhereItStopped) {
  for (int i = 0; i < 25; ++i) store_.Put(absl::StrCat("n", 10 + i));
  store_.SetHook(FailCall(3, absl::UnavailableError("503")));
  auto catalog = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  EXPECT_TRUE(absl::IsUnavailable(catalog->Lookup(kRootRow, "n34", {}).status()));
  EXPECT_EQ(Names(*catalog).size(), 25u);
  EXPECT_EQ(store_.lists(), 6);  // five pages and the one that failed
}

TEST_F(CatalogListingTest, AListingThatWasRefusedBeginsAnewWithTheSameRowsAndLeavesNothing) {
  for (int i = 0; i < 25; ++i) store_.Put(absl::StrCat("n", 10 + i));
  store_.SetHook(FailCall(3, absl::PermissionDeniedError("not allowed")));
  auto catalog = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  const RowId shown = RowOf(*catalog, "n10").id;
  EXPECT_FALSE(catalog->Lookup(kRootRow, "n34", {}).ok());
  EXPECT_EQ(RowOf(*catalog, "n10").id, shown);
  EXPECT_EQ(Names(*catalog).size(), 25u);
  EXPECT_EQ(CountMarks(*lmdb_), 0u);
  CheckCatalog(*lmdb_);
}

TEST_F(CatalogListingTest, TheFirstEntriesAreShownBeforeTheLastPageHasCome) {
  for (int i = 0; i < 25; ++i) store_.Put(absl::StrCat("n", 10 + i));
  auto catalog = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  int seen = 0;
  EXPECT_TRUE(catalog->Children(kRootRow, 0, [&](const Row&) { return ++seen < 3; }, {}).ok());
  EXPECT_EQ(store_.lists(), 1);
  const RowId n12 = RowOf(*catalog, "n12").id;
  EXPECT_EQ(store_.lists(), 1);
  EXPECT_EQ(Names(*catalog, kRootRow, n12).size(), 22u);
  EXPECT_EQ(store_.lists(), 5);
  EXPECT_EQ(Names(*catalog).size(), 25u);
  EXPECT_EQ(store_.lists(), 5);
}

TEST_F(CatalogListingTest, ALookupListsUpToThePageOfItsNameAndNoFurther) {
  for (int i = 0; i < 25; ++i) store_.Put(absl::StrCat("n", 10 + i));
  store_.Put("n12-d/x");
  auto catalog = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  const RowId n12 = RowOf(*catalog, "n12").id;
  EXPECT_EQ(store_.lists(), 1);
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, "n12.x", {}).status()));
  EXPECT_EQ(store_.lists(), 1);
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, "n175", {}).status()));
  EXPECT_EQ(store_.lists(), 2);
  // What another object may yet be shown as is known at the end only.
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, "n12.object", {}).status()));
  EXPECT_EQ(store_.lists(), 6);
  EXPECT_EQ(RowOf(*catalog, "n12").id, n12);
}

// "a" is shown as "a.object" once "a/" has come, pages later.
TEST_F(CatalogListingTest, AnEntryIsShownOnlyOnceItsNameCannotChange) {
  store_.Put("A");
  store_.Put("a");
  for (int i = 0; i < 30; ++i) store_.Put(absl::StrCat("a-", 10 + i));
  store_.Put("a/x");
  auto catalog = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  std::vector<std::string> first;
  EXPECT_TRUE(catalog
                  ->Children(kRootRow, 0,
                             [&](const Row& row) {
                               first.push_back(row.name);
                               return false;
                             },
                             {})
                  .ok());
  EXPECT_THAT(first, ElementsAre("A"));
  EXPECT_EQ(store_.lists(), 1);
  const std::vector<std::string> names = Names(*catalog);
  ASSERT_EQ(names.size(), 33u);
  EXPECT_EQ(names[1], "a.object");
  EXPECT_EQ(names[32], "a/");
}

TEST_F(CatalogListingTest, AStoreThatListsOutOfOrderIsAnError) {
  class Unordered : public ListingStore {
   public:
    absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext&) override {
      ListPage page;
      page.objects.push_back({.key = request.start.empty() ? "b" : "a", .version = "v"});
      if (request.start.empty()) page.next = "more";
      return page;
    }
  } unordered;
  auto catalog = OpenTestCatalog(*lmdb_, unordered);
  EXPECT_TRUE(absl::IsDataLoss(catalog->Lookup(kRootRow, "z", {}).status()));
}

TEST_F(CatalogListingTest, HalfAListingIsSeenByItsMountOnly) {
  for (int i = 0; i < 20; ++i) store_.Put(absl::StrCat("n", 10 + i));
  absl::Notification second_page;
  absl::Notification go_on;
  store_.SetHook([&](int call, const CallContext&) {
    if (call == 2) {
      second_page.Notify();
      go_on.WaitForNotification();
    }
    return absl::OkStatus();
  });
  auto catalog = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  std::thread lister([&] { EXPECT_EQ(Names(*catalog).size(), 20u); });
  second_page.WaitForNotification();
  CallContext fast;
  fast.lane = Lane::kFast;
  EXPECT_TRUE(IsWouldBlock(catalog->Lookup(kRootRow, "n29", fast).status()));
  EXPECT_TRUE(catalog->Lookup(kRootRow, "n10", fast).ok());
  auto offline = OpenTestCatalog(*lmdb_, store_, kOffline);
  EXPECT_TRUE(absl::IsUnavailable(offline->Lookup(kRootRow, "n10", {}).status()));
  go_on.Notify();
  lister.join();
  EXPECT_TRUE(catalog->Lookup(kRootRow, "n29", fast).ok());
}

// Another catalog collects garbage meanwhile: what a living process writes is none.
TEST_F(CatalogListingTest, AListingInTheMakingIsNotGarbage) {
  for (int i = 0; i < 20; ++i) store_.Put(absl::StrCat("n", 10 + i));
  store_.SetHook([&](int call, const CallContext&) {
    if (call == 3) OpenTestCatalog(*lmdb_, store_, kOffline);
    return absl::OkStatus();
  });
  auto catalog = OpenTestCatalog(*lmdb_, store_, kFresh, 5);
  EXPECT_EQ(Names(*catalog).size(), 20u);
}

TEST_F(CatalogListingTest, AWaiterLeavesWithItsOwnDeadline) {
  store_.Put("a");
  absl::Notification listing;
  absl::Notification go_on;
  store_.SetHook([&](int, const CallContext&) {
    listing.Notify();
    go_on.WaitForNotification();
    return absl::OkStatus();
  });
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  std::thread lister([&] { RowOf(*catalog, "a"); });
  listing.WaitForNotification();
  CallContext hurried;
  hurried.deadline = absl::Now() + absl::Milliseconds(50);
  EXPECT_TRUE(absl::IsDeadlineExceeded(catalog->Lookup(kRootRow, "a", hurried).status()));
  Cancellation cancellation;
  cancellation.Cancel();
  CallContext cancelled;
  cancelled.cancellation = &cancellation;
  EXPECT_TRUE(absl::IsCancelled(catalog->Lookup(kRootRow, "a", cancelled).status()));
  go_on.Notify();
  lister.join();
  EXPECT_EQ(store_.lists(), 1);
}

TEST_F(CatalogListingTest, AWaiterListsItselfWhenTheFirstAskerWasInterrupted) {
  store_.Put("a");
  absl::Notification listing;
  Cancellation cancellation;
  store_.SetHook([&](int call, const CallContext& context) {
    if (call > 1) return absl::OkStatus();
    listing.Notify();
    while (context.Check().ok()) absl::SleepFor(absl::Milliseconds(1));
    return context.Check();
  });
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  std::thread first([&] {
    CallContext context;
    context.cancellation = &cancellation;
    EXPECT_TRUE(absl::IsCancelled(catalog->Lookup(kRootRow, "a", context).status()));
  });
  listing.WaitForNotification();
  std::thread second([&] { RowOf(*catalog, "a"); });
  absl::SleepFor(absl::Milliseconds(20));
  cancellation.Cancel();
  first.join();
  second.join();
  EXPECT_EQ(store_.lists(), 2);
}

TEST_F(CatalogListingTest, AStoreThatListsInACircleIsAnError) {
  CircleStore circle;
  auto catalog = OpenTestCatalog(*lmdb_, circle);
  EXPECT_TRUE(absl::IsInternal(catalog->Lookup(kRootRow, "a", {}).status()));
}

TEST_F(CatalogListingTest, HoldsAHundredThousandNamesInOneDirectory) {
  constexpr int kNames = 100000;
  for (int i = 0; i < kNames; ++i) store_.Put(absl::StrCat("d/", 1000000 + i, ".jpg"));
  auto catalog = OpenTestCatalog(*lmdb_, store_);
  const RowId directory = RowOf(*catalog, "d").id;
  EXPECT_TRUE(catalog->Lookup(directory, "1099999.jpg", {}).ok());
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(directory, "1100000.jpg", {}).status()));
  int next = 1000000;
  EXPECT_TRUE(catalog
                  ->Children(directory, 0,
                             [&](const Row& row) {
                               EXPECT_EQ(row.name, absl::StrCat(next, ".jpg"));
                               ++next;
                               return true;
                             },
                             {})
                  .ok());
  EXPECT_EQ(next, 1000000 + kNames);
  EXPECT_EQ(store_.lists(), 1 + 10);
}

// kill -9 comes from inside the call that asks for the second page.
class KilledListing : public ::testing::Test {
 protected:
  void ListAndDie() {
    ForkedChild child([this](ForkedChild&) {
      auto lmdb = OpenCatalogLmdb(directory_.path());
      ListingStore store;
      FillStore(store);
      store.SetHook([](int call, const CallContext&) {
        if (call == 2) _exit(7);
        return absl::OkStatus();
      });
      auto catalog = OpenTestCatalog(*lmdb, store, kFresh, 5);
      Names(*catalog);
      return 0;
    });
    EXPECT_EQ(child.Wait(), 7);
  }
  static void FillStore(ListingStore& store) {
    for (int i = 0; i < 20; ++i) store.Put(absl::StrCat("n", 10 + i));
  }

  TempDir directory_;
};

TEST_F(KilledListing, LeavesNothingThatAnyoneSees) {
  ListAndDie();
  auto lmdb = OpenCatalogLmdb(directory_.path());
  EXPECT_EQ(CountEntries(*lmdb, kListingsTable), 1u);
  ListingStore store;
  FillStore(store);
  {
    auto offline = OpenTestCatalog(*lmdb, store, kOffline);
    EXPECT_TRUE(absl::IsUnavailable(offline->Lookup(kRootRow, "n10", {}).status()));
    EXPECT_EQ(CountEntries(*lmdb, kListingsTable), 0u);
  }
  auto catalog = OpenTestCatalog(*lmdb, store);
  EXPECT_EQ(Names(*catalog).size(), 20u);
}

TEST_F(KilledListing, LeavesTheOneBefore) {
  RowId before = 0;
  {
    auto lmdb = OpenCatalogLmdb(directory_.path());
    ListingStore store;
    store.Put("before");
    auto catalog = OpenTestCatalog(*lmdb, store);
    before = RowOf(*catalog, "before").id;
  }
  ListAndDie();
  auto lmdb = OpenCatalogLmdb(directory_.path());
  ListingStore store;
  auto catalog = OpenTestCatalog(*lmdb, store, kOffline);
  EXPECT_THAT(Names(*catalog), ElementsAre("before"));
  EXPECT_EQ(RowOf(*catalog, "before").id, before);
  EXPECT_EQ(CountEntries(*lmdb, kListingsTable), 1u);
}

TEST_F(KilledListing, TheSnapshotOfAKilledProcessCanBeShownAgain) {
  ForkedChild child([this](ForkedChild& self) {
    auto lmdb = OpenCatalogLmdb(directory_.path());
    ListingStore store;
    store.Put("old");
    auto catalog = OpenTestCatalog(*lmdb, store);
    Names(*catalog);
    self.Say();
    self.AwaitWord();
    bool frozen = Names(*catalog) == std::vector<std::string>{"old"};
    self.Say();
    self.AwaitWord();
    return frozen ? 0 : 1;
  });
  ASSERT_TRUE(child.Hear());
  auto lmdb = OpenCatalogLmdb(directory_.path());
  ListingStore store;
  store.Put("new");
  auto catalog = OpenTestCatalog(*lmdb, store);
  EXPECT_THAT(Names(*catalog), ElementsAre("new"));
  OpenTestCatalog(*lmdb, store);  // collects garbage
  EXPECT_EQ(CountEntries(*lmdb, kListingsTable), 2u);
  child.SayToChild();
  ASSERT_TRUE(child.Hear());
  child.Kill();
  uint64_t killed = 0;
  const auto snapshots = ListSnapshots(*lmdb, store.identity());
  ASSERT_TRUE(snapshots.ok());
  for (const SnapshotInfo& info : *snapshots) {
    if (info.number != catalog->snapshot()) killed = info.number;
  }
  CatalogOptions options{.names = CatalogOptions::Names::kSnapshot, .snapshot = killed};
  auto shown = OpenCatalog(*lmdb, store, options);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_THAT(Names(**shown), ElementsAre("old"));
}

}  // namespace
}  // namespace annofs::testing
