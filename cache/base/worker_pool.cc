#include "cache/base/worker_pool.h"

#include <pthread.h>

#include <utility>

#include "absl/base/config.h"
#include "cache/base/log.h"
#include "cache/base/quiet_thread.h"

namespace annofs {
namespace {

#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_THREAD_SANITIZER)
constexpr size_t kStackBytes = 4 << 20;  // sanitizers' frames are several times as large
#else
constexpr size_t kStackBytes = 256 << 10;
#endif
constexpr absl::Duration kIdle = absl::Seconds(5);

}  // namespace

WorkerPool::WorkerPool(size_t max_threads) : max_threads_(max_threads) {}

WorkerPool::~WorkerPool() {
  absl::MutexLock lock(&mutex_);
  stopping_ = true;
  mutex_.Await(absl::Condition(
      +[](size_t* threads) { return *threads == 0; }, &threads_));
}

void WorkerPool::Submit(std::function<void()> job) {
  absl::MutexLock lock(&mutex_);
  jobs_.push_back(std::move(job));
  if (idle_ >= jobs_.size() || threads_ >= max_threads_) return;
  if (!StartThread() && threads_ == 0) {
    LogError("no thread can be started: requests wait");
  }
}

size_t WorkerPool::threads() const {
  absl::MutexLock lock(&mutex_);
  return threads_;
}

bool WorkerPool::StartThread() {
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  pthread_attr_setstacksize(&attr, kStackBytes);
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  const QuietThreads quiet;
  pthread_t thread;
  bool started = pthread_create(&thread, &attr, &WorkerPool::ThreadMain, this) == 0;
  pthread_attr_destroy(&attr);
  if (started) ++threads_;
  return started;
}

void* WorkerPool::ThreadMain(void* pool) {
  static_cast<WorkerPool*>(pool)->Work();
  return nullptr;
}

void WorkerPool::Work() {
  absl::MutexLock lock(&mutex_);
  while (true) {
    ++idle_;
    bool woken = mutex_.AwaitWithTimeout(absl::Condition(
                                             +[](WorkerPool* lane) ABSL_EXCLUSIVE_LOCKS_REQUIRED(
                                                  lane->mutex_) { return lane->HasWork(); },
                                             this),
                                         kIdle);
    --idle_;
    if (!woken || jobs_.empty()) break;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    mutex_.Unlock();
    job();
    job = nullptr;  // what it holds goes before the lock is taken
    mutex_.Lock();
  }
  --threads_;
}

}  // namespace annofs
