// What was read last of blocks whose frames are read together: whoever asks for a frame twice, or
// for one after the other, decodes once. A few groups of a few kilobytes each; that of another
// place takes a group's place. Thread safe.
#pragma once

#include <memory>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "formats/rank_set.h"

namespace annofs {

// Group: begin() and end() of its ranks, at most kMostRanks of them, and its bytes().
template <typename Group>
class RecentGroups {
 public:
  static constexpr Rank kMostRanks = 16;
  static constexpr size_t kSlots = 16;
  static constexpr size_t kMostBytes = 64 << 10;  // of a group; one of more is not held

  // nullptr: none of those held has it.
  std::shared_ptr<const Group> Find(Rank rank) const {
    const Slot& slot = slots_[SlotOf(rank)];
    absl::MutexLock lock(&slot.mutex);
    if (slot.group == nullptr || rank < slot.group->begin() || rank >= slot.group->end()) {
      return nullptr;
    }
    return slot.group;
  }

  // REQUIRES: it is not empty.
  void Put(const std::shared_ptr<const Group>& group) {
    if (group->bytes() > kMostBytes) return;
    const size_t first = SlotOf(group->begin()), last = SlotOf(group->end() - 1);
    PutAt(first, group);
    if (last != first) PutAt(last, group);
  }

 private:
  struct Slot {
    mutable absl::Mutex mutex;
    std::shared_ptr<const Group> group ABSL_GUARDED_BY(mutex);
  };

  static size_t SlotOf(Rank rank) { return rank / kMostRanks % kSlots; }

  void PutAt(size_t place, std::shared_ptr<const Group> group) {
    Slot& slot = slots_[place];
    absl::MutexLock lock(&slot.mutex);
    slot.group.swap(group);  // what it held ends after the lock
  }

  Slot slots_[kSlots];
};

}  // namespace annofs
