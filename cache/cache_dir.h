// The cache directory of a host (architecture §5): its format number, its catalog environment, its
// blocks.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/block_cache.h"
#include "cache/lmdb.h"

namespace annofs {

inline constexpr int kCacheFormat = 2;

// Tables of CACHE/catalog. Records are described in cache/README.md; the dataset tables belong to
// fs/.
enum CatalogTable : LmdbTable {
  kMetaTable,       // counters and singletons by name
  kSourcesTable,    // hash of a source's identity -> source number
  kSnapshotsTable,  // (source, snapshot) -> what it is
  kRowsTable,       // (source, first row) -> block of rows
  kListingsTable,   // (source, listing, …) -> runs of rows, names of asides, problems
  kHeadsTable,      // (source, snapshot, directory row) -> listing; snapshot 0 = the latest of all
  kRangesTable,     // (source, snapshot, directory row, …) -> what an index has not listed yet
  kDatasetsTable,   // fs: dataset version -> state
  kDatasetDataTable,  // fs: (dataset, kind, ...) -> data
  kSizesTable,        // fs: (slot, batch) -> sizes; segmented files: checkpoints
  kSlotsTable,        // fs: hash of a slot's name -> slot
  kCatalogTableCount,
};

struct CacheDir {
  std::unique_ptr<Lmdb> catalog;  // takes room from the blocks when the disk is full
  std::unique_ptr<BlockCache> blocks;
};

struct CacheDirOptions {
  std::string path;                           // made if absent, mode 0700
  uint64_t block_bytes = uint64_t{10} << 30;  // bound of the block cache on disk
  uint64_t queue_bytes = 32 << 20;            // of blocks that wait to be written
};

// kInvalidArgument with the remedy when the directory holds another format number; never deletes. A
// block cache that cannot be used is replaced by one that forgets everything, with one warning: the
// mount works.
absl::StatusOr<CacheDir> OpenCacheDir(const CacheDirOptions& options);

// That a directory, or what it will be made in, can be written; else what to do.
absl::Status CheckCacheDirWritable(const std::string& path);

// $XDG_CACHE_HOME/annofs, else ~/.cache/annofs; /var/cache/annofs for root.
std::string DefaultCacheDir();

}  // namespace annofs
