// Scripted faults: what goes wrong with which requests. Thread safe.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/json.h"

namespace annofs::emulator {

// What happens to a request, in this order: delay, stall, reset, status; `cut_after` to whatever is
// then answered. Nothing set: nothing happens.
struct FaultEffect {
  absl::Duration delay = absl::ZeroDuration();
  bool stall = false;
  bool reset = false;  // the connection is closed without an answer
  int status = 0;      // 0: the usual answer
  std::string code;
  std::string message;
  int retry_after = 0;  // seconds; 0: no header
  std::optional<uint64_t> cut_after;
};

struct Fault {
  std::string operation;  // "" = every one
  std::string match;      // part of the target, or of the file name or prefix that it is about
  int64_t skip = 0;       // how many matching requests pass first
  int64_t count = 1;      // how many are hit then; -1 = all
  FaultEffect effect;
};

// From the admin interface's JSON. Error: 400 bad_request for an unknown member, a wrong type or
// value.
absl::StatusOr<Fault> ParseFault(JsonValue json);

// The request as faults see it.
struct FaultSubject {
  absl::string_view operation;
  absl::string_view target;  // as sent
  absl::string_view name;
};

class Faults {
 public:
  void Add(Fault fault);
  void Clear();
  bool empty() const;
  size_t size() const;
  // The effect of the oldest fault that hits; it counts down. Faults that skip let the next ones
  // look.
  std::optional<FaultEffect> Take(const FaultSubject& subject);

 private:
  mutable absl::Mutex mutex_;
  std::list<Fault> faults_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::emulator
