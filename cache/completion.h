// One result that many wait for, each with its own deadline and cancellation. Thread safe.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"

namespace annofs {

class Completion {
 public:
  // Once.
  void Set(absl::Status result);
  // OK once the result is there; else why this waiter waits no longer (cancelled, deadline).
  absl::Status Wait(const CallContext& context);
  // REQUIRES: Wait() answered OK.
  absl::Status result() const;

 private:
  mutable absl::Mutex mutex_;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status result_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
