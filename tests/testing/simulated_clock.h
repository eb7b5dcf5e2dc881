// A clock for tests with many threads: time stands still while any of them runs, and goes to the
// next waking when all of them sleep. Seconds pass in no time, and in the same way on a busy
// machine. Thread safe.
#pragma once

#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/clock.h"

namespace annofs::testing {

class SimulatedClock : public Clock {
 public:
  // `threads` sleep by this clock only, and each calls Leave() at its end.
  explicit SimulatedClock(int threads) : threads_(threads) {}

  absl::Time Now() override;
  void Sleep(absl::Duration duration) override;
  void Leave();

 private:
  void AdvanceIfAllSleep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  int threads_ ABSL_GUARDED_BY(mutex_);
  absl::Time now_ ABSL_GUARDED_BY(mutex_) = absl::FromUnixSeconds(1'700'000'000);
  std::multimap<absl::Time, absl::CondVar*> sleeping_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::testing
