// Downloads by id and by name.
#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/byte_range.h"
#include "tools/emulator/download_claims.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/native_access.h"

namespace annofs::emulator {
namespace {

void SetHeader(absl::string_view name, absl::string_view value, HeaderList& headers) {
  for (auto& [key, old] : headers) {
    if (key == name) {
      old = std::string(value);
      return;
    }
  }
  headers.emplace_back(std::string(name), std::string(value));
}

// File infos are headers of their own; some have the name of an HTTP header.
void AddInfo(absl::string_view name, absl::string_view value, HeaderList& headers) {
  for (const DownloadOverride& entry : kDownloadOverrides) {
    if (entry.info == name) return SetHeader(entry.header, value, headers);
  }
  headers.emplace_back(absl::StrCat("x-bz-info-", name), PercentEncode(value));
}

void AddLock(const Call& call, const FileVersion& file, HeaderList& headers) {
  std::string withheld;
  bool retentions = call.key != nullptr && call.key->Can("readFileRetentions");
  bool holds = call.key != nullptr && call.key->Can("readFileLegalHolds");
  if (!file.retention.mode.empty() && retentions) {
    headers.emplace_back("x-bz-file-retention-mode", file.retention.mode);
    headers.emplace_back("x-bz-file-retention-retain-until-timestamp",
                         absl::StrCat(file.retention.until_millis));
  }
  if (!file.legal_hold.empty() && holds) {
    headers.emplace_back("x-bz-file-legal-hold", file.legal_hold);
  }
  if (!retentions) {
    withheld = "x-bz-file-retention-mode,x-bz-file-retention-retain-until-timestamp";
  }
  if (!holds) absl::StrAppend(&withheld, withheld.empty() ? "" : ",", "x-bz-file-legal-hold");
  if (!withheld.empty()) headers.emplace_back("x-bz-client-unauthorized-to-read", withheld);
}

// Lower case: some clients lose x-bz-info-* headers that are written otherwise.
HeaderList FileHeaders(const Call& call, const FileVersion& file) {
  HeaderList headers = {{"accept-ranges", "bytes"},
                        {"cache-control", "max-age=0, no-cache, no-store"},
                        {"content-type", file.content_type},
                        {"x-bz-content-sha1", file.sha1},
                        {"x-bz-file-id", file.file_id},
                        {"x-bz-file-name", PercentEncode(file.name)},
                        {"x-bz-upload-timestamp", absl::StrCat(file.upload_millis)}};
  for (const auto& [name, value] : file.info) AddInfo(name, value, headers);
  AddEncryptionHeaders(kNativeEncryption, file.encryption, headers);
  AddLock(call, file, headers);
  for (const DownloadOverride& entry : kDownloadOverrides) {
    auto value = FindParameter(call.request.target.query, entry.parameter);
    if (value) SetHeader(entry.header, *value, headers);
  }
  return headers;
}

Reply Unsatisfiable(const absl::Status& error, uint64_t size) {
  Reply reply = ErrorReply(error);
  bool range = reply.status == 416;
  if (range) reply.headers.emplace_back("content-range", absl::StrCat("bytes */", size));
  return reply;
}

std::string ContentRange(const ByteRange& range, uint64_t size) {
  return absl::StrCat("bytes ", range.offset, "-", range.offset + range.length - 1, "/", size);
}

absl::StatusOr<Reply> Send(const Call& call, const Bucket& bucket, const FileVersion& file) {
  RETURN_IF_ERROR(CheckCustomerKey(call.request.headers, kNativeEncryption, file.encryption));
  Reply reply;
  reply.headers = FileHeaders(call, file);
  ByteRange range{.offset = 0, .length = file.size};
  if (auto header = FindHeader(call.request.headers, "Range")) {
    absl::StatusOr<ByteRange> asked = ParseRange(*header, file.size);
    if (!asked.ok()) return Unsatisfiable(asked.status(), file.size);
    range = *asked;
    reply.status = 206;
    reply.headers.emplace_back("content-range", ContentRange(range, file.size));
  }
  std::optional<Body> body = bucket.Open(file, range);
  if (!body) return NotFound(absl::StrCat("file_state_none: ", file.file_id));
  reply.body = *std::move(body);
  return reply;
}

bool IsPublic(const Bucket& bucket) { return bucket.settings().type == "allPublic"; }

// Which only callers with a token may have (§1.8).
bool HasOverrides(const Request& request) {
  return absl::c_any_of(kDownloadOverrides, [&request](const DownloadOverride& entry) {
    return FindParameter(request.target.query, entry.parameter).has_value();
  });
}

// A token for some names must be used as it was asked for.
absl::Status CheckClaims(const Call& call, const Bucket& bucket, const DownloadClaims& claims) {
  if (call.context.account.FindKey(claims.key_id, call.now()) == nullptr) return BadAuthToken();
  if (claims.bucket_id != bucket.id() || !absl::StartsWith(call.route.name, claims.prefix)) {
    return Unauthorized();
  }
  for (const auto& [parameter, value] : claims.overrides) {
    if (FindParameter(call.request.target.query, parameter) != value) return Unauthorized();
  }
  return absl::OkStatus();
}

// An account token, a download token, or a public bucket.
absl::Status CheckReader(const Call& call, const Bucket& bucket, absl::string_view name) {
  if (call.key != nullptr) {
    RETURN_IF_ERROR(CheckCapability(*call.key, "readFiles"));
    if (!call.key->CoversBucket(bucket.id())) return Unauthorized();
    return CheckName(call, name);
  }
  std::optional<absl::string_view> token = TokenOfDownload(call.request);
  if (!token) {
    return IsPublic(bucket) && !HasOverrides(call.request) ? absl::OkStatus() : Unauthorized();
  }
  ASSIGN_OR_RETURN(std::string text, call.context.account.tokens().Check(Tokens::Kind::kDownload,
                                                                         *token, call.now()));
  std::optional<DownloadClaims> claims = ParseDownloadClaims(text);
  return claims ? CheckClaims(call, bucket, *claims) : BadAuthToken();
}

}  // namespace

absl::StatusOr<Reply> DownloadFileById(const Call& call) {
  ASSIGN_OR_RETURN(Found found, FindFile(call));
  if (call.key != nullptr) {
    RETURN_IF_ERROR(CheckReader(call, *found.bucket, found.version->name));
  } else if (HasOverrides(call.request)) {
    return Unauthorized();
  }
  if (!found.version->is_upload()) return NotFound("file_state_none");
  return Send(call, *found.bucket, *found.version);
}

absl::StatusOr<Reply> DownloadFileByName(const Call& call) {
  BucketPointer bucket = call.context.store.FindByName(call.route.bucket);
  if (bucket == nullptr) {
    return NotFound(absl::StrCat("bucket ", call.route.bucket, " does not exist"));
  }
  RETURN_IF_ERROR(CheckReader(call, *bucket, call.route.name));
  VersionPointer version = bucket->Newest(call.route.name);
  if (version == nullptr || !version->is_upload()) {
    return NotFound("File with such name does not exist.");
  }
  return Send(call, *bucket, *version);
}

}  // namespace annofs::emulator
