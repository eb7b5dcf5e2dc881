#include "cache/store/hedge.h"

#include <algorithm>

namespace annofs {
namespace {

constexpr uint64_t kEnoughAnswers = 50;  // to know what is late
constexpr uint64_t kAnswersPerLook = 16;
constexpr double kMargin = 1.25;
// The scheduler's share: on a busy machine a thread wakes that much later than it might.
constexpr absl::Duration kLeastMargin = absl::Milliseconds(5);
constexpr absl::Duration kQuietAfterThrottle = absl::Seconds(1);

}  // namespace

void HedgePolicy::Started() { allowance_ = std::min(allowance_ + kHedgeShare, kHedgeBurst); }

bool HedgePolicy::Take(absl::Time now) {
  if (allowance_ < 1 || now - throttled_ < kQuietAfterThrottle) return false;
  allowance_ -= 1;
  return true;
}

void HedgePolicy::Answered(absl::Duration first_byte, bool refused) {
  if (refused && answers_ >= kEnoughAnswers) return;
  recent_[answers_++ % kRemembered] = first_byte;
  if (answers_ >= kEnoughAnswers && answers_ % kAnswersPerLook == 0) delay_ = LateAfter();
}

absl::Duration HedgePolicy::LateAfter() const {
  auto sorted = recent_;
  const size_t count = std::min<uint64_t>(answers_, kRemembered);
  const auto p99 = sorted.begin() + count * 99 / 100;
  std::nth_element(sorted.begin(), p99, sorted.begin() + count);
  return std::max(kMargin * *p99, *p99 + kLeastMargin);
}

}  // namespace annofs
