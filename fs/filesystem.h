// One tree of nodes: the bucket, with views/ and .annofs/ in its root. The only place that joins
// bytes and meaning. Thread safe.
//
// Locks, in the order in which they may be taken (none is held across I/O or a reply, but where
// said):
//   1. ViewTree: tops, targets and views      2. Datasets: the list and each build's state
//   3. SizeStore: one maker per unit (held while it renders and stores)
//   4. Catalog: listings in flight             5. ObjectReader: fetches in flight
//   6. BlockCache: the ring and its queue      7. Lmdb: one writer
//   8. ControlTree: snapshots; Counters; log (leaves: nothing is taken under them)
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/base/counters.h"
#include "cache/cache_dir.h"
#include "cache/store/object_store.h"
#include "fs/tree.h"

namespace annofs {

struct FilesystemOptions {
  std::string views_name = "views";
  enum class Views { kShown, kLeftOut } views = Views::kShown;
  enum class Network { kOnline, kOffline } network = Network::kOnline;
  std::vector<std::string> annotations;  // names sources instead of the search
  uint64_t memory = uint64_t{256} << 20;
  std::string price_service;  // whose prices estimate the cost: see ServiceOf() of prices.h
};

class Filesystem : public Tree {
 public:
  // What is shown as .annofs/status.json and told to `annofs status`.
  virtual std::string StatusJson() const = 0;
};

// Checks the store (unless offline), lists the root, and refuses names that collide with views/ or
// .annofs/ (design/product.md §2, rule 9). Starts no thread. Everything given outlives the result.
absl::StatusOr<std::unique_ptr<Filesystem>> OpenFilesystem(ObjectStore& store, CacheDir& cache,
                                                           Counters& counters,
                                                           const FilesystemOptions& options,
                                                           const CallContext& context);

// Follows a '/'-separated path from the root.
absl::StatusOr<NodeAttr> Resolve(Tree& tree, absl::string_view path, const CallContext& context);

}  // namespace annofs
