// A probe that may hang in the kernel (a dead network file system), given up after a while.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace annofs::doctor {

// What `probe` answers, or nothing if that takes longer than `patience`: then its thread is left
// alone, to end whenever the kernel lets it. So `probe` owns all that it uses.
template <typename Result>
std::optional<Result> Within(absl::Duration patience, std::function<Result()> probe) {
  struct Shared {
    absl::Mutex mutex;
    std::optional<Result> result ABSL_GUARDED_BY(mutex);
  };
  auto shared = std::make_shared<Shared>();
  std::thread([shared, probe = std::move(probe)] {
    Result result = probe();
    absl::MutexLock lock(&shared->mutex);
    shared->result = std::move(result);
  }).detach();
  absl::MutexLock lock(&shared->mutex);
  const auto is_there = [&shared]() ABSL_SHARED_LOCKS_REQUIRED(shared->mutex) {
    return shared->result.has_value();
  };
  shared->mutex.AwaitWithTimeout(absl::Condition(&is_there), patience);
  return std::move(shared->result);
}

}  // namespace annofs::doctor
