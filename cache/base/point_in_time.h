// A moment as people write it: after --at, and as the name of a directory in .annofs/at. Pure.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs {

// RFC 3339, or its date and time without a zone (UTC), without seconds, or the date alone (00:00
// UTC). kInvalidArgument for anything else, and for what is before 1970.
absl::StatusOr<absl::Time> ParseTime(absl::string_view text);

// The same; kInvalidArgument also for what is later than `now`.
absl::StatusOr<absl::Time> ParsePastTime(absl::string_view text, absl::Time now);

}  // namespace annofs
