// SIGINT and SIGTERM as a cancellation, so that a command ends in order; a second signal ends it at
// once. One at a time; make it
// before other threads start, so that they leave the signals to it.
#pragma once

#include <signal.h>

#include <atomic>
#include <memory>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"

namespace annofs {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();  // signals do what they did before
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const Cancellation& cancellation() const { return cancellation_; }
  // From now on that is cancelled, too; at once where a signal has come. Once.
  void AlsoCancel(std::shared_ptr<Cancellation> also);

 private:
  void Wait();

  sigset_t signals_;
  sigset_t before_;
  Cancellation cancellation_;
  absl::Mutex mutex_;
  std::shared_ptr<Cancellation> also_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace annofs
