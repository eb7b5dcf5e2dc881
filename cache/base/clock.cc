#include "cache/base/clock.h"

#include "absl/time/clock.h"

namespace annofs {
namespace {

class SystemClock : public Clock {
 public:
  absl::Time Now() override { return absl::Now(); }
  void Sleep(absl::Duration duration) override { absl::SleepFor(duration); }
};

}  // namespace

Clock& RealClock() {
  // Never destroyed: threads may still ask the time while the program ends.
  static Clock& clock = *new SystemClock;
  return clock;
}

}  // namespace annofs
