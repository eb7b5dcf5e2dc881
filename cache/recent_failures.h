// Fetches that failed a moment ago. The kernel asks for a page again as soon as reading ahead of it
// has failed: without this a read would take its deadline twice, and a damaged object would be
// fetched and reported twice. Thread safe.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/block_format.h"

namespace annofs {

class RecentFailures {
 public:
  // The fetch that began with this block failed. Remembered for a second if it took at least one,
  // or if what came was damaged; other failures are over soon, and are tried again at once.
  void Add(const BlockKey& first, const absl::Status& failure, absl::Duration took, absl::Time now);
  // OK if there is none.
  absl::Status Find(const BlockKey& first, absl::Time now);

 private:
  struct Failure {
    absl::Status status;
    absl::Time until;
  };

  absl::Mutex mutex_;
  absl::flat_hash_map<BlockKey, Failure, BlockKeyHash> failures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
