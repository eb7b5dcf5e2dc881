// Walks one listing of the catalog in byte order of keys. Not thread safe; lives inside one
// transaction.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"
#include "cache/row_block.h"

namespace annofs {

class ListingCursor {
 public:
  // Whether the transaction may be written to while the cursor is in use: then what it reads is
  // copied.
  enum class Meanwhile { kNoWrites, kWrites };
  ListingCursor(const LmdbReader& txn, SourceNumber source, ListingNumber listing,
                Meanwhile meanwhile = Meanwhile::kNoWrites)
      : txn_(&txn), source_(source), listing_(listing), meanwhile_(meanwhile) {}

  ListingCursor(ListingCursor&&) = default;
  ListingCursor& operator=(ListingCursor&&) = default;

  // To the first row whose order key is not less than `key`. kInternal: the catalog is damaged.
  absl::Status Seek(absl::string_view key);
  absl::Status Next();
  bool valid() const { return run_ < runs_.size(); }
  bool started() const { return started_; }  // Seek() was called
  // Its name is the component of its key. REQUIRES: valid().
  const Row& row() const { return block_.row(); }
  int Compare(absl::string_view key) const { return block_.Compare(key); }
  ListingNumber listing() const { return listing_; }

 private:
  absl::Status OpenSegment(absl::string_view value);
  absl::Status NextSegment();
  absl::Status OpenBlock(RowId row);
  absl::Status GoToRun(size_t run);
  absl::Status SeekInRun(absl::string_view key);

  const LmdbReader* txn_;
  SourceNumber source_;
  ListingNumber listing_;
  Meanwhile meanwhile_;
  bool started_ = false;
  std::string segment_key_;  // of the segment that is open
  std::vector<Run> runs_;
  size_t run_ = 0;  // the current row is in this run; runs_.size(): no row
  RowBlockCursor block_;
  std::vector<char> copy_;  // of the block, if it is copied
};

}  // namespace annofs
