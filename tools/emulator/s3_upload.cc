#include "tools/emulator/s3_upload.h"

#include "tools/emulator/s3_error.h"

namespace annofs::emulator {

absl::StatusOr<VersionPointer> FindUpload(const S3Call& call) {
  absl::StatusOr<VersionPointer> upload =
      call.bucket->FindUnfinished(ParameterOf(call.request, "uploadId"));
  if (!upload.ok() || (*upload)->name != call.place.key) return S3Error("NoSuchUpload");
  return upload;
}

}  // namespace annofs::emulator
