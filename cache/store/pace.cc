#include "cache/store/pace.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "cache/base/status.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

constexpr absl::Duration kWindow = absl::Seconds(1);
// The window is full if its first success is that old.
constexpr absl::Duration kFull = absl::Milliseconds(900);
// From a store of 500 per second that allows bursts of 50, callers get its whole rate; with 0.7 and
// 10 % a second they get 93 to 96 % of it (pace_simulation_test).
constexpr double kDecrease = 0.95;
constexpr double kSlowest = 1;     // per second
constexpr double kGrowth = 1.05;   // per second, where the store's rate was measured
constexpr double kFastGrowth = 2;  // where it was not
constexpr double kLiftedAt = 10;   // times the pace at the decrease
constexpr double kNoLimit = std::numeric_limits<double>::infinity();

// A thread wakes a little late: the next one need not be late too. More than that is not made up
// for, it would be a burst.
constexpr absl::Duration kMadeUpFor = absl::Milliseconds(50);

}  // namespace

absl::Status Pace::Await(const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  absl::MutexLock lock(&mutex_);
  const Ticket ticket = ++last_ticket_;
  waiting_.insert(ticket);
  const absl::Status status = AwaitTurn(ticket, context);
  waiting_.erase(ticket);
  return status;
}

absl::Status Pace::AwaitTurn(Ticket ticket, const CallContext& context) {
  absl::Duration late = absl::ZeroDuration();  // allowed, of one who had to wait
  while (true) {
    const absl::Time now = context.clock->Now();
    const absl::Duration wait = WaitOf(ticket, now);
    if (wait <= absl::ZeroDuration()) {
      next_ = std::max(next_, now - late) + Interval(now);
      return absl::OkStatus();
    }
    late = kMadeUpFor;
    mutex_.Unlock();
    // Not to the end at once: the pace may change, and others give up.
    const absl::Status slept = SleepFor(std::min(wait, kCancellationPoll), context);
    mutex_.Lock();
    RETURN_IF_ERROR(slept);
  }
}

absl::Duration Pace::WaitOf(Ticket ticket, absl::Time now) {
  const auto before = std::distance(waiting_.begin(), waiting_.find(ticket));
  const absl::Duration interval = Interval(now);
  if (before == 0) return next_ - now;
  // Those before have not woken up yet, though their time has come.
  return std::max(std::max(next_, now) + before * interval - now, absl::Milliseconds(1));
}

void Pace::Report(const absl::Status& status, const CallContext& context) {
  const absl::Time now = context.clock->Now();
  absl::MutexLock lock(&mutex_);
  ForgetBefore(now - kWindow);
  if (status.ok()) {
    successes_.push_back(now);
    if (growth_ == kFastGrowth) slowed_to_ = std::max(slowed_to_, PaceOfSuccesses());
  }
  if (IsThrottled(status)) Slow(now);
}

void Pace::Slow(absl::Time now) {
  if (now - slowed_at_ < kWindow) return;
  const bool measured = !successes_.empty() && now - successes_.front() >= kFull;
  growth_ = measured ? kGrowth : kFastGrowth;
  slowed_to_ = PaceOfSuccesses();
  slowed_at_ = now;
}

double Pace::PaceOfSuccesses() const {
  return std::max(kSlowest, kDecrease * static_cast<double>(successes_.size()));
}

void Pace::ForgetBefore(absl::Time time) {
  while (!successes_.empty() && successes_.front() < time) successes_.pop_front();
}

absl::Duration Pace::Interval(absl::Time now) const {
  const double rate = std::min(request_rate_ > 0 ? request_rate_ : kNoLimit, AdaptedRate(now));
  return rate < kNoLimit ? absl::Seconds(1) / rate : absl::ZeroDuration();
}

double Pace::AdaptedRate(absl::Time now) const {
  if (slowed_at_ == absl::InfinitePast()) return kNoLimit;
  const double grown = std::pow(growth_, absl::ToDoubleSeconds(now - slowed_at_));
  return grown < kLiftedAt ? slowed_to_ * grown : kNoLimit;
}

}  // namespace annofs
