#include "cache/store/waiting.h"

#include <algorithm>

#include "cache/base/status.h"

namespace annofs {

absl::Status MayWait(const CallContext& context) {
  if (context.lane == Lane::kFast) return WouldBlock();
  return context.Check();
}

absl::Status SleepFor(absl::Duration duration, const CallContext& context) {
  const absl::Time end = context.clock->Now() + duration;
  while (true) {
    RETURN_IF_ERROR(context.Check());
    const absl::Duration left = end - context.clock->Now();
    if (left <= absl::ZeroDuration()) return absl::OkStatus();
    context.clock->Sleep(std::min({left, kCancellationPoll, context.Remaining()}));
  }
}

}  // namespace annofs
