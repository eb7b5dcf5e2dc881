#include "tests/testing/simulated_clock.h"

namespace annofs::testing {

absl::Time SimulatedClock::Now() {
  absl::MutexLock lock(&mutex_);
  return now_;
}

void SimulatedClock::Sleep(absl::Duration duration) {
  if (duration <= absl::ZeroDuration()) return;
  absl::MutexLock lock(&mutex_);
  const absl::Time until = now_ + duration;
  absl::CondVar woken;
  sleeping_.emplace(until, &woken);
  AdvanceIfAllSleep();
  while (now_ < until) woken.Wait(&mutex_);
}

void SimulatedClock::Leave() {
  absl::MutexLock lock(&mutex_);
  --threads_;
  AdvanceIfAllSleep();
}

void SimulatedClock::AdvanceIfAllSleep() {
  if (sleeping_.empty() || static_cast<int>(sleeping_.size()) < threads_) return;
  now_ = sleeping_.begin()->first;
  while (!sleeping_.empty() && sleeping_.begin()->first <= now_) {
    sleeping_.begin()->second->Signal();
    sleeping_.erase(sleeping_.begin());
  }
}

}  // namespace annofs::testing
