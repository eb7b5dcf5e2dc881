// The emulator's own time: real time and what it has been put forward by. Tokens, keys and
// lifecycle rules live by it; waits and the log do not. Thread safe.
#pragma once

#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace annofs::emulator {

class EmulatorClock {
 public:
  absl::Time Now() const;

  // Called after each advance with the times before and after it, in the order of registration,
  // one advance after the other. A hook may read the clock, but not advance it.
  using Hook = std::function<void(absl::Time before, absl::Time after)>;
  void OnAdvance(Hook hook);

  // Puts the clock forward, and returns when all hooks have. REQUIRES: by >= 0.
  void Advance(absl::Duration by);

 private:
  absl::Mutex advancing_;  // taken before mutex_
  std::vector<Hook> hooks_ ABSL_GUARDED_BY(advancing_);
  mutable absl::Mutex mutex_;
  absl::Duration offset_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::emulator
