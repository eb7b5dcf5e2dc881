// The memory that fetches in flight may take together. Those that must wait are served in the order
// in which they came. Thread safe.
#pragma once

#include <cstdint>
#include <deque>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"

namespace annofs {

class FetchBudget {
 public:
  explicit FetchBudget(uint64_t limit) : limit_(limit) {}

  // OK when the bytes are the caller's, until Release(); else why it waits no longer. A request for
  // more than the limit waits until it is alone.
  absl::Status Acquire(uint64_t bytes, const CallContext& context);
  void Release(uint64_t bytes);

 private:
  bool Fits(uint64_t bytes) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return used_ == 0 || used_ + bytes <= limit_;
  }
  absl::Status Wait(uint64_t ticket, uint64_t bytes, const CallContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint64_t limit_;
  absl::Mutex mutex_;
  uint64_t used_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t next_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<uint64_t> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
