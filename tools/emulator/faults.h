// The faults that are waiting for their requests. Thread safe.
#pragma once

#include <list>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "tools/emulator/fault.h"

namespace annofs::emulator {

// The request as faults see it.
struct FaultSubject {
  absl::string_view operation;
  absl::string_view method;
  absl::string_view target;  // as sent
  absl::string_view name;
};

class Faults {
 public:
  // Behind those that are there.
  void Add(std::vector<Fault> faults);
  void Clear();
  bool empty() const;
  size_t size() const;
  // The effect of the oldest fault that hits; it counts down. Faults that skip, or that chance
  // lets pass, let the next ones look. What is random in the effect has been drawn: `delay` is
  // with its jitter.
  std::optional<FaultEffect> Take(const FaultSubject& subject);

 private:
  mutable absl::Mutex mutex_;
  std::list<Fault> faults_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::emulator
