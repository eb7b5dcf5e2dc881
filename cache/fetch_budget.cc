#include "cache/fetch_budget.h"

#include <algorithm>

namespace annofs {
namespace {

// Cancellation is a flag that nobody is woken by, and the clock may belong to a test.
constexpr absl::Duration kLookInterval = absl::Milliseconds(50);

}  // namespace

absl::Status FetchBudget::Acquire(uint64_t bytes, const CallContext& context) {
  absl::MutexLock lock(&mutex_);
  if (!waiting_.empty() || !Fits(bytes)) {
    const uint64_t ticket = next_ticket_++;
    waiting_.push_back(ticket);
    absl::Status status = Wait(ticket, bytes, context);
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), ticket));
    if (!status.ok()) return status;
  }
  used_ += bytes;
  return absl::OkStatus();
}

absl::Status FetchBudget::Wait(uint64_t ticket, uint64_t bytes, const CallContext& context) {
  auto mine = [this, ticket, bytes]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return waiting_.front() == ticket && Fits(bytes);
  };
  while (!mutex_.AwaitWithTimeout(absl::Condition(&mine),
                                  std::min(kLookInterval, context.Remaining()))) {
    if (absl::Status status = context.Check(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void FetchBudget::Release(uint64_t bytes) {
  absl::MutexLock lock(&mutex_);
  used_ -= bytes;
}

}  // namespace annofs
