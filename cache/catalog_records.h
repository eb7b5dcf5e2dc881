// Keys and small records of the catalog's tables (cache_dir.h), each written down here only. Pure
// functions but for the numbers, which are counted inside a write transaction. See cache/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "cache/lmdb.h"

namespace annofs {

using SourceNumber = uint32_t;
using SnapshotNumber = uint64_t;
using ListingNumber = uint64_t;

// The "snapshot" whose heads are the newest listing of each directory by anyone.
inline constexpr SnapshotNumber kLatest = 0;

std::string RowKey(SourceNumber source, RowId row);
std::string RowIndexKey(SourceNumber source, const Row& row);
std::string HeadPrefix(SourceNumber source, SnapshotNumber snapshot);
std::string HeadKey(SourceNumber source, SnapshotNumber snapshot, RowId directory);
std::string ListingPrefix(SourceNumber source, ListingNumber listing);
std::string ListingKey(SourceNumber source, ListingNumber listing, absl::string_view name);
inline constexpr size_t kListingPrefixBytes = 4 + 8;

// Entries of kMetaTable. A live snapshot: value = stamp of its process. A listing being written:
// value = its snapshot.
inline constexpr absl::string_view kLivePrefix = "live/";
std::string LiveKey(SnapshotNumber snapshot);
std::string BuildingPrefix(SourceNumber source);
std::string BuildingKey(SourceNumber source, ListingNumber listing);

// The next number of that counter, from 1; it and the `count - 1` after it are given to the caller.
absl::StatusOr<uint64_t> TakeNumbers(LmdbWriter& txn, absl::string_view counter, uint64_t count);
std::string RowCounter(SourceNumber source);

// Which listing a directory shows.
struct Head {
  ListingNumber listing = 0;
  uint64_t entries = 0;  // of the listing, problems included
};
std::string EncodeHead(const Head& head);
std::optional<Head> FindHead(const LmdbReader& txn, SourceNumber source, SnapshotNumber snapshot,
                             RowId directory);

// An entry of a listing is a row, or a problem: a name that is not shown as it is. A problem's
// "name" starts with '/', which no name has.
std::string ProblemName(const CatalogProblem& problem);
inline bool IsProblemName(absl::string_view name) { return !name.empty() && name[0] == '/'; }
std::string EncodeProblem(const CatalogProblem& problem);
CatalogProblem DecodeProblem(absl::string_view value);

// A row by its id; nothing if there is none.
std::optional<Row> FindRow(const LmdbReader& txn, SourceNumber source, RowId row);

}  // namespace annofs
