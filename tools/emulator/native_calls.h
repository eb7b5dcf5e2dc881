// The operations of the native API, one function each. They find the caller authorized. Thread
// safe. Errors are B2Error().
#pragma once

#include "absl/status/statusor.h"
#include "tools/emulator/http.h"
#include "tools/emulator/native_context.h"
#include "tools/emulator/params.h"
#include "tools/emulator/router.h"

namespace annofs::emulator {

struct Call {
  const Route& route;
  const Request& request;
  const Params& params;
};

// §1.3; checks the key itself.
absl::StatusOr<Reply> AuthorizeAccount(const NativeContext& context, const Call& call);
// §1.12
absl::StatusOr<Reply> ListBuckets(const NativeContext& context, const Call& call);
// §1.6, §1.7, §1.11
absl::StatusOr<Reply> ListFileNames(const NativeContext& context, const Call& call);
absl::StatusOr<Reply> ListFileVersions(const NativeContext& context, const Call& call);
absl::StatusOr<Reply> GetFileInfo(const NativeContext& context, const Call& call);
// §1.8
absl::StatusOr<Reply> DownloadFileById(const NativeContext& context, const Call& call);
absl::StatusOr<Reply> DownloadFileByName(const NativeContext& context, const Call& call);

// The bucket that a file id names. Error: 400 bad_request "Invalid fileId: X" for another text.
absl::StatusOr<Bucket*> BucketOfFileId(const NativeContext& context, absl::string_view file_id);

}  // namespace annofs::emulator
