#include "fs/build_pool.h"

#include <algorithm>
#include <utility>

namespace annofs {

BuildPool::BuildPool(size_t max_threads, Bound bound)
    : max_threads_(bound == Bound::kTurns
                       ? max_threads
                       : std::clamp<size_t>(std::thread::hardware_concurrency(), 1,
                                            std::max<size_t>(max_threads, 1))) {}

BuildPool::~BuildPool() {
  std::vector<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    jobs_.clear();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

void BuildPool::Submit(std::function<void()> job) {
  absl::MutexLock lock(&mutex_);
  jobs_.push_back(std::move(job));
  if (idle_ < jobs_.size() && threads_.size() < max_threads_) {
    threads_.emplace_back([this] { Work(); });
  }
}

void BuildPool::Work() {
  while (true) {
    std::function<void()> job;
    {
      absl::MutexLock lock(&mutex_);
      ++idle_;
      mutex_.Await(absl::Condition(
          +[](BuildPool* pool)
               ABSL_EXCLUSIVE_LOCKS_REQUIRED(pool->mutex_) { return pool->HasWork(); },
          this));
      --idle_;
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace annofs
