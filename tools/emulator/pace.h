// Slow and silent bodies: limits of bytes per second, and stalls in the middle. Ended early by
// shutdown.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tools/emulator/delivery.h"
#include "tools/emulator/fault.h"
#include "tools/emulator/gate.h"
#include "tools/emulator/settings.h"

namespace annofs::emulator {

// A token bucket of bytes over all that reserve from it, in the order of their calls. It saves up
// a twentieth of a second, which makes good for waits that end late. Thread safe.
class ByteRate {
 public:
  // When the bytes may leave. A rate of 0 is no limit.
  absl::Time Reserve(uint64_t bytes, double per_second, absl::Time now);

 private:
  absl::Mutex mutex_;
  absl::Time free_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

// All outlive the pace.
struct PaceContext {
  Gate& gate;
  ByteRate& shared;  // all bodies, limited by the settings' bandwidth
  const Settings& settings;
  Gate::Ticket ticket;  // of the request: ends the stall
  int socket;           // of the client
};

// Nothing if neither the effect nor the settings, as they are now, slow the body down. Else: a
// change of the settings counts from the next bytes on.
std::unique_ptr<Pace> PaceOf(const PaceContext& context, const FaultEffect& effect);

}  // namespace annofs::emulator
