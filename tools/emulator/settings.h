// The switches as they are now: set at the start, changed by the admin interface at any time.
// Thread safe.
#pragma once

#include <cstddef>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/json.h"
#include "tools/emulator/dice.h"
#include "tools/emulator/switches.h"

namespace annofs::emulator {

class Settings {
 public:
  explicit Settings(const Switches& start) : switches_(start) {}

  // One moment's values.
  Switches Now() const;
  // Changes the members that the object has; null means the default. All or nothing: 400
  // bad_request for an unknown member, a wrong type or value.
  absl::Status Change(JsonValue json);
  // All of them.
  std::string Json() const;

  // Latency with jitter, drawn for one request.
  absl::Duration DrawLatency() const;
  // How many entries a page has for which so many (at least 1) are asked: by chance fewer, at
  // least 1, if pages are to be short.
  size_t DrawPageSize(size_t asked) const;

 private:
  mutable absl::Mutex mutex_;
  Switches switches_ ABSL_GUARDED_BY(mutex_);
  mutable Dice dice_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs::emulator
