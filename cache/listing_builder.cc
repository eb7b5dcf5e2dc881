#include "cache/listing_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/digest.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/row_block.h"

namespace annofs {
namespace {

// A segment is closed when a search in it would take long.
constexpr size_t kSegmentRuns = 16;
constexpr uint64_t kSegmentRows = 128;

absl::string_view WhyNoEntryName(absl::string_view name) {
  if (name.empty()) return "left out: empty name between two slashes";
  if (name == "." || name == "..") return "left out: a directory cannot hold the name . or ..";
  if (name.size() > kMaxNameBytes) return "left out: name longer than 255 bytes";
  return "left out: a directory cannot hold this name";
}

Row RowFrom(RowId parent, absl::string_view name, const ObjectVersion* object) {
  Row row;
  row.parent = parent;
  row.name = std::string(name);
  row.is_directory = object == nullptr;
  if (object == nullptr) return row;
  row.version = object->version;
  row.size = object->size;
  row.modified = object->modified;
  row.digest = object->digest;
  return row;
}

// The same directory, or the same version of the same name; what the store says of its digest may
// change.
bool AreSame(const Row& a, const Row& b) {
  return a.is_directory == b.is_directory && a.version == b.version && a.size == b.size &&
         a.modified == b.modified;
}

struct Item {
  absl::string_view key;
  const ObjectVersion* object;  // nullptr: a directory
};

std::vector<Item> Merge(const ListPage& page) {
  std::vector<Item> items;
  items.reserve(page.objects.size() + page.directories.size());
  for (const ObjectVersion& object : page.objects) items.push_back({object.key, &object});
  for (const std::string& directory : page.directories) items.push_back({directory, nullptr});
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.key < b.key; });
  return items;
}

std::string Successor(absl::string_view key) {
  return absl::StrCat(key, absl::string_view("\0", 1));
}

}  // namespace

absl::StatusOr<bool> IsWholeListing(const LmdbReader& txn, SourceNumber source, const Head& listing,
                                    absl::string_view prefix, const ListPage& page) {
  if (listing.asides != 0 || listing.problems != 0) return false;
  ListingCursor cursor(txn, source, listing.listing);
  RETURN_IF_ERROR(cursor.Seek(""));
  for (const Item& item : Merge(page)) {
    if (item.object != nullptr && item.key == prefix) continue;  // this directory's marker
    absl::string_view name = item.key;
    if (!absl::ConsumePrefix(&name, prefix)) return false;
    const bool is_directory = absl::ConsumeSuffix(&name, "/");
    const Row row = RowFrom(0, name, is_directory ? nullptr : item.object);
    if (!cursor.valid() || cursor.Compare(OrderKey(row)) != 0 || !AreSame(cursor.row(), row)) {
      return false;
    }
    RETURN_IF_ERROR(cursor.Next());
  }
  return !cursor.valid();
}

absl::Status ListingBuilder::AddPage(Lmdb& lmdb, const ListPage& page) {
  if (!page.next.empty() && page.next == next_) {
    return absl::InternalError(absl::StrCat("the store lists ", target_.prefix, " in a circle"));
  }
  const ListingNumber held = marked_ ? listing_ : 0;
  const absl::Status status = lmdb.Update([&](LmdbWriter& txn) -> absl::Status {
    CatalogBatch batch(txn, target_.source);
    RETURN_IF_ERROR(AddAll(batch, page));
    RETURN_IF_ERROR(page.next.empty() ? Finish(batch) : Save(batch));
    return batch.Finish();
  });
  if (status.ok()) {
    next_ = page.next;
    committed_ = last_;
  } else {
    // A number that was not committed is given to another listing.
    done_ = false;
    listing_ = held;
    marked_ = held != 0;
  }
  return status;
}

absl::Status ListingBuilder::AddAll(CatalogBatch& batch, const ListPage& page) {
  for (const Item& item : Merge(page)) {
    RETURN_IF_ERROR(Add(batch, item.key, item.object).status());
  }
  return absl::OkStatus();
}

absl::Status ListingBuilder::Discard(Lmdb& lmdb) {
  done_ = true;
  if (!marked_) return absl::OkStatus();
  return lmdb.Update([&](LmdbWriter& txn) -> absl::Status {
    RETURN_IF_ERROR(txn.Delete(kMetaTable, MarkKey()));
    return CatalogBatch(txn, target_.source).DropListing(target_.directory, listing_);
  });
}

absl::StatusOr<std::optional<RowId>> ListingBuilder::Add(CatalogBatch& batch, absl::string_view key,
                                                         const ObjectVersion* object) {
  absl::string_view name = key;
  if (!absl::ConsumePrefix(&name, target_.prefix)) {
    return absl::DataLossError(
        absl::StrCat("the store lists ", key, " in the directory ", target_.prefix));
  }
  if (object != nullptr && name.empty()) return std::nullopt;  // this directory's marker
  if (absl::ConsumeSuffix(&name, "/")) object = nullptr;
  if (!IsEntryName(name)) {
    RETURN_IF_ERROR(Report(batch, {std::string(key), std::string(WhyNoEntryName(name))}));
    return std::nullopt;
  }
  Row row = RowFrom(target_.directory, name, object);
  const std::string order_key = OrderKey(row);
  if (order_key <= last_ && entries_ != 0) {
    if (order_key == last_) return std::nullopt;  // a marker of a directory that was listed
    return absl::DataLossError(absl::StrCat("the store lists ", key, " out of order"));
  }
  ASSIGN_OR_RETURN(const RowId id, RowOf(batch, order_key, std::move(row)));
  RETURN_IF_ERROR(AppendRun(batch, order_key, id));
  last_ = order_key;
  ++entries_;
  // What the key does not begin with cannot be followed by its directory any more.
  while (!open_.empty() && !absl::StartsWith(name, open_.back().name)) open_.pop_back();
  if (object == nullptr) {
    if (!open_.empty() && open_.back().name == name) RETURN_IF_ERROR(AddAside(batch, open_.back()));
  } else {
    open_.push_back({std::string(name), id});
  }
  while (!open_.empty() && last_ >= absl::StrCat(open_.back().name, "/")) open_.pop_back();
  return std::optional<RowId>(id);
}

std::string ListingBuilder::settled() const {
  return open_.empty() ? Successor(last_) : open_.front().name;
}

Head ListingBuilder::head() const {
  return {.listing = listing_, .entries = entries_, .asides = asides_, .problems = problem_hash_};
}

// The id of the same row in a listing that is known, else a new one.
absl::StatusOr<RowId> ListingBuilder::RowOf(CatalogBatch& batch, const std::string& order_key,
                                            Row row) {
  if (serial_ != batch.serial()) RETURN_IF_ERROR(Rebase(batch));
  RowId found = 0;
  if (latest_.has_value()) {
    ASSIGN_OR_RETURN(found, FindIn(bases_.front(), order_key, row));
    if (found != 0) return found;
  }
  equal_ = false;
  LoadOthers(batch);
  for (size_t i = latest_.has_value() ? 1 : 0; i < bases_.size() && found == 0; ++i) {
    ASSIGN_OR_RETURN(found, FindIn(bases_[i], order_key, row));
  }
  return found != 0 ? found : batch.AddRow(row);
}

// A cursor lives in one transaction; another mount may have listed the directory meanwhile.
absl::Status ListingBuilder::Rebase(CatalogBatch& batch) {
  const auto latest = FindHead(batch.txn(), target_.source, kLatest, target_.directory);
  const bool is_same = latest.has_value() == latest_.has_value() &&
                       (!latest.has_value() || latest->listing == latest_->listing);
  if (!is_same && entries_ != 0) equal_ = false;
  latest_ = latest;
  serial_ = batch.serial();
  bases_.clear();
  others_loaded_ = false;
  if (!latest_.has_value()) return absl::OkStatus();
  bases_.emplace_back(batch.txn(), target_.source, latest_->listing,
                      ListingCursor::Meanwhile::kWrites);
  return bases_.front().Seek(entries_ == 0 ? "" : Successor(last_));
}

void ListingBuilder::LoadOthers(CatalogBatch& batch) {
  if (std::exchange(others_loaded_, true)) return;
  for (const ListingNumber listing : batch.ListingsOf(target_.directory)) {
    if (listing == listing_ || (latest_.has_value() && listing == latest_->listing)) continue;
    bases_.emplace_back(batch.txn(), target_.source, listing, ListingCursor::Meanwhile::kWrites);
  }
}

// 0: the listing does not have the row.
absl::StatusOr<RowId> ListingBuilder::FindIn(ListingCursor& base, const std::string& order_key,
                                             const Row& row) {
  if (!base.started()) RETURN_IF_ERROR(base.Seek(order_key));
  while (base.valid() && base.Compare(order_key) < 0) {
    if (&base == &bases_.front()) equal_ = false;
    RETURN_IF_ERROR(base.Next());
  }
  if (!base.valid() || base.Compare(order_key) != 0 || !AreSame(base.row(), row)) {
    return 0;
  }
  const RowId id = base.row().id;
  RETURN_IF_ERROR(base.Next());
  return id;
}

absl::Status ListingBuilder::AppendRun(CatalogBatch& batch, const std::string& order_key,
                                       RowId row) {
  const bool continues = !runs_.empty() && runs_.back().end() == row;
  if (run_rows_ == kSegmentRows || (runs_.size() == kSegmentRuns && !continues)) {
    RETURN_IF_ERROR(WriteSegment(batch));
  }
  if (runs_.empty()) runs_key_ = order_key;
  if (continues && !runs_.empty()) {
    ++runs_.back().count;
  } else {
    runs_.push_back({row, 1});
  }
  ++run_rows_;
  return absl::OkStatus();
}

absl::Status ListingBuilder::WriteSegment(CatalogBatch& batch) {
  if (runs_.empty()) return absl::OkStatus();
  const bool is_first = entries_ == run_rows_;
  RETURN_IF_ERROR(NeedListing(batch));
  RETURN_IF_ERROR(batch.txn().Put(kListingsTable,
                                  SegmentKey(target_.source, listing_, is_first ? "" : runs_key_),
                                  EncodeSegment(runs_)));
  runs_.clear();
  run_rows_ = 0;
  return absl::OkStatus();
}

absl::Status ListingBuilder::NeedListing(CatalogBatch& batch) {
  if (listing_ == 0) {
    ASSIGN_OR_RETURN(listing_, batch.TakeListing());
  }
  return absl::OkStatus();
}

absl::Status ListingBuilder::Save(CatalogBatch& batch) {
  RETURN_IF_ERROR(WriteSegment(batch));
  return Mark(batch);
}

absl::Status ListingBuilder::Mark(CatalogBatch& batch) {
  if (listing_ == 0 || std::exchange(marked_, true)) return absl::OkStatus();
  return PutMark(batch);
}

std::string ListingBuilder::MarkKey() const {
  return BuildingKey(target_.source,
                     {.directory = target_.directory, .listing = listing_, .mount = target_.mount});
}

absl::Status ListingBuilder::PutMark(CatalogBatch& batch) {
  return batch.txn().Put(kMetaTable, MarkKey(), BuildingValue(target_.snapshot));
}

absl::Status ListingBuilder::AddAside(CatalogBatch& batch, const Open& object) {
  // The names that are taken must be readable; all that could be come before the directory's, since
  // '.' sorts before '/'.
  RETURN_IF_ERROR(NeedListing(batch));
  RETURN_IF_ERROR(WriteSegment(batch));
  RETURN_IF_ERROR(batch.Flush());
  ASSIGN_OR_RETURN(const std::string shown, FreeName(batch, object.name));
  ++asides_;
  RETURN_IF_ERROR(
      batch.txn().Put(kListingsTable, ShownKey(target_.source, listing_, object.row), shown));
  const std::string key = absl::StrCat(target_.prefix, object.name);
  if (shown.empty()) {
    return Report(batch, {key, "left out: a directory has the name, and NAME.object is too long"});
  }
  RETURN_IF_ERROR(batch.txn().Put(kListingsTable, AsideKey(target_.source, listing_, shown),
                                  Key64(object.row)));
  return Report(batch, {key, absl::StrCat("shown as ", shown, ": a directory has the name")});
}

// "" if there is none.
absl::StatusOr<std::string> ListingBuilder::FreeName(CatalogBatch& batch, absl::string_view name) {
  std::string free = absl::StrCat(name, ".object");
  for (int i = 2; IsEntryName(free); ++i) {
    ASSIGN_OR_RETURN(const bool taken, IsTaken(batch, free));
    if (!taken) return free;
    free = absl::StrCat(name, ".object.", i);
  }
  return "";
}

absl::StatusOr<bool> ListingBuilder::IsTaken(CatalogBatch& batch, absl::string_view name) {
  if (batch.txn().Get(kListingsTable, AsideKey(target_.source, listing_, name)).has_value()) {
    return true;
  }
  ListingCursor cursor(batch.txn(), target_.source, listing_);
  for (const std::string& key : {std::string(name), absl::StrCat(name, "/")}) {
    RETURN_IF_ERROR(cursor.Seek(key));
    if (cursor.valid() && cursor.Compare(key) == 0) return true;
  }
  return false;
}

absl::Status ListingBuilder::Report(CatalogBatch& batch, const CatalogProblem& problem) {
  RETURN_IF_ERROR(NeedListing(batch));
  RETURN_IF_ERROR(batch.txn().Put(kListingsTable, ProblemKey(target_.source, listing_, problem.key),
                                  EncodeProblem(problem)));
  problem_hash_ = Hash64(absl::StrCat(Key64(problem_hash_), problem.key));
  return absl::OkStatus();
}

absl::Status ListingBuilder::Finish(CatalogBatch& batch) {
  ASSIGN_OR_RETURN(const bool equal, EqualsLatest(batch));
  const ListingNumber own = listing_;
  if (marked_) RETURN_IF_ERROR(batch.txn().Delete(kMetaTable, MarkKey()));
  if (equal) {
    listing_ = latest_->listing;
    if (own != 0) RETURN_IF_ERROR(batch.DropListing(target_.directory, own));
  } else {
    RETURN_IF_ERROR(NeedListing(batch));
    RETURN_IF_ERROR(WriteSegment(batch));
  }
  marked_ = target_.show == Target::Show::kAside;
  RETURN_IF_ERROR(marked_ ? PutMark(batch) : Show(batch));
  if (!equal && target_.time == Target::Time::kNow) RETURN_IF_ERROR(ShowLatest(batch));
  done_ = true;
  return absl::OkStatus();
}

// A snapshot of a past time is shared: who has listed a directory first decides what it shows.
absl::Status ListingBuilder::Show(CatalogBatch& batch) {
  const auto shown = FindHead(batch.txn(), target_.source, target_.snapshot, target_.directory);
  if (shown.has_value() && target_.time == Target::Time::kPast) {
    return batch.DropListing(target_.directory, listing_);
  }
  RETURN_IF_ERROR(batch.txn().Put(kHeadsTable,
                                  HeadKey(target_.source, target_.snapshot, target_.directory),
                                  EncodeHead(head())));
  // An index that was interrupted lists some directories twice.
  return shown.has_value() ? batch.DropListing(target_.directory, shown->listing)
                           : absl::OkStatus();
}

// Equal number of entries, each entry of ours the next one there, and the same problems.
absl::StatusOr<bool> ListingBuilder::EqualsLatest(CatalogBatch& batch) {
  if (serial_ != batch.serial()) RETURN_IF_ERROR(Rebase(batch));
  return equal_ && latest_.has_value() && latest_->entries == entries_ &&
         latest_->problems == problem_hash_;
}

absl::Status ListingBuilder::ShowLatest(CatalogBatch& batch) {
  RETURN_IF_ERROR(batch.txn().Put(kHeadsTable, HeadKey(target_.source, kLatest, target_.directory),
                                  EncodeHead(head())));
  if (!latest_.has_value()) return absl::OkStatus();
  return batch.DropListing(target_.directory, latest_->listing);
}

}  // namespace annofs
