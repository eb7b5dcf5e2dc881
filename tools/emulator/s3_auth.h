// Who signed an S3 request, and whether rightly: Signature Version 4 in the Authorization header or
// in the query of a presigned address (reference/b2.md §4.1). Thread safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/sigv4.h"
#include "tools/emulator/account.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

struct S3Signature {
  KeyPointer key;  // null: the request is anonymous
  std::string
      payload_hash;  // what x-amz-content-sha256 says; "UNSIGNED-PAYLOAD" if it is presigned
  // For the signatures of chunks.
  std::string time;
  SigV4Scope scope;
  std::string signing_key;
  std::string signature;
};

// `path` is the request's, decoded. `wall_time` is the world's: signers' clocks do not know what
// was added to the emulator's, by which keys expire (`now`). S3 errors InvalidAccessKeyId,
// SignatureDoesNotMatch, RequestTimeTooSkewed, AccessDenied, InvalidRequest, InvalidArgument,
// InvalidToken, AuthorizationHeaderMalformed.
absl::StatusOr<S3Signature> CheckS3Signature(const Account& account, const Request& request,
                                             absl::string_view path, absl::Time wall_time,
                                             absl::Time now);

}  // namespace annofs::emulator
