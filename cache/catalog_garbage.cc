#include "cache/catalog_garbage.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog_batch.h"
#include "cache/process_stamp.h"

namespace annofs {
namespace {

// Keeps one write transaction, during which every other writer waits, within a second or two.
constexpr size_t kMaxRemoved = 20000;

struct Entry {
  std::string key;
  std::string value;
};

// The first `most` entries with that prefix.
std::vector<Entry> EntriesWith(const LmdbReader& txn, LmdbTable table, absl::string_view prefix,
                               size_t most = SIZE_MAX) {
  std::vector<Entry> entries;
  if (most == 0) return entries;
  txn.Scan(table, prefix, [&](absl::string_view key, absl::string_view value) {
    if (!absl::StartsWith(key, prefix)) return false;
    entries.push_back({std::string(key), std::string(value)});
    return entries.size() < most;
  });
  return entries;
}

bool IsOfTheDead(absl::string_view stamp) {
  const std::optional<ProcessStamp> process = DecodeStamp(stamp);
  return !process.has_value() || !IsAlive(*process);
}

// Snapshots that a living process shows; the marks of the others are removed.
absl::StatusOr<absl::flat_hash_set<SnapshotNumber>> LiveSnapshots(LmdbWriter& txn,
                                                                  SourceNumber source) {
  absl::flat_hash_set<SnapshotNumber> live;
  for (const Entry& entry : EntriesWith(txn, kMetaTable, LivePrefix(source))) {
    if (IsOfTheDead(entry.value)) {
      RETURN_IF_ERROR(txn.Delete(kMetaTable, entry.key));
    } else {
      live.insert(SnapshotOfLiveKey(entry.key));
    }
  }
  return live;
}

// Listings that processes were making when they ended; those of an index that can be gone on with
// hold the ids of its rows.
absl::Status DropUnfinished(LmdbWriter& txn, SourceNumber source,
                            const absl::flat_hash_set<SnapshotNumber>& unfinished, size_t& budget) {
  CatalogBatch batch(txn, source);
  for (const Entry& entry : EntriesWith(txn, kMetaTable, BuildingPrefix(source), budget)) {
    if (!IsOfTheDead(StampOfBuilding(entry.value))) continue;
    if (unfinished.contains(SnapshotOfBuilding(entry.value))) continue;
    RETURN_IF_ERROR(txn.Delete(kMetaTable, entry.key));
    const BuildingMark mark = ReadBuildingKey(entry.key);
    RETURN_IF_ERROR(batch.DropListing(mark.directory, mark.listing));
    --budget;
  }
  return absl::OkStatus();
}

// What of the snapshots is kept for its own sake, by number; those a kept one is based on, too.
absl::flat_hash_set<SnapshotNumber> KeptSnapshots(const std::vector<SnapshotInfo>& snapshots,
                                                  const absl::flat_hash_set<SnapshotNumber>& live) {
  absl::flat_hash_set<SnapshotNumber> kept = live;
  size_t lazy = 0;
  size_t past = 0;
  size_t complete = 0;
  for (auto info = snapshots.rbegin(); info != snapshots.rend(); ++info) {
    bool keep = false;
    switch (info->kind) {
      case SnapshotInfo::Kind::kLazy:
        keep = live.contains(info->number) || ++lazy <= kKeptLazySnapshots;
        break;
      case SnapshotInfo::Kind::kPast:
        keep = live.contains(info->number) || ++past <= kKeptPastSnapshots;
        break;
      case SnapshotInfo::Kind::kIndex:
        // One that is not finished is kept to be gone on with, until a newer one is complete.
        keep = info->completed == absl::InfinitePast() ? complete == 0 : ++complete <= kKeptIndexes;
        break;
    }
    if (keep) kept.insert(info->number);
  }
  for (const SnapshotInfo& info : snapshots) {
    if (info.base != 0 && kept.contains(info.number)) kept.insert(info.base);
  }
  return kept;
}

absl::flat_hash_set<SnapshotNumber> UnfinishedOf(const std::vector<SnapshotInfo>& snapshots,
                                                 const absl::flat_hash_set<SnapshotNumber>& kept) {
  absl::flat_hash_set<SnapshotNumber> unfinished;
  for (const SnapshotInfo& info : snapshots) {
    if (info.kind == SnapshotInfo::Kind::kIndex && info.completed == absl::InfinitePast() &&
        kept.contains(info.number)) {
      unfinished.insert(info.number);
    }
  }
  return unfinished;
}

// Removes up to `budget` heads of a snapshot, and then the snapshot.
absl::Status DropSnapshot(LmdbWriter& txn, SourceNumber source, SnapshotNumber snapshot,
                          size_t& budget) {
  const std::string prefix = HeadPrefix(source, snapshot);
  const std::vector<Entry> heads = EntriesWith(txn, kHeadsTable, prefix, budget);
  budget -= heads.size();
  CatalogBatch batch(txn, source);
  for (const Entry& entry : heads) {
    RETURN_IF_ERROR(txn.Delete(kHeadsTable, entry.key));
    const std::optional<Head> head = DecodeHead(entry.value);
    if (!head.has_value() || entry.key.size() != 20) continue;
    RETURN_IF_ERROR(
        batch.DropListing(ReadKey64(absl::string_view(entry.key).substr(12)), head->listing));
  }
  if (budget == 0) return absl::OkStatus();
  RETURN_IF_ERROR(txn.DeletePrefix(kRangesTable, prefix));
  return txn.Delete(kSnapshotsTable, SnapshotKey(source, snapshot));
}

// Removes up to `budget` entries of a source that was replaced and is shown by no mount.
absl::Status DropSource(LmdbWriter& txn, SourceNumber source, size_t& budget) {
  ASSIGN_OR_RETURN(const auto live, LiveSnapshots(txn, source));
  if (!live.empty()) return absl::OkStatus();
  for (const LmdbTable table :
       {kHeadsTable, kListingsTable, kRowsTable, kSnapshotsTable, kRangesTable}) {
    const std::vector<Entry> entries = EntriesWith(txn, table, Key32(source), budget);
    budget -= entries.size();
    for (const Entry& entry : entries) RETURN_IF_ERROR(txn.Delete(table, entry.key));
    if (budget == 0) return absl::OkStatus();
  }
  RETURN_IF_ERROR(txn.DeletePrefix(kMetaTable, BuildingPrefix(source)));
  return txn.Delete(kMetaTable, GoneKey(source));
}

}  // namespace

absl::Status CollectGarbage(LmdbWriter& txn, SourceNumber source) {
  ASSIGN_OR_RETURN(const auto live, LiveSnapshots(txn, source));
  const std::vector<SnapshotInfo> snapshots = SnapshotsOf(txn, source);
  const absl::flat_hash_set<SnapshotNumber> kept = KeptSnapshots(snapshots, live);
  size_t budget = kMaxRemoved;
  RETURN_IF_ERROR(DropUnfinished(txn, source, UnfinishedOf(snapshots, kept), budget));
  for (const SnapshotInfo& info : snapshots) {
    if (budget == 0) return absl::OkStatus();
    if (!kept.contains(info.number)) {
      RETURN_IF_ERROR(DropSnapshot(txn, source, info.number, budget));
    }
  }
  for (const Entry& entry : EntriesWith(txn, kMetaTable, kGonePrefix)) {
    if (budget == 0) return absl::OkStatus();
    const absl::string_view number = absl::string_view(entry.key).substr(kGonePrefix.size());
    if (number.size() == 4) RETURN_IF_ERROR(DropSource(txn, ReadKey32(number), budget));
  }
  return absl::OkStatus();
}

}  // namespace annofs
