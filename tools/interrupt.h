// SIGINT and SIGTERM as a cancellation, so that a command ends in order. One at a time; make it
// before other threads start, so that they leave the signals to it.
#pragma once

#include <signal.h>

#include <atomic>
#include <thread>

#include "cache/base/call_context.h"

namespace annofs {

class Interrupt {
 public:
  // `also`, which outlives this, is cancelled, too.
  explicit Interrupt(Cancellation* also = nullptr);
  ~Interrupt();  // signals do what they did before
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const Cancellation& cancellation() const { return cancellation_; }

 private:
  void Wait();

  sigset_t signals_;
  sigset_t before_;
  Cancellation cancellation_;
  Cancellation* const also_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace annofs
