// `views/`: README.txt, a directory per dataset, in it a directory per view; of views whose names
// have a slash, a directory with those that fit the dataset (IsFor). Images are the
// bucket's own nodes (architecture, idea 3); those that lie in a source's zip only are ranges of
// it, each one node in all views. Thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cache/block_cache.h"
#include "cache/catalog.h"
#include "formats/writer.h"
#include "fs/datasets.h"
#include "fs/slot_owners.h"
#include "fs/tree.h"

namespace annofs {

// Versions of datasets that are no longer shown and still answer (--follow); nodes of older ones
// are kAborted.
inline constexpr size_t kMaxOldDatasets = 16;

// `views/` itself and its README have a slot of their own: 0 for the present's.
NodeId ViewsRoot(uint32_t slot);
NodeAttr ViewsRootAttr(uint32_t slot = 0);
inline constexpr NodeId kViewsRoot = NodeId{uint64_t(TreeNumber::kView) << 60 | 0x80000000};

class ViewTree : public Tree {
 public:
  // Shows what Datasets::Refresh() has found, in one step, and answers the names in `views/` whose
  // nodes have changed. What is open keeps its version. One call at a time.
  virtual absl::StatusOr<std::vector<std::string>> Refresh() = 0;
  // The path of a node that answers, where `views` is that of the directory of views; waits for
  // nothing (a name that is not known without that is an error). Of an image in a source's zip
  // "ZIP!NAME", a path in the bucket.
  virtual absl::StatusOr<std::string> PathOf(NodeId node, absl::string_view views) = 0;
};

// The tree of another moment than the present.
struct ViewTreeOptions {
  uint32_t root_slot = 0;
  std::string salt;                              // of its slots' names: see slots.h
  SlotOwners* owners = nullptr;                  // told of its slots
  BlockCache* blocks = nullptr;                  // for files of pixels; outlives the tree
  uint64_t drawing_memory = uint64_t{64} << 20;  // see PixelFiles
  ListedSizes sizes = ListedSizes::kTold;
  std::vector<std::unique_ptr<Writer>> (*writers)() = NewWriters;
};

// Everything given outlives the tree.
std::unique_ptr<ViewTree> NewViewTree(Lmdb& lmdb, Catalog& catalog, ObjectReader& reader,
                                      Datasets& datasets, const ViewTreeOptions& options = {});

}  // namespace annofs
