// The forms of time in S3's headers and XML. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs::emulator {

// "Wed, 12 Oct 2009 17:50:00 GMT": headers; whole seconds.
inline std::string HttpTime(int64_t millis) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::FromUnixMillis(millis),
                          absl::UTCTimeZone());
}
// "2009-10-12T17:50:00.000Z": XML.
inline std::string XmlTime(int64_t millis) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(millis),
                          absl::UTCTimeZone());
}

inline std::optional<absl::Time> ParseHttpTime(absl::string_view text) {
  absl::Time time;
  std::string ignored;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &time, &ignored)) return std::nullopt;
  return time;
}
// ISO 8601 with or without parts of a second.
inline std::optional<int64_t> ParseXmlTime(absl::string_view text) {
  absl::Time time;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &ignored)) return std::nullopt;
  return absl::ToUnixMillis(time);
}

}  // namespace annofs::emulator
