// A clock that a test owns: time stands still but for Sleep and Advance. Thread safe.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/clock.h"

namespace annofs::testing {

class FakeClock : public Clock {
 public:
  explicit FakeClock(absl::Time start = absl::FromUnixSeconds(1'700'000'000)) : now_(start) {}

  absl::Time Now() override;
  // Returns at once; afterwards it is that much later.
  void Sleep(absl::Duration duration) override;
  void Advance(absl::Duration duration);
  // The sum of all sleeps.
  absl::Duration slept() const;

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  absl::Duration slept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::testing
