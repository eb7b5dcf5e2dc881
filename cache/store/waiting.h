// Waiting on behalf of a call: by the clock of its context, no longer than its deadline, and not
// after its cancellation. Thread safe.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"

namespace annofs {

// How often a waiting call looks whether it was cancelled.
inline constexpr absl::Duration kCancellationPoll = absl::Milliseconds(50);

// WouldBlock() on the fast lane, else context.Check(). What every call to a store asks first.
absl::Status MayWait(const CallContext& context);

// Sleeps for `duration`; kCancelled or kDeadlineExceeded if the context ends first.
absl::Status SleepFor(absl::Duration duration, const CallContext& context);

}  // namespace annofs
