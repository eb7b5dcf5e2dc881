#include "fs/wait.h"

#include <algorithm>

namespace annofs {
namespace {
// How soon a cancellation is noticed: cancelling sets a flag and cannot wake a mutex's waiters.
constexpr absl::Duration kCancellationPoll = absl::Milliseconds(20);
}  // namespace

absl::Status AwaitUnder(absl::Mutex& mutex, const absl::Condition& condition,
                        const CallContext& context) {
  while (!mutex.AwaitWithTimeout(condition, std::min(kCancellationPoll, context.Remaining()))) {
    if (absl::Status status = context.Check(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace annofs
