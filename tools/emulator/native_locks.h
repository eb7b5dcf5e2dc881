// Locks of files in the native API (reference/b2.md §1.14). Errors are B2Error().
#pragma once

#include "absl/status/statusor.h"
#include "tools/emulator/native_calls.h"
#include "tools/emulator/version.h"

namespace annofs::emulator {

// Gives a new version its lock: what it asks for, else the bucket's default retention. 400
// bucket_missing_file_lock if it asks where the bucket has no locks; 401 without the capability.
absl::Status SetLock(const Call& call, const BucketSettings& settings, Retention retention,
                     absl::string_view legal_hold, NewVersion& version);

}  // namespace annofs::emulator
