// What `annofs status --watch` says of a mount's pace, from its status JSON (fs/status_json.h).
// Pure functions.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "cache/base/json.h"

namespace annofs {

// What a mount does in a second, from two of its answers.
struct StatusRates {
  double operations = 0;  // of the kernel
  double read_bytes = 0;  // that it was given
  double requests = 0;    // to the service; of a local directory calls
  double received_bytes = 0;
  std::optional<double> hit_ratio;  // of the blocks that were read meanwhile, if any
};
// Nothing where the daemon is another one now, or no time has passed.
std::optional<StatusRates> RatesBetween(JsonValue before, JsonValue after, absl::Duration elapsed);
// "120 operations/s, 3.1 MiB/s read, 12 requests/s, 1.0 MiB/s received, 98.2 % hits".
std::string RatesText(const StatusRates& rates);
void WriteRates(const StatusRates& rates, JsonWriter& json);

}  // namespace annofs
