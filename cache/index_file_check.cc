#include "cache/index_file_check.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/index_file_stream.h"
#include "cache/listing_cursor.h"
#include "cache/row_block.h"

namespace annofs {
namespace {

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

class Checker {
 public:
  Checker(const LmdbReader& txn, SourceNumber source, SnapshotNumber snapshot)
      : txn_(txn), source_(source), snapshot_(snapshot) {}

  absl::Status CheckDirectory(RowId directory, const Head& head) {
    ASSIGN_OR_RETURN(const std::optional<Row> row, FindRow(txn_, source_, directory));
    if (!row.has_value() || !row->is_directory || (row->parent == 0) != (directory == kRootRow)) {
      return Wrong("a directory that is none");
    }
    RETURN_IF_ERROR(CheckRows(directory, head));
    return CheckAsides(directory, head);
  }

 private:
  absl::Status CheckRows(RowId directory, const Head& head) const {
    ListingCursor cursor(txn_, source_, head.listing);
    uint64_t entries = 0;
    std::string last;
    RETURN_IF_ERROR(cursor.Seek(""));
    for (; cursor.valid() && entries <= head.entries; ++entries) {
      const Row& row = cursor.row();
      std::string key = OrderKey(row);
      if (row.parent != directory || !IsEntryName(row.name) || row.size > INT64_MAX ||
          (entries != 0 && key <= last)) {
        return Wrong("a name in the wrong place");
      }
      last = std::move(key);
      // A directory that is shown can be listed.
      if (row.is_directory && !FindHead(txn_, source_, snapshot_, row.id).has_value()) {
        return Wrong("a directory without a listing");
      }
      RETURN_IF_ERROR(cursor.Next());
    }
    return entries == head.entries ? absl::OkStatus() : Wrong("another number of names");
  }

  // The names that objects are shown under, told in both directions.
  absl::Status CheckAsides(RowId directory, const Head& head) const {
    const std::string by_name = AsideKey(source_, head.listing, "");
    const std::string by_row = ShownPrefix(source_, head.listing);
    uint64_t names = 0;
    uint64_t rows = 0;
    uint64_t shown = 0;
    absl::Status status;
    txn_.Scan(kListingsTable, by_name, [&](absl::string_view key, absl::string_view row) {
      if (!absl::StartsWith(key, by_name)) return false;
      const absl::string_view name = key.substr(by_name.size());
      if (row.size() != 8 ||
          txn_.Get(kListingsTable, ShownKey(source_, head.listing, ReadKey64(row))) != name) {
        status = Wrong("an object under a wrong name");
      }
      ++names;
      return status.ok();
    });
    RETURN_IF_ERROR(status);
    txn_.Scan(kListingsTable, by_row, [&](absl::string_view key, absl::string_view name) {
      if (!absl::StartsWith(key, by_row)) return false;
      status = CheckAside(directory, head, key.substr(by_row.size()), name);
      ++rows;
      shown += name.empty() ? 0 : 1;
      return status.ok();
    });
    RETURN_IF_ERROR(status);
    const bool good = rows == head.asides && shown == names;
    return good ? absl::OkStatus() : Wrong("another number of objects under other names");
  }

  // An object of the listing, under a name that nothing else of it has; "": it is not shown.
  absl::Status CheckAside(RowId directory, const Head& head, absl::string_view id,
                          absl::string_view shown) const {
    if (id.size() != 8) return Wrong("an aside of no row");
    ASSIGN_OR_RETURN(const std::optional<Row> row, FindRow(txn_, source_, ReadKey64(id)));
    if (!row.has_value() || row->is_directory || row->parent != directory) {
      return Wrong("an aside that is no object of its directory");
    }
    ASSIGN_OR_RETURN(const RowId listed, RowUnder(head, row->name));
    if (listed != row->id) return Wrong("an aside that is not in the listing");
    if (shown.empty()) return absl::OkStatus();
    if (!IsEntryName(shown)) return Wrong("an object under a wrong name");
    for (const std::string& key : {std::string(shown), absl::StrCat(shown, "/")}) {
      ASSIGN_OR_RETURN(const RowId taken, RowUnder(head, key));
      if (taken != 0) return Wrong("an object under a name that is taken");
    }
    return absl::OkStatus();
  }

  // The row of the listing with that order key; 0 if there is none.
  absl::StatusOr<RowId> RowUnder(const Head& head, absl::string_view order_key) const {
    ListingCursor cursor(txn_, source_, head.listing);
    RETURN_IF_ERROR(cursor.Seek(order_key));
    const bool found = cursor.valid() && cursor.Compare(order_key) == 0;
    return found ? cursor.row().id : 0;
  }

  const LmdbReader& txn_;
  const SourceNumber source_;
  const SnapshotNumber snapshot_;
};

}  // namespace

absl::Status CheckLoadedIndex(const LmdbReader& txn, SourceNumber source,
                              const SnapshotInfo& index) {
  Checker checker(txn, source, index.number);
  const std::string prefix = HeadPrefix(source, index.number);
  absl::Status status;
  uint64_t entries = 0;
  uint64_t directories = 0;
  txn.Scan(kHeadsTable, prefix, [&](absl::string_view key, absl::string_view value) {
    if (!absl::StartsWith(key, prefix)) return false;
    const std::optional<Head> head = DecodeHead(value);
    entries += head->entries;
    ++directories;
    status = checker.CheckDirectory(ReadKey64(key.substr(prefix.size())), *head);
    return status.ok();
  });
  RETURN_IF_ERROR(status);
  if (directories == 0 || !FindHead(txn, source, index.number, kRootRow).has_value()) {
    return Wrong("no root");
  }
  const bool as_told =
      directories == index.directories && entries - (directories - 1) == index.objects;
  return as_told ? absl::OkStatus() : Wrong("not as many names as its head says");
}

absl::Status LoadedSlots::Add(absl::string_view key, absl::string_view value) {
  const std::optional<uint32_t> number = DecodeSlot(value);
  if (!number.has_value()) return Wrong("a slot");
  if (key == kNextSlotKey) {
    if (next_ != 0 || *number < kFirstSlot || *number > kSlotsEnd) return Wrong("the next slot");
    next_ = *number;
    return absl::OkStatus();
  }
  if (key.size() != kSlotKeyBytes) return Wrong("the name of a slot");
  if (slots_.size() == kMostFileSlots) return Wrong("too many slots");
  if (!slots_.empty() && key <= slots_.back().key_view()) return Wrong("slots not in order");
  Slot& slot = slots_.emplace_back();
  std::copy(key.begin(), key.end(), slot.key.begin());
  slot.slot = *number;
  return absl::OkStatus();
}

absl::Status LoadedSlots::Check() const {
  std::vector<uint32_t> numbers;
  numbers.reserve(slots_.size());
  for (const Slot& slot : slots_) {
    if (!IsSlotBefore(slot.slot, next_)) return Wrong("a slot that was not given out");
    numbers.push_back(slot.slot);
  }
  std::sort(numbers.begin(), numbers.end());
  const bool unique = std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end();
  return unique ? absl::OkStatus() : Wrong("a slot of two names");
}

absl::Status LoadedSlots::Put(LmdbWriter& txn) const {
  if (next_ != 0) RETURN_IF_ERROR(txn.Put(kSlotsTable, kNextSlotKey, EncodeSlot(next_)));
  for (const Slot& slot : slots_) {
    RETURN_IF_ERROR(txn.Put(kSlotsTable, slot.key_view(), EncodeSlot(slot.slot)));
  }
  return absl::OkStatus();
}

}  // namespace annofs
