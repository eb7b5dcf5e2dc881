// The lines that `warm` says and hears on the control socket of a mount. Pure functions.
//
// A client says `warm`, with `pin` and `dry-run` behind it as it likes, then one path, view or
// pattern a line, relative to the mount's root and escaped as in the TSV files (`\n`, `\t`, `\r`,
// `\\`, `\xNN`); `.` is all of the bucket. Then it ends its side of the connection. A line has
// 4,096 bytes at most and comes within a minute. Lines are read as they are worked on. The server
// says
//
//   progress FILES BYTES REQUESTS FAILED   once a second
//   failed PATH<TAB>REASON                 the first 10 times, escaped
//   not-kept BYTES                         of what was asked for, the cache has not kept so much
//   cost AMOUNT CURRENCY DATE              of a dry run, by the prices of that day
//   done FILES BYTES REQUESTS FAILED       the last line, or
//   error TEXT                             the last line: nothing is worked on any more but what
//                                          was taken in before
//
// FILES need nothing more: they are in the cache, or made when they are read; BYTES and REQUESTS
// were fetched for them. In a dry run they are what would be fetched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/store/prices.h"
#include "fs/warm.h"

namespace annofs {

struct WarmRequest {
  Keep keep = Keep::kEvictable;
  WarmOptions::Action action = WarmOptions::Action::kFetch;
};
// The first line, without its end. kInvalidArgument: a word that is none of its words.
absl::StatusOr<WarmRequest> ParseWarmRequest(absl::string_view line);
std::string WarmRequestLine(const WarmRequest& request);

struct WarmCounts {
  uint64_t files = 0;
  uint64_t bytes = 0;
  uint64_t requests = 0;
  uint64_t failed = 0;
};
WarmCounts CountsOf(const WarmProgress& progress, WarmOptions::Action action);

// Each with its newline.
std::string ProgressAnswer(const WarmCounts& counts);
std::string FailedAnswer(const WarmFailure& failure);
std::string NotKeptAnswer(uint64_t bytes);
std::string CostAnswer(const Estimate& estimate);
std::string DoneAnswer(const WarmCounts& counts);
std::string ErrorAnswer(absl::string_view text);

// What a client has heard so far.
struct WarmHeard {
  WarmCounts counts;
  std::vector<WarmFailure> failures;
  uint64_t not_kept = 0;
  std::optional<Estimate> cost;
  bool is_done = false;
};
// One line more. The text of `error TEXT` is kAborted; a line of another kind is passed over, one
// that is broken is kDataLoss.
absl::Status Hear(absl::string_view line, WarmHeard& heard);

}  // namespace annofs
