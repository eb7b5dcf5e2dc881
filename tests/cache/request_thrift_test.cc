// How many list requests everything costs, exactly. `ls -lR` is a walk that looks every name up.
#include "cache/catalog.h"
#include "cache/indexer.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_testing.h"
#include "tests/cache/faulty_lmdb.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/memory_store.h"

namespace annofs::testing {
namespace {

constexpr uint32_t kNativePage = 10000;
constexpr uint32_t kS3Page = 1000;

class RequestThriftTest : public ::testing::Test {
 protected:
  std::unique_ptr<Catalog> Open(CatalogOptions options = {}) {
    auto catalog = OpenCatalog(*lmdb_, store_, options);
    EXPECT_TRUE(catalog.ok()) << catalog.status();
    return *std::move(catalog);
  }

  // 7 directories below the root, 5 below each of them, 10 objects in each.
  void FillTree() {
    for (int i = 0; i < 7; ++i) {
      for (int j = 0; j < 5; ++j) {
        for (int k = 0; k < 10; ++k) store_.Put(absl::StrCat("d", i, "/e", j, "/", k, ".jpg"), "");
      }
    }
  }
  static constexpr int kTreeDirectories = 1 + 7 + 7 * 5;
  static constexpr int kTreeObjects = 7 * 5 * 10;

  // Objects that were seen.
  static int ListAll(Catalog& catalog, RowId directory = kRootRow) {
    std::vector<Row> rows;
    const absl::Status status = catalog.Children(directory, 0,
                                                 [&](const Row& row) {
                                                   rows.push_back(row);
                                                   return true;
                                                 },
                                                 {});
    EXPECT_TRUE(status.ok()) << status;
    int objects = 0;
    for (const Row& row : rows) {
      EXPECT_TRUE(catalog.Lookup(directory, row.name, {}).ok());
      objects += row.is_directory ? ListAll(catalog, row.id) : 1;
    }
    return objects;
  }

  // Requests since the last call.
  int Requests() {
    const int lists = store_.lists();
    store_.ResetCounts();
    return lists;
  }

  TempDir directory_;
  std::unique_ptr<Lmdb> lmdb_ = OpenCatalogLmdb(directory_.path());
  MemoryStore store_;
};

TEST_F(RequestThriftTest, AWalkCostsOneRequestPerDirectoryAndASecondNone) {
  FillTree();
  auto catalog = Open();
  EXPECT_EQ(Requests(), 0);
  EXPECT_EQ(ListAll(*catalog), kTreeObjects);
  EXPECT_EQ(Requests(), kTreeDirectories);
  EXPECT_EQ(ListAll(*catalog), kTreeObjects);
  EXPECT_EQ(Requests(), 0);
}

TEST_F(RequestThriftTest, ADirectoryCostsOneRequestPerPage) {
  for (int i = 0; i < 25000; ++i) store_.Put(absl::StrCat("n", 100000 + i), "");
  EXPECT_EQ(ListAll(*Open({.page_names = kNativePage})), 25000);
  EXPECT_EQ(Requests(), 3);
  EXPECT_EQ(ListAll(*Open({.page_names = kS3Page})), 25000);
  EXPECT_EQ(Requests(), 25);
}

TEST_F(RequestThriftTest, AFullLastPageCostsNoRequestMore) {
  for (uint32_t i = 0; i < 2 * kS3Page; ++i) store_.Put(absl::StrCat("n", 100000 + i), "");
  EXPECT_EQ(ListAll(*Open({.page_names = kS3Page})), static_cast<int>(2 * kS3Page));
  EXPECT_EQ(Requests(), 2);
}

TEST_F(RequestThriftTest, TheFirstNamesOfADirectoryCostOneRequest) {
  for (int i = 0; i < 5000; ++i) store_.Put(absl::StrCat("n", 100000 + i), "");
  auto catalog = Open({.page_names = kS3Page});
  int seen = 0;
  EXPECT_TRUE(catalog->Children(kRootRow, 0, [&](const Row&) { return ++seen < 100; }, {}).ok());
  EXPECT_EQ(Requests(), 1);
  EXPECT_TRUE(catalog->Lookup(kRootRow, "n100500", {}).ok());
  EXPECT_EQ(Requests(), 0);
  EXPECT_TRUE(catalog->Lookup(kRootRow, "n101500", {}).ok());
  EXPECT_EQ(Requests(), 1);
}

TEST_F(RequestThriftTest, AbsentNamesCostNothingInAListedDirectory) {
  FillTree();
  auto catalog = Open();
  ListAll(*catalog);
  Requests();
  const RowId d0 = RowOf(*catalog, "d0").id;
  for (absl::string_view name : {"absent", ".git", ".DS_Store", "d00", "e0.object", "zzz", "!"}) {
    for (const RowId row : {kRootRow, d0}) {
      EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(row, name, {}).status())) << name;
    }
  }
  EXPECT_EQ(Requests(), 0);
}

TEST_F(RequestThriftTest, AnAbsentNameInADirectoryThatIsNotListedCostsItsFirstPage) {
  FillTree();
  auto catalog = Open();
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, ".git", {}).status()));
  EXPECT_EQ(Requests(), 1);
  EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, ".git", {}).status()));
  EXPECT_EQ(Requests(), 0);
}

// A mount without an index is a new snapshot (design/product.md §5).
TEST_F(RequestThriftTest, AMountAnewCostsTheSameAgainWithoutAnIndex) {
  FillTree();
  for (int i = 0; i < 3; ++i) {
    ListAll(*Open());
    EXPECT_EQ(Requests(), kTreeDirectories);
  }
}

TEST_F(RequestThriftTest, AnIndexOfASmallBucketCostsOneRequestAndItsMountsNone) {
  FillTree();
  ASSERT_TRUE(BuildIndex(*lmdb_, store_, {}, [](const IndexProgress&) {}, {}).ok());
  EXPECT_EQ(Requests(), 1);
  for (int i = 0; i < 3; ++i) {
    auto catalog = Open();
    EXPECT_EQ(ListAll(*catalog), kTreeObjects);
    EXPECT_TRUE(absl::IsNotFound(catalog->Lookup(kRootRow, "absent", {}).status()));
  }
  EXPECT_EQ(ListAll(*Open({.names = CatalogOptions::Names::kOffline})), kTreeObjects);
  EXPECT_EQ(Requests(), 0);
}

TEST_F(RequestThriftTest, AnIndexOfALargerBucketCostsItsPages) {
  for (int i = 0; i < 7500; ++i) store_.Put(absl::StrCat("d", i % 100, "/", i), "");
  ASSERT_TRUE(
      BuildIndex(*lmdb_, store_, {.page_names = kS3Page}, [](const IndexProgress&) {}, {}).ok());
  EXPECT_EQ(Requests(), 8);
}

TEST_F(RequestThriftTest, ARefreshCostsOneRequestPerDirectoryInUse) {
  FillTree();
  auto catalog = Open({.follow = true});
  const RowId d3 = RowOf(*catalog, "d3").id;
  RowOf(*catalog, "e1", d3);
  EXPECT_EQ(Requests(), 2);
  for (int i = 0; i < 3; ++i) {
    int changed = 0;
    ASSERT_TRUE(catalog->Refresh([&](RowId, absl::string_view) { ++changed; }, {}).ok());
    EXPECT_EQ(changed, 0);
    EXPECT_EQ(Requests(), 2);
  }
  store_.Put("d3/new", "");
  store_.Put("d4/new", "");  // nobody looked there
  ASSERT_TRUE(catalog->Refresh([](RowId, absl::string_view) {}, {}).ok());
  EXPECT_EQ(Requests(), 2);
}

// What nobody has asked about for long is listed again when somebody does.
TEST_F(RequestThriftTest, ARefreshForgetsWhatIsNotInUseAnyMore) {
  FillTree();
  for (const bool indexed : {false, true}) {
    if (indexed) {
      ASSERT_TRUE(BuildIndex(*lmdb_, store_, {}, [](const IndexProgress&) {}, {}).ok());
    }
    Requests();
    FakeClock clock(absl::FromUnixSeconds(1800000000));
    auto catalog = Open({.follow = true, .follow_idle = absl::Seconds(10), .clock = &clock});
    const RowId d3 = RowOf(*catalog, "d3").id;
    RowOf(*catalog, "e1", d3);
    Requests();
    clock.Advance(absl::Seconds(8));
    RowOf(*catalog, "d3");
    ASSERT_TRUE(catalog->Refresh([](RowId, absl::string_view) {}, {}).ok());
    EXPECT_EQ(Requests(), 2);
    clock.Advance(absl::Seconds(8));
    store_.Put(absl::StrCat("d3/new", indexed), "");
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(catalog->Refresh([](RowId, absl::string_view) {}, {}).ok());
      EXPECT_EQ(Requests(), 1);  // the root
    }
    RowOf(*catalog, absl::StrCat("new", indexed), d3);
    EXPECT_EQ(Requests(), 1);
    ASSERT_TRUE(catalog->Refresh([](RowId, absl::string_view) {}, {}).ok());
    EXPECT_EQ(Requests(), 2);
  }
}

TEST_F(RequestThriftTest, ARefreshThatFindsNothingChangedWritesNothing) {
  FillTree();
  int updates = 0;  // outlives the catalog, whose end is a transaction too
  FaultyLmdb lmdb(*lmdb_);
  auto catalog = OpenCatalog(lmdb, store_, {.follow = true});
  ASSERT_TRUE(catalog.ok());
  ListAll(**catalog);
  lmdb.SetHook([&](int, FaultyLmdb::When) {
    ++updates;
    return absl::OkStatus();
  });
  ASSERT_TRUE((*catalog)->Refresh([](RowId, absl::string_view) {}, {}).ok());
  EXPECT_EQ(updates, 0);
}

// Of an index that is fresh enough nothing is listed until a refresh, and then what is in use.
TEST_F(RequestThriftTest, AMountThatFollowsAnIndexListsNothingAtFirst) {
  FillTree();
  ASSERT_TRUE(BuildIndex(*lmdb_, store_, {}, [](const IndexProgress&) {}, {}).ok());
  Requests();
  auto catalog = Open({.follow = true});
  EXPECT_EQ(ListAll(*catalog, RowOf(*catalog, "d3").id), 50);
  EXPECT_EQ(Requests(), 0);
  ASSERT_TRUE(catalog->Refresh([](RowId, absl::string_view) {}, {}).ok());
  EXPECT_EQ(Requests(), 1 + 1 + 5);
}

TEST_F(RequestThriftTest, APastTimeIsListedOnceForAllMounts) {
  FillTree();
  store_.SetTime(absl::FromUnixSeconds(1700000100));
  store_.Put("later", "");
  const CatalogOptions past{.at = absl::FromUnixSeconds(1700000050)};
  EXPECT_EQ(ListAll(*Open(past)), kTreeObjects);
  EXPECT_EQ(Requests(), kTreeDirectories);
  EXPECT_EQ(ListAll(*Open(past)), kTreeObjects);
  EXPECT_EQ(Requests(), 0);
}

TEST_F(RequestThriftTest, OfflineAndNamedSnapshotsCostNothing) {
  FillTree();
  uint64_t number = 0;
  {
    auto catalog = Open();
    ListAll(*catalog);
    number = catalog->snapshot();
  }
  Requests();
  EXPECT_EQ(ListAll(*Open({.names = CatalogOptions::Names::kSnapshot, .snapshot = number})),
            kTreeObjects);
  EXPECT_EQ(ListAll(*Open({.names = CatalogOptions::Names::kOffline})), kTreeObjects);
  EXPECT_EQ(Requests(), 0);
}

}  // namespace
}  // namespace annofs::testing
