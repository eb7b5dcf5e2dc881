// The daily caps of an account (reference/b2.md §2, §3.1): what has been used, against what the
// settings allow. Thread safe.
#pragma once

#include <array>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tools/emulator/switches.h"
#include "tools/emulator/transaction_class.h"

namespace annofs::emulator {

class Caps {
 public:
  // False, and nothing is used up, if the call is beyond the cap of its class.
  bool ChargeCall(const Billing& billing, const Switches& switches);
  // The same for the bytes of a download.
  bool ChargeDownload(uint64_t bytes, const Switches& switches);
  // A new day: nothing has been used.
  void Reset();

 private:
  absl::Mutex mutex_;
  std::array<int64_t, kBilledClasses> calls_ ABSL_GUARDED_BY(mutex_) = {};
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs::emulator
