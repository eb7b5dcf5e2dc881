// Rows and numbers that one write transaction adds to the catalog of a source. Not thread safe;
// lives as long as its transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"
#include "cache/row_block.h"

namespace annofs {

class CatalogBatch {
 public:
  CatalogBatch(LmdbWriter& txn, SourceNumber source);

  LmdbWriter& txn() const { return txn_; }
  SourceNumber source() const { return source_; }
  // No other batch of this process has it.
  uint64_t serial() const { return serial_; }

  // A new row, packed with those added before it. It can be read after Flush().
  absl::StatusOr<RowId> AddRow(const Row& row);
  absl::Status Flush();
  absl::StatusOr<ListingNumber> TakeListing();
  // The listing is removed unless a head of the directory or a mark of its making has it.
  absl::Status DropListing(RowId directory, ListingNumber listing);
  // The listings of the directory that any snapshot shows, or that anyone makes.
  std::vector<ListingNumber> ListingsOf(RowId directory);

  // The end: all that was added is in the transaction. REQUIRES: called before it is committed.
  absl::Status Finish();

 private:
  const std::vector<SnapshotNumber>& Snapshots();

  LmdbWriter& txn_;
  const SourceNumber source_;
  const uint64_t serial_;
  RowId next_row_ = 0;     // 0: not read yet
  RowId block_first_ = 0;  // of the block being filled
  RowBlockBuilder block_;
  ListingNumber next_listing_ = 0;
  std::optional<std::vector<SnapshotNumber>> snapshots_;
};

}  // namespace annofs
