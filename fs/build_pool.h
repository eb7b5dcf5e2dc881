// Threads for long builds of datasets (architecture, idea 6). Thread safe.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace annofs {

class BuildPool {
 public:
  // No more threads than the machine has cores. Starts no thread until the first job (a mount
  // daemonises before that).
  explicit BuildPool(size_t max_threads = 2);
  // Drops what has not begun, waits for what has.
  ~BuildPool();
  void Submit(std::function<void()> job);

 private:
  void Work();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !jobs_.empty(); }

  const size_t max_threads_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<std::function<void()>> jobs_ ABSL_GUARDED_BY(mutex_);
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
