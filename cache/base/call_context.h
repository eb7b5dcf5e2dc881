// What travels with every operation from the kernel down to curl: until when it may take, whether
// somebody still wants it, and which lane it runs on. A value, cheap to copy; `cancellation` and
// `clock` outlive the call.
#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cache/base/clock.h"

namespace annofs {

// Set once, by the one who asked (interrupt, shutdown). Thread safe.
class Cancellation {
 public:
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

// Fast: must answer WouldBlock() instead of waiting for network, disk or another thread.
enum class Lane { kFast, kSlow };

struct CallContext {
  Clock* clock = &RealClock();
  absl::Time deadline = absl::InfiniteFuture();
  const Cancellation* cancellation = nullptr;
  Lane lane = Lane::kSlow;

  // OK, kCancelled, or kDeadlineExceeded.
  absl::Status Check() const;
  // Time left; never negative.
  absl::Duration Remaining() const;
};

}  // namespace annofs
