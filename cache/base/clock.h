// Time and sleep. Everything that waits goes through a Clock, so that tests own the time.
// Thread safe.
#pragma once

#include "absl/time/time.h"

namespace annofs {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;
  virtual void Sleep(absl::Duration duration) = 0;
};

// The system's clock; lives for ever.
Clock& RealClock();

}  // namespace annofs
