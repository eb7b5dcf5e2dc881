// Turns the entries of one directory, in byte order of keys, into a listing of the catalog. Not
// thread safe.
//
// Rows that another listing of the directory has keep their ids. What was saved so far can be read,
// but no head has it before the end: a process that is killed leaves entries that garbage
// collection removes. Bounded memory: a few rows, whatever the directory's size. Names that the
// tree cannot show as they are (design/product.md §2, rule 10) become problems.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "cache/catalog_batch.h"
#include "cache/catalog_records.h"
#include "cache/listing_cursor.h"
#include "cache/lmdb.h"
#include "cache/store/object_store.h"

namespace annofs {

// Whether a page that is all of a directory's listing says what the listing has. False also where
// only making it anew can tell: it has names that are not shown as they are.
absl::StatusOr<bool> IsWholeListing(const LmdbReader& txn, SourceNumber source, const Head& listing,
                                    absl::string_view prefix, const ListPage& page);

class ListingBuilder {
 public:
  struct Target {
    SourceNumber source = 0;
    SnapshotNumber snapshot = 0;
    uint64_t mount = 0;  // that the listing is made by
    RowId directory = 0;
    std::string prefix;  // key of the directory
    // Of what time the names are: those of the past are never the latest.
    enum class Time { kNow, kPast } time = Time::kNow;
    // kSnapshot: the end makes it the listing of the snapshot. kAside: it is marked as being made
    // until somebody shows it.
    enum class Show { kSnapshot, kAside } show = Show::kSnapshot;
  };
  explicit ListingBuilder(Target target) : target_(std::move(target)) {}

  // Takes in the page after next() in a transaction of its own; the last page is the end. After an
  // error the builder is of no use but for what it holds, until Discard(). kDataLoss: the store's
  // names are not in order, or not of this directory.
  absl::Status AddPage(Lmdb& lmdb, const ListPage& page);
  // Removes what was written of a listing that will not be finished: it is done.
  absl::Status Discard(Lmdb& lmdb);

  // The same, in pieces. An entry of the directory: `object`, or a directory if it is nullptr,
  // whose key ends with '/'. Answers its row; none if it is left out or this directory's own
  // marker.
  absl::StatusOr<std::optional<RowId>> Add(CatalogBatch& batch, absl::string_view key,
                                           const ObjectVersion* object);
  // All of a page of the directory's own listing.
  absl::Status AddAll(CatalogBatch& batch, const ListPage& page);
  // What was added can be read once it is committed, and is not lost track of: to be called before
  // a transaction is committed in which the listing has not ended.
  absl::Status Save(CatalogBatch& batch);
  absl::Status Finish(CatalogBatch& batch);  // the end

  const std::string& prefix() const { return target_.prefix; }
  RowId directory() const { return target_.directory; }
  // Token of the next page.
  const std::string& next() const { return next_; }
  bool done() const { return done_; }
  // The order key of the last entry that AddPage() has committed.
  const std::string& committed() const { return committed_; }

  uint64_t entries() const { return entries_; }
  // Of what can be read so far; once done(), of all.
  Head head() const;
  // The order key of the last entry.
  const std::string& last() const { return last_; }
  // What an entry with an order key before this one is shown as will not change.
  std::string settled() const;

 private:
  // An object that a directory of its name may yet follow.
  struct Open {
    std::string name;
    RowId row = 0;
  };

  absl::StatusOr<RowId> RowOf(CatalogBatch& batch, const std::string& order_key, Row row);
  absl::Status Rebase(CatalogBatch& batch);
  absl::StatusOr<RowId> FindIn(ListingCursor& base, const std::string& order_key, const Row& row);
  void LoadOthers(CatalogBatch& batch);
  absl::Status AppendRun(CatalogBatch& batch, const std::string& order_key, RowId row);
  absl::Status WriteSegment(CatalogBatch& batch);
  absl::Status Mark(CatalogBatch& batch);
  absl::Status NeedListing(CatalogBatch& batch);
  absl::Status AddAside(CatalogBatch& batch, const Open& object);
  absl::StatusOr<std::string> FreeName(CatalogBatch& batch, absl::string_view name);
  absl::StatusOr<bool> IsTaken(CatalogBatch& batch, absl::string_view name);
  absl::Status Report(CatalogBatch& batch, const CatalogProblem& problem);
  absl::StatusOr<bool> EqualsLatest(CatalogBatch& batch);
  absl::Status Show(CatalogBatch& batch);
  absl::Status PutMark(CatalogBatch& batch);
  std::string MarkKey() const;
  absl::Status ShowLatest(CatalogBatch& batch);

  const Target target_;
  std::string next_;
  bool done_ = false;

  ListingNumber listing_ = 0;  // 0: nothing written yet
  bool marked_ = false;
  uint64_t entries_ = 0;
  uint64_t asides_ = 0;
  uint64_t problem_hash_ = 0;
  std::string last_;
  std::string committed_;
  std::vector<Open> open_;  // each name begins with the one before

  std::vector<Run> runs_;  // not yet written, and the order key of their first row
  std::string runs_key_;
  uint64_t run_rows_ = 0;

  // Of the transaction that is under way.
  uint64_t serial_ = 0;
  std::vector<ListingCursor> bases_;  // the latest listing comes first, if there is one
  bool others_loaded_ = false;

  std::optional<Head> latest_;
  bool equal_ = true;  // to the latest, so far
};

}  // namespace annofs
