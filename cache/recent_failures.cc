#include "cache/recent_failures.h"

namespace annofs {
namespace {

constexpr absl::Duration kRemembered = absl::Seconds(1);
constexpr absl::Duration kLong = absl::Seconds(1);

}  // namespace

void RecentFailures::Add(const BlockKey& first, const absl::Status& failure, absl::Duration took,
                         absl::Time now) {
  if (took < kLong && !absl::IsDataLoss(failure)) return;
  absl::MutexLock lock(&mutex_);
  absl::erase_if(failures_, [now](const auto& entry) { return entry.second.until <= now; });
  failures_[first] = {failure, now + kRemembered};
}

absl::Status RecentFailures::Find(const BlockKey& first, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  auto found = failures_.find(first);
  if (found == failures_.end() || found->second.until <= now) return absl::OkStatus();
  return found->second.status;
}

}  // namespace annofs
