#include "tools/emulator/s3_headers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_lock.h"
#include "tools/emulator/s3_time.h"

namespace annofs::emulator {
namespace {

constexpr absl::string_view kMeta = "x-amz-meta-";
constexpr size_t kMostMetadata = 7000;
constexpr size_t kMostMetadataProtected = 2048;

// Headers of HTTP that the native API keeps in fileInfo.
constexpr std::pair<absl::string_view, absl::string_view> kStandard[] = {
    {"Cache-Control", "b2-cache-control"},
    {"Content-Disposition", "b2-content-disposition"},
    {"Content-Encoding", "b2-content-encoding"},
    {"Content-Language", "b2-content-language"},
    {"Expires", "b2-expires"},
};

// "aws-chunked" is the way of the body, not the content's encoding.
std::string WithoutChunked(absl::string_view encoding) {
  std::vector<absl::string_view> kept;
  for (absl::string_view part : absl::StrSplit(encoding, ',')) {
    part = absl::StripAsciiWhitespace(part);
    if (!part.empty() && part != "aws-chunked") kept.push_back(part);
  }
  return absl::StrJoin(kept, ",");
}

bool HasControlByte(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

absl::Status CheckMetadataSize(const NewVersion& object) {
  size_t size = object.name.size();
  for (const auto& [key, value] : object.info) size += key.size() + value.size();
  bool is_protected = !object.encryption.mode.empty() || !object.retention.mode.empty() ||
                      !object.legal_hold.empty();
  size_t most = is_protected ? kMostMetadataProtected : kMostMetadata;
  return size <= most ? absl::OkStatus() : S3Error("MetadataTooLarge");
}

// Metadata that no header can carry is counted, as S3 does.
void DescribeMetadata(const FileInfo& info, Reply& reply) {
  int missing = 0;
  for (const auto& [key, value] : info) {
    const auto* standard =
        std::find_if(std::begin(kStandard), std::end(kStandard),
                     [&name = key](const auto& pair) { return pair.second == name; });
    std::string name =
        standard == std::end(kStandard) ? absl::StrCat(kMeta, key) : std::string(standard->first);
    if (HasControlByte(value)) {
      ++missing;
    } else {
      reply.headers.emplace_back(std::move(name), value);
    }
  }
  if (missing > 0) reply.headers.emplace_back("x-amz-missing-meta", absl::StrCat(missing));
}

}  // namespace

ObjectMetadata MetadataOf(const Request& request) {
  ObjectMetadata metadata{.content_type = std::string(HeaderOf(request, "Content-Type"))};
  if (metadata.content_type.empty()) metadata.content_type = "application/octet-stream";
  for (const auto& [name, value] : request.headers) {
    std::string key = absl::AsciiStrToLower(name);
    if (absl::StartsWith(key, kMeta)) metadata.info[key.substr(kMeta.size())] = value;
  }
  for (const auto& [header, key] : kStandard) {
    std::string value(HeaderOf(request, header));
    if (header == "Content-Encoding") value = WithoutChunked(value);
    if (!value.empty()) metadata.info[std::string(key)] = value;
  }
  return metadata;
}

absl::StatusOr<NewVersion> NewObjectOf(const S3Call& call) {
  BucketSettings settings = call.bucket->settings();
  ObjectMetadata metadata = MetadataOf(call.request);
  NewVersion object{.name = call.place.key,
                    .content_type = std::move(metadata.content_type),
                    .info = std::move(metadata.info)};
  if (absl::StartsWith(HeaderOf(call.request, kEncryption), "aws:")) {
    return S3Error("NotImplemented");  // keys of a key service
  }
  ASSIGN_OR_RETURN(object.encryption,
                   EncryptionOf(call.request.headers, kEncryption, settings.encryption));
  RETURN_IF_ERROR(ReadLockHeaders(call, settings, object));
  RETURN_IF_ERROR(CheckMetadataSize(object));
  return object;
}

absl::Status CheckPutHeaders(const S3Call& call) {
  for (absl::string_view name :
       {"If-Match", "If-None-Match", "x-amz-tagging", "x-amz-website-redirect-location",
        "x-amz-request-payer", "x-amz-write-offset-bytes"}) {
    if (FindHeader(call.request.headers, name)) return S3Error("NotImplemented");
  }
  absl::string_view storage_class = HeaderOf(call.request, "x-amz-storage-class");
  if (!storage_class.empty() && storage_class != "STANDARD") return S3Error("InvalidStorageClass");
  return CheckObjectAcl(call);
}

absl::Status CheckObjectAcl(const S3Call& call) {
  for (const auto& [name, value] : call.request.headers) {
    if (absl::StartsWithIgnoreCase(name, "x-amz-grant-")) return S3Error("NotImplemented");
  }
  absl::string_view acl = HeaderOf(call.request, "x-amz-acl");
  if (acl.empty()) return absl::OkStatus();
  if (acl != "private" && acl != "public-read") {
    return S3Error("InvalidArgument", absl::StrCat("Unsupported value for canned acl '", acl, "'"));
  }
  bool is_public = call.bucket->settings().type == "allPublic";
  if (is_public == (acl == "public-read")) return absl::OkStatus();
  return S3Error("AccessDenied", "The ACL of an object must be that of its bucket");
}

std::string QuotedEtag(absl::string_view etag) { return absl::StrCat("\"", etag, "\""); }

void DescribeObject(const S3Call& call, const FileVersion& version, Reply& reply) {
  reply.headers.emplace_back("ETag", QuotedEtag(version.etag));
  reply.headers.emplace_back("Last-Modified", HttpTime(version.upload_millis));
  reply.headers.emplace_back("x-amz-version-id", version.file_id);
  reply.headers.emplace_back("Content-Type", version.content_type);
  reply.headers.emplace_back("Accept-Ranges", "bytes");
  DescribeMetadata(version.info, reply);
  AddEncryptionHeaders(kEncryption, version.encryption, reply.headers);
  DescribeLock(call, version, reply);
}

}  // namespace annofs::emulator
