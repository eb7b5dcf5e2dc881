// A change of a bucket's settings by a request. Pure over the bucket.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "tools/emulator/bucket.h"

namespace annofs::emulator {

// `settings` are those of the bucket, changed. S3 error OperationAborted if another request changed
// them meanwhile.
inline absl::Status ChangeSettings(Bucket& bucket, BucketSettings settings) {
  int64_t revision = settings.revision;
  return bucket.Update(std::move(settings), revision).status();
}

}  // namespace annofs::emulator
