#include "tests/testing/fake_clock.h"

#include <algorithm>

namespace annofs::testing {

absl::Time FakeClock::Now() {
  absl::MutexLock lock(&mutex_);
  return now_;
}

void FakeClock::Sleep(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  duration = std::max(duration, absl::ZeroDuration());
  now_ += duration;
  slept_ += duration;
}

void FakeClock::Advance(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  now_ += duration;
}

absl::Duration FakeClock::slept() const {
  absl::MutexLock lock(&mutex_);
  return slept_;
}

}  // namespace annofs::testing
