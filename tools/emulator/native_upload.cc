// b2_get_upload_url and b2_upload_file.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/content_type.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"
#include "tools/emulator/native_locks.h"
#include "tools/emulator/upload_body.h"

namespace annofs::emulator {
namespace {

constexpr absl::string_view kInfoPrefix = "x-bz-info-";

// Headers that an upload may not have: file infos stand for them (§1.9).
constexpr absl::string_view kForbidden[] = {"Content-Disposition", "Content-Encoding",
                                            "Content-Language",    "Content-Location",
                                            "Content-Range",       "Expires"};

absl::StatusOr<std::string> RequiredHeader(const Request& request, absl::string_view name) {
  if (auto value = FindHeader(request.headers, name)) return std::string(*value);
  return BadRequest(absl::StrCat("Missing header: ", name));
}

absl::StatusOr<FileInfo> InfoOf(const HeaderList& headers) {
  FileInfo info;
  for (const auto& [name, value] : headers) {
    if (!absl::StartsWithIgnoreCase(name, kInfoPrefix)) continue;
    absl::StatusOr<std::string> decoded = PercentDecode(value);
    if (!decoded.ok()) return BadRequest(absl::StrCat("bad escape in header ", name));
    info[absl::AsciiStrToLower(name.substr(kInfoPrefix.size()))] = *std::move(decoded);
  }
  return info;
}

absl::StatusOr<Retention> RetentionOf(const HeaderList& headers) {
  auto mode = FindHeader(headers, "X-Bz-File-Retention-Mode");
  auto until = FindHeader(headers, "X-Bz-File-Retention-Retain-Until-Timestamp");
  if (!mode && !until) return Retention();
  Retention retention{.mode = std::string(mode.value_or(""))};
  if (!mode || !until || !absl::SimpleAtoi(*until, &retention.until_millis) ||
      (retention.mode != "governance" && retention.mode != "compliance")) {
    return BadRequest("file retention needs a mode and a time");
  }
  return retention;
}

absl::Status CheckHeaders(const Request& request) {
  RETURN_IF_ERROR(CheckIsUpload(request));
  for (absl::string_view name : kForbidden) {
    if (FindHeader(request.headers, name)) {
      return BadRequest(absl::StrCat("header not allowed: ", name));
    }
  }
  if (FindHeader(request.headers, "X-Bz-Custom-Upload-Timestamp")) {
    return B2Error(400, "custom_timestamp_not_allowed",
                   "the account may not set upload timestamps");
  }
  return absl::OkStatus();
}

absl::StatusOr<NewVersion> VersionOf(const Call& call, const BucketSettings& settings) {
  const HeaderList& headers = call.request.headers;
  RETURN_IF_ERROR(CheckHeaders(call.request));
  NewVersion version;
  ASSIGN_OR_RETURN(std::string encoded, RequiredHeader(call.request, "X-Bz-File-Name"));
  absl::StatusOr<std::string> name = PercentDecode(encoded);
  if (!name.ok()) return BadRequest("bad escape in X-Bz-File-Name");
  version.name = *std::move(name);
  RETURN_IF_ERROR(CheckFileName(version.name));
  RETURN_IF_ERROR(CheckName(call, version.name));
  ASSIGN_OR_RETURN(std::string type, RequiredHeader(call.request, "Content-Type"));
  version.content_type = TypeOf(type, version.name);
  ASSIGN_OR_RETURN(version.info, InfoOf(headers));
  ASSIGN_OR_RETURN(version.encryption,
                   EncryptionOf(headers, kNativeEncryption, settings.encryption));
  ASSIGN_OR_RETURN(Retention retention, RetentionOf(headers));
  absl::string_view hold = FindHeader(headers, "X-Bz-File-Legal-Hold").value_or("");
  RETURN_IF_ERROR(SetLock(call, settings, std::move(retention), hold, version));
  RETURN_IF_ERROR(CheckFileInfo(version));
  return version;
}

}  // namespace

absl::StatusOr<Reply> GetUploadUrl(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  std::string path = absl::StrCat("/b2api/v", call.route.version, "/b2_upload_file/", bucket->id(),
                                  "/c002_v0001129_t0017");
  JsonWriter json;
  json.BeginObject().Key("authorizationToken").String(NewUploadToken(call, path));
  json.Key("bucketId").String(bucket->id());
  json.Key("uploadUrl").String(absl::StrCat(call.context.url, path)).EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> UploadFile(const Call& call) {
  absl::string_view bucket_id = call.route.name;
  bucket_id = bucket_id.substr(0, bucket_id.find('/'));
  BucketPointer bucket = call.context.store.FindById(bucket_id);
  if (bucket == nullptr) return B2Error(400, "bad_bucket_id", "no such bucket");
  ASSIGN_OR_RETURN(NewVersion version, VersionOf(call, bucket->settings()));
  ASSIGN_OR_RETURN(UploadBody body, TakeUploadBody(call.context.store, call.request));
  VersionPointer made = bucket->Put(std::move(version), std::move(body.bytes), std::move(body.sha1),
                                    call.UploadTime());
  JsonWriter json;
  WriteEntry(StyleOf(call, *bucket), *made, json);
  return JsonReply(200, json.Take());
}

}  // namespace annofs::emulator
