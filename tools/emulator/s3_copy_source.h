// The source of a copy: x-amz-copy-source and what goes with it. Pure functions over the store.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/emulator/byte_range.h"
#include "tools/emulator/s3_call.h"

namespace annofs::emulator {

struct CopySource {
  BucketPointer bucket;
  VersionPointer version;
  bool named_version = false;  // by its versionId
};

// Finds it, may be read by the key, and meets x-amz-copy-source-if-* and the customer's key. S3
// errors InvalidArgument, AccessDenied, NoSuchBucket, NoSuchKey, NoSuchVersion, PreconditionFailed,
// InvalidRequest (more than 5 GB).
absl::StatusOr<CopySource> FindCopySource(const S3Call& call);

// All its bytes or some, kept in the store. S3 error NoSuchKey if its file is gone by now.
absl::StatusOr<std::shared_ptr<const std::string>> ReadCopySource(const S3Call& call,
                                                                  const CopySource& source,
                                                                  ByteRange range);

}  // namespace annofs::emulator
