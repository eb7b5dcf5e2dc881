// What the tests of index files share: a node that exports and one that imports.
#pragma once

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "cache/catalog.h"
#include "cache/index_file.h"
#include "cache/indexer.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_testing.h"
#include "tests/testing/files.h"

namespace annofs::testing {

inline constexpr auto kSilent = [](uint64_t) {};

// Everything that a catalog shows: "row path size version".
inline std::vector<std::string> Everything(Catalog& catalog) {
  std::vector<std::string> all;
  EachRow(catalog, [&all](const std::string& path, const Row& row) {
    all.push_back(absl::StrCat(row.id, " ", path, " ", row.size, " ", row.version, " ",
                               row.digest.Hex(), " ", absl::FormatTime(row.modified)));
  });
  return all;
}

class IndexFileTest : public CatalogFixture {
 protected:
  // Several MiB of rows, and of a file.
  static constexpr int kManyNames = 40000;
  static std::string NameOfMany(int i) {
    std::mt19937_64 random(i);
    return absl::StrFormat("d%02d/%016x%016x%016x", i % 40, random(), random(), random());
  }
  void PutManyNames() {
    for (int i = 0; i < kManyNames; ++i) store_.Put(NameOfMany(i));
  }
  void RemoveManyNames(int begin, int end) {
    for (int i = begin; i < end; ++i) store_.Remove(NameOfMany(i));
  }

  void PutSlots(const std::vector<std::pair<std::string, uint32_t>>& slots) {
    ASSERT_TRUE(lmdb_
                    ->Update([&](LmdbWriter& txn) -> absl::Status {
                      for (const auto& [key, slot] : slots) {
                        RETURN_IF_ERROR(txn.Put(kSlotsTable, key, Key32(slot)));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
  }

  void PutHostileNames() {
    for (const char* key :
         {"a", "a/b", "a.object", "b/", "b/c/d", "..", "e//f", "\x01\xff", "g/h"}) {
      store_.Put(key);
    }
    store_.Put(std::string(300, 'n'));
  }

  void Index(Lmdb& lmdb) {
    const auto info =
        BuildIndex(lmdb, store_, {.requests_at_once = 2}, [](const IndexProgress&) {}, {});
    ASSERT_TRUE(info.ok()) << info.status();
  }
  void Index() { Index(*lmdb_); }

  void Export() {
    const auto info = ExportIndex(*lmdb_, store_.identity(), file_, kSilent);
    ASSERT_TRUE(info.ok()) << info.status();
  }
  absl::StatusOr<SnapshotInfo> Import(Lmdb& lmdb) {
    return ImportIndex(lmdb, store_.identity(), file_, kSilent);
  }
  absl::StatusOr<SnapshotInfo> Import() { return Import(*other_); }

  std::string Content() { return ReadFile(file_).value(); }
  void Write(absl::string_view content) { ASSERT_TRUE(WriteFile(file_, content).ok()); }

  // Entries of the tables that a catalog is made of.
  static std::vector<size_t> Counts(Lmdb& lmdb) {
    std::vector<size_t> counts;
    for (const LmdbTable table :
         {kSourcesTable, kSnapshotsTable, kRowsTable, kListingsTable, kHeadsTable, kRangesTable}) {
      counts.push_back(CountEntries(lmdb, table));
    }
    return counts;
  }

  TempDir other_directory_;
  std::unique_ptr<Lmdb> other_ = OpenCatalogLmdb(other_directory_.path());
  const std::string file_ = directory_ / "index.annofs";
};

}  // namespace annofs::testing
