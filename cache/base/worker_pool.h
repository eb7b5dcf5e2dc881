// Threads for operations that wait: as many as there are jobs, up to a bound, with small stacks;
// idle ones end. The slow lane is one (architecture, idea 6). Thread safe. A job may wait for the
// network or for a result whose owner has a thread; it never submits to its own pool and waits.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>

#include "absl/synchronization/mutex.h"

namespace annofs {

class WorkerPool {
 public:
  // Starts no thread until the first job.
  explicit WorkerPool(size_t max_threads);
  // Waits for every job.
  ~WorkerPool();
  void Submit(std::function<void()> job);
  size_t threads() const;

 private:
  static void* ThreadMain(void* pool);
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
