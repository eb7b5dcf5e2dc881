// Threads for long builds of datasets (architecture, idea 6). Thread safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace annofs {

class BuildPool {
 public:
  // kCores: no more threads than the machine has. kTurns: as many as there are jobs, so that a
  // short one does not wait for long ones to end; the machine shares its cores among them. Starts
  // no thread until the first job (a mount daemonises before that).
  enum class Bound : uint8_t { kCores, kTurns };
  explicit BuildPool(size_t max_threads = 2, Bound bound = Bound::kCores);
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
