#include "tools/emulator/pace.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace annofs::emulator {
namespace {

constexpr absl::Duration kSavedUp = absl::Milliseconds(50);
constexpr double kStepsPerSecond = 50;

// How many bytes go in one step, so that a slow body trickles instead of coming in lumps.
uint64_t StepOf(double per_second) {
  if (per_second <= 0) return UINT64_MAX;
  return static_cast<uint64_t>(std::max(1.0, per_second / kStepsPerSecond));
}

class AnswerPace : public Pace {
 public:
  AnswerPace(const PaceContext& context, const FaultEffect& effect)
      : context_(context), stall_after_(effect.stall_after), bandwidth_(effect.bandwidth) {}

  std::optional<uint64_t> Admit(uint64_t position, uint64_t wanted) override {
    if (stall_after_ && position >= *stall_after_) {
      stall_after_.reset();
      if (context_.gate.Stall(context_.ticket, context_.socket) == WaitResult::kGiveUp) {
        return std::nullopt;
      }
    }
    if (stall_after_) wanted = std::min(wanted, *stall_after_ - position);
    return AdmitStep(wanted);
  }

 private:
  const PaceContext context_;
  std::optional<uint64_t> stall_after_;
  const double bandwidth_;
  ByteRate own_;

  std::optional<uint64_t> AdmitStep(uint64_t wanted) {
    double shared = context_.settings.Now().bandwidth;
    uint64_t step = std::min({wanted, StepOf(bandwidth_), StepOf(shared)});
    absl::Time now = absl::Now();
    absl::Time when =
        std::max(own_.Reserve(step, bandwidth_, now), context_.shared.Reserve(step, shared, now));
    bool waits = when > now;
    if (waits && context_.gate.Delay(when - now) == WaitResult::kGiveUp) return std::nullopt;
    return step;
  }
};

}  // namespace

absl::Time ByteRate::Reserve(uint64_t bytes, double per_second, absl::Time now) {
  if (per_second <= 0) return now;
  absl::MutexLock lock(&mutex_);
  absl::Time begin = std::max(free_, now - kSavedUp);
  free_ = begin + absl::Seconds(static_cast<double>(bytes) / per_second);
  return begin;
}

std::unique_ptr<Pace> PaceOf(const PaceContext& context, const FaultEffect& effect) {
  bool slow = effect.stall_after || effect.bandwidth > 0 || context.settings.Now().bandwidth > 0;
  if (!slow) return nullptr;
  return std::make_unique<AnswerPace>(context, effect);
}

}  // namespace annofs::emulator
