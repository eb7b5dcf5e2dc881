// Random numbers that are the same in every run with the same seed. Not thread safe.
#pragma once

#include <cstdint>
#include <random>

#include "absl/time/time.h"

namespace annofs::emulator {

class Dice {
 public:
  explicit Dice(uint64_t seed = 0) : engine_(seed) {}

  uint64_t Number() { return engine_(); }
  // 0 included, 1 excluded. The standard's distributions differ between libraries; this does not.
  double Fraction() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  // `mean`, up to `jitter` more or less, never negative.
  absl::Duration Around(absl::Duration mean, absl::Duration jitter) {
    if (jitter <= absl::ZeroDuration()) return mean;
    absl::Duration picked = mean + (2 * Fraction() - 1) * jitter;
    return picked < absl::ZeroDuration() ? absl::ZeroDuration() : picked;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace annofs::emulator
