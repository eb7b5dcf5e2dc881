// The bucket as a tree of rows, persistent in the catalog environment. Thread safe.
//
// A row is one directory, or one version of one name; its id is given once per source and never
// reused, so it serves as the inode of that version. What a catalog object shows is one snapshot:
// the listing of each directory at its first touch, or that of one moment for all (an index), or
// the names as of a time in the past; frozen, also against other mounts of the same cache, unless
// Refresh() is called.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
#include "cache/lmdb.h"
#include "cache/store/object_store.h"

namespace annofs {

using RowId = uint64_t;
inline constexpr RowId kRootRow = 1;

struct Row {
  RowId id = 0;
  RowId parent = 0;  // 0 for the root
  std::string
      name;  // entry name; for an object shown under another name ("a.object") the shown one
  bool is_directory = false;
  // Objects only.
  std::string key_name;  // last component of the key when it differs from `name`, else empty
  std::string version;
  uint64_t size = 0;
  absl::Time modified = absl::UnixEpoch();
  Digest digest;
};

// A name that is not shown as it is (design/product.md §2, rule 10), with the reason.
struct CatalogProblem {
  std::string key;
  std::string reason;
};

// One snapshot of a source, as people know it by its number.
struct SnapshotInfo {
  enum class Kind : uint8_t {
    kLazy = 1,   // each directory listed when first touched
    kIndex = 2,  // everything, listed by BuildIndex() or imported
    kPast = 3,   // names as of `at`, listed when first touched
  };
  uint64_t number = 0;
  Kind kind = Kind::kLazy;
  absl::Time begun = absl::UnixEpoch();
  absl::Time completed = absl::InfinitePast();  // kIndex: when all was there; else never
  absl::Time at = absl::InfiniteFuture();       // kPast
  uint64_t objects = 0;                         // kIndex: rows of objects and of directories
  uint64_t directories = 0;
  uint64_t base = 0;  // directories without a listing of this snapshot have that of `base`; 0: none
};

class Catalog {
 public:
  virtual ~Catalog() = default;

  // The child of that name. kNotFound comes from the listing: no request. Lists the directory first
  // if this snapshot has not seen it (fast lane: WouldBlock()), page by page until the page that
  // would hold the name has come. A failure of the store is never kNotFound; it leaves the rest of
  // the directory unlisted, to be tried again.
  virtual absl::StatusOr<Row> Lookup(RowId directory, absl::string_view name,
                                     const CallContext& context) = 0;

  // The children in byte order of keys (a directory's ends with '/'), those after row `after` (0:
  // from the start), until `fn` answers false. Pages are listed as the caller comes to them.
  virtual absl::Status Children(RowId directory, RowId after,
                                absl::FunctionRef<bool(const Row&)> fn,
                                const CallContext& context) = 0;

  // A row by id; kNotFound if there is none. Local: never a request. Its name is that of its key,
  // also where it is shown under another.
  virtual absl::StatusOr<Row> Get(RowId row) = 0;
  // The full key of a row: "" for the root, with a final '/' for other directories.
  virtual absl::StatusOr<std::string> Key(RowId row) = 0;
  // What the object store wants to be asked for. REQUIRES: an object's row.
  virtual absl::StatusOr<ObjectVersion> Version(RowId row) = 0;

  // Names left out or shown otherwise in the directories listed so far, at most 10,000.
  virtual std::vector<CatalogProblem> Problems() = 0;
  virtual uint64_t snapshot() const = 0;
  virtual SnapshotInfo Info() const = 0;
  // The index that a following mount began with (Info().base), else nothing.
  virtual std::optional<SnapshotInfo> Base() const = 0;
  // What the rows are rows of: two catalogs of one number have the same rows.
  virtual uint32_t source() const = 0;

  // A name of a directory that another row, or none, or one for the first time, now has.
  using ChangeFn = absl::FunctionRef<void(RowId directory, absl::string_view name)>;
  // Lists again every directory that is in use: touched through this object, `follow_idle` ago at
  // most; the others are listed at their next touch. Then shows all the new listings in one step,
  // then tells what has changed. Lookups and listings never wait for it: they see all of the old
  // state or all of the new. After an error of the store nothing has changed. One call at a time;
  // REQUIRES: CatalogOptions::follow.
  virtual absl::Status Refresh(ChangeFn changed, const CallContext& context) = 0;
};

struct CatalogOptions {
  enum class Names {
    kFresh,     // those of the newest complete index younger than `index_age`, without a request;
                // without one, a new snapshot, where each directory is listed once
    kSnapshot,  // those of `snapshot`; what it has not listed is kUnavailable at once
    kOffline,   // the newest listing of any snapshot, or kUnavailable at once
  } names = Names::kFresh;
  uint64_t snapshot = 0;
  // Names as they were then: the snapshot of that time, which all catalogs of a cache directory
  // share, listed where it is not yet (kOffline: never). No index is used.
  std::optional<absl::Time> at;
  // That of another catalog, which lives: an import may give the source other rows meanwhile.
  std::optional<uint32_t> source;
  absl::Duration index_age = absl::InfiniteDuration();
  bool follow = false;  // Refresh() will be called
  // Longer than anybody keeps what Lookup() and Children() told.
  absl::Duration follow_idle = absl::InfiniteDuration();
  uint32_t page_names = 10000;  // asked for in one list request
  Clock* clock = &RealClock();
};

// `lmdb` (opened by OpenCacheDir) and `store` outlive the catalog; store.identity() identifies the
// source. kNotFound: no such snapshot; the message names those that there are.
absl::StatusOr<std::unique_ptr<Catalog>> OpenCatalog(Lmdb& lmdb, ObjectStore& store,
                                                     const CatalogOptions& options);

// The snapshots that are kept of a source, oldest first; none of a source that is not known.
absl::StatusOr<std::vector<SnapshotInfo>> ListSnapshots(Lmdb& lmdb, absl::string_view identity);
// The newest complete index, if any.
const SnapshotInfo* NewestIndex(const std::vector<SnapshotInfo>& snapshots);

}  // namespace annofs
