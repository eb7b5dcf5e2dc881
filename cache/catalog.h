// The bucket as a tree of rows, persistent in the catalog environment; directories are listed when
// first touched. Thread safe.
//
// A row is one directory, or one version of one name; its id is given once per source and never
// reused, so it serves as the inode of that version. What a catalog object shows is one snapshot:
// the listing of each directory at its first touch, frozen from then on, also against other mounts
// of the same cache.
#pragma once

#include <cstdint>
#include <memory>
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

class Catalog {
 public:
  virtual ~Catalog() = default;

  // The child of that name. kNotFound comes from the listing: no request. Lists the directory first
  // if this snapshot has not seen it (fast lane: WouldBlock()). A failure of the store is never
  // kNotFound; it leaves the directory unlisted, to be tried again.
  virtual absl::StatusOr<Row> Lookup(RowId directory, absl::string_view name,
                                     const CallContext& context) = 0;

  // The children in byte order of names, those after row `after` (0: from the start), until `fn`
  // answers false.
  virtual absl::Status Children(RowId directory, RowId after,
                                absl::FunctionRef<bool(const Row&)> fn,
                                const CallContext& context) = 0;

  // A row by id; kNotFound if there is none. Local: never a request.
  virtual absl::StatusOr<Row> Get(RowId row) = 0;
  // The full key of a row: "" for the root, with a final '/' for other directories.
  virtual absl::StatusOr<std::string> Key(RowId row) = 0;
  // What the object store wants to be asked for. REQUIRES: an object's row.
  virtual absl::StatusOr<ObjectVersion> Version(RowId row) = 0;

  // Names left out or shown otherwise in the directories listed so far, at most 10,000.
  virtual std::vector<CatalogProblem> Problems() = 0;
  virtual uint64_t snapshot() const = 0;
};

struct CatalogOptions {
  // kFresh: a new snapshot; each directory is listed once. kOffline: the newest listing of any
  // snapshot, or kUnavailable at once.
  enum class Mode { kFresh, kOffline } mode = Mode::kFresh;
  uint32_t page_names = 10000;  // asked for in one list request
};

// `lmdb` (opened by OpenCacheDir) and `store` outlive the catalog; store.name() identifies the
// source.
absl::StatusOr<std::unique_ptr<Catalog>> OpenCatalog(Lmdb& lmdb, ObjectStore& store,
                                                     const CatalogOptions& options);

}  // namespace annofs
