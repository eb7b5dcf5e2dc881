// What the slots of a view tree stand for: the datasets that it shows and has shown, their views,
// and the places and families of those. Thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "fs/dataset_version.h"
#include "fs/views.h"

namespace annofs {

// A dataset as directories.
struct DatasetNode {
  std::shared_ptr<DatasetVersion> dataset;
  uint32_t slot = 0;
  // Of the images that lie in its source, ordinal: rank; 0: none. The same for all versions with
  // the same sources, so that such an image is one file wherever it is shown.
  uint32_t inner_slot = 0;
  std::vector<uint32_t>
      view_slots;  // of the views' root directories, in the order of the view names
};

struct Target {
  // kFacet: a slot of the range of a view with a facet (facet_nodes.h). What stands in it:
  // facet_leaves.h.
  enum class Kind { kDataset, kViewRoot, kPlace, kFamily, kInner, kFacet } kind = Kind::kDataset;
  std::shared_ptr<const DatasetNode> dataset;  // kDataset, kViewRoot, kInner
  std::shared_ptr<const View> view;            // kPlace, kFamily, kFacet
  uint32_t number = 0;  // of the view name, place or family; the place of the slot in the range
};

class ViewTargets {
 public:
  // What is there already stays.
  void AddDataset(const std::shared_ptr<const DatasetNode>& node);
  // A view of a dataset that is there, described; answers the one that was there before, if one
  // was. kAborted: the dataset has been dropped.
  absl::StatusOr<std::shared_ptr<const View>> AddView(const DatasetNode& node, uint32_t number,
                                                      std::shared_ptr<const View> view);
  // The dataset's nodes and those of its views are gone from now on. Two versions may share files,
  // where the same comes of both: these stay while one of them does.
  void DropDataset(const DatasetNode& node);

  // kAborted: nothing has that slot, or nothing any more.
  absl::StatusOr<Target> Find(uint32_t slot) const;
  // nullptr: not described yet.
  std::shared_ptr<const View> FindView(const DatasetNode& node, uint32_t number) const;

 private:
  struct Counted {
    Target target;
    uint32_t uses = 0;
  };
  static void Add(Counted& counted, Target target);
  void Add(uint32_t slot, Target target) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Release(const std::vector<uint32_t>& slots) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<uint32_t, Counted> targets_ ABSL_GUARDED_BY(mutex_);
  std::map<uint32_t, Counted> ranges_ ABSL_GUARDED_BY(mutex_);  // by first slot
  absl::flat_hash_map<uint32_t, std::shared_ptr<const View>> views_
      ABSL_GUARDED_BY(mutex_);  // by slot of the view's root
};

}  // namespace annofs
