#include "cache/catalog_records.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/process_stamp.h"
#include "cache/row_block.h"
#include "cache/row_codec.h"

namespace annofs {
namespace {

// What of a listing a key is: the byte behind its prefix.
constexpr absl::string_view kSegmentTag("\0", 1);
constexpr absl::string_view kAsideTag = "\1";
constexpr absl::string_view kShownTag = "\2";
constexpr absl::string_view kProblemTag = "\3";

constexpr absl::string_view kLivePrefix = "live/";
constexpr absl::string_view kBuildingPrefix = "building/";

constexpr size_t kMaxDepth = 1024;  // a key has at most 1,024 bytes, so no more components

absl::Status Damaged(absl::string_view what) {
  return absl::InternalError(absl::StrCat("the catalog is damaged: ", what));
}

uint64_t NumberOf(absl::Time time) { return static_cast<uint64_t>(absl::ToUnixNanos(time)); }

// The ends of time keep their meaning.
absl::Time TimeOf(uint64_t number) {
  const int64_t nanos = static_cast<int64_t>(number);
  if (nanos == INT64_MAX) return absl::InfiniteFuture();
  if (nanos == INT64_MIN) return absl::InfinitePast();
  return absl::FromUnixNanos(nanos);
}

}  // namespace

absl::StatusOr<uint64_t> TakeNumbers(LmdbWriter& txn, absl::string_view counter, uint64_t count) {
  const std::string key = absl::StrCat("next/", counter);
  const std::optional<absl::string_view> value = txn.Get(kMetaTable, key);
  const uint64_t next = value.has_value() && value->size() == 8 ? ReadKey64(*value) : 1;
  RETURN_IF_ERROR(txn.Put(kMetaTable, key, Key64(next + count)));
  return next;
}

std::string RowCounter(SourceNumber source) { return absl::StrCat("row/", Key32(source)); }

std::string RowKey(SourceNumber source, RowId row) {
  return absl::StrCat(Key32(source), Key64(row));
}

absl::StatusOr<std::optional<Row>> FindRow(const LmdbReader& txn, SourceNumber source, RowId row) {
  const auto block = txn.Floor(kRowsTable, RowKey(source, row));
  if (!block.has_value() || block->key.size() != 12 || ReadKey32(block->key) != source) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(RowBlockCursor cursor,
                   RowBlockCursor::Open(block->value, ReadKey64(block->key.substr(4))));
  if (row - cursor.first() >= cursor.rows()) return std::nullopt;
  RETURN_IF_ERROR(cursor.SeekRow(row));
  return std::optional<Row>(cursor.row());
}

absl::StatusOr<std::string> KeyOf(const LmdbReader& txn, SourceNumber source, RowId row) {
  std::vector<std::string> components;  // the last one first
  absl::string_view end;
  for (RowId at = row; at != kRootRow;) {
    if (components.size() > kMaxDepth) return Damaged("a row has no root");
    ASSIGN_OR_RETURN(std::optional<Row> found, FindRow(txn, source, at));
    if (!found.has_value()) return absl::NotFoundError(absl::StrCat("no row ", at));
    if (at == row && found->is_directory) end = "/";
    components.push_back(std::move(found->name));
    at = found->parent;
  }
  std::reverse(components.begin(), components.end());
  return absl::StrCat(absl::StrJoin(components, "/"), end);
}

std::string ListingPrefix(SourceNumber source, ListingNumber listing) {
  return absl::StrCat(Key32(source), Key64(listing));
}
std::string SegmentPrefix(SourceNumber source, ListingNumber listing) {
  return absl::StrCat(ListingPrefix(source, listing), kSegmentTag);
}
std::string SegmentKey(SourceNumber source, ListingNumber listing, absl::string_view order_key) {
  return absl::StrCat(SegmentPrefix(source, listing), order_key);
}
std::string AsideKey(SourceNumber source, ListingNumber listing, absl::string_view shown) {
  return absl::StrCat(ListingPrefix(source, listing), kAsideTag, shown);
}
std::string ShownPrefix(SourceNumber source, ListingNumber listing) {
  return absl::StrCat(ListingPrefix(source, listing), kShownTag);
}
std::string ShownKey(SourceNumber source, ListingNumber listing, RowId row) {
  return absl::StrCat(ShownPrefix(source, listing), Key64(row));
}
std::string ProblemPrefix(SourceNumber source, ListingNumber listing) {
  return absl::StrCat(ListingPrefix(source, listing), kProblemTag);
}
std::string ProblemKey(SourceNumber source, ListingNumber listing, absl::string_view key) {
  // By hash: a key may be longer than a key of LMDB.
  return absl::StrCat(ProblemPrefix(source, listing), Sha256Bytes(key).substr(0, 16));
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

std::string EncodeSegment(const std::vector<Run>& runs) {
  std::string segment;
  RowId before = 0;
  for (const Run& run : runs) {
    AppendSigned(segment, static_cast<int64_t>(run.first - before));
    AppendNumber(segment, run.count);
    before = run.end();
  }
  return segment;
}

absl::StatusOr<std::vector<Run>> DecodeSegment(absl::string_view segment) {
  std::vector<Run> runs;
  CodeReader codes(segment);
  RowId before = 0;
  while (codes.ok() && !codes.empty()) {
    Run run;
    run.first = before + static_cast<uint64_t>(codes.Signed());
    run.count = codes.Number();
    before = run.end();
    if (run.first == 0 || run.count == 0 || before < run.first) return Damaged("a run of rows");
    runs.push_back(run);
  }
  if (!codes.ok() || runs.empty()) return Damaged("a segment of a listing");
  return runs;
}

std::string HeadPrefix(SourceNumber source, SnapshotNumber snapshot) {
  return absl::StrCat(Key32(source), Key64(snapshot));
}

std::string HeadKey(SourceNumber source, SnapshotNumber snapshot, RowId directory) {
  return absl::StrCat(HeadPrefix(source, snapshot), Key64(directory));
}

std::string EncodeHead(const Head& head) {
  return absl::StrCat(Key64(head.listing), Key64(head.entries), Key64(head.asides),
                      Key64(head.problems));
}

std::optional<Head> DecodeHead(absl::string_view value) {
  if (value.size() != 32) return std::nullopt;
  return Head{.listing = ReadKey64(value),
              .entries = ReadKey64(value.substr(8)),
              .asides = ReadKey64(value.substr(16)),
              .problems = ReadKey64(value.substr(24))};
}

std::optional<Head> FindHead(const LmdbReader& txn, SourceNumber source, SnapshotNumber snapshot,
                             RowId directory) {
  const auto value = txn.Get(kHeadsTable, HeadKey(source, snapshot, directory));
  return value.has_value() ? DecodeHead(*value) : std::nullopt;
}

std::string SnapshotKey(SourceNumber source, SnapshotNumber snapshot) {
  return HeadPrefix(source, snapshot);
}

std::string EncodeSnapshot(const SnapshotInfo& info) {
  const char kind = static_cast<char>(info.kind);
  return absl::StrCat(absl::string_view(&kind, 1), Key64(NumberOf(info.begun)),
                      Key64(NumberOf(info.completed)), Key64(NumberOf(info.at)),
                      Key64(info.objects), Key64(info.directories), Key64(info.base));
}

std::optional<SnapshotInfo> DecodeSnapshot(SnapshotNumber number, absl::string_view value) {
  if (value.size() != 1 + 6 * 8) return std::nullopt;
  const auto field = [value](size_t i) { return ReadKey64(value.substr(1 + 8 * i)); };
  return SnapshotInfo{.number = number,
                      .kind = static_cast<SnapshotInfo::Kind>(value[0]),
                      .begun = TimeOf(field(0)),
                      .completed = TimeOf(field(1)),
                      .at = TimeOf(field(2)),
                      .objects = field(3),
                      .directories = field(4),
                      .base = field(5)};
}

std::vector<SnapshotInfo> SnapshotsOf(const LmdbReader& txn, SourceNumber source) {
  std::vector<SnapshotInfo> snapshots;
  const std::string prefix = Key32(source);
  txn.Scan(kSnapshotsTable, prefix, [&](absl::string_view key, absl::string_view value) {
    if (!absl::StartsWith(key, prefix) || key.size() != 12) return false;
    const auto info = DecodeSnapshot(ReadKey64(key.substr(4)), value);
    if (info.has_value()) snapshots.push_back(*info);
    return true;
  });
  return snapshots;
}

std::string LivePrefix(SourceNumber source) { return absl::StrCat(kLivePrefix, Key32(source)); }

std::string LiveKey(SourceNumber source, SnapshotNumber snapshot, uint64_t mount) {
  return absl::StrCat(LivePrefix(source), Key64(snapshot), Key64(mount));
}

SnapshotNumber SnapshotOfLiveKey(absl::string_view key) {
  const size_t at = kLivePrefix.size() + 4;
  return key.size() == at + 16 ? ReadKey64(key.substr(at)) : 0;
}

std::string BuildingPrefix(SourceNumber source) {
  return absl::StrCat(kBuildingPrefix, Key32(source));
}

std::string BuildingPrefix(SourceNumber source, RowId directory) {
  return absl::StrCat(BuildingPrefix(source), Key64(directory));
}

std::string BuildingKey(SourceNumber source, const BuildingMark& mark) {
  return absl::StrCat(BuildingPrefix(source, mark.directory), Key64(mark.listing),
                      Key64(mark.mount));
}

BuildingMark ReadBuildingKey(absl::string_view key) {
  const size_t at = kBuildingPrefix.size() + 4;
  if (key.size() != at + 24) return {};
  return {.directory = ReadKey64(key.substr(at)),
          .listing = ReadKey64(key.substr(at + 8)),
          .mount = ReadKey64(key.substr(at + 16))};
}

std::string BuildingValue(SnapshotNumber snapshot) {
  return absl::StrCat(Key64(snapshot), EncodeStamp(ThisProcess()));
}

SnapshotNumber SnapshotOfBuilding(absl::string_view value) {
  return value.size() < 8 ? 0 : ReadKey64(value);
}

absl::string_view StampOfBuilding(absl::string_view value) {
  return value.substr(std::min<size_t>(value.size(), 8));
}

std::string GoneKey(SourceNumber source) { return absl::StrCat(kGonePrefix, Key32(source)); }

std::string SourceKey(absl::string_view identity) { return Sha256Bytes(identity); }

std::optional<SourceNumber> FindSource(const LmdbReader& txn, absl::string_view identity) {
  const auto record = txn.Get(kSourcesTable, SourceKey(identity));
  if (!record.has_value() || record->size() < 4) return std::nullopt;
  return ReadKey32(*record);
}

}  // namespace annofs
