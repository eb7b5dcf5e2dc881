// Which tree answers for the slots of view nodes that are not the present's: each moment of
// `.annofs/at` has view directories of its own. Thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "fs/tree.h"

namespace annofs {

class SlotOwners {
 public:
  // `owner` outlives every use of what Find() answers. Slots of different trees are different, but
  // for those whose nodes all these trees answer for alike: then it is the last one.
  void Claim(const std::vector<uint32_t>& slots, Tree& owner) {
    absl::MutexLock lock(&mutex_);
    for (uint32_t slot : slots) owners_[slot] = &owner;
  }
  // The same for `count` slots that follow `first`, itself among them; their tree is one for ever.
  void ClaimRange(uint32_t first, uint32_t count, Tree& owner) {
    absl::MutexLock lock(&mutex_);
    ranges_[first] = {count, &owner};
  }
  // nullptr: a slot of the present, or of nothing.
  Tree* Find(uint32_t slot) const {
    absl::ReaderMutexLock lock(&mutex_);
    auto found = owners_.find(slot);
    if (found != owners_.end()) return found->second;
    auto range = ranges_.upper_bound(slot);
    if (range == ranges_.begin()) return nullptr;
    --range;
    return slot - range->first < range->second.count ? range->second.owner : nullptr;
  }

 private:
  struct Range {
    uint32_t count = 0;
    Tree* owner = nullptr;
  };

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<uint32_t, Tree*> owners_ ABSL_GUARDED_BY(mutex_);
  std::map<uint32_t, Range> ranges_ ABSL_GUARDED_BY(mutex_);  // by first slot; apart
};

}  // namespace annofs
