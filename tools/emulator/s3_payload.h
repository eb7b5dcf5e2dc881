// The body of an S3 request as its sender meant it: without frames, and proven to be what was
// signed (reference/b2.md §4.1, §4.3). Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tools/emulator/http.h"
#include "tools/emulator/s3_auth.h"

namespace annofs::emulator {

enum class Checksums { kVerified, kRefused };

// Taken out of the request. By x-amz-content-sha256: a hex SHA-256, UNSIGNED-PAYLOAD,
// STREAMING-AWS4-HMAC-SHA256-PAYLOAD and, unless checksums are refused,
// STREAMING-UNSIGNED-PAYLOAD-TRAILER. Verifies Content-MD5 and checksums. S3 errors
// XAmzContentSHA256Mismatch, SignatureDoesNotMatch, InvalidArgument, InvalidDigest, BadDigest,
// IncompleteBody, EntityTooLarge, MissingContentLength, NotImplemented.
absl::StatusOr<std::string> TakeS3Payload(const S3Signature& signature, Request& request,
                                          Checksums checksums);

// S3 error MissingContentLength unless the request has a Content-Length or comes in chunks of HTTP.
absl::Status CheckBodyLength(const Request& request);

}  // namespace annofs::emulator
