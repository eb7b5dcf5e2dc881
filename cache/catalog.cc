#include "cache/catalog.h"

#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
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
      RETURN_IF_ERROR(See(directory, [&](const ListingView& listing) -> absl::Status {
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
    for (;;) {
      RETURN_IF_ERROR(context.Check());
      rows.clear();
      bool at_end = false;
      RETURN_IF_ERROR(See(directory, [&](const ListingView& listing) {
        return listing.Collect(from, kChildrenBatch, rows, at_end);
      }));
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
    return problems;
  }

  uint64_t snapshot() const override { return mount_.snapshot.number; }
  SnapshotInfo Info() const override { return mount_.snapshot; }

  absl::Status Refresh(ChangeFn changed, const CallContext& context) override {
    std::vector<RowId> touched;
    {
      absl::MutexLock lock(&mutex_);
      touched.assign(touched_.begin(), touched_.end());
    }
    std::vector<RowId> gone;
    RETURN_IF_ERROR(
        RefreshDirectories(lmdb_, lister_, mount_, std::move(touched), changed, gone, context));
    absl::MutexLock lock(&mutex_);
    for (const RowId directory : gone) touched_.erase(directory);
    return absl::OkStatus();
  }

 private:
  // Runs `fn` on what is known of the directory's listing in this snapshot.
  absl::Status See(RowId directory, absl::FunctionRef<absl::Status(const ListingView&)> fn) {
    if (options_.follow) {
      absl::MutexLock lock(&mutex_);
      touched_.insert(directory);
    }
    const std::optional<DirectoryLister::Progress> progress = lister_.Find(directory);
    return lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      const auto head = HeadOf(txn, mount_.source, mount_.snapshot, directory);
      if (head.has_value()) return fn(ListingView(txn, mount_.source, *head));
      if (!progress.has_value()) return fn(ListingView());
      return fn(ListingView(txn, mount_.source, progress->head, progress->last, progress->settled));
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
      return absl::InternalError(
          absl::StrCat("the catalog is damaged: the index lacks directory ", directory));
    }
    if (context.lane == Lane::kFast) return WouldBlock();
    ASSIGN_OR_RETURN(const std::string key, Key(directory));
    return lister_.Advance(directory, key, context);
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

  absl::Mutex mutex_;
  absl::flat_hash_set<RowId> touched_ ABSL_GUARDED_BY(mutex_);  // under options_.follow
};

}  // namespace

absl::StatusOr<std::unique_ptr<Catalog>> OpenCatalog(Lmdb& lmdb, ObjectStore& store,
                                                     const CatalogOptions& options) {
  ASSIGN_OR_RETURN(const Mount mount, BeginMount(lmdb, store.identity(), options));
  return std::make_unique<LmdbCatalog>(lmdb, store, options, mount);
}

}  // namespace annofs
