#include "cache/listing_builder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/row_record.h"

namespace annofs {
namespace {

constexpr absl::string_view kListingCounter = "listing";

absl::string_view WhyNoEntryName(absl::string_view name) {
  if (name.empty()) return "left out: empty name between two slashes";
  if (name == "." || name == "..") return "left out: a directory cannot hold the name . or ..";
  if (name.size() > kMaxNameBytes) return "left out: name longer than 255 bytes";
  return "left out: a directory cannot hold this name";
}

Row DirectoryRow(RowId parent, absl::string_view name) {
  Row row;
  row.parent = parent;
  row.name = std::string(name);
  row.is_directory = true;
  return row;
}

Row ObjectRow(RowId parent, absl::string_view name, const ObjectVersion& object) {
  Row row;
  row.parent = parent;
  row.name = std::string(name);
  row.version = object.version;
  row.size = object.size;
  row.modified = object.modified;
  row.digest = object.digest;
  return row;
}

}  // namespace

absl::Status ListingBuilder::Add(Lmdb& lmdb, const ListPage& page) {
  if (!page.next.empty() && page.next == next_) {
    return absl::InternalError(absl::StrCat("the store lists ", target_.prefix, " in a circle"));
  }
  RETURN_IF_ERROR(lmdb.Update([&](LmdbWriter& txn) -> absl::Status {
    for (const Item& item : Merge(page)) RETURN_IF_ERROR(AddItem(txn, item));
    return page.next.empty() ? Finish(txn) : Flush(txn);
  }));
  next_ = page.next;
  done_ = next_.empty();
  return absl::OkStatus();
}

absl::Status ListingBuilder::Discard(Lmdb& lmdb) {
  if (listing_ == 0) return absl::OkStatus();
  return lmdb.Update([&](LmdbWriter& txn) -> absl::Status {
    RETURN_IF_ERROR(txn.Delete(kMetaTable, BuildingKey(target_.source, listing_)));
    return txn.DeletePrefix(kListingsTable, ListingPrefix(target_.source, listing_));
  });
}

// In the order of keys: what an object must make room for ("a.object", then "a/") comes after all
// names it may be moved to, since '.' sorts before '/'.
std::vector<ListingBuilder::Item> ListingBuilder::Merge(const ListPage& page) {
  std::vector<Item> items;
  items.reserve(page.objects.size() + page.directories.size());
  for (const ObjectVersion& object : page.objects) items.push_back({object.key, &object});
  for (const std::string& directory : page.directories) items.push_back({directory, nullptr});
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.key < b.key; });
  return items;
}

absl::Status ListingBuilder::AddItem(LmdbWriter& txn, const Item& item) {
  absl::string_view name = item.key;
  if (!absl::ConsumePrefix(&name, target_.prefix)) {
    return absl::InternalError(
        absl::StrCat("the store lists ", item.key, " in the directory ", target_.prefix));
  }
  if (item.object != nullptr && name.empty()) return absl::OkStatus();  // this directory's marker
  const bool is_directory = absl::ConsumeSuffix(&name, "/") || item.object == nullptr;
  if (!IsEntryName(name)) {
    return Report(txn, {std::string(item.key), std::string(WhyNoEntryName(name))});
  }
  return is_directory ? AddDirectory(txn, name) : AddObject(txn, *item.object, name);
}

absl::Status ListingBuilder::AddDirectory(LmdbWriter& txn, absl::string_view name) {
  std::optional<Row> shown = Shown(txn, name);
  RETURN_IF_ERROR(AddRow(txn, DirectoryRow(target_.directory, name)));
  if (!shown.has_value() || shown->is_directory) return absl::OkStatus();
  return AddAside(txn, *std::move(shown));
}

absl::Status ListingBuilder::AddObject(LmdbWriter& txn, const ObjectVersion& object,
                                       absl::string_view name) {
  Row row = ObjectRow(target_.directory, name, object);
  const std::optional<Row> shown = Shown(txn, name);
  if (shown.has_value() && shown->is_directory) return AddAside(txn, std::move(row));
  return AddRow(txn, row);
}

absl::Status ListingBuilder::AddAside(LmdbWriter& txn, Row object) {
  // An object that was moved aside itself keeps the name of its key.
  if (object.key_name.empty()) object.key_name = object.name;
  const std::string key = absl::StrCat(target_.prefix, object.key_name);
  object.name = FreeName(txn, object.name);
  if (!IsEntryName(object.name)) {
    return Report(txn, {key, "left out: a directory has the name, and NAME.object is too long"});
  }
  RETURN_IF_ERROR(AddRow(txn, object));
  return Report(txn, {key, absl::StrCat("shown as ", object.name, ": a directory has the name")});
}

absl::Status ListingBuilder::AddRow(LmdbWriter& txn, const Row& row) {
  ASSIGN_OR_RETURN(const RowId id, RowIdOf(txn, row));
  Set(txn, row.name, Key64(id));
  return absl::OkStatus();
}

absl::Status ListingBuilder::Report(LmdbWriter& txn, CatalogProblem problem) {
  Set(txn, ProblemName(problem), EncodeProblem(problem));
  if (problems_.size() < kMaxProblems) problems_.push_back(std::move(problem));
  return absl::OkStatus();
}

absl::StatusOr<RowId> ListingBuilder::RowIdOf(LmdbWriter& txn, const Row& row) {
  const std::string index_key = RowIndexKey(target_.source, row);
  const std::optional<absl::string_view> known = txn.Get(kRowIndexTable, index_key);
  if (known.has_value() && known->size() == 8) return ReadKey64(*known);
  ASSIGN_OR_RETURN(const RowId id, TakeNumbers(txn, RowCounter(target_.source), 1));
  RETURN_IF_ERROR(txn.Put(kRowsTable, RowKey(target_.source, id), EncodeRow(row)));
  RETURN_IF_ERROR(txn.Put(kRowIndexTable, index_key, Key64(id)));
  return id;
}

bool ListingBuilder::Has(const LmdbReader& txn, absl::string_view name) const {
  if (pending_.contains(std::string(name))) return true;
  return listing_ != 0 &&
         txn.Get(kListingsTable, ListingKey(target_.source, listing_, name)).has_value();
}

std::optional<Row> ListingBuilder::Shown(const LmdbReader& txn, absl::string_view name) const {
  const auto pending = pending_.find(std::string(name));
  if (pending != pending_.end()) return FindRow(txn, target_.source, ReadKey64(pending->second));
  if (listing_ == 0) return std::nullopt;
  const auto written = txn.Get(kListingsTable, ListingKey(target_.source, listing_, name));
  if (!written.has_value() || written->size() != 8) return std::nullopt;
  return FindRow(txn, target_.source, ReadKey64(*written));
}

void ListingBuilder::Set(const LmdbReader& txn, absl::string_view name, std::string value) {
  if (!Has(txn, name)) ++entries_;
  pending_.insert_or_assign(std::string(name), std::move(value));
}

std::string ListingBuilder::FreeName(const LmdbReader& txn, absl::string_view name) const {
  std::string free = absl::StrCat(name, ".object");
  for (int i = 2; IsEntryName(free) && Has(txn, free); ++i) {
    free = absl::StrCat(name, ".object.", i);
  }
  return free;
}

absl::Status ListingBuilder::Flush(LmdbWriter& txn) {
  if (listing_ == 0) {
    ASSIGN_OR_RETURN(listing_, TakeNumbers(txn, kListingCounter, 1));
    RETURN_IF_ERROR(
        txn.Put(kMetaTable, BuildingKey(target_.source, listing_), Key64(target_.snapshot)));
  }
  for (const auto& [name, value] : pending_) {
    RETURN_IF_ERROR(txn.Put(kListingsTable, ListingKey(target_.source, listing_, name), value));
  }
  pending_.clear();
  return absl::OkStatus();
}

absl::Status ListingBuilder::Finish(LmdbWriter& txn) {
  const auto latest = FindHead(txn, target_.source, kLatest, target_.directory);
  Head head;
  if (latest.has_value() && Equals(txn, *latest)) {
    head = *latest;
    if (listing_ != 0) {
      RETURN_IF_ERROR(txn.DeletePrefix(kListingsTable, ListingPrefix(target_.source, listing_)));
    }
  } else {
    RETURN_IF_ERROR(Flush(txn));
    head = {.listing = listing_, .entries = entries_};
    RETURN_IF_ERROR(txn.Put(kHeadsTable, HeadKey(target_.source, kLatest, target_.directory),
                            EncodeHead(head)));
  }
  if (listing_ != 0) {
    RETURN_IF_ERROR(txn.Delete(kMetaTable, BuildingKey(target_.source, listing_)));
  }
  return txn.Put(kHeadsTable, HeadKey(target_.source, target_.snapshot, target_.directory),
                 EncodeHead(head));
}

// Equal number, and each entry of ours is there: the same.
bool ListingBuilder::Equals(const LmdbReader& txn, const Head& other) const {
  if (other.entries != entries_) return false;
  const auto has = [&](absl::string_view name, absl::string_view value) {
    return txn.Get(kListingsTable, ListingKey(target_.source, other.listing, name)) == value;
  };
  bool equal = std::all_of(pending_.begin(), pending_.end(),
                           [&](const auto& entry) { return has(entry.first, entry.second); });
  if (!equal || listing_ == 0) return equal;
  const std::string prefix = ListingPrefix(target_.source, listing_);
  txn.Scan(kListingsTable, prefix, [&](absl::string_view key, absl::string_view value) {
    if (!absl::StartsWith(key, prefix)) return false;
    const absl::string_view name = key.substr(kListingPrefixBytes);
    // What is pending replaces what was written under that name.
    equal = pending_.contains(std::string(name)) || has(name, value);
    return equal;
  });
  return equal;
}

}  // namespace annofs
