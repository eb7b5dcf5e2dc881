// The unfinished multipart upload that a request is about: an unfinished large file of the native
// API, whose id is the UploadId (reference/b2.md §4.3). Pure.
#pragma once

#include "absl/status/statusor.h"
#include "tools/emulator/s3_call.h"

namespace annofs::emulator {

// By uploadId and key. S3 error NoSuchUpload.
absl::StatusOr<VersionPointer> FindUpload(const S3Call& call);

}  // namespace annofs::emulator
