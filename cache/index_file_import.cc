#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog_garbage.h"
#include "cache/catalog_records.h"
#include "cache/index_file.h"
#include "cache/index_file_check.h"
#include "cache/index_file_stream.h"
#include "cache/process_stamp.h"
#include "cache/row_block.h"
#include "cache/snapshot.h"

namespace annofs {
namespace {

// What one transaction takes in.
constexpr size_t kBatchBytes = 1 << 20;

// The kind of an entry, and the order key of a directory.
constexpr size_t kMostListingKey = 1 + kMaxNameBytes + 1;

constexpr RowId kMostRows = RowId{1} << 48;  // ids that an inode can hold

// Takes a file into a source number of its own, which nobody sees before the end.
class Importer {
 public:
  Importer(Lmdb& lmdb, IndexFileReader& file, const std::string& path, FileProgress progress)
      : lmdb_(lmdb), file_(file), path_(path), progress_(progress), index_(file.head().snapshot) {}

  absl::StatusOr<SnapshotInfo> Run(absl::string_view identity) {
    RETURN_IF_ERROR(Begin());
    absl::Status status = Load();
    if (status.ok()) status = Check();
    if (status.ok()) {
      status = lmdb_.Update([&](LmdbWriter& txn) { return Show(txn, identity); });
    }
    if (status.ok()) return index_;
    Abandon();
    return status;
  }

 private:
  struct OwnedRecord {
    IndexRecordKind kind;
    std::string key;
    std::string value;
  };

  // As one that nothing means any more, and that this process shows: removed if it is killed.
  absl::Status Begin() {
    return lmdb_.Update([this](LmdbWriter& txn) -> absl::Status {
      ASSIGN_OR_RETURN(source_, NewSource(txn));
      ASSIGN_OR_RETURN(index_.number, TakeNumbers(txn, kSnapshotCounter, 1));
      ASSIGN_OR_RETURN(const uint64_t mount, TakeNumbers(txn, kMountCounter, 1));
      live_key_ = LiveKey(source_, index_.number, mount);
      RETURN_IF_ERROR(txn.Put(kMetaTable, live_key_, EncodeStamp(ThisProcess())));
      return txn.Put(kMetaTable, GoneKey(source_), "");
    });
  }

  absl::Status Load() {
    std::vector<OwnedRecord> batch;
    for (bool at_end = false; !at_end;) {
      batch.clear();
      for (size_t bytes = 0; bytes < kBatchBytes && !at_end;) {
        ASSIGN_OR_RETURN(const IndexRecord record, file_.Next());
        at_end = record.kind == IndexRecordKind::kEnd;
        batch.push_back({record.kind, std::string(record.key), std::string(record.value)});
        bytes += record.key.size() + record.value.size();
      }
      RETURN_IF_ERROR(lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
        for (const OwnedRecord& record : batch) RETURN_IF_ERROR(Put(txn, record));
        return absl::OkStatus();
      }));
      progress_(file_.offset());
    }
    return absl::OkStatus();
  }

  absl::Status Put(LmdbWriter& txn, const OwnedRecord& record) {
    switch (record.kind) {
      case IndexRecordKind::kRows:
        return PutRows(txn, record);
      case IndexRecordKind::kDirectory:
        return PutDirectory(txn, record);
      case IndexRecordKind::kListing:
        if (directory_ == 0 || record.key.empty()) return Malformed("a listing of no directory");
        if (record.key.size() > kMostListingKey) return Malformed("a key that is too long");
        return txn.Put(kListingsTable, absl::StrCat(ListingPrefix(source_, listing_), record.key),
                       record.value);
      case IndexRecordKind::kSlot:
        return OfFile(slots_.Add(record.key, record.value));
      case IndexRecordKind::kEnd:
        return absl::OkStatus();
    }
    return Malformed("a record of another kind");
  }

  absl::Status PutRows(LmdbWriter& txn, const OwnedRecord& record) {
    if (record.key.size() != 8) return Malformed("a block of rows");
    const RowId first = ReadKey64(record.key);
    const absl::StatusOr<RowBlockCursor> block = RowBlockCursor::Open(record.value, first);
    RETURN_IF_ERROR(OfFile(block.status()));
    if (first < next_row_ || first > kMostRows || block->rows() == 0) {
      return Malformed("rows that are not in order");
    }
    next_row_ = first + block->rows();
    return txn.Put(kRowsTable, RowKey(source_, first), record.value);
  }

  absl::Status PutDirectory(LmdbWriter& txn, const OwnedRecord& record) {
    if (record.key.size() != 8 || record.value.size() != 24 ||
        ReadKey64(record.key) <= directory_) {
      return Malformed("a directory");
    }
    directory_ = ReadKey64(record.key);
    ASSIGN_OR_RETURN(listing_, TakeNumbers(txn, kListingCounter, 1));
    const absl::string_view numbers = record.value;
    const std::string head = EncodeHead({.listing = listing_,
                                         .entries = ReadKey64(numbers),
                                         .asides = ReadKey64(numbers.substr(8)),
                                         .problems = ReadKey64(numbers.substr(16))});
    for (const SnapshotNumber snapshot : {index_.number, kLatest}) {
      RETURN_IF_ERROR(txn.Put(kHeadsTable, HeadKey(source_, snapshot, directory_), head));
    }
    return absl::OkStatus();
  }

  absl::Status Check() const {
    if (next_row_ > file_.head().next_row || file_.head().next_row > kMostRows) {
      return Malformed("more rows than its head says");
    }
    RETURN_IF_ERROR(OfFile(slots_.Check()));
    absl::Status checked;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
      checked = CheckLoadedIndex(txn, source_, index_);
      return absl::OkStatus();
    }));
    return OfFile(checked);
  }

  absl::Status Malformed(absl::string_view what) const { return MalformedIndexFile(path_, what); }

  // An error of what was read from the file: it is the file that is damaged, not the catalog.
  absl::Status OfFile(const absl::Status& status) const {
    if (status.ok()) return status;
    return Malformed(absl::StripPrefix(status.message(), "the catalog is damaged: "));
  }

  absl::Status Show(LmdbWriter& txn, absl::string_view identity) {
    // A row id means one thing for ever, also if this node has given out more of them.
    RowId next = file_.head().next_row;
    if (const auto old = FindSource(txn, identity)) {
      ASSIGN_OR_RETURN(const RowId old_next, TakeNumbers(txn, RowCounter(*old), 0));
      next = std::max(next, old_next);
    }
    ASSIGN_OR_RETURN(const RowId own, TakeNumbers(txn, RowCounter(source_), 0));
    if (next > own) RETURN_IF_ERROR(TakeNumbers(txn, RowCounter(source_), next - own).status());
    RETURN_IF_ERROR(
        txn.Put(kSnapshotsTable, SnapshotKey(source_, index_.number), EncodeSnapshot(index_)));
    RETURN_IF_ERROR(PutSlots(txn));
    RETURN_IF_ERROR(txn.Delete(kMetaTable, live_key_));
    RETURN_IF_ERROR(txn.Delete(kMetaTable, GoneKey(source_)));
    return ReplaceSource(txn, identity, source_);
  }

  // A node that has shown views has slots of its own for them, which stay as they are.
  absl::Status PutSlots(LmdbWriter& txn) const {
    bool has_own = false;
    txn.Scan(kSlotsTable, "", [&](absl::string_view, absl::string_view) {
      has_own = true;
      return false;
    });
    if (has_own) return absl::OkStatus();
    return slots_.Put(txn);
  }

  // What cannot be removed now is removed later.
  void Abandon() {
    absl::Status status =
        lmdb_.Update([this](LmdbWriter& txn) { return txn.Delete(kMetaTable, live_key_); });
    for (bool more = status.ok(); more && status.ok();) {
      status = lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
        RETURN_IF_ERROR(CollectGarbage(txn, source_));
        more = txn.Get(kMetaTable, GoneKey(source_)).has_value();
        return absl::OkStatus();
      });
    }
  }

  Lmdb& lmdb_;
  IndexFileReader& file_;
  const std::string path_;
  const FileProgress progress_;
  SnapshotInfo index_;
  SourceNumber source_ = 0;
  std::string live_key_;
  RowId next_row_ = 1;  // every row so far is before it
  RowId directory_ = 0;
  ListingNumber listing_ = 0;
  LoadedSlots slots_;
};

}  // namespace

absl::StatusOr<SnapshotInfo> ImportIndex(Lmdb& lmdb, absl::string_view identity,
                                         const std::string& path, FileProgress progress) {
  ASSIGN_OR_RETURN(const std::unique_ptr<IndexFileReader> file, IndexFileReader::Open(path));
  const IndexFileHead& head = file->head();
  if (head.identity != identity) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is an index of ", head.identity, ", not of ", identity,
                     ": name that source (a service of its own: with its --endpoint), or import a "
                     "file of this one"));
  }
  if (head.snapshot.kind != SnapshotInfo::Kind::kIndex ||
      head.snapshot.completed == absl::InfinitePast() || head.snapshot.base != 0) {
    return MalformedIndexFile(path, "of another kind of snapshot");
  }
  ASSIGN_OR_RETURN(const std::vector<SnapshotInfo> known, ListSnapshots(lmdb, identity));
  const SnapshotInfo* own = NewestIndex(known);
  if (own != nullptr && own->completed > head.snapshot.completed) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is older than the index that the cache has, snapshot ", Describe(*own),
                     ": nothing was imported; use another cache (--cache) for it"));
  }
  return Importer(lmdb, *file, path, progress).Run(identity);
}

}  // namespace annofs
