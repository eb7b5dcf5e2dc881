#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog_records.h"
#include "cache/index_file.h"
#include "cache/index_file_stream.h"
#include "cache/slot_records.h"
#include "cache/snapshot.h"

namespace annofs {
namespace {

// What is read in one transaction, and how often progress is told. A transaction that is open keeps
// LMDB from using again what is freed meanwhile: none is, while the file is written.
constexpr size_t kBatchBytes = 1 << 20;
constexpr size_t kEntryBytes = 64;  // that an entry takes in memory beside its text

absl::Status Damaged(absl::string_view what) {
  return absl::InternalError(absl::StrCat("the catalog is damaged: ", what));
}

struct Entry {
  std::string key;  // without the prefix that was asked for
  std::string value;
};

// Entries of a table with one prefix, read in batches.
class BatchReader {
 public:
  BatchReader(Lmdb& lmdb, LmdbTable table, std::string prefix)
      : lmdb_(lmdb), table_(table), prefix_(std::move(prefix)), from_(prefix_) {}

  // The next ones; none: there are no more.
  absl::StatusOr<std::vector<Entry>> Next() {
    std::vector<Entry> entries;
    if (at_end_) return entries;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
      size_t bytes = 0;
      at_end_ = true;
      txn.Scan(table_, from_, [&](absl::string_view key, absl::string_view value) {
        if (!absl::StartsWith(key, prefix_)) return false;
        entries.push_back({std::string(key.substr(prefix_.size())), std::string(value)});
        bytes += key.size() + value.size() + kEntryBytes;
        at_end_ = bytes < kBatchBytes;
        return at_end_;
      });
      return absl::OkStatus();
    }));
    if (!at_end_) from_ = absl::StrCat(prefix_, entries.back().key, absl::string_view("\0", 1));
    return entries;
  }

 private:
  Lmdb& lmdb_;
  const LmdbTable table_;
  const std::string prefix_;
  std::string from_;
  bool at_end_ = false;
};

// Writes one index, which the mount keeps from being removed: what it refers to never changes.
class Exporter {
 public:
  Exporter(Lmdb& lmdb, const Mount& mount, FileProgress progress)
      : lmdb_(lmdb), source_(mount.source), index_(mount.snapshot), progress_(progress) {}

  absl::Status Write(absl::string_view identity, const std::string& path) {
    ASSIGN_OR_RETURN(const RowId next_row, NextRow());
    ASSIGN_OR_RETURN(writer_, IndexFileWriter::Create(path, {.identity = std::string(identity),
                                                             .snapshot = index_,
                                                             .next_row = next_row}));
    RETURN_IF_ERROR(WriteRows());
    RETURN_IF_ERROR(ForEachHead(
        [this](RowId directory, const Head& head) { return WriteDirectory(directory, head); }));
    RETURN_IF_ERROR(WriteSlots());
    return writer_->Finish();
  }

 private:
  using EntryFn = absl::FunctionRef<absl::Status(const Entry& entry)>;

  absl::StatusOr<RowId> NextRow() const {
    RowId next = 0;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      const auto value = txn.Get(kMetaTable, absl::StrCat("next/", RowCounter(source_)));
      if (!value.has_value() || value->size() != 8) return Damaged("no counter of rows");
      next = ReadKey64(*value);
      return absl::OkStatus();
    }));
    return next;
  }

  // Runs `fn`, outside of transactions, on entries with that prefix until an error.
  absl::Status ForEach(LmdbTable table, const std::string& prefix, EntryFn fn) const {
    BatchReader reader(lmdb_, table, prefix);
    for (;;) {
      ASSIGN_OR_RETURN(const std::vector<Entry> entries, reader.Next());
      if (entries.empty()) return absl::OkStatus();
      for (const Entry& entry : entries) RETURN_IF_ERROR(fn(entry));
    }
  }

  absl::Status ForEachHead(absl::FunctionRef<absl::Status(RowId, const Head&)> fn) const {
    return ForEach(kHeadsTable, HeadPrefix(source_, index_.number),
                   [&](const Entry& entry) -> absl::Status {
                     const std::optional<Head> head = DecodeHead(entry.value);
                     if (!head.has_value() || entry.key.size() != 8) return Damaged("a head");
                     return fn(ReadKey64(entry.key), *head);
                   });
  }

  // Blocks that rows of the index are in, each once and in order. That of a directory is one: the
  // directory is a row of the listing around it.
  absl::Status WriteRows() {
    absl::flat_hash_set<RowId> found;
    RETURN_IF_ERROR(AddBlocks({{.first = kRootRow, .count = 1}}, found));
    RETURN_IF_ERROR(ForEachHead([&](RowId, const Head& head) {
      return ForEach(kListingsTable, SegmentPrefix(source_, head.listing),
                     [&](const Entry& segment) -> absl::Status {
                       ASSIGN_OR_RETURN(const std::vector<Run> runs, DecodeSegment(segment.value));
                       return AddBlocks(runs, found);
                     });
    }));
    std::vector<RowId> blocks(found.begin(), found.end());
    found = {};
    std::sort(blocks.begin(), blocks.end());
    for (size_t next = 0; next < blocks.size();) {
      ASSIGN_OR_RETURN(const std::vector<Entry> batch, ReadBlocks(blocks, next));
      for (const Entry& block : batch) RETURN_IF_ERROR(Add(IndexRecordKind::kRows, block));
      next += batch.size();
    }
    return absl::OkStatus();
  }

  absl::Status AddBlocks(const std::vector<Run>& runs, absl::flat_hash_set<RowId>& blocks) const {
    return lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      for (const Run& run : runs) RETURN_IF_ERROR(AddBlocksOf(txn, run, blocks));
      return absl::OkStatus();
    });
  }

  absl::Status AddBlocksOf(const LmdbReader& txn, const Run& run,
                           absl::flat_hash_set<RowId>& blocks) const {
    const auto floor = txn.Floor(kRowsTable, RowKey(source_, run.first));
    if (!floor.has_value() || !absl::StartsWith(floor->key, Key32(source_))) {
      return Damaged("rows that are not there");
    }
    const std::string from(floor->key);
    txn.Scan(kRowsTable, from, [&](absl::string_view key, absl::string_view) {
      if (key.size() != 12 || ReadKey32(key) != source_) return false;
      const RowId first = ReadKey64(key.substr(4));
      if (first >= run.end()) return false;
      blocks.insert(first);
      return true;
    });
    return absl::OkStatus();
  }

  // At least one, from `begin` on.
  absl::StatusOr<std::vector<Entry>> ReadBlocks(const std::vector<RowId>& blocks,
                                                size_t begin) const {
    std::vector<Entry> batch;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      for (size_t i = begin, bytes = 0; i < blocks.size() && bytes < kBatchBytes; ++i) {
        const auto block = txn.Get(kRowsTable, RowKey(source_, blocks[i]));
        if (!block.has_value()) return Damaged("a block of rows");
        batch.push_back({Key64(blocks[i]), std::string(*block)});
        bytes += block->size() + kEntryBytes;
      }
      return absl::OkStatus();
    }));
    return batch;
  }

  absl::Status WriteDirectory(RowId directory, const Head& head) {
    const std::string numbers =
        absl::StrCat(Key64(head.entries), Key64(head.asides), Key64(head.problems));
    RETURN_IF_ERROR(Add(IndexRecordKind::kDirectory, {Key64(directory), numbers}));
    return ForEach(kListingsTable, ListingPrefix(source_, head.listing),
                   [this](const Entry& entry) { return Add(IndexRecordKind::kListing, entry); });
  }

  // Those that have been given out now: the others that are met on the way are newer. All or none,
  // for a name that has a slot keeps it.
  absl::Status WriteSlots() {
    uint32_t next = 0;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
      if (const auto value = txn.Get(kSlotsTable, kNextSlotKey)) {
        next = DecodeSlot(*value).value_or(0);
      }
      return absl::OkStatus();
    }));
    if (next < kFirstSlot || next > kSlotsEnd) return absl::OkStatus();
    if (next - kFirstSlot > kMostFileSlots) return absl::OkStatus();
    return ForEach(kSlotsTable, "", [&](const Entry& entry) -> absl::Status {
      if (entry.key == kNextSlotKey) {
        return Add(IndexRecordKind::kSlot, {entry.key, EncodeSlot(next)});
      }
      const std::optional<uint32_t> slot = DecodeSlot(entry.value);
      if (!slot.has_value() || entry.key.size() != kSlotKeyBytes) return Damaged("a slot");
      return IsSlotBefore(*slot, next) ? Add(IndexRecordKind::kSlot, entry) : absl::OkStatus();
    });
  }

  absl::Status Add(IndexRecordKind kind, const Entry& entry) {
    RETURN_IF_ERROR(writer_->Add({.kind = kind, .key = entry.key, .value = entry.value}));
    bytes_ += entry.key.size() + entry.value.size();
    if (bytes_ - reported_ < kBatchBytes) return absl::OkStatus();
    reported_ = bytes_;
    progress_(bytes_);
    return absl::OkStatus();
  }

  Lmdb& lmdb_;
  const SourceNumber source_;
  const SnapshotInfo index_;
  const FileProgress progress_;
  std::unique_ptr<IndexFileWriter> writer_;
  uint64_t bytes_ = 0;
  uint64_t reported_ = 0;
};

}  // namespace

absl::StatusOr<SnapshotInfo> ExportIndex(Lmdb& lmdb, absl::string_view identity,
                                         const std::string& path, FileProgress progress) {
  ASSIGN_OR_RETURN(const Mount mount, MountNewestIndex(lmdb, identity));
  const absl::Status status = Exporter(lmdb, mount, progress).Write(identity, path);
  // The file is good all the same; the mark is of no effect once this process has ended.
  EndMount(lmdb, mount).IgnoreError();
  RETURN_IF_ERROR(status);
  return mount.snapshot;
}

}  // namespace annofs
