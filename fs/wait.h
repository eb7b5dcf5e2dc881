// Waiting for another thread's result under a caller's deadline and cancellation.
#pragma once

#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"

namespace annofs {

// Waits until `condition` holds; kDeadlineExceeded or kCancelled otherwise. REQUIRES: `mutex` is
// held, the lane is slow.
absl::Status AwaitUnder(absl::Mutex& mutex, const absl::Condition& condition,
                        const CallContext& context) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

}  // namespace annofs
