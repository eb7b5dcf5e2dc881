#include "fs/follower.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"

namespace annofs {

Follower::Follower(absl::Duration period, std::function<absl::Status(const CallContext&)> refresh)
    : period_(period), refresh_(std::move(refresh)), thread_([this] { Follow(); }) {}

Follower::~Follower() {
  ending_.Cancel();
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Follower::Follow() {
  while (WaitForPeriod()) {
    absl::Status status = refresh_({.cancellation = &ending_});
    if (!ending_.cancelled()) Tell(status);
  }
}

bool Follower::WaitForPeriod() {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stopping_), period_);
}

void Follower::Tell(const absl::Status& status) {
  if (status.code() == told_) return;
  told_ = status.code();
  if (status.ok()) {
    LogInfo("following the bucket's changes again");
  } else {
    LogWarning(absl::StrCat("the bucket's changes cannot be followed, tried again every ",
                            absl::FormatDuration(period_), ": ", status.message()));
  }
}

}  // namespace annofs
