// Checksums of request bodies: Content-MD5 and, where they are accepted, x-amz-checksum-*. Pure
// functions.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

// S3 errors InvalidDigest if the header is no MD5 in base64, BadDigest if it is another body's.
absl::Status CheckContentMd5(const Request& request, absl::string_view body);

// S3 error InvalidArgument that names the first checksum header of the request, as the service
// refuses them (reference/b2.md §4.3).
absl::Status RefuseChecksums(const Request& request);

// True if one of x-amz-checksum-* is in the request's headers.
bool HasChecksum(const Request& request);

// The headers x-amz-checksum-crc32, -sha1 and -sha256; others are refused. S3 errors BadDigest,
// InvalidArgument.
absl::Status CheckChecksums(const HeaderList& headers, absl::string_view body);

}  // namespace annofs::emulator
