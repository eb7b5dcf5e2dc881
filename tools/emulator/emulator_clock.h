// The emulator's time: real time, and what was added to it, so that a test need not wait for tokens
// to expire and rules to run. Thread safe.
#pragma once

#include <atomic>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace annofs::emulator {

class EmulatorClock {
 public:
  absl::Time Now() const { return absl::Now() + absl::Nanoseconds(offset_ns_.load()); }
  void Advance(absl::Duration duration) { offset_ns_ += absl::ToInt64Nanoseconds(duration); }

 private:
  std::atomic<int64_t> offset_ns_{0};
};

}  // namespace annofs::emulator
