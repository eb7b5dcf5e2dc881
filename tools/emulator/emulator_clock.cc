#include "tools/emulator/emulator_clock.h"

#include <utility>

#include "absl/time/clock.h"

namespace annofs::emulator {

absl::Time EmulatorClock::Now() const {
  absl::MutexLock lock(&mutex_);
  return absl::Now() + offset_;
}

void EmulatorClock::OnAdvance(Hook hook) {
  absl::MutexLock lock(&advancing_);
  hooks_.push_back(std::move(hook));
}

void EmulatorClock::Advance(absl::Duration by) {
  absl::MutexLock advancing(&advancing_);
  absl::Time before;
  {
    absl::MutexLock lock(&mutex_);
    before = absl::Now() + offset_;
    offset_ += by;
  }
  for (const Hook& hook : hooks_) hook(before, before + by);
}

}  // namespace annofs::emulator
