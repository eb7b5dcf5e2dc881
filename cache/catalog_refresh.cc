#include "cache/catalog_refresh.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
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
  bool HasChanged() const {
    return before.has_value() && after.has_value() && before->listing != after->listing;
  }
};

class Refresh {
 public:
  Refresh(Lmdb& lmdb, DirectoryLister& lister, const Mount& mount, const CallContext& context)
      : lmdb_(lmdb), lister_(lister), mount_(mount), context_(context) {}

  absl::Status Prepare(const std::vector<RowId>& directories) {
    return lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      for (const RowId directory : directories) RETURN_IF_ERROR(PrepareOne(txn, directory));
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
    return lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
      gone.clear();
      for (const Renewal& renewal : renewals_) RETURN_IF_ERROR(SwitchOne(txn, renewal));
      for (const Renewal& renewal : renewals_) {
        ASSIGN_OR_RETURN(const bool is_gone, IsGone(txn, renewal));
        if (!is_gone) continue;
        gone.push_back(renewal.directory);
        RETURN_IF_ERROR(txn.Delete(kHeadsTable, HeadOfSnapshot(renewal.directory)));
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
  absl::Status Forget() {
    return lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
      CatalogBatch batch(txn, mount_.source);
      for (const Renewal& renewal : renewals_) {
        for (const std::optional<Head>& head : {renewal.before, renewal.after}) {
          if (!renewal.after.has_value() || !head.has_value()) continue;
          RETURN_IF_ERROR(txn.Delete(kMetaTable, MarkOf(renewal.directory, head->listing)));
          RETURN_IF_ERROR(batch.DropListing(renewal.directory, head->listing));
        }
      }
      return absl::OkStatus();
    });
  }

 private:
  std::string HeadOfSnapshot(RowId directory) const {
    return HeadKey(mount_.source, mount_.snapshot.number, directory);
  }
  std::string MarkOf(RowId directory, ListingNumber listing) const {
    return BuildingKey(mount_.source, directory, listing);
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
    if (!renewal.before.has_value()) {
      while (lister_.Find(renewal.directory).has_value()) {
        RETURN_IF_ERROR(lister_.Advance(renewal.directory, renewal.key, context_));
      }
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(renewal.after, lister_.ListAside(renewal.directory, renewal.key, context_));
    return absl::OkStatus();
  }

  absl::Status SwitchOne(LmdbWriter& txn, const Renewal& renewal) {
    if (!renewal.HasChanged()) return absl::OkStatus();
    RETURN_IF_ERROR(txn.Put(kMetaTable, MarkOf(renewal.directory, renewal.before->listing),
                            BuildingValue(mount_.snapshot.number)));
    return txn.Put(kHeadsTable, HeadOfSnapshot(renewal.directory), EncodeHead(*renewal.after));
  }

  // An empty directory that its parent does not show any more.
  absl::StatusOr<bool> IsGone(const LmdbReader& txn, const Renewal& renewal) const {
    if (!renewal.after.has_value() || renewal.after->entries != 0 || renewal.parent == 0) {
      return false;
    }
    const auto parent = HeadOf(txn, mount_.source, mount_.snapshot, renewal.parent);
    if (!parent.has_value()) return false;
    ASSIGN_OR_RETURN(const std::optional<Row> row,
                     ListingView(txn, mount_.source, *parent).Find(renewal.name));
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

  // Which object is shown under these names may have changed.
  void AddAsides(const LmdbReader& txn, const Renewal& renewal,
                 std::vector<std::string>& names) const {
    for (const Head& head : {*renewal.before, *renewal.after}) {
      if (head.asides == 0) continue;
      const std::string prefix = AsideKey(mount_.source, head.listing, "");
      txn.Scan(kListingsTable, prefix, [&](absl::string_view key, absl::string_view) {
        if (!absl::StartsWith(key, prefix)) return false;
        names.emplace_back(key.substr(prefix.size()));
        return true;
      });
    }
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
                                std::vector<RowId> directories, Catalog::ChangeFn changed,
                                std::vector<RowId>& gone, const CallContext& context) {
  std::sort(directories.begin(), directories.end());
  Refresh refresh(lmdb, lister, mount, context);
  RETURN_IF_ERROR(refresh.Prepare(directories));
  absl::Status status = refresh.List();
  if (status.ok()) status = refresh.Switch(gone);
  if (status.ok()) status = refresh.Tell(changed);
  const absl::Status forgotten = refresh.Forget();
  return status.ok() ? forgotten : status;
}

}  // namespace annofs
