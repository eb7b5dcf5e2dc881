#include "cache/base/point_in_time.h"

#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// "%Ez" takes "Z" and "+02:00"; "%E*S" takes parts of a second.
constexpr std::array<const char*, 5> kForms = {"%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M:%E*S",
                                               "%Y-%m-%dT%H:%M%Ez", "%Y-%m-%dT%H:%M", "%Y-%m-%d"};

}  // namespace

absl::StatusOr<absl::Time> ParseTime(absl::string_view text) {
  // The words of Abseil for the ends of time are none of ours.
  bool is_number = !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text[0]));
  absl::Time time;
  for (const char* form : kForms) {
    if (!is_number || !absl::ParseTime(form, text, &time, nullptr)) continue;
    if (time < absl::UnixEpoch()) {
      return absl::InvalidArgumentError(absl::StrCat("'", text, "' is before 1970"));
    }
    return time;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", text,
                   "' is not a time such as 2026-05-01, 2026-05-01T12:00Z or "
                   "2026-05-01T12:00:00+02:00"));
}

absl::StatusOr<absl::Time> ParsePastTime(absl::string_view text, absl::Time now) {
  ASSIGN_OR_RETURN(absl::Time time, ParseTime(text));
  if (time > now) return absl::InvalidArgumentError(absl::StrCat("'", text, "' is in the future"));
  return time;
}

}  // namespace annofs
