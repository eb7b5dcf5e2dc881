// The refresh thread of `--follow`. Thread safe.
#pragma once

#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"

namespace annofs {

class Follower {
 public:
  // Calls `refresh` again and again, `period` after the end of the call before. A failure is one
  // line of the log, and so is its end.
  Follower(absl::Duration period, std::function<absl::Status(const CallContext&)> refresh);
  // Cancels what runs and waits for its end.
  ~Follower();

 private:
  void Follow();
  // False when it is to end.
  bool WaitForPeriod();
  void Tell(const absl::Status& status);

  const absl::Duration period_;
  const std::function<absl::Status(const CallContext&)> refresh_;
  Cancellation ending_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::StatusCode told_ = absl::StatusCode::kOk;  // of the thread
  std::thread thread_;
};

}  // namespace annofs
