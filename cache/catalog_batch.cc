#include "cache/catalog_batch.h"

#include <atomic>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"

namespace annofs {
namespace {

std::atomic<uint64_t> last_serial{0};

// The next number of a counter that is written back by SetNext().
absl::StatusOr<uint64_t> PeekNext(LmdbWriter& txn, absl::string_view counter) {
  return TakeNumbers(txn, counter, 0);
}

absl::Status SetNext(LmdbWriter& txn, absl::string_view counter, uint64_t next) {
  ASSIGN_OR_RETURN(const uint64_t now, PeekNext(txn, counter));
  return TakeNumbers(txn, counter, next - now).status();
}

}  // namespace

CatalogBatch::CatalogBatch(LmdbWriter& txn, SourceNumber source)
    : txn_(txn), source_(source), serial_(++last_serial) {}

absl::StatusOr<RowId> CatalogBatch::AddRow(const Row& row) {
  if (next_row_ == 0) {
    ASSIGN_OR_RETURN(next_row_, PeekNext(txn_, RowCounter(source_)));
  }
  if (!block_.Add(row)) {
    RETURN_IF_ERROR(Flush());
    block_.Add(row);
  }
  if (block_.rows() == 1) block_first_ = next_row_;
  return next_row_++;
}

absl::Status CatalogBatch::Flush() {
  if (block_.rows() == 0) return absl::OkStatus();
  return txn_.Put(kRowsTable, RowKey(source_, block_first_), block_.Take());
}

absl::StatusOr<ListingNumber> CatalogBatch::TakeListing() {
  if (next_listing_ == 0) {
    ASSIGN_OR_RETURN(next_listing_, PeekNext(txn_, kListingCounter));
  }
  return next_listing_++;
}

absl::Status CatalogBatch::DropListing(RowId directory, ListingNumber listing) {
  if (absl::c_linear_search(ListingsOf(directory), listing)) return absl::OkStatus();
  return txn_.DeletePrefix(kListingsTable, ListingPrefix(source_, listing));
}

std::vector<ListingNumber> CatalogBatch::ListingsOf(RowId directory) {
  std::vector<ListingNumber> listings;
  for (const SnapshotNumber snapshot : Snapshots()) {
    const auto head = FindHead(txn_, source_, snapshot, directory);
    if (head.has_value() && !absl::c_linear_search(listings, head->listing)) {
      listings.push_back(head->listing);
    }
  }
  const std::string prefix = BuildingPrefix(source_, directory);
  txn_.Scan(kMetaTable, prefix, [&](absl::string_view key, absl::string_view) {
    if (!absl::StartsWith(key, prefix)) return false;
    const ListingNumber listing = ReadBuildingKey(key).listing;
    if (!absl::c_linear_search(listings, listing)) listings.push_back(listing);
    return true;
  });
  return listings;
}

const std::vector<SnapshotNumber>& CatalogBatch::Snapshots() {
  if (!snapshots_.has_value()) {
    snapshots_.emplace({kLatest});
    for (const SnapshotInfo& info : SnapshotsOf(txn_, source_)) snapshots_->push_back(info.number);
  }
  return *snapshots_;
}

absl::Status CatalogBatch::Finish() {
  RETURN_IF_ERROR(Flush());
  if (next_row_ != 0) RETURN_IF_ERROR(SetNext(txn_, RowCounter(source_), next_row_));
  if (next_listing_ != 0) RETURN_IF_ERROR(SetNext(txn_, kListingCounter, next_listing_));
  return absl::OkStatus();
}

}  // namespace annofs
