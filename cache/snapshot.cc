#include "cache/snapshot.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog_batch.h"
#include "cache/catalog_garbage.h"
#include "cache/process_stamp.h"
#include "cache/row_block.h"

namespace annofs {
namespace {

// An index that was begun longer ago is begun anew: its listings would be of too different moments.
constexpr absl::Duration kResumable = absl::Hours(24);

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

absl::StatusOr<SnapshotInfo> AddSnapshot(LmdbWriter& txn, SourceNumber source, SnapshotInfo info) {
  ASSIGN_OR_RETURN(info.number, TakeNumbers(txn, kSnapshotCounter, 1));
  RETURN_IF_ERROR(txn.Put(kSnapshotsTable, SnapshotKey(source, info.number), EncodeSnapshot(info)));
  return info;
}

absl::Status NoSnapshot(uint64_t number, const std::vector<SnapshotInfo>& snapshots) {
  const std::string known =
      snapshots.empty()
          ? std::string("no snapshot of this source")
          : absl::StrJoin(snapshots, ", ", [](std::string* out, const SnapshotInfo& info) {
              absl::StrAppend(out, Describe(info));
            });
  return absl::NotFoundError(absl::StrCat("no snapshot ", number, "; the cache has ", known));
}

absl::StatusOr<SnapshotInfo> PastSnapshot(LmdbWriter& txn, SourceNumber source,
                                          const std::vector<SnapshotInfo>& snapshots,
                                          const CatalogOptions& options) {
  for (const SnapshotInfo& info : snapshots) {
    if (info.kind == SnapshotInfo::Kind::kPast && info.at == *options.at) return info;
  }
  return AddSnapshot(
      txn, source,
      {.kind = SnapshotInfo::Kind::kPast, .begun = options.clock->Now(), .at = *options.at});
}

absl::StatusOr<SnapshotInfo> FreshSnapshot(LmdbWriter& txn, SourceNumber source,
                                           const std::vector<SnapshotInfo>& snapshots,
                                           const CatalogOptions& options) {
  const absl::Time now = options.clock->Now();
  const bool online = options.names == CatalogOptions::Names::kFresh;
  const SnapshotInfo* index = online ? NewestIndex(snapshots) : nullptr;
  if (index != nullptr && now - index->completed > options.index_age) index = nullptr;
  if (index != nullptr && !options.follow) return *index;
  return AddSnapshot(txn, source, {.begun = now, .base = index == nullptr ? 0 : index->number});
}

absl::StatusOr<SnapshotInfo> Choose(LmdbWriter& txn, SourceNumber source,
                                    const CatalogOptions& options) {
  const std::vector<SnapshotInfo> snapshots = SnapshotsOf(txn, source);
  if (options.at.has_value()) return PastSnapshot(txn, source, snapshots, options);
  if (options.names != CatalogOptions::Names::kSnapshot) {
    return FreshSnapshot(txn, source, snapshots, options);
  }
  for (const SnapshotInfo& info : snapshots) {
    if (info.number == options.snapshot) return info;
  }
  return NoSnapshot(options.snapshot, snapshots);
}

std::optional<SnapshotInfo> FindSnapshot(const LmdbReader& txn, SourceNumber source,
                                         SnapshotNumber number) {
  const auto record = txn.Get(kSnapshotsTable, SnapshotKey(source, number));
  return record.has_value() ? DecodeSnapshot(number, *record) : std::nullopt;
}

absl::Status MarkLive(LmdbWriter& txn, Mount& mount) {
  ASSIGN_OR_RETURN(mount.number, TakeNumbers(txn, kMountCounter, 1));
  return txn.Put(kMetaTable, LiveKey(mount.source, mount.snapshot.number, mount.number),
                 EncodeStamp(ThisProcess()));
}

// By a process that has not ended.
bool IsInUse(const LmdbReader& txn, SourceNumber source, SnapshotNumber snapshot) {
  bool in_use = false;
  const std::string prefix = absl::StrCat(LivePrefix(source), Key64(snapshot));
  txn.Scan(kMetaTable, prefix, [&](absl::string_view key, absl::string_view value) {
    if (!absl::StartsWith(key, prefix)) return false;
    const auto stamp = DecodeStamp(value);
    in_use = stamp.has_value() && IsAlive(*stamp);
    return !in_use;
  });
  return in_use;
}

// What cannot be removed now is tried again by the next mount: this one works with it.
void CollectSomeGarbage(Lmdb& lmdb, SourceNumber source) {
  const absl::Status status =
      lmdb.Update([&](LmdbWriter& txn) { return CollectGarbage(txn, source); });
  if (!status.ok()) LogWarning(absl::StrCat("removing old snapshots: ", status.message()));
}

// Those of an index hold the ids of its rows until it is complete.
absl::Status DropListingsHeldBy(LmdbWriter& txn, const Mount& mount) {
  if (mount.snapshot.kind == SnapshotInfo::Kind::kIndex) return absl::OkStatus();
  std::vector<std::string> keys;
  const std::string prefix = BuildingPrefix(mount.source);
  txn.Scan(kMetaTable, prefix, [&](absl::string_view key, absl::string_view) {
    if (!absl::StartsWith(key, prefix)) return false;
    if (ReadBuildingKey(key).mount == mount.number) keys.emplace_back(key);
    return true;
  });
  CatalogBatch batch(txn, mount.source);
  for (const std::string& key : keys) {
    RETURN_IF_ERROR(txn.Delete(kMetaTable, key));
    const BuildingMark mark = ReadBuildingKey(key);
    RETURN_IF_ERROR(batch.DropListing(mark.directory, mark.listing));
  }
  return absl::OkStatus();
}

bool HasHeads(const LmdbReader& txn, SourceNumber source, SnapshotNumber snapshot) {
  bool has = false;
  const std::string prefix = HeadPrefix(source, snapshot);
  txn.Scan(kHeadsTable, prefix, [&](absl::string_view key, absl::string_view) {
    has = absl::StartsWith(key, prefix);
    return false;
  });
  return has;
}

}  // namespace

absl::StatusOr<SourceNumber> NewSource(LmdbWriter& txn) {
  ASSIGN_OR_RETURN(const uint64_t number, TakeNumbers(txn, "source", 1));
  const SourceNumber source = static_cast<SourceNumber>(number);
  ASSIGN_OR_RETURN(const RowId id, TakeNumbers(txn, RowCounter(source), 1));
  Row root;
  root.is_directory = true;
  RowBlockBuilder block;
  block.Add(root);
  RETURN_IF_ERROR(txn.Put(kRowsTable, RowKey(source, id), block.Take()));
  return source;
}

absl::StatusOr<SourceNumber> SourceOf(LmdbWriter& txn, absl::string_view identity) {
  if (const auto known = FindSource(txn, identity)) return *known;
  ASSIGN_OR_RETURN(const SourceNumber source, NewSource(txn));
  RETURN_IF_ERROR(ReplaceSource(txn, identity, source));
  return source;
}

absl::Status ReplaceSource(LmdbWriter& txn, absl::string_view identity, SourceNumber source) {
  if (const auto old = FindSource(txn, identity)) {
    RETURN_IF_ERROR(txn.Put(kMetaTable, GoneKey(*old), ""));
  }
  // By hash: an identity may be longer than a key of LMDB. It is kept for people.
  return txn.Put(kSourcesTable, SourceKey(identity), absl::StrCat(Key32(source), identity));
}

absl::StatusOr<Mount> BeginMount(Lmdb& lmdb, absl::string_view identity,
                                 const CatalogOptions& options) {
  Mount mount;
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& txn) -> absl::Status {
    if (options.source.has_value()) {
      mount.source = *options.source;
    } else {
      ASSIGN_OR_RETURN(mount.source, SourceOf(txn, identity));
    }
    ASSIGN_OR_RETURN(mount.snapshot, Choose(txn, mount.source, options));
    mount.base = FindSnapshot(txn, mount.source, mount.snapshot.base);
    return MarkLive(txn, mount);
  }));
  CollectSomeGarbage(lmdb, mount.source);
  return mount;
}

absl::StatusOr<Mount> BeginIndex(Lmdb& lmdb, absl::string_view identity, absl::Time now) {
  Mount mount;
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& txn) -> absl::Status {
    ASSIGN_OR_RETURN(mount.source, SourceOf(txn, identity));
    for (const SnapshotInfo& info : SnapshotsOf(txn, mount.source)) {
      if (info.kind != SnapshotInfo::Kind::kIndex || info.completed != absl::InfinitePast()) {
        continue;
      }
      if (IsInUse(txn, mount.source, info.number)) {
        return absl::AlreadyExistsError(
            "another process indexes this source: wait for it, or end it");
      }
      if (now - info.begun < kResumable) mount.snapshot = info;
    }
    if (mount.snapshot.number == 0) {
      ASSIGN_OR_RETURN(
          mount.snapshot,
          AddSnapshot(txn, mount.source, {.kind = SnapshotInfo::Kind::kIndex, .begun = now}));
    }
    return MarkLive(txn, mount);
  }));
  CollectSomeGarbage(lmdb, mount.source);
  return mount;
}

absl::StatusOr<Mount> MountNewestIndex(Lmdb& lmdb, absl::string_view identity) {
  Mount mount;
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& txn) -> absl::Status {
    const std::optional<SourceNumber> source = FindSource(txn, identity);
    const std::vector<SnapshotInfo> snapshots =
        source.has_value() ? SnapshotsOf(txn, *source) : std::vector<SnapshotInfo>();
    const SnapshotInfo* index = NewestIndex(snapshots);
    if (index == nullptr) {
      return absl::NotFoundError(
          absl::StrCat("there is no complete index of ", identity, ": `annofs index` makes one"));
    }
    mount.source = *source;
    mount.snapshot = *index;
    return MarkLive(txn, mount);
  }));
  return mount;
}

absl::Status EndMount(Lmdb& lmdb, const Mount& mount) {
  return lmdb.Update([&](LmdbWriter& txn) -> absl::Status {
    const SnapshotNumber number = mount.snapshot.number;
    RETURN_IF_ERROR(txn.Delete(kMetaTable, LiveKey(mount.source, number, mount.number)));
    RETURN_IF_ERROR(DropListingsHeldBy(txn, mount));
    if (mount.snapshot.kind == SnapshotInfo::Kind::kIndex || IsInUse(txn, mount.source, number) ||
        HasHeads(txn, mount.source, number)) {
      return absl::OkStatus();
    }
    return txn.Delete(kSnapshotsTable, SnapshotKey(mount.source, number));
  });
}

const SnapshotInfo* NewestIndex(const std::vector<SnapshotInfo>& snapshots) {
  const SnapshotInfo* newest = nullptr;
  for (const SnapshotInfo& info : snapshots) {
    if (info.kind != SnapshotInfo::Kind::kIndex || info.completed == absl::InfinitePast()) continue;
    if (newest == nullptr || info.completed >= newest->completed) newest = &info;
  }
  return newest;
}

std::string Describe(const SnapshotInfo& info) {
  std::string what = "as it was listed";
  if (info.kind == SnapshotInfo::Kind::kPast) what = absl::StrCat("as of ", TimeText(info.at));
  if (info.kind == SnapshotInfo::Kind::kIndex) {
    what = info.completed == absl::InfinitePast()
               ? std::string("an index that is not finished")
               : absl::StrCat("an index of ", info.objects, " objects");
  }
  return absl::StrCat(info.number, " (", TimeText(info.begun), ", ", what, ")");
}

absl::StatusOr<std::vector<SnapshotInfo>> ListSnapshots(Lmdb& lmdb, absl::string_view identity) {
  std::vector<SnapshotInfo> snapshots;
  RETURN_IF_ERROR(lmdb.View([&](const LmdbReader& txn) {
    if (const auto source = FindSource(txn, identity)) snapshots = SnapshotsOf(txn, *source);
    return absl::OkStatus();
  }));
  return snapshots;
}

}  // namespace annofs
