// Object lock: retention and legal hold of versions, in headers of uploads and downloads
// (reference/b2.md §1.14). Pure functions.
#pragma once

#include "absl/status/status.h"
#include "tools/emulator/bucket_settings.h"
#include "tools/emulator/http.h"
#include "tools/emulator/s3_call.h"
#include "tools/emulator/version.h"

namespace annofs::emulator {

// The lock that a PUT asks for, else the bucket's default retention. S3 errors AccessDenied (the
// key may not lock), InvalidRequest (the bucket has no locks), InvalidArgument.
absl::Status ReadLockHeaders(const S3Call& call, const BucketSettings& settings,
                             NewVersion& object);

// What the key may read of it.
void DescribeLock(const S3Call& call, const FileVersion& version, Reply& reply);

// True if the request wants, and the key may, pass over governance.
bool BypassesGovernance(const S3Call& call);

}  // namespace annofs::emulator
