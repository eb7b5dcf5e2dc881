// What is known of one directory in a read transaction: a whole listing, its first pages, or
// nothing. Answers with the names that are shown (design/product.md §2, rule 10). Not thread safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog_records.h"
#include "cache/listing_cursor.h"
#include "cache/lmdb.h"

namespace annofs {

class ListingView {
 public:
  // Nothing is known.
  ListingView() = default;
  // A whole listing.
  ListingView(const LmdbReader& txn, SourceNumber source, RowId directory, const Head& head)
      : txn_(&txn), source_(source), directory_(directory), head_(head), is_whole_(true) {}
  // The first pages: see ListingBuilder for `last` and `settled`.
  ListingView(const LmdbReader& txn, SourceNumber source, RowId directory, const Head& head,
              std::string last, std::string settled)
      : txn_(&txn),
        source_(source),
        directory_(directory),
        head_(head),
        last_(std::move(last)),
        settled_(std::move(settled)) {}

  bool is_whole() const { return is_whole_; }
  const Head& head() const { return head_; }

  // The entries whose keys end with that name are all there.
  bool Knows(absl::string_view name) const;
  // Nor can an entry of another name still be shown under it.
  bool KnowsAllAs(absl::string_view name) const;
  // What is shown under the name. REQUIRES: Knows(name).
  absl::StatusOr<std::optional<Row>> Find(absl::string_view name) const;
  // Adds up to `most` rows whose order keys are not less than `from`; `at_end`: no more will come.
  absl::Status Collect(absl::string_view from, size_t most, std::vector<Row>& rows,
                       bool& at_end) const;

 private:
  absl::StatusOr<std::optional<Row>> FindAside(absl::string_view name) const;
  // The name that the object is shown under; nothing if it is not shown.
  std::optional<std::string> ShownAs(const Row& object) const;
  void AddShown(const Row& row, std::vector<Row>& rows) const;

  const LmdbReader* txn_ = nullptr;
  SourceNumber source_ = 0;
  RowId directory_ = 0;
  Head head_;
  bool is_whole_ = false;
  std::string last_;
  std::string settled_;
};

// The listing that a directory shows in a snapshot, or in the one it is based on.
std::optional<Head> HeadOf(const LmdbReader& txn, SourceNumber source, const SnapshotInfo& snapshot,
                           RowId directory);

}  // namespace annofs
