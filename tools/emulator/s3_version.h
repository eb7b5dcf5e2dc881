// Which version of an object a request means. Pure functions over a bucket.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/bucket.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

// The newest version if `version_id` is "", else that one: an upload. S3 errors NoSuchKey,
// NoSuchVersion, InvalidArgument; MethodNotAllowed for the id of a hide marker.
absl::StatusOr<VersionPointer> FindVersion(const Bucket& bucket, absl::string_view key,
                                           absl::string_view version_id);

// If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, each with `prefix` before it
// ("x-amz-copy-source-" for the source of a copy).
enum class Condition { kHolds, kFailed, kNotModified };
Condition CheckConditions(const Request& request, absl::string_view prefix,
                          const FileVersion& version);

}  // namespace annofs::emulator
