// Turns the pages of one directory's listing into a listing of the catalog. Nothing of it is seen
// before the last page is in: a process that is killed leaves entries that CollectGarbage()
// removes. Not thread safe.
//
// Bounded memory: one page. Names that the tree cannot show as they are (design/product.md §2, rule
// 10) become problems.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"
#include "cache/store/object_store.h"

namespace annofs {

inline constexpr size_t kMaxProblems = 10000;

class ListingBuilder {
 public:
  struct Target {
    SourceNumber source = 0;
    SnapshotNumber snapshot = 0;
    RowId directory = 0;
    std::string prefix;  // key of the directory
  };
  explicit ListingBuilder(Target target) : target_(std::move(target)) {}

  // Takes in the page after next() in one write transaction. The last one makes the listing that of
  // the snapshot, and the latest of the directory; an equal latest one is used in its place. After
  // an error the builder is of no use but for Discard().
  absl::Status Add(Lmdb& lmdb, const ListPage& page);
  // Removes what was written of a listing that will not be finished.
  absl::Status Discard(Lmdb& lmdb);

  const std::string& prefix() const { return target_.prefix; }
  // Token of the next page.
  const std::string& next() const { return next_; }
  bool done() const { return done_; }
  // The first kMaxProblems.
  const std::vector<CatalogProblem>& problems() const { return problems_; }

 private:
  struct Item {
    absl::string_view key;
    const ObjectVersion* object;  // nullptr: a directory
  };

  static std::vector<Item> Merge(const ListPage& page);
  absl::Status AddItem(LmdbWriter& txn, const Item& item);
  absl::Status AddDirectory(LmdbWriter& txn, absl::string_view name);
  absl::Status AddObject(LmdbWriter& txn, const ObjectVersion& object, absl::string_view name);
  absl::Status AddAside(LmdbWriter& txn, Row object);
  absl::Status AddRow(LmdbWriter& txn, const Row& row);
  absl::Status Report(LmdbWriter& txn, CatalogProblem problem);
  absl::StatusOr<RowId> RowIdOf(LmdbWriter& txn, const Row& row);

  bool Has(const LmdbReader& txn, absl::string_view name) const;
  // The row shown under that name so far.
  std::optional<Row> Shown(const LmdbReader& txn, absl::string_view name) const;
  void Set(const LmdbReader& txn, absl::string_view name, std::string value);
  std::string FreeName(const LmdbReader& txn, absl::string_view name) const;

  absl::Status Flush(LmdbWriter& txn);
  absl::Status Finish(LmdbWriter& txn);
  bool Equals(const LmdbReader& txn, const Head& other) const;

  const Target target_;
  std::string next_;
  bool done_ = false;
  ListingNumber listing_ = 0;                   // 0: nothing written yet
  uint64_t entries_ = 0;                        // written or not
  std::map<std::string, std::string> pending_;  // entries not yet written
  std::vector<CatalogProblem> problems_;
};

}  // namespace annofs
