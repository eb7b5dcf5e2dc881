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
  static SystemClock* const clock = new SystemClock;  // never destroyed: threads may still wait
  return *clock;
}

}  // namespace annofs
