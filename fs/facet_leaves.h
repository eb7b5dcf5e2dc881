// The leaves of views with facets that are in use, described when they are first looked into and
// again when they have been forgotten: there may be a million, and memory is bounded. Thread safe.
#pragma once

#include <cstdint>
#include <list>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "fs/node.h"
#include "fs/view_targets.h"

namespace annofs {

// What a node of a view is. Of one in a leaf: a place or family of the leaf, which is a view of its
// own, and the ordinal that it would have there. Of a directory over the leaves: that.
struct ViewNode {
  Target target;
  uint32_t ordinal = 0;
  std::optional<FacetDirectory> level;  // then target.kind is kFacet
};

class FacetLeaves {
 public:
  // `target`: of the node's slot, kFacet. kAborted: the view has no such node.
  absl::StatusOr<ViewNode> Find(const Target& target, NodeId node);

  // For tests: how many are remembered.
  size_t count() const;

 private:
  using LeafPtr = std::shared_ptr<const View>;
  struct Known {
    uint64_t key = 0;  // slot of the range, number
    LeafPtr leaf;
    size_t bytes = 0;  // at most
  };

  static constexpr size_t kMost = 1024;
  static constexpr size_t kMostBytes = 8 << 20;  // together; the newest stays in any case

  absl::StatusOr<LeafPtr> LeafOf(const View& whole, uint32_t number);
  LeafPtr FindKnown(uint64_t key);
  LeafPtr Keep(Known known);

  mutable absl::Mutex mutex_;
  std::list<Known> recent_ ABSL_GUARDED_BY(mutex_);  // newest first
  absl::flat_hash_map<uint64_t, std::list<Known>::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs
