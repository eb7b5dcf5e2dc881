// GetObject and HeadObject (reference/b2.md §4.3).
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/byte_range.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_headers.h"
#include "tools/emulator/s3_version.h"

namespace annofs::emulator {
namespace {

constexpr std::pair<absl::string_view, absl::string_view> kOverrides[] = {
    {"response-cache-control", "Cache-Control"},
    {"response-content-disposition", "Content-Disposition"},
    {"response-content-encoding", "Content-Encoding"},
    {"response-content-language", "Content-Language"},
    {"response-content-type", "Content-Type"},
    {"response-expires", "Expires"},
};

void SetHeader(Reply& reply, absl::string_view name, absl::string_view value) {
  std::erase_if(reply.headers,
                [name](const auto& header) { return absl::EqualsIgnoreCase(header.first, name); });
  reply.headers.emplace_back(name, value);
}

absl::Status Override(const S3Call& call, Reply& reply) {
  for (const auto& [parameter, header] : kOverrides) {
    if (!HasParameter(call.request, parameter)) continue;
    if (!call.signed_by_key()) {
      return S3Error(
          "InvalidRequest",
          "Request specific response headers cannot be used for anonymous GET requests.");
    }
    SetHeader(reply, header, ParameterOf(call.request, parameter));
  }
  return absl::OkStatus();
}

// The whole object if there is no Range header, or none that can be understood (RFC 9110 §14.2).
absl::StatusOr<std::optional<ByteRange>> RangeOf(const Request& request, uint64_t size) {
  std::optional<absl::string_view> header = FindHeader(request.headers, "Range");
  if (!header) return std::nullopt;
  absl::StatusOr<ByteRange> range = ParseRange(*header, size);
  if (range.ok()) return *range;
  if (CodeOf(range.status()).http_status == 416) return range.status();
  return std::nullopt;
}

absl::StatusOr<Reply> Content(const S3Call& call, const FileVersion& version) {
  ASSIGN_OR_RETURN(std::optional<ByteRange> range, RangeOf(call.request, version.size));
  ByteRange bytes = range.value_or(ByteRange{.offset = 0, .length = version.size});
  std::optional<Body> body = call.bucket->Open(version, bytes);
  if (!body) return S3Error("NoSuchKey");
  Reply reply;
  reply.body = *std::move(body);
  DescribeObject(call, version, reply);
  if (range) {
    reply.status = 206;
    reply.headers.emplace_back(
        "Content-Range", absl::StrCat("bytes ", bytes.offset, "-", bytes.offset + bytes.length - 1,
                                      "/", version.size));
  }
  RETURN_IF_ERROR(Override(call, reply));
  return reply;
}

Reply NotModified(const FileVersion& version) {
  Reply reply;
  reply.status = 304;
  reply.headers = {{"ETag", QuotedEtag(version.etag)}, {"x-amz-version-id", version.file_id}};
  return reply;
}

// What stands where the object was hidden.
VersionPointer MarkerOf(const S3Call& call) {
  absl::string_view id = ParameterOf(call.request, "versionId");
  VersionPointer version =
      id.empty() ? call.bucket->Newest(call.place.key) : call.bucket->FindById(id);
  bool marker =
      version != nullptr && version->action == Action::kHide && version->name == call.place.key;
  return marker ? version : nullptr;
}

Reply Missing(const S3Call& call, const absl::Status& error) {
  Reply reply = S3ErrorReply(error);
  if (VersionPointer marker = MarkerOf(call)) {
    reply.headers.emplace_back("x-amz-delete-marker", "true");
    reply.headers.emplace_back("x-amz-version-id", marker->file_id);
  }
  return reply;
}

}  // namespace

absl::StatusOr<Reply> S3GetObject(S3Call& call) {
  absl::StatusOr<VersionPointer> found =
      FindVersion(*call.bucket, call.place.key, ParameterOf(call.request, "versionId"));
  if (!found.ok()) return Missing(call, found.status());
  const FileVersion& version = **found;
  RETURN_IF_ERROR(CheckCustomerKey(call.request.headers, kEncryption, version.encryption));
  switch (CheckConditions(call.request, "", version)) {
    case Condition::kFailed:
      return S3Error("PreconditionFailed");
    case Condition::kNotModified:
      return NotModified(version);
    case Condition::kHolds:
      return Content(call, version);
  }
  return S3Error("InternalError");
}

}  // namespace annofs::emulator
