// What the tests of the catalog share: a catalog environment in a directory of the test.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "cache/cache_dir.h"
#include "cache/catalog.h"
#include "cache/lmdb.h"
#include "gtest/gtest.h"
#include "tests/cache/listing_store.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {

inline std::unique_ptr<Lmdb> OpenCatalogLmdb(const std::string& path) {
  LmdbOptions options;
  options.path = path;
  options.map_size = uint64_t{1} << 30;
  for (size_t i = 0; i < kCatalogTableCount; ++i)
    options.tables.push_back(absl::StrCat("table", i));
  auto lmdb = OpenLmdb(options);
  if (!lmdb.ok()) {
    ADD_FAILURE() << lmdb.status();
    abort();
  }
  return *std::move(lmdb);
}

inline std::unique_ptr<Catalog> OpenTestCatalog(
    Lmdb& lmdb, ObjectStore& store, CatalogOptions::Names mode = CatalogOptions::Names::kFresh,
    uint32_t page_names = 10000) {
  CatalogOptions options;
  options.names = mode;
  options.page_names = page_names;
  auto catalog = OpenCatalog(lmdb, store, options);
  if (!catalog.ok()) {
    ADD_FAILURE() << catalog.status();
    abort();
  }
  return *std::move(catalog);
}

// The names in a directory, those of directories with a final '/'. Fails the test on an error.
inline std::vector<std::string> Names(Catalog& catalog, RowId directory = kRootRow,
                                      RowId after = 0) {
  std::vector<std::string> names;
  absl::Status status =
      catalog.Children(directory, after,
                       [&](const Row& row) {
                         names.push_back(absl::StrCat(row.name, row.is_directory ? "/" : ""));
                         return true;
                       },
                       {});
  EXPECT_TRUE(status.ok()) << status;
  return names;
}

// The row of a name in the root; fails the test if there is none.
inline Row RowOf(Catalog& catalog, absl::string_view name, RowId directory = kRootRow) {
  auto row = catalog.Lookup(directory, name, {});
  EXPECT_TRUE(row.ok()) << name << ": " << row.status();
  return row.ok() ? *row : Row();
}

// Entries of one table.
inline size_t CountEntries(Lmdb& lmdb, LmdbTable table) {
  size_t count = 0;
  absl::Status status = lmdb.View([&](const LmdbReader& txn) {
    txn.Scan(table, "", [&](absl::string_view, absl::string_view) {
      ++count;
      return true;
    });
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return count;
}

// Calls `fn` with the path and the row of everything that a catalog shows, in its order.
inline void EachRow(Catalog& catalog,
                    absl::FunctionRef<void(const std::string& path, const Row& row)> fn,
                    RowId directory = kRootRow, const std::string& prefix = "") {
  std::vector<Row> rows;
  const absl::Status status = catalog.Children(directory, 0,
                                               [&](const Row& row) {
                                                 rows.push_back(row);
                                                 return true;
                                               },
                                               {});
  EXPECT_TRUE(status.ok()) << prefix << ": " << status;
  for (const Row& row : rows) {
    const std::string path = absl::StrCat(prefix, row.name, row.is_directory ? "/" : "");
    fn(path, row);
    if (row.is_directory) EachRow(catalog, fn, row.id, path);
  }
}

// "key: reason".
inline std::vector<std::string> SortedProblems(Catalog& catalog) {
  std::vector<std::string> problems;
  for (const CatalogProblem& problem : catalog.Problems()) {
    problems.push_back(absl::StrCat(problem.key, ": ", problem.reason));
  }
  std::sort(problems.begin(), problems.end());
  return problems;
}

// Each page of it says that the same one follows.
class CircleStore : public ListingStore {
 public:
  absl::StatusOr<ListPage> List(const ListRequest&, const CallContext&) override {
    ListPage page;
    page.next = "again";
    return page;
  }
};

class CatalogFixture : public ::testing::Test {
 protected:
  TempDir directory_;
  std::unique_ptr<Lmdb> lmdb_ = OpenCatalogLmdb(directory_.path());
  ListingStore store_;
};

}  // namespace annofs::testing
