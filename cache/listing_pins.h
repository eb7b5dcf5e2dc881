// Listings that a reader walks in several transactions: while one is pinned, a refresh does not
// remove it. Nobody waits. Thread safe.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "cache/catalog_records.h"

namespace annofs {

class ListingPins {
 public:
  // False: it is being removed. One that is pinned may have been removed before: the reader looks
  // whether it is still shown.
  bool Pin(ListingNumber listing) {
    absl::MutexLock lock(&mutex_);
    if (removed_.contains(listing)) return false;
    ++pins_[listing];
    return true;
  }
  void Unpin(ListingNumber listing) {
    absl::MutexLock lock(&mutex_);
    const auto pin = pins_.find(listing);
    if (--pin->second == 0) pins_.erase(pin);
  }

  // False: it is pinned. Else it cannot be until EndRemoval().
  bool BeginRemoval(ListingNumber listing) {
    absl::MutexLock lock(&mutex_);
    if (pins_.contains(listing)) return false;
    removed_.insert(listing);
    return true;
  }
  void EndRemoval(ListingNumber listing) {
    absl::MutexLock lock(&mutex_);
    removed_.erase(listing);
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_map<ListingNumber, int> pins_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<ListingNumber> removed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
