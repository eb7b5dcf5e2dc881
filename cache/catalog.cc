#include "cache/catalog.h"

#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/log.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog_records.h"
#include "cache/catalog_refresh.h"
#include "cache/directory_lister.h"
#include "cache/listing_pins.h"
#include "cache/listing_view.h"
#include "cache/row_block.h"
#include "cache/snapshot.h"

namespace annofs {
namespace {

constexpr size_t kChildrenBatch = 256;  // rows that Children() holds at a time
constexpr size_t kMaxProblems = 10000;

// The least key after `key`.
std::string Successor(absl::string_view key) {
  return absl::StrCat(key, absl::string_view("\0", 1));
}

class LmdbCatalog : public Catalog {
 public:
  LmdbCatalog(Lmdb& lmdb, ObjectStore& store, const CatalogOptions& options, const Mount& mount)
      : lmdb_(lmdb),
        options_(options),
        mount_(mount),
        lister_(lmdb, store, mount, options.page_names) {}

  ~LmdbCatalog() override {
    absl::Status status = EndMount(lmdb_, mount_);
    if (!status.ok()) LogWarning(absl::StrCat("closing the catalog: ", status.message()));
  }

  absl::StatusOr<Row> Lookup(RowId directory, absl::string_view name,
                             const CallContext& context) override {
    if (name.size() > kMaxNameBytes) return absl::OutOfRangeError("name longer than 255 bytes");
    if (!IsEntryName(name)) return absl::NotFoundError("no directory has such a name");
    std::optional<Row> row;
    for (bool answered = false; !answered;) {
      RETURN_IF_ERROR(See(directory, {}, [&](const ListingView& listing) -> absl::Status {
        if (!listing.Knows(name)) return absl::OkStatus();
        ASSIGN_OR_RETURN(row, listing.Find(name));
        answered = row.has_value() || listing.KnowsAllAs(name);
        return absl::OkStatus();
      }));
      if (!answered) RETURN_IF_ERROR(Advance(directory, context));
    }
    if (!row.has_value()) return absl::NotFoundError(absl::StrCat("no such name: ", name));
    return *std::move(row);
  }

  absl::Status Children(RowId directory, RowId after, absl::FunctionRef<bool(const Row&)> fn,
                        const CallContext& context) override {
    std::string from;
    if (after != 0) {
      ASSIGN_OR_RETURN(const Row row, Get(after));
      from = Successor(OrderKey(row));
    }
    std::vector<Row> rows;
    std::optional<Head> pinned;
    const absl::Cleanup unpin = [&] {
      if (pinned.has_value()) pins_.Unpin(pinned->listing);
    };
    for (;;) {
      RETURN_IF_ERROR(context.Check());
      rows.clear();
      bool at_end = false;
      std::optional<Head> whole;
      RETURN_IF_ERROR(See(directory, pinned, [&](const ListingView& listing) {
        if (listing.is_whole()) whole = listing.head();
        return listing.Collect(from, kChildrenBatch, rows, at_end);
      }));
      if (options_.follow && !pinned.has_value() && whole.has_value() && !at_end) {
        ASSIGN_OR_RETURN(const bool is_shown, PinShown(directory, whole->listing));
        if (!is_shown) continue;  // another is, now
        pinned = whole;
      }
      for (const Row& row : rows) {
        if (!fn(row)) return absl::OkStatus();
      }
      if (at_end) return absl::OkStatus();
      if (!rows.empty()) {
        from = Successor(OrderKey(rows.back()));
      } else {
        RETURN_IF_ERROR(Advance(directory, context));
      }
    }
  }

  absl::StatusOr<Row> Get(RowId row) override {
    std::optional<Row> found;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      ASSIGN_OR_RETURN(found, FindRow(txn, mount_.source, row));
      return absl::OkStatus();
    }));
    if (!found.has_value()) return absl::NotFoundError(absl::StrCat("no row ", row));
    return *std::move(found);
  }

  absl::StatusOr<std::string> Key(RowId row) override {
    std::string key;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      ASSIGN_OR_RETURN(key, KeyOf(txn, mount_.source, row));
      return absl::OkStatus();
    }));
    return key;
  }

  absl::StatusOr<ObjectVersion> Version(RowId row) override {
    ASSIGN_OR_RETURN(Row found, Get(row));
    ObjectVersion version;
    ASSIGN_OR_RETURN(version.key, Key(row));
    version.version = std::move(found.version);
    version.size = found.size;
    version.modified = found.modified;
    version.digest = std::move(found.digest);
    return version;
  }

  std::vector<CatalogProblem> Problems() override {
    std::vector<CatalogProblem> problems;
    absl::Status status = lmdb_.View([&](const LmdbReader& txn) {
      AddProblems(txn, mount_.snapshot.number, problems);
      if (mount_.snapshot.base != 0) AddProblems(txn, mount_.snapshot.base, problems);
      return absl::OkStatus();
    });
    if (!status.ok()) LogWarning(absl::StrCat("the list of problems: ", status.message()));
    absl::MutexLock lock(&mutex_);
    if (!failure_.ok()) {
      problems.push_back({"", absl::StrCat("directories cannot be listed: ", failure_.message())});
    }
    return problems;
  }

  uint64_t snapshot() const override { return mount_.snapshot.number; }
  SnapshotInfo Info() const override { return mount_.snapshot; }
  std::optional<SnapshotInfo> Base() const override { return mount_.base; }
  uint32_t source() const override { return mount_.source; }

  absl::Status Refresh(ChangeFn changed, const CallContext& context) override {
    std::vector<RowId> used;
    std::vector<RowId> idle;
    {
      absl::MutexLock lock(&mutex_);
      const absl::Time now = options_.clock->Now();
      for (const auto& [directory, when] : touched_) {
        (now - when > options_.follow_idle ? idle : used).push_back(directory);
      }
    }
    std::vector<RowId> gone;
    RETURN_IF_ERROR(RefreshDirectories(lmdb_, lister_, mount_, std::move(used), idle, changed, old_,
                                       gone, context));
    absl::MutexLock lock(&mutex_);
    for (const RowId directory : gone) touched_.erase(directory);
    const absl::Time now = options_.clock->Now();
    for (const RowId directory : idle) {
      // One that was touched meanwhile is listed from its next touch on.
      const auto touched = touched_.find(directory);
      if (now - touched->second > options_.follow_idle) touched_.erase(touched);
    }
    return absl::OkStatus();
  }

 private:
  // The listing is not removed, until it is unpinned; false: the directory does not show it.
  absl::StatusOr<bool> PinShown(RowId directory, ListingNumber listing) {
    if (!pins_.Pin(listing)) return false;
    bool is_shown = false;
    const absl::Status status = lmdb_.View([&](const LmdbReader& txn) {
      const auto head = HeadOf(txn, mount_.source, mount_.snapshot, directory);
      is_shown = head.has_value() && head->listing == listing;
      return absl::OkStatus();
    });
    if (!is_shown) pins_.Unpin(listing);
    RETURN_IF_ERROR(status);
    return is_shown;
  }

  // Runs `fn` on what is known of the directory's listing in this snapshot, or on `pinned`.
  absl::Status See(RowId directory, const std::optional<Head>& pinned,
                   absl::FunctionRef<absl::Status(const ListingView&)> fn) {
    if (options_.follow) {
      absl::MutexLock lock(&mutex_);
      touched_[directory] = options_.clock->Now();
    }
    const std::optional<DirectoryLister::Progress> progress = lister_.Find(directory);
    return lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      const auto head =
          pinned.has_value() ? pinned : HeadOf(txn, mount_.source, mount_.snapshot, directory);
      if (head.has_value()) return fn(ListingView(txn, mount_.source, directory, *head));
      // One that was refused meanwhile may have been removed.
      const auto still = lister_.Find(directory);
      if (!progress.has_value() || !still.has_value() ||
          still->head.listing != progress->head.listing) {
        return fn(ListingView());
      }
      return fn(ListingView(txn, mount_.source, directory, progress->head, progress->last,
                            progress->settled));
    });
  }

  // One more page of the directory; kUnavailable where nothing may be listed.
  absl::Status Advance(RowId directory, const CallContext& context) {
    ASSIGN_OR_RETURN(const Row row, Get(directory));
    if (!row.is_directory) {
      return absl::InvalidArgumentError(absl::StrCat(row.name, " is not a directory"));
    }
    switch (options_.names) {
      case CatalogOptions::Names::kOffline:
        if (!options_.at.has_value()) return Adopt(directory, context);
        return NotListed(directory, "the mount is offline");
      case CatalogOptions::Names::kSnapshot:
        return NotListed(directory, absl::StrCat("the mount shows snapshot ", snapshot()));
      case CatalogOptions::Names::kFresh:
        break;
    }
    if (mount_.snapshot.kind == SnapshotInfo::Kind::kIndex) {
      return absl::InternalError(absl::StrCat("the catalog is damaged: the index lacks directory ",
                                              directory, ": run `annofs index` again"));
    }
    if (context.lane == Lane::kFast) return WouldBlock();
    ASSIGN_OR_RETURN(const std::string key, Key(directory));
    const absl::Status status = lister_.Advance(directory, key, context);
    if (status.ok() || absl::IsInternal(status)) {
      absl::MutexLock lock(&mutex_);
      failure_ = status;
    }
    return status;
  }

  absl::Status NotListed(RowId directory, absl::string_view why) {
    ASSIGN_OR_RETURN(const std::string key, Key(directory));
    return absl::UnavailableError(
        absl::StrCat(DirectoryForPeople(key), " is not in the catalog and ", why));
  }

  // Offline: the latest listing of anyone becomes that of this snapshot.
  absl::Status Adopt(RowId directory, const CallContext& context) {
    std::optional<Head> latest;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
      latest = FindHead(txn, mount_.source, kLatest, directory);
      return absl::OkStatus();
    }));
    if (!latest.has_value()) return NotListed(directory, "the mount is offline");
    if (context.lane == Lane::kFast) return WouldBlock();
    return lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
      latest = FindHead(txn, mount_.source, kLatest, directory);
      if (!latest.has_value()) return absl::InternalError("the latest listing has gone");
      return txn.Put(kHeadsTable, HeadKey(mount_.source, snapshot(), directory),
                     EncodeHead(*latest));
    });
  }

  void AddProblems(const LmdbReader& txn, SnapshotNumber snapshot,
                   std::vector<CatalogProblem>& problems) const {
    const std::string heads = HeadPrefix(mount_.source, snapshot);
    txn.Scan(kHeadsTable, heads, [&](absl::string_view key, absl::string_view value) {
      if (!absl::StartsWith(key, heads) || problems.size() >= kMaxProblems) return false;
      const auto head = DecodeHead(value);
      if (!head.has_value() || head->problems == 0) return true;
      const RowId directory = ReadKey64(key.substr(heads.size()));
      if (snapshot != mount_.snapshot.number &&
          FindHead(txn, mount_.source, mount_.snapshot.number, directory).has_value()) {
        return true;  // shown as it was listed after the index
      }
      const std::string prefix = ProblemPrefix(mount_.source, head->listing);
      txn.Scan(kListingsTable, prefix, [&](absl::string_view entry, absl::string_view problem) {
        if (!absl::StartsWith(entry, prefix) || problems.size() >= kMaxProblems) return false;
        problems.push_back(DecodeProblem(problem));
        return true;
      });
      return true;
    });
  }

  Lmdb& lmdb_;
  const CatalogOptions options_;
  const Mount mount_;

  DirectoryLister lister_;
  ListingPins pins_;
  OldListings old_{pins_};  // used by Refresh() only

  absl::Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);  // of the catalog, not of the store: a full disk
  absl::flat_hash_map<RowId, absl::Time> touched_ ABSL_GUARDED_BY(mutex_);  // under options_.follow
};

}  // namespace

absl::StatusOr<std::unique_ptr<Catalog>> OpenCatalog(Lmdb& lmdb, ObjectStore& store,
                                                     const CatalogOptions& options) {
  ASSIGN_OR_RETURN(const Mount mount, BeginMount(lmdb, store.identity(), options));
  return std::make_unique<LmdbCatalog>(lmdb, store, options, mount);
}

}  // namespace annofs
