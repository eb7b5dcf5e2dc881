#include "cache/snapshot.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog_garbage.h"
#include "cache/process_stamp.h"
#include "cache/row_record.h"

namespace annofs {
namespace {

absl::Status AddRoot(LmdbWriter& txn, SourceNumber source) {
  ASSIGN_OR_RETURN(const RowId id, TakeNumbers(txn, RowCounter(source), 1));
  Row root;
  root.is_directory = true;
  return txn.Put(kRowsTable, RowKey(source, id), EncodeRow(root));
}

// By hash: a source's name may be longer than a key of LMDB. The name is kept for people.
absl::StatusOr<SourceNumber> SourceOf(LmdbWriter& txn, absl::string_view name) {
  const std::string key = Sha256Bytes(name);
  const std::optional<absl::string_view> record = txn.Get(kSourcesTable, key);
  if (record.has_value() && record->size() >= 4) return ReadKey32(*record);
  ASSIGN_OR_RETURN(const uint64_t number, TakeNumbers(txn, "source", 1));
  const SourceNumber source = static_cast<SourceNumber>(number);
  RETURN_IF_ERROR(txn.Put(kSourcesTable, key, absl::StrCat(Key32(source), name)));
  RETURN_IF_ERROR(AddRoot(txn, source));
  return source;
}

absl::Status Begin(LmdbWriter& txn, absl::string_view source_name, Snapshot& snapshot) {
  ASSIGN_OR_RETURN(snapshot.source, SourceOf(txn, source_name));
  RETURN_IF_ERROR(CollectGarbage(txn, snapshot.source));
  ASSIGN_OR_RETURN(snapshot.number, TakeNumbers(txn, "snapshot", 1));
  return txn.Put(kMetaTable, LiveKey(snapshot.number), EncodeStamp(ThisProcess()));
}

}  // namespace

absl::StatusOr<Snapshot> BeginSnapshot(Lmdb& lmdb, absl::string_view source_name) {
  Snapshot snapshot;
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& txn) { return Begin(txn, source_name, snapshot); }));
  return snapshot;
}

absl::Status EndSnapshot(Lmdb& lmdb, const Snapshot& snapshot) {
  return lmdb.Update(
      [&](LmdbWriter& txn) { return txn.Delete(kMetaTable, LiveKey(snapshot.number)); });
}

}  // namespace annofs
