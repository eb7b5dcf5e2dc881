#include "cache/catalog.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/log.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/catalog_records.h"
#include "cache/directory_lister.h"
#include "cache/listing_builder.h"
#include "cache/snapshot.h"

namespace annofs {
namespace {

constexpr size_t kChildrenBatch = 256;  // rows that Children() holds at a time
constexpr size_t kMaxDepth = 1024;      // a key has at most 1,024 bytes, so no more components

class LmdbCatalog : public Catalog {
 public:
  LmdbCatalog(Lmdb& lmdb, ObjectStore& store, const CatalogOptions& options, Snapshot snapshot)
      : lmdb_(lmdb),
        options_(options),
        snapshot_(snapshot),
        lister_(lmdb, store, snapshot, options.page_names) {}

  ~LmdbCatalog() override {
    absl::Status status = EndSnapshot(lmdb_, snapshot_);
    if (!status.ok()) LogWarning(absl::StrCat("closing the catalog: ", status.message()));
  }

  absl::StatusOr<Row> Lookup(RowId directory, absl::string_view name,
                             const CallContext& context) override {
    if (name.size() > kMaxNameBytes) return absl::OutOfRangeError("name longer than 255 bytes");
    if (!IsEntryName(name)) return absl::NotFoundError("no directory has such a name");
    std::optional<Row> row;
    RETURN_IF_ERROR(WithListing(
        directory, context, [&](const LmdbReader& txn, const Head& head) -> absl::Status {
          const auto id = txn.Get(kListingsTable, ListingKey(snapshot_.source, head.listing, name));
          if (!id.has_value()) return absl::OkStatus();
          ASSIGN_OR_RETURN(row, ReadRow(txn, ReadKey64(*id)));
          return absl::OkStatus();
        }));
    if (!row.has_value()) return absl::NotFoundError(absl::StrCat("no such name: ", name));
    return *std::move(row);
  }

  absl::Status Children(RowId directory, RowId after, absl::FunctionRef<bool(const Row&)> fn,
                        const CallContext& context) override {
    std::string from;
    if (after != 0) {
      ASSIGN_OR_RETURN(const Row row, Get(after));
      from = Successor(row.name);
    }
    std::vector<Row> rows;
    do {
      RETURN_IF_ERROR(context.Check());
      ASSIGN_OR_RETURN(rows, ChildrenFrom(directory, from, context));
      for (const Row& row : rows) {
        if (!fn(row)) return absl::OkStatus();
      }
      if (!rows.empty()) from = Successor(rows.back().name);
    } while (rows.size() == kChildrenBatch);
    return absl::OkStatus();
  }

  absl::StatusOr<Row> Get(RowId row) override {
    std::optional<Row> found;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
      found = FindRow(txn, snapshot_.source, row);
      return absl::OkStatus();
    }));
    if (!found.has_value()) return absl::NotFoundError(absl::StrCat("no row ", row));
    return *std::move(found);
  }

  absl::StatusOr<std::string> Key(RowId row) override {
    std::vector<std::string> components;  // the last one first
    absl::string_view end;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
      for (RowId at = row; at != kRootRow;) {
        if (components.size() > kMaxDepth) return absl::InternalError("a row has no root");
        std::optional<Row> found = FindRow(txn, snapshot_.source, at);
        if (!found.has_value()) return absl::NotFoundError(absl::StrCat("no row ", at));
        if (at == row && found->is_directory) end = "/";
        components.push_back(found->key_name.empty() ? found->name : found->key_name);
        at = found->parent;
      }
      return absl::OkStatus();
    }));
    std::reverse(components.begin(), components.end());
    return absl::StrCat(absl::StrJoin(components, "/"), end);
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
    absl::MutexLock lock(&mutex_);
    return problems_;
  }

  uint64_t snapshot() const override { return snapshot_.number; }

 private:
  using Listed = absl::FunctionRef<absl::Status(const LmdbReader&, const Head&)>;

  // The least name after `name`.
  static std::string Successor(absl::string_view name) {
    return absl::StrCat(name, absl::string_view("\0", 1));
  }

  // Runs `fn` on the directory's listing in this snapshot, which is made if it is not there.
  absl::Status WithListing(RowId directory, const CallContext& context, Listed fn) {
    for (;;) {
      bool listed = false;
      RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
        const auto head = FindHead(txn, snapshot_.source, snapshot_.number, directory);
        listed = head.has_value();
        return listed ? fn(txn, *head) : absl::OkStatus();
      }));
      if (listed) return absl::OkStatus();
      RETURN_IF_ERROR(MakeListing(directory, context));
    }
  }

  absl::StatusOr<Row> ReadRow(const LmdbReader& txn, RowId id) const {
    std::optional<Row> row = FindRow(txn, snapshot_.source, id);
    if (!row.has_value()) {
      return absl::InternalError(absl::StrCat("the catalog is damaged: no record of row ", id));
    }
    return *std::move(row);
  }

  absl::StatusOr<std::vector<Row>> ChildrenFrom(RowId directory, absl::string_view from,
                                                const CallContext& context) {
    std::vector<Row> rows;
    RETURN_IF_ERROR(WithListing(
        directory, context, [&](const LmdbReader& txn, const Head& head) -> absl::Status {
          const std::string prefix = ListingPrefix(snapshot_.source, head.listing);
          absl::Status status;
          txn.Scan(kListingsTable, absl::StrCat(prefix, from),
                   [&](absl::string_view key, absl::string_view value) {
                     if (!absl::StartsWith(key, prefix)) return false;
                     if (IsProblemName(key.substr(prefix.size()))) return true;
                     absl::StatusOr<Row> row = ReadRow(txn, ReadKey64(value));
                     status = row.status();
                     if (row.ok()) rows.push_back(*std::move(row));
                     return row.ok() && rows.size() < kChildrenBatch;
                   });
          return status;
        }));
    return rows;
  }

  absl::Status MakeListing(RowId directory, const CallContext& context) {
    ASSIGN_OR_RETURN(const Row row, Get(directory));
    if (!row.is_directory) {
      return absl::InvalidArgumentError(absl::StrCat(row.name, " is not a directory"));
    }
    if (options_.mode == CatalogOptions::Mode::kOffline) return Adopt(directory, context);
    if (context.lane == Lane::kFast) return WouldBlock();
    ASSIGN_OR_RETURN(const std::string key, Key(directory));
    ASSIGN_OR_RETURN(const auto problems, lister_.List(directory, key, context));
    AddProblems(problems);
    return absl::OkStatus();
  }

  // Offline: the latest listing of anyone becomes that of this snapshot.
  absl::Status Adopt(RowId directory, const CallContext& context) {
    std::optional<Head> latest;
    RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
      latest = FindHead(txn, snapshot_.source, kLatest, directory);
      return absl::OkStatus();
    }));
    if (!latest.has_value()) {
      ASSIGN_OR_RETURN(const std::string key, Key(directory));
      return absl::UnavailableError(
          absl::StrCat(DirectoryForPeople(key), " is not in the catalog and the mount is offline"));
    }
    if (context.lane == Lane::kFast) return WouldBlock();
    return lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
      latest = FindHead(txn, snapshot_.source, kLatest, directory);
      if (!latest.has_value()) return absl::InternalError("the latest listing has gone");
      AddProblems(ProblemsOf(txn, *latest));
      return txn.Put(kHeadsTable, HeadKey(snapshot_.source, snapshot_.number, directory),
                     EncodeHead(*latest));
    });
  }

  std::vector<CatalogProblem> ProblemsOf(const LmdbReader& txn, const Head& head) const {
    const std::string prefix = absl::StrCat(ListingPrefix(snapshot_.source, head.listing), "/");
    std::vector<CatalogProblem> problems;
    txn.Scan(kListingsTable, prefix, [&](absl::string_view key, absl::string_view value) {
      if (!absl::StartsWith(key, prefix) || problems.size() == kMaxProblems) return false;
      problems.push_back(DecodeProblem(value));
      return true;
    });
    return problems;
  }

  void AddProblems(const std::vector<CatalogProblem>& problems) {
    absl::MutexLock lock(&mutex_);
    for (const CatalogProblem& problem : problems) {
      if (problems_.size() < kMaxProblems) problems_.push_back(problem);
    }
  }

  Lmdb& lmdb_;
  const CatalogOptions options_;
  const Snapshot snapshot_;

  DirectoryLister lister_;

  absl::Mutex mutex_;
  std::vector<CatalogProblem> problems_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Catalog>> OpenCatalog(Lmdb& lmdb, ObjectStore& store,
                                                     const CatalogOptions& options) {
  ASSIGN_OR_RETURN(const Snapshot snapshot, BeginSnapshot(lmdb, store.name()));
  return std::make_unique<LmdbCatalog>(lmdb, store, options, snapshot);
}

}  // namespace annofs
