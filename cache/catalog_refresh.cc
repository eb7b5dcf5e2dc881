#include "cache/catalog_refresh.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog_batch.h"
#include "cache/catalog_records.h"
#include "cache/listing_cursor.h"
#include "cache/listing_view.h"
#include "cache/row_block.h"

namespace annofs {
namespace {

constexpr size_t kChangeBatch = 4096;  // changed names that are held at a time

// A directory that is listed again.
struct Renewal {
  RowId directory = 0;
  RowId parent = 0;
  std::string name;
  std::string key;
  std::optional<Head> before;  // nothing: it is not listed to its end
  std::optional<Head> after;   // nothing: it was not listed again
  bool is_idle = false;        // to be forgotten
  bool HasChanged() const {
    return before.has_value() && after.has_value() && before->listing != after->listing;
  }
};

class Refresh {
 public:
  Refresh(Lmdb& lmdb, DirectoryLister& lister, const Mount& mount, const CallContext& context)
      : lmdb_(lmdb), lister_(lister), mount_(mount), context_(context) {}

  absl::Status Prepare(const std::vector<RowId>& directories, const std::vector<RowId>& idle) {
    return lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      for (const RowId directory : directories) RETURN_IF_ERROR(PrepareOne(txn, directory));
      for (const RowId directory : idle) {
        const auto head = HeadOf(txn, mount_.source, mount_.snapshot, directory);
        if (!head.has_value()) continue;
        renewals_.push_back({.directory = directory, .before = head, .is_idle = true});
      }
      return absl::OkStatus();
    });
  }

  // Lists everything, kRefreshThreads at once; the first error ends it.
  absl::Status List() {
    std::vector<std::thread> threads;
    const size_t count = std::min<size_t>(kRefreshThreads, renewals_.size());
    for (size_t i = 1; i < count; ++i) threads.emplace_back([this] { Work(); });
    Work();
    for (std::thread& thread : threads) thread.join();
    absl::MutexLock lock(&mutex_);
    return failure_;
  }

  // Shows the new listings. The old ones are kept until Forget().
  absl::Status Switch(std::vector<RowId>& gone) {
    const bool is_nothing =
        std::none_of(renewals_.begin(), renewals_.end(), [](const Renewal& renewal) {
          const bool is_empty = renewal.after.has_value() && renewal.after->entries == 0;
          return renewal.HasChanged() || renewal.is_idle || is_empty;  // it may be gone
        });
    if (is_nothing) return absl::OkStatus();
    return lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
      gone.clear();
      for (const Renewal& renewal : renewals_) RETURN_IF_ERROR(SwitchOne(txn, renewal));
      for (const Renewal& renewal : renewals_) {
        ASSIGN_OR_RETURN(const bool is_gone, IsGone(txn, renewal));
        if (is_gone) gone.push_back(renewal.directory);
      }
      for (const RowId directory : gone) {
        RETURN_IF_ERROR(txn.Delete(kHeadsTable, HeadOfSnapshot(directory)));
      }
      return absl::OkStatus();
    });
  }

  absl::Status Tell(Catalog::ChangeFn changed) {
    for (const Renewal& renewal : renewals_) {
      if (renewal.HasChanged()) RETURN_IF_ERROR(TellOne(renewal, changed));
    }
    return absl::OkStatus();
  }

  // Removes the listings that nothing shows any more: the old ones after Switch(), else the new.
  // Those that are read are left to the next refresh.
  absl::Status Forget(OldListings& old) {
    std::vector<BuildingMark> unused;
    for (const BuildingMark& mark : std::exchange(old.marks, {})) Sort(mark, old, unused);
    for (const Renewal& renewal : renewals_) {
      if (renewal.HasChanged() || renewal.is_idle) {
        Sort(MarkOf(renewal.directory, *renewal.before), old, unused);
      }
      if (renewal.HasChanged()) unused.push_back(MarkOf(renewal.directory, *renewal.after));
    }
    if (unused.empty()) return absl::OkStatus();
    const absl::Status status = lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
      CatalogBatch batch(txn, mount_.source);
      for (const BuildingMark& mark : unused) {
        RETURN_IF_ERROR(txn.Delete(kMetaTable, BuildingKey(mount_.source, mark)));
        RETURN_IF_ERROR(batch.DropListing(mark.directory, mark.listing));
      }
      return absl::OkStatus();
    });
    for (const BuildingMark& mark : unused) old.pins.EndRemoval(mark.listing);
    return status;
  }

 private:
  std::string HeadOfSnapshot(RowId directory) const {
    return HeadKey(mount_.source, mount_.snapshot.number, directory);
  }
  BuildingMark MarkOf(RowId directory, const Head& head) const {
    return {.directory = directory, .listing = head.listing, .mount = mount_.number};
  }
  static void Sort(const BuildingMark& mark, OldListings& old, std::vector<BuildingMark>& unused) {
    (old.pins.BeginRemoval(mark.listing) ? unused : old.marks).push_back(mark);
  }

  absl::Status PrepareOne(const LmdbReader& txn, RowId directory) {
    Renewal renewal{.directory = directory};
    ASSIGN_OR_RETURN(const std::optional<Row> row, FindRow(txn, mount_.source, directory));
    if (!row.has_value() || !row->is_directory) return absl::OkStatus();
    renewal.parent = row->parent;
    renewal.name = row->name;
    ASSIGN_OR_RETURN(renewal.key, KeyOf(txn, mount_.source, directory));
    renewal.before = HeadOf(txn, mount_.source, mount_.snapshot, directory);
    renewals_.push_back(std::move(renewal));
    return absl::OkStatus();
  }

  void Work() {
    for (size_t i = next_++; i < renewals_.size(); i = next_++) {
      {
        absl::MutexLock lock(&mutex_);
        if (!failure_.ok()) return;
      }
      const absl::Status status = ListOne(renewals_[i]);
      if (status.ok()) continue;
      absl::MutexLock lock(&mutex_);
      if (failure_.ok()) failure_ = status;
    }
  }

  // What readers have not come to the end of is listed to its end: next time it is listed again.
  absl::Status ListOne(Renewal& renewal) {
    if (renewal.is_idle) return absl::OkStatus();
    if (!renewal.before.has_value()) {
      while (lister_.Find(renewal.directory).has_value()) {
        RETURN_IF_ERROR(lister_.Advance(renewal.directory, renewal.key, context_));
      }
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(renewal.after,
                     lister_.ListAside(renewal.directory, renewal.key, *renewal.before, context_));
    return absl::OkStatus();
  }

  absl::Status SwitchOne(LmdbWriter& txn, const Renewal& renewal) {
    if (!renewal.HasChanged() && !renewal.is_idle) return absl::OkStatus();
    RETURN_IF_ERROR(txn.Put(kMetaTable,
                            BuildingKey(mount_.source, MarkOf(renewal.directory, *renewal.before)),
                            BuildingValue(mount_.snapshot.number)));
    return txn.Put(kHeadsTable, HeadOfSnapshot(renewal.directory),
                   renewal.is_idle ? std::string(kForgotten) : EncodeHead(*renewal.after));
  }

  // An empty directory that its parent does not show any more. One that the index has would show
  // what it had then.
  absl::StatusOr<bool> IsGone(const LmdbReader& txn, const Renewal& renewal) const {
    if (!renewal.after.has_value() || renewal.after->entries != 0 || renewal.parent == 0) {
      return false;
    }
    const SnapshotNumber base = mount_.snapshot.base;
    if (base != 0 && FindHead(txn, mount_.source, base, renewal.directory)) return false;
    const auto parent = HeadOf(txn, mount_.source, mount_.snapshot, renewal.parent);
    if (!parent.has_value()) return false;
    ASSIGN_OR_RETURN(const std::optional<Row> row,
                     ListingView(txn, mount_.source, renewal.parent, *parent).Find(renewal.name));
    return !row.has_value() || row->id != renewal.directory;
  }

  absl::Status TellOne(const Renewal& renewal, Catalog::ChangeFn changed) {
    std::vector<std::string> names;
    std::string from;
    for (bool more = true; more;) {
      names.clear();
      RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
        if (from.empty()) AddAsides(txn, renewal, names);
        return Compare(txn, renewal, from, names);
      }));
      more = !from.empty();
      for (const std::string& name : names) changed(renewal.directory, name);
    }
    return absl::OkStatus();
  }

  // Adds names whose rows differ, from the order key `from` on; then `from` is where to go on, or
  // "" at the end.
  absl::Status Compare(const LmdbReader& txn, const Renewal& renewal, std::string& from,
                       std::vector<std::string>& names) const {
    ListingCursor before(txn, mount_.source, renewal.before->listing);
    ListingCursor after(txn, mount_.source, renewal.after->listing);
    RETURN_IF_ERROR(before.Seek(from));
    RETURN_IF_ERROR(after.Seek(from));
    from.clear();
    while (before.valid() || after.valid()) {
      const int order = !before.valid()  ? 1
                        : !after.valid() ? -1
                                         : CompareOrder(before.row(), OrderKey(after.row()));
      const Row& row = order <= 0 ? before.row() : after.row();
      if (order != 0 || before.row().id != after.row().id) {
        if (names.size() >= kChangeBatch) {
          from = OrderKey(row);
          return absl::OkStatus();
        }
        names.push_back(row.name);
      }
      if (order <= 0) RETURN_IF_ERROR(before.Next());
      if (order >= 0) RETURN_IF_ERROR(after.Next());
    }
    return absl::OkStatus();
  }

  using Asides = std::map<std::string, std::string>;  // name -> row

  Asides AsidesOf(const LmdbReader& txn, const Head& head) const {
    Asides asides;
    if (head.asides == 0) return asides;
    const std::string prefix = AsideKey(mount_.source, head.listing, "");
    txn.Scan(kListingsTable, prefix, [&](absl::string_view key, absl::string_view row) {
      if (!absl::StartsWith(key, prefix)) return false;
      asides.emplace(key.substr(prefix.size()), row);
      return true;
    });
    return asides;
  }

  // Adds names under which another object is shown than before.
  void AddAsides(const LmdbReader& txn, const Renewal& renewal,
                 std::vector<std::string>& names) const {
    Asides changed = AsidesOf(txn, *renewal.before);
    for (const auto& [name, row] : AsidesOf(txn, *renewal.after)) {
      const auto [before, is_new] = changed.try_emplace(name, row);
      if (!is_new && before->second == row) changed.erase(before);
    }
    for (const auto& [name, row] : changed) names.push_back(name);
  }

  Lmdb& lmdb_;
  DirectoryLister& lister_;
  const Mount& mount_;
  const CallContext& context_;
  std::vector<Renewal> renewals_;
  std::atomic<size_t> next_{0};
  absl::Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::Status RefreshDirectories(Lmdb& lmdb, DirectoryLister& lister, const Mount& mount,
                                std::vector<RowId> directories, const std::vector<RowId>& idle,
                                Catalog::ChangeFn changed, OldListings& old,
                                std::vector<RowId>& gone, const CallContext& context) {
  std::sort(directories.begin(), directories.end());
  Refresh refresh(lmdb, lister, mount, context);
  RETURN_IF_ERROR(refresh.Prepare(directories, idle));
  absl::Status status = refresh.List();
  if (status.ok()) status = refresh.Switch(gone);
  if (status.ok()) status = refresh.Tell(changed);
  // What cannot be removed now is, once the mount has ended.
  const absl::Status forgotten = refresh.Forget(old);
  if (!forgotten.ok()) LogWarning(absl::StrCat("removing old listings: ", forgotten.message()));
  return status;
}

}  // namespace annofs
