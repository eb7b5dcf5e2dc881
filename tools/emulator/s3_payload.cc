#include "tools/emulator/s3_payload.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/sigv4.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_checksum.h"
#include "tools/emulator/s3_chunks.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_request.h"

namespace annofs::emulator {
namespace {

constexpr char kUnsignedTrailer[] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
constexpr size_t kSha256Hex = 64;

absl::Status CheckDecodedLength(const Request& request, absl::string_view bytes) {
  uint64_t length = 0;
  if (!absl::SimpleAtoi(HeaderOf(request, "x-amz-decoded-content-length"), &length)) {
    return S3Error("MissingContentLength",
                   "You must provide the x-amz-decoded-content-length HTTP header.");
  }
  return bytes.size() == length ? absl::OkStatus() : S3Error("IncompleteBody");
}

absl::StatusOr<Unframed> Streamed(const S3Signature& signature, const Request& request) {
  if (signature.payload_hash != kStreamingPayload && signature.payload_hash != kUnsignedTrailer) {
    return S3Error("NotImplemented", absl::StrCat(signature.payload_hash, " is not supported"));
  }
  ASSIGN_OR_RETURN(Unframed unframed, signature.payload_hash == kStreamingPayload
                                          ? UnframeSigned(request.body, signature)
                                          : UnframeUnsigned(request.body));
  RETURN_IF_ERROR(CheckDecodedLength(request, unframed.bytes));
  return unframed;
}

absl::Status CheckHash(const std::string& hash, absl::string_view body) {
  if (hash == kUnsignedPayload) return absl::OkStatus();
  if (hash.size() != kSha256Hex) {
    return S3Error("InvalidArgument",
                   "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                   "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.");
  }
  bool same = absl::EqualsIgnoreCase(hash, Sha256Hex(body));
  return same ? absl::OkStatus() : S3Error("XAmzContentSHA256Mismatch");
}

}  // namespace

absl::Status CheckBodyLength(const Request& request) {
  bool known = FindHeader(request.headers, "Content-Length").has_value() ||
               absl::EqualsIgnoreCase(HeaderOf(request, "Transfer-Encoding"), "chunked");
  return known ? absl::OkStatus() : S3Error("MissingContentLength");
}

absl::StatusOr<std::string> TakeS3Payload(const S3Signature& signature, Request& request,
                                          Checksums checksums) {
  if (request.body_too_large) return S3Error("EntityTooLarge");
  if (checksums == Checksums::kRefused) RETURN_IF_ERROR(RefuseChecksums(request));
  Unframed payload;
  if (absl::StartsWith(signature.payload_hash, "STREAMING-")) {
    if (checksums == Checksums::kRefused && signature.payload_hash == kUnsignedTrailer) {
      return S3Error("InvalidArgument", "x-amz-content-sha256 must not announce a trailer");
    }
    ASSIGN_OR_RETURN(payload, Streamed(signature, request));
  } else {
    RETURN_IF_ERROR(CheckHash(signature.payload_hash, request.body));
    payload.bytes = std::move(request.body);
  }
  RETURN_IF_ERROR(CheckContentMd5(request, payload.bytes));
  RETURN_IF_ERROR(CheckChecksums(request.headers, payload.bytes));
  RETURN_IF_ERROR(CheckChecksums(payload.trailers, payload.bytes));
  return std::move(payload.bytes);
}

}  // namespace annofs::emulator
