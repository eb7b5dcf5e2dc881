// One file: its entry, hiding, deleting, copying.
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/byte_range.h"
#include "tools/emulator/content_type.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"
#include "tools/emulator/native_locks.h"

namespace annofs::emulator {
namespace {

constexpr uint64_t kLargestCopy = 5'000'000'000;

Reply EntryReply(const Call& call, const Bucket& bucket, const FileVersion& version,
                 absl::string_view action = "") {
  EntryStyle style = StyleOf(call, bucket);
  style.action = action;
  JsonWriter json;
  WriteEntry(style, version, json);
  return JsonReply(200, json.Take());
}

absl::StatusOr<ByteRange> RangeOfSource(const Call& call, const FileVersion& source) {
  ASSIGN_OR_RETURN(std::optional<std::string> text, call.params.Text("range"));
  if (text) return ParseRange(*text, source.size);
  return ByteRange{.offset = 0, .length = source.size};
}

absl::StatusOr<BucketPointer> Destination(const Call& call, const Found& source) {
  ASSIGN_OR_RETURN(std::optional<std::string> id, call.params.Text("destinationBucketId"));
  if (!id || id->empty()) return source.bucket;
  return BucketOfCall(call, "destinationBucketId");
}

// Type and infos of the copy, by the directive.
absl::Status DescribeCopy(const Call& call, const FileVersion& source, NewVersion& copy) {
  ASSIGN_OR_RETURN(std::string directive, call.params.TextOr("metadataDirective", "COPY"));
  ASSIGN_OR_RETURN(std::optional<std::string> type, call.params.Text("contentType"));
  bool has_info = !call.params.Value("fileInfo").is_null();
  if (directive == "COPY") {
    if (type || has_info) return BadRequest("COPY takes neither contentType nor fileInfo");
    copy.content_type = source.content_type;
    copy.info = source.info;
    return absl::OkStatus();
  }
  if (directive != "REPLACE") return BadRequest("metadataDirective must be COPY or REPLACE");
  if (!type) return BadRequest("REPLACE needs contentType");
  copy.content_type = TypeOf(*type, copy.name);
  ASSIGN_OR_RETURN(copy.info, ReadFileInfo(call.params.Value("fileInfo")));
  return absl::OkStatus();
}

absl::StatusOr<NewVersion> CopyOf(const Call& call, const FileVersion& source,
                                  const BucketSettings& settings) {
  NewVersion copy;
  ASSIGN_OR_RETURN(copy.name, call.params.Required("fileName"));
  RETURN_IF_ERROR(CheckFileName(copy.name));
  RETURN_IF_ERROR(CheckName(call, copy.name));
  RETURN_IF_ERROR(DescribeCopy(call, source, copy));
  copy.encryption = settings.encryption;
  JsonValue encryption = call.params.Value("destinationServerSideEncryption");
  if (!encryption.is_null()) {
    ASSIGN_OR_RETURN(copy.encryption, ReadEncryption(encryption));
  }
  ASSIGN_OR_RETURN(Retention retention, ReadRetention(call.params.Value("fileRetention")));
  ASSIGN_OR_RETURN(std::string hold, call.params.TextOr("legalHold", ""));
  RETURN_IF_ERROR(SetLock(call, settings, std::move(retention), hold, copy));
  RETURN_IF_ERROR(CheckFileInfo(copy));
  return copy;
}

absl::Status CheckMayRead(const Call& call, const Bucket& bucket) {
  if (bucket.settings().type == "allPublic") return absl::OkStatus();
  return CheckCapability(*call.key, "readFiles");
}

}  // namespace

absl::Status CheckKeyOf(const Call& call, absl::string_view argument, const FileVersion& file) {
  if (file.encryption.mode != "SSE-C") return absl::OkStatus();
  ASSIGN_OR_RETURN(Encryption given, ReadEncryption(call.params.Value(argument)));
  if (given.mode != "SSE-C") return NeedsCustomerKey();
  if (given.key_md5 == file.encryption.key_md5) return absl::OkStatus();
  return B2Error(403, "access_denied", "the customer key is not the file's");
}

absl::StatusOr<std::shared_ptr<const std::string>> ReadSource(const Call& call) {
  ASSIGN_OR_RETURN(Found source, FindFile(call, "sourceFileId"));
  const FileVersion& version = *source.version;
  if (!version.is_upload()) return BadRequest("the source is no uploaded file");
  RETURN_IF_ERROR(CheckMayRead(call, *source.bucket));
  RETURN_IF_ERROR(CheckKeyOf(call, "sourceServerSideEncryption", version));
  ASSIGN_OR_RETURN(ByteRange range, RangeOfSource(call, version));
  if (range.length > kLargestCopy) {
    return B2Error(400, "source_too_large", absl::StrCat("Copy source too big: ", range.length));
  }
  return call.context.store.Copy(*source.bucket, version, range);
}

absl::StatusOr<Reply> GetFileInfo(const Call& call) {
  ASSIGN_OR_RETURN(Found found, FindFile(call));
  return EntryReply(call, *found.bucket, *found.version);
}

absl::StatusOr<Reply> HideFile(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  ASSIGN_OR_RETURN(std::string name, call.params.Required("fileName"));
  RETURN_IF_ERROR(CheckName(call, name));
  ASSIGN_OR_RETURN(VersionPointer marker, bucket->Hide(name, call.UploadTime()));
  return EntryReply(call, *bucket, *marker);
}

absl::StatusOr<Reply> DeleteFileVersion(const Call& call) {
  ASSIGN_OR_RETURN(std::string id, call.params.Required("fileId"));
  ASSIGN_OR_RETURN(std::string name, call.params.Required("fileName"));
  RETURN_IF_ERROR(CheckName(call, name));
  BucketPointer bucket = call.context.store.OfFileId(id);
  if (bucket == nullptr) return BadRequest(absl::StrCat("Invalid fileId: ", id));
  if (!call.key->CoversBucket(bucket->id())) return Unauthorized();
  ASSIGN_OR_RETURN(bool bypass, call.params.BoolOr("bypassGovernance", false));
  if (bypass) RETURN_IF_ERROR(CheckCapability(*call.key, "bypassGovernance"));
  RETURN_IF_ERROR(bucket->Delete(
      name, id, bypass ? Bucket::Bypass::kGovernance : Bucket::Bypass::kNo, call.now()));
  JsonWriter json;
  json.BeginObject().Key("fileId").String(id).Key("fileName").String(name).EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> CopyFile(const Call& call) {
  ASSIGN_OR_RETURN(Found source, FindFile(call, "sourceFileId"));
  ASSIGN_OR_RETURN(BucketPointer bucket, Destination(call, source));
  ASSIGN_OR_RETURN(NewVersion copy, CopyOf(call, *source.version, bucket->settings()));
  ASSIGN_OR_RETURN(std::shared_ptr<const std::string> bytes, ReadSource(call));
  std::string sha1 = DigestOf(DigestKind::kSha1, *bytes).Hex();
  VersionPointer made =
      bucket->Put(std::move(copy), std::move(bytes), std::move(sha1), call.UploadTime());
  return EntryReply(call, *bucket, *made, "copy");
}

}  // namespace annofs::emulator
