// What `annofs warm` says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/store/prices.h"
#include "fs/warm.h"
#include "tools/command.h"
#include "tools/warm_protocol.h"

namespace annofs {

struct WarmResult {
  std::string target;  // source or mountpoint
  WarmRequest request;
  WarmCounts counts;
  std::vector<WarmFailure> failures;
  uint64_t not_kept = 0;  // bytes
  std::optional<Estimate> cost;
  absl::Duration elapsed;
  std::optional<WarmProgress> found;  // what a mount does not tell
};

// "1,200 of 5,000 objects, 120 MiB of 500 MiB, 60 MiB/s, 6 s left"; before `all_found` "of" has a
// "+" and nothing is said to be left.
std::string WarmProgressText(const WarmProgress& progress, bool all_found, absl::Duration elapsed);
// The same of what a mount tells.
std::string WarmProgressText(const WarmCounts& counts, absl::Duration elapsed);

// The final lines, for people and as JSON.
std::string WarmResultText(const WarmResult& result);
std::string WarmResultJson(const WarmResult& result);
// The failures that are named, a line each; and that there were more.
std::string WarmFailuresText(const WarmResult& result);
// Why it is not all in the cache, and what helps; "" if it is.
std::string NotKeptText(const WarmResult& result);

// Says all of it; answers the exit code.
int TellWarmed(const Settings& settings, const WarmResult& result, const Io& io);

// One line, when more is to come than fits: "what was brought first is evicted".
std::string TooMuchText(uint64_t bytes, uint64_t bound);

}  // namespace annofs
