#include "cache/catalog_records.h"

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/row_record.h"

namespace annofs {

std::string RowKey(SourceNumber source, RowId row) {
  return absl::StrCat(Key32(source), Key64(row));
}

std::string RowIndexKey(SourceNumber source, const Row& row) {
  return absl::StrCat(Key32(source), Key64(row.parent), RowIdentity(row));
}

std::string HeadPrefix(SourceNumber source, SnapshotNumber snapshot) {
  return absl::StrCat(Key32(source), Key64(snapshot));
}

std::string HeadKey(SourceNumber source, SnapshotNumber snapshot, RowId directory) {
  return absl::StrCat(HeadPrefix(source, snapshot), Key64(directory));
}

std::string ListingPrefix(SourceNumber source, ListingNumber listing) {
  return absl::StrCat(Key32(source), Key64(listing));
}

std::string ListingKey(SourceNumber source, ListingNumber listing, absl::string_view name) {
  return absl::StrCat(ListingPrefix(source, listing), name);
}

std::string LiveKey(SnapshotNumber snapshot) { return absl::StrCat(kLivePrefix, Key64(snapshot)); }

std::string BuildingPrefix(SourceNumber source) { return absl::StrCat("building/", Key32(source)); }

std::string BuildingKey(SourceNumber source, ListingNumber listing) {
  return absl::StrCat(BuildingPrefix(source), Key64(listing));
}

absl::StatusOr<uint64_t> TakeNumbers(LmdbWriter& txn, absl::string_view counter, uint64_t count) {
  const std::string key = absl::StrCat("next/", counter);
  const std::optional<absl::string_view> value = txn.Get(kMetaTable, key);
  const uint64_t next = value.has_value() && value->size() == 8 ? ReadKey64(*value) : 1;
  RETURN_IF_ERROR(txn.Put(kMetaTable, key, Key64(next + count)));
  return next;
}

std::string RowCounter(SourceNumber source) { return absl::StrCat("row/", Key32(source)); }

std::string EncodeHead(const Head& head) {
  return absl::StrCat(Key64(head.listing), Key64(head.entries));
}

std::optional<Head> FindHead(const LmdbReader& txn, SourceNumber source, SnapshotNumber snapshot,
                             RowId directory) {
  const std::optional<absl::string_view> value =
      txn.Get(kHeadsTable, HeadKey(source, snapshot, directory));
  if (!value.has_value() || value->size() != 16) return std::nullopt;
  return Head{.listing = ReadKey64(*value), .entries = ReadKey64(value->substr(8))};
}

std::string ProblemName(const CatalogProblem& problem) {
  // By hash: a key may be longer than a key of LMDB.
  return absl::StrCat("/", Sha256Bytes(problem.key).substr(0, 16));
}

std::string EncodeProblem(const CatalogProblem& problem) {
  return absl::StrCat(Key32(static_cast<uint32_t>(problem.key.size())), problem.key,
                      problem.reason);
}

CatalogProblem DecodeProblem(absl::string_view value) {
  if (value.size() < 4 || value.size() - 4 < ReadKey32(value)) return {};
  const size_t length = ReadKey32(value);
  return {.key = std::string(value.substr(4, length)),
          .reason = std::string(value.substr(4 + length))};
}

std::optional<Row> FindRow(const LmdbReader& txn, SourceNumber source, RowId row) {
  const std::optional<absl::string_view> record = txn.Get(kRowsTable, RowKey(source, row));
  return record.has_value() ? DecodeRow(row, *record) : std::nullopt;
}

}  // namespace annofs
