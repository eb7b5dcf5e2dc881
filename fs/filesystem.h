// One tree of nodes: the bucket, with views/ and .annofs/ in its root. The only place that joins
// bytes and meaning. Thread safe.
//
// Locks, in the order in which they may be taken (none is held across I/O or a reply, but where
// said):
//   1. AtTree: the moments                     2. ViewTree: what is shown, then its targets
//   3. Datasets: the list; each version's state
//   4. SizeStore, OwnNameStore, SegmentReads: held for moments; one maker per unit renders and
//   stores without them
//   5. Catalog: listings in flight             6. ObjectReader: fetches in flight
//   7. BlockCache: the ring and its queue      8. Lmdb: one writer
//   9. ControlTree: snapshots; SlotOwners; names that are hidden; Counters; log (leaves: nothing is
//      taken under them)
// The refresh thread calls the kernel (KernelCache) with none of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/counters.h"
#include "cache/cache_dir.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "cache/store/object_store.h"
#include "cache/store/prices.h"
#include "formats/dataset.h"
#include "fs/configuration.h"
#include "fs/dataset_version.h"
#include "fs/follower.h"
#include "fs/kernel_cache.h"
#include "fs/tree.h"

namespace annofs {

class DailyCap;
struct MountStatus;

struct FilesystemOptions {
  std::string views_name = "views";
  enum class Views { kShown, kLeftOut } views = Views::kShown;
  enum class Network { kOnline, kOffline } network = Network::kOnline;
  std::vector<std::string> annotations;            // names sources instead of the search
  std::optional<ConfigurationText> configuration;  // of the datasets; else annofs.json of the root
  Images images = Images::kShown;          // kLeftOut: views are those of frames without images
  ListedSizes sizes = ListedSizes::kTold;  // kLeftOut: for who reads every file once anyway
  uint64_t memory = uint64_t{256} << 20;
  std::string mountpoint;     // the absolute path at which people see the tree; empty: none, as of
                              // a mount that shows a part of it
  std::string price_service;  // whose prices estimate the cost: see ServiceOf() of prices.h
  // Which names are shown: see CatalogOptions. Offline: kFresh means kOffline.
  CatalogOptions::Names names = CatalogOptions::Names::kFresh;
  uint64_t snapshot = 0;         // of kSnapshot
  std::optional<absl::Time> at;  // the whole mount as it was then
  absl::Duration index_age = absl::InfiniteDuration();
  absl::Duration follow;  // 0: frozen; else the time between two refreshes
  // For the status only. `daily_cap`, or null, outlives the filesystem.
  std::string mounted_at;  // also of a mount that shows a part; empty: no mount
  std::string log_file;
  std::string metrics;  // where they are served
  int connections = 0;
  DailyCap* daily_cap = nullptr;
};

// How long the kernel keeps names of a mount that follows its bucket: then it asks again, and so
// says which directories are in use. One that was not asked about for longer is not listed again
// until it is.
inline absl::Duration NamesKept(absl::Duration follow) {
  return follow > absl::ZeroDuration() ? 4 * follow : absl::InfiniteDuration();
}

// How far reading the annotations of a bucket is.
struct DatasetsProgress {
  size_t read = 0, all = 0;  // datasets
  std::string name;          // of the one that is being read
  BuildProgress build;       // its
  absl::Duration elapsed;    // since it was begun
};

// What the index of a dataset holds.
struct DatasetSummary {
  std::string name;
  uint64_t frames = 0, annotations = 0;  // tags and shapes
  uint64_t problems = 0;                 // lines of reports/problems.tsv, errors among them
  uint64_t errors = 0;                   // something of a source is not shown
  std::string first_error;               // "KEY: reason"
};

class Filesystem : public Tree {
 public:
  // What the mount tells of itself (fs/mount_status.h). Waits for nothing, and asks nobody.
  virtual MountStatus StatusNow() const = 0;
  // What is shown as .annofs/status.json and told to `annofs status`.
  virtual std::string StatusJson() const = 0;

  // The index that is shown, or that a mount which follows its bucket began with.
  virtual std::optional<SnapshotInfo> Index() const = 0;

  // What a node of a file is in the store; its bytes are had, and brought into the cache, through
  // objects(). kInvalidArgument: a directory, or a file that is made when it is read.
  virtual absl::StatusOr<ObjectVersion> Object(NodeId file) = 0;
  virtual ObjectReader& objects() = 0;

  // What a node is called, from the root, for people who read logs: "" for the root; of an image
  // its name in the bucket, of one in a zip "ZIP!NAME"; ".annofs" for all that is made there. A
  // node whose name is not known without waiting is "node" and its number in hex.
  virtual std::string PathOf(NodeId node) = 0;

  // What requests and bytes cost by published prices; nothing where none are known.
  virtual std::optional<Estimate> EstimateOf(const Usage& usage) const = 0;

  // Finds every dataset and reads its annotations now, so that nobody waits for it later. `report`
  // is told how far that is, twice a second. None without views. An error of the store keeps
  // what was read.
  virtual absl::StatusOr<std::vector<DatasetSummary>> IndexDatasets(
      absl::FunctionRef<void(const DatasetsProgress&)> report, const CallContext& context) = 0;

  // The datasets as their views see them, in the order of their names: what `annofs check` and
  // `annofs stats` read. Opening one waits for its index. None without views; kNotFound: none of
  // that name.
  virtual absl::StatusOr<std::vector<std::string>> DatasetNames(const CallContext& context) = 0;
  virtual absl::StatusOr<std::shared_ptr<const Dataset>> OpenDataset(
      absl::string_view name, const CallContext& context) = 0;

  // Where the search for annotations did not look, and what it does not read; each goes on after
  // "the search for annotations". Searches, if nobody has; none without views.
  virtual absl::StatusOr<std::vector<std::string>> SearchNotes(const CallContext& context) = 0;

  // REQUIRES, of both: FilesystemOptions::follow.
  // Shows the bucket as it is now, then tells the kernel which names to ask for again: those of the
  // bucket, then those in views/. Requests never wait for it. After an error the tree is in part as
  // before, and the next call tries again. One call at a time.
  virtual absl::Status Refresh(KernelCache& kernel, const CallContext& context) = 0;
  // Does that on a thread of its own, a period after the end of the time before, until the result
  // goes, which it must before `kernel` and the filesystem do.
  virtual std::unique_ptr<Follower> StartFollowing(KernelCache& kernel) = 0;
};

// Checks the store (unless offline), lists the root, and refuses names that collide with views/ or
// .annofs/ (design/product.md §2, rule 9), and a wrong configuration of the datasets that it shows.
// Starts no thread. Everything given outlives the result. kInvalidArgument: options that exclude
// each other, or that configuration.
absl::StatusOr<std::unique_ptr<Filesystem>> OpenFilesystem(ObjectStore& store, CacheDir& cache,
                                                           Counters& counters,
                                                           const FilesystemOptions& options,
                                                           const CallContext& context);

// Follows a '/'-separated path from the root.
absl::StatusOr<NodeAttr> Resolve(Tree& tree, absl::string_view path, const CallContext& context);

}  // namespace annofs
