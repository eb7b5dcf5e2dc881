#include "tools/emulator/gate.h"

#include <poll.h>

#include <algorithm>

#include "absl/time/clock.h"

namespace annofs::emulator {
namespace {

constexpr absl::Duration kLookAtClient = absl::Milliseconds(200);

bool HungUp(int socket) {
  if (socket < 0) return false;
  pollfd client = {.fd = socket, .events = POLLRDHUP, .revents = 0};
  return poll(&client, 1, 0) > 0;
}

}  // namespace

WaitResult Gate::Delay(absl::Duration duration) {
  absl::Time end = absl::Now() + duration;
  absl::MutexLock lock(&mutex_);
  while (!stopped_) {
    if (absl::Now() >= end) return WaitResult::kGoOn;
    changed_.WaitWithDeadline(&mutex_, end);
  }
  return WaitResult::kGiveUp;
}

Gate::Ticket Gate::TakeTicket() const {
  absl::MutexLock lock(&mutex_);
  return releases_;
}

WaitResult Gate::Stall(Ticket ticket, int socket) {
  absl::MutexLock lock(&mutex_);
  ++stalled_;
  while (releases_ == ticket && !stopped_ && !HungUp(socket)) {
    changed_.WaitWithTimeout(&mutex_, kLookAtClient);
  }
  --stalled_;
  return releases_ != ticket && !stopped_ ? WaitResult::kGoOn : WaitResult::kGiveUp;
}

void Gate::Release() {
  absl::MutexLock lock(&mutex_);
  ++releases_;
  changed_.SignalAll();
}

void Gate::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
  changed_.SignalAll();
}

int Gate::stalled() const {
  absl::MutexLock lock(&mutex_);
  return stalled_;
}

bool RateLimit::Admit(absl::Time now, double per_second) {
  if (per_second <= 0) return true;
  double full = std::max(1.0, per_second);
  absl::MutexLock lock(&mutex_);
  if (per_second != per_second_) {
    per_second_ = per_second;
    tokens_ = full;
    filled_ = now;
  }
  if (now > filled_) {
    tokens_ = std::min(full, tokens_ + absl::ToDoubleSeconds(now - filled_) * per_second);
    filled_ = now;
  }
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace annofs::emulator
