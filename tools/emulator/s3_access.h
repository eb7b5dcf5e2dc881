// What the signer of a request may do: capabilities, buckets and name prefix of its key, and what
// anyone may of a public bucket (reference/b2.md §4.3 "Restricted keys"). Thread safe.
#pragma once

#include "absl/status/status.h"
#include "tools/emulator/s3_call.h"
#include "tools/emulator/s3_operations.h"

namespace annofs::emulator {

// Finds the call's bucket. S3 errors AccessDenied, NoSuchBucket.
absl::Status AuthorizeS3(const S3Operation& operation, S3Call& call);

// For the source of a copy and the names in a body. S3 errors AccessDenied, NoSuchBucket.
absl::StatusOr<BucketPointer> FindReadable(const S3Call& call, absl::string_view bucket,
                                           absl::string_view key);

}  // namespace annofs::emulator
