// Blocks on their way to disk: a bounded queue whose content can be read until it is written. When
// it is full the oldest evictable ones are dropped, so that it serves as a small memory cache while
// the disk refuses or another process writes; pinned ones are not. Thread safe; one thread takes.
#pragma once

#include <array>
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
  // want of room: older ones, or this one.
  size_t Add(const BlockKey& key, SharedBytes data, Keep keep);
  // Of either kind.
  std::shared_ptr<const PendingBlock> Find(const BlockKey& key) const;
  bool HasPinned(const BlockKey& key) const;

  struct Taken {
    PendingBatch batch;  // of one kind; empty: see below
    Keep keep = Keep::kEvictable;
    bool closed = false;  // and nothing is left
  };
  // Waits for a batch of about `bytes`: until there is that much, or the oldest has waited 50 ms,
  // or a flush; and not before `not_before` unless there is a flush or the end. An empty one: when
  // nothing has come for `idle`, or at the end. What is taken can be found until Done().
  Taken Take(uint64_t bytes, absl::Time not_before, absl::Duration idle);
  void Done(const Taken& taken);
  // How often Done() was called: who found a block neither on disk nor, after that, here, looks
  // again if it has changed meanwhile.
  uint64_t done() const { return done_.load(std::memory_order_acquire); }

  // Forgets the oldest evictable blocks that nobody has taken, about so many bytes; answers how
  // many blocks.
  size_t Drop(uint64_t bytes);

  // From now on at most so many bytes wait: less while nothing is written, so that what waits for
  // nothing does not hold the memory of fetches.
  void SetCapacity(uint64_t bytes);

  // Waits until all that was added before has been taken and done, or dropped.
  void Flush();
  // Take() answers what is left and then nothing.
  void Close();

 private:
  struct Kind {
    absl::flat_hash_map<BlockKey, std::shared_ptr<const PendingBlock>, BlockKeyHash> found;
    std::deque<std::shared_ptr<const PendingBlock>> queue;
    uint64_t queued_bytes = 0;
  };

  Kind& Of(Keep keep) ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return kinds_[static_cast<size_t>(keep)];
  }
  const Kind& Of(Keep keep) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return kinds_[static_cast<size_t>(keep)];
  }
  uint64_t QueuedBytes() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool IsEmpty() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool Hurried() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return closed_ || flushing_ > 0; }
  bool Passed(uint64_t sequence) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  size_t DropDownTo(uint64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(Kind& kind, const PendingBlock& block) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeFrom(Kind& kind, uint64_t bytes, PendingBatch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<size_t> count_{0};  // that are found: who finds none takes no lock
  std::atomic<uint64_t> done_{0};

  mutable absl::Mutex mutex_;
  uint64_t capacity_ ABSL_GUARDED_BY(mutex_);
  std::array<Kind, 2> kinds_ ABSL_GUARDED_BY(mutex_);  // by Keep
  uint64_t all_bytes_ ABSL_GUARDED_BY(mutex_) = 0;     // and those that are taken and not done
  uint64_t last_sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t taken_sequence_ ABSL_GUARDED_BY(mutex_) =
      0;  // oldest that is taken and not done; 0: none
  absl::Time first_arrival_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  int flushing_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annofs
