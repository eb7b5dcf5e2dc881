// Long work that several callers want and none of them may end: one job per key at a time, on
// threads of its own. It goes on when its callers' time is over, and whoever comes later joins it
// (architecture, idea 6). Thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "fs/build_pool.h"
#include "fs/wait.h"

namespace annofs {

template <typename Value>
class SharedJobs {
 public:
  // The context is not its callers': without a deadline, cancelled when these jobs are destroyed.
  // What it uses belongs to it, or outlives these jobs.
  using Job = std::function<absl::StatusOr<Value>(const CallContext& context)>;

  // Long ones take turns: a short one does not wait for them to end, unless there are this many.
  static constexpr size_t kMostInTurns = 8;
  SharedJobs() : pool_(kMostInTurns, BuildPool::Bound::kTurns) {}
  // So many short ones at once, where there are so many cores.
  explicit SharedJobs(size_t max_threads) : pool_(max_threads) {}
  // Drops what has not begun, waits for what has. REQUIRES: nobody is in Run().
  ~SharedJobs() { ending_.Cancel(); }

  // What the job of that key gives: one that runs or waits for its turn, or else `job`. Nothing is
  // remembered once it has ended: a job should look whether what it makes is there already.
  // kDeadlineExceeded, kCancelled: the caller waits no longer. REQUIRES: the lane is slow.
  absl::StatusOr<Value> Run(uint64_t key, Job job, const CallContext& context) {
    absl::MutexLock lock(&mutex_);
    std::shared_ptr<Running>& known = running_[key];
    if (known == nullptr) {
      known = std::make_shared<Running>();
      pool_.Submit([this, key, job = std::move(job)] { Work(key, job); });
    }
    const std::shared_ptr<Running> running = known;
    auto ended = [&running] { return running->result.has_value(); };
    absl::Status waited = AwaitUnder(mutex_, absl::Condition(&ended), context);
    if (!waited.ok()) return waited;
    return *running->result;
  }

 private:
  struct Running {
    std::optional<absl::StatusOr<Value>> result;
  };

  void Work(uint64_t key, const Job& job) {
    absl::StatusOr<Value> result = job(CallContext{.cancellation = &ending_});
    absl::MutexLock lock(&mutex_);
    auto running = running_.find(key);
    running->second->result.emplace(std::move(result));
    running_.erase(running);
  }

  Cancellation ending_;
  absl::Mutex mutex_;
  absl::flat_hash_map<uint64_t, std::shared_ptr<Running>> running_ ABSL_GUARDED_BY(mutex_);
  BuildPool pool_;  // ends before what its jobs use
};

}  // namespace annofs
