// The slow lane: threads for operations that wait (architecture, idea 6). Grows to its bound, idle
// threads end. Thread safe. A job may wait for the network or for a result whose owner has a
// thread; it never submits and waits.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>

#include "absl/synchronization/mutex.h"

namespace annofs {

class SlowLane {
 public:
  // Starts no thread until the first job.
  explicit SlowLane(size_t max_threads);
  // Waits for every job.
  ~SlowLane();
  void Submit(std::function<void()> job);
  size_t threads() const;

 private:
  static void* ThreadMain(void* lane);
  void Work();
  bool StartThread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !jobs_.empty(); }

  const size_t max_threads_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<std::function<void()>> jobs_ ABSL_GUARDED_BY(mutex_);
  size_t threads_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs
