// Keys and small records of the catalog's tables (cache_dir.h), each written down here only. Pure
// functions but for what they read in a transaction. See cache/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// Counters of kMetaTable; the first number of each is 1. Numbers `Taken` to `Taken + count - 1` are
// given to the caller.
absl::StatusOr<uint64_t> TakeNumbers(LmdbWriter& txn, absl::string_view counter, uint64_t count);
inline constexpr absl::string_view kListingCounter = "listing";
inline constexpr absl::string_view kSnapshotCounter = "snapshot";
inline constexpr absl::string_view kMountCounter = "mount";
std::string RowCounter(SourceNumber source);

// kRowsTable.
std::string RowKey(SourceNumber source, RowId row);
// A row by its id; nothing if there is none. Its name is that of its key.
absl::StatusOr<std::optional<Row>> FindRow(const LmdbReader& txn, SourceNumber source, RowId row);
// The full key of a row: see Catalog::Key().
absl::StatusOr<std::string> KeyOf(const LmdbReader& txn, SourceNumber source, RowId row);

// kListingsTable. A listing is segments of runs, each under the order key (row_block.h) of its
// first row but the first, which is under ""; and what is not shown as it is.
std::string ListingPrefix(SourceNumber source, ListingNumber listing);
std::string SegmentPrefix(SourceNumber source, ListingNumber listing);
std::string SegmentKey(SourceNumber source, ListingNumber listing, absl::string_view order_key);
// An object shown under another name: by that name -> row, and by row -> name ("": not shown).
std::string AsideKey(SourceNumber source, ListingNumber listing, absl::string_view shown);
std::string ShownPrefix(SourceNumber source, ListingNumber listing);
std::string ShownKey(SourceNumber source, ListingNumber listing, RowId row);
std::string ProblemPrefix(SourceNumber source, ListingNumber listing);
std::string ProblemKey(SourceNumber source, ListingNumber listing, absl::string_view key);
std::string EncodeProblem(const CatalogProblem& problem);
CatalogProblem DecodeProblem(absl::string_view value);

// Rows `first` to `first + count - 1`.
struct Run {
  RowId first = 0;
  uint64_t count = 0;
  RowId end() const { return first + count; }
};
std::string EncodeSegment(const std::vector<Run>& runs);
// kInternal if it is damaged.
absl::StatusOr<std::vector<Run>> DecodeSegment(absl::string_view segment);

// kHeadsTable: which listing a directory shows.
struct Head {
  ListingNumber listing = 0;
  uint64_t entries = 0;
  uint64_t asides = 0;    // objects that are not shown as they are
  uint64_t problems = 0;  // hash over the keys of all problems
};
std::string HeadPrefix(SourceNumber source, SnapshotNumber snapshot);
std::string HeadKey(SourceNumber source, SnapshotNumber snapshot, RowId directory);
std::string EncodeHead(const Head& head);
// Nothing for kForgotten too.
std::optional<Head> DecodeHead(absl::string_view value);
// In the place of a head: the directory is to be listed again, whatever an index has of it.
inline constexpr absl::string_view kForgotten = "forgotten";
std::optional<Head> FindHead(const LmdbReader& txn, SourceNumber source, SnapshotNumber snapshot,
                             RowId directory);

// kSnapshotsTable.
std::string SnapshotKey(SourceNumber source, SnapshotNumber snapshot);
std::string EncodeSnapshot(const SnapshotInfo& info);
std::optional<SnapshotInfo> DecodeSnapshot(SnapshotNumber number, absl::string_view value);
// In the order of their numbers.
std::vector<SnapshotInfo> SnapshotsOf(const LmdbReader& txn, SourceNumber source);

// Marks of kMetaTable. One mount that shows a snapshot: value = stamp of its process.
std::string LivePrefix(SourceNumber source);
std::string LiveKey(SourceNumber source, SnapshotNumber snapshot, uint64_t mount);
SnapshotNumber SnapshotOfLiveKey(absl::string_view key);
// A listing of a directory that a mount holds though no head may have it; several may hold one.
std::string BuildingPrefix(SourceNumber source);
std::string BuildingPrefix(SourceNumber source, RowId directory);
struct BuildingMark {
  RowId directory = 0;
  ListingNumber listing = 0;
  uint64_t mount = 0;
};
std::string BuildingKey(SourceNumber source, const BuildingMark& mark);
BuildingMark ReadBuildingKey(absl::string_view key);
// The snapshot that it is made for, and the stamp of the process that makes it.
std::string BuildingValue(SnapshotNumber snapshot);
SnapshotNumber SnapshotOfBuilding(absl::string_view value);
absl::string_view StampOfBuilding(absl::string_view value);

// A source number that no source has any more.
inline constexpr absl::string_view kGonePrefix = "gone/";
std::string GoneKey(SourceNumber source);

// kSourcesTable: nothing for a source that is not known.
std::string SourceKey(absl::string_view identity);
std::optional<SourceNumber> FindSource(const LmdbReader& txn, absl::string_view identity);

}  // namespace annofs
