// Blocks on their way to disk: a bounded queue whose content can be read until it is written. When
// it is full the oldest is dropped, so that it serves as a small memory cache while the disk
// refuses or another process writes. Thread safe; one thread takes.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/block_cache.h"
#include "cache/block_format.h"
#include "cache/shared_bytes.h"

namespace annofs {

struct PendingBlock {
  BlockKey key;
  SharedBytes data;
  uint64_t sequence = 0;
};
using PendingBatch = std::vector<std::shared_ptr<const PendingBlock>>;

class PendingBlocks {
 public:
  explicit PendingBlocks(uint64_t capacity) : capacity_(capacity) {}

  // Takes the block in, unless that key waits already; answers how many blocks were dropped for
  // want of room.
  size_t Add(const BlockKey& key, SharedBytes data);
  std::shared_ptr<const PendingBlock> Find(const BlockKey& key) const;

  // Waits for a batch of about `bytes`: until there is that much, or the oldest has waited 50 ms,
  // or a flush; and not before `not_before` unless there is a flush or the end. Empty: closed, and
  // nothing is left. What is taken can be found until Done().
  PendingBatch Take(uint64_t bytes, absl::Time not_before);
  void Done(const PendingBatch& batch);

  // Waits until all that was added before has been taken and done, or dropped.
  void Flush();
  // Take() answers what is left and then nothing.
  void Close();

 private:
  bool Hurried() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return closed_ || flushing_ > 0; }
  bool Passed(uint64_t sequence) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void Forget(const PendingBlock& block) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint64_t capacity_;
  std::atomic<size_t> count_{0};  // of found_: a hit elsewhere asks it before it takes the lock

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<BlockKey, std::shared_ptr<const PendingBlock>, BlockKeyHash> found_
      ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<const PendingBlock>> queue_ ABSL_GUARDED_BY(mutex_);
  uint64_t queued_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t all_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // and those that are taken and not done
  uint64_t last_sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t taken_sequence_ ABSL_GUARDED_BY(mutex_) =
      0;  // oldest that is taken and not done; 0: none
  absl::Time first_arrival_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  int flushing_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annofs
