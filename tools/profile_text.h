// What `annofs profile` prints. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/profile_protocol.h"
#include "tools/profile_summary.h"

namespace annofs {

inline constexpr size_t kTopFiles = 10;

// The whole summary of that time at that mountpoint, for people, and as one JSON object in a line.
std::string ProfileText(absl::string_view mountpoint, const ProfileSummary& summary,
                        absl::Duration elapsed);
std::string ProfileJson(absl::string_view mountpoint, const ProfileSummary& summary,
                        absl::Duration elapsed);

// A line of the access log: time, operation, path, offset, bytes, microseconds, "ok" or the error
// ("EIO"), with tabs between them, escaped as in TSV files; the last two fields of a read alone are
// not 0. As JSON: an object.
std::string AccessLine(const ProfiledOp& op, ByteRange range, absl::string_view path);
std::string AccessJson(const ProfiledOp& op, ByteRange range, absl::string_view path);
// That many were not told.
std::string LostText(uint64_t count);

}  // namespace annofs
