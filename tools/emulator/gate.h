// Where requests wait: artificial latency, delays and stalls, ended early by shutdown. And the rate
// limit. Thread safe.
#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace annofs::emulator {

enum class WaitResult {
  kGoOn,
  kGiveUp,  // the emulator ends, or the client is gone: no answer
};

class Gate {
 public:
  WaitResult Delay(absl::Duration duration);

  // A stall lasts until the first Release() after the ticket was taken. A client that hangs up is
  // noticed within a fifth of a second. `socket` -1: nobody to watch.
  using Ticket = uint64_t;
  Ticket TakeTicket() const;
  WaitResult Stall(Ticket ticket, int socket);

  void Release();
  // Ends all waiting, now and later.
  void Stop();
  // How many are stalled now.
  int stalled() const;

 private:
  mutable absl::Mutex mutex_;
  absl::CondVar changed_;
  uint64_t releases_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  int stalled_ ABSL_GUARDED_BY(mutex_) = 0;
};

// A token bucket that holds one second's worth and starts full; full again when the rate changes.
class RateLimit {
 public:
  // True if the request at this time is within the rate of so many per second; 0 is no limit.
  bool Admit(absl::Time now, double per_second);

 private:
  absl::Mutex mutex_;
  double per_second_ ABSL_GUARDED_BY(mutex_) = 0;
  double tokens_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time filled_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::emulator
