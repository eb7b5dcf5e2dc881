#include "cache/completion.h"

#include <algorithm>
#include <utility>

namespace annofs {
namespace {

// A cancellation is a flag that nobody is woken by, and a clock may belong to a test: both are
// looked at this often.
constexpr absl::Duration kLookInterval = absl::Milliseconds(50);

}  // namespace

void Completion::Set(absl::Status result) {
  absl::MutexLock lock(&mutex_);
  result_ = std::move(result);
  done_ = true;
}

absl::Status Completion::Wait(const CallContext& context) {
  for (;;) {
    const absl::Duration wait = std::min(kLookInterval, context.Remaining());
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&done_), wait)) return absl::OkStatus();
    }
    if (absl::Status status = context.Check(); !status.ok()) return status;
  }
}

absl::Status Completion::result() const {
  absl::MutexLock lock(&mutex_);
  return result_;
}

}  // namespace annofs
