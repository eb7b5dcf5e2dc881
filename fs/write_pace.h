// Keeps those who fill the block cache from running ahead of its disk: its queue drops what it has
// no room for. Thread safe.
#pragma once

#include <cstdint>

#include "absl/synchronization/mutex.h"
#include "cache/block_cache.h"

namespace annofs {

class WritePace {
 public:
  // At most `bytes` are fetched and not yet written; less than the cache's queue holds. `blocks`
  // outlives the pace.
  WritePace(BlockCache& blocks, uint64_t bytes) : blocks_(blocks), most_(bytes) {}

  // Before a fetch of about so many bytes: waits until there is room for them. Answers what End()
  // is to be given.
  uint64_t Begin(uint64_t bytes);
  // After it: they wait for the disk.
  void End(uint64_t held);

 private:
  BlockCache& blocks_;
  const uint64_t most_;
  absl::Mutex mutex_;
  uint64_t held_ ABSL_GUARDED_BY(mutex_) = 0;     // by fetches, and what they left to be written
  uint64_t written_ ABSL_GUARDED_BY(mutex_) = 0;  // of these, what was given to the cache
  bool flushing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annofs
