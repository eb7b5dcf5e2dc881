#include "cache/base/call_context.h"

#include <algorithm>

namespace annofs {

absl::Status CallContext::Check() const {
  if (cancellation != nullptr && cancellation->cancelled()) {
    return absl::CancelledError("interrupted");
  }
  if (deadline != absl::InfiniteFuture() && clock->Now() >= deadline) {
    return absl::DeadlineExceededError("no answer in time (--timeout)");
  }
  return absl::OkStatus();
}

absl::Duration CallContext::Remaining() const {
  if (deadline == absl::InfiniteFuture()) return absl::InfiniteDuration();
  return std::max(absl::ZeroDuration(), deadline - clock->Now());
}

}  // namespace annofs
