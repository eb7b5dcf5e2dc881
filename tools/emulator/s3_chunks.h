// The frames of `Content-Encoding: aws-chunked`: `SIZE;chunk-signature=HEX\r\nBYTES\r\n`, the last
// of size 0, then perhaps trailing headers. Pure functions.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"
#include "tools/emulator/s3_auth.h"

namespace annofs::emulator {

struct Unframed {
  std::string bytes;
  HeaderList trailers;
};

// STREAMING-AWS4-HMAC-SHA256-PAYLOAD: every chunk is signed, each signature over the one before. S3
// errors SignatureDoesNotMatch, IncompleteBody.
absl::StatusOr<Unframed> UnframeSigned(absl::string_view body, const S3Signature& signature);
// STREAMING-UNSIGNED-PAYLOAD-TRAILER.
absl::StatusOr<Unframed> UnframeUnsigned(absl::string_view body);

}  // namespace annofs::emulator
