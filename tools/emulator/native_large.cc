// Large files: start, parts, finish, cancel, and what is unfinished.
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/content_type.h"
#include "tools/emulator/encryption_headers.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"
#include "tools/emulator/native_locks.h"
#include "tools/emulator/upload_body.h"

namespace annofs::emulator {
namespace {

constexpr uint64_t kSmallestPart = 5'000'000;
constexpr int kMostParts = 10'000;
constexpr int64_t kDefaultParts = 100;
constexpr int64_t kMostListedParts = 1000;
constexpr int64_t kMostUnfinished = 100;

Reply EntryReply(const Call& call, const Bucket& bucket, const FileVersion& version) {
  JsonWriter json;
  WriteEntry(StyleOf(call, bucket), version, json);
  return JsonReply(200, json.Take());
}

void WritePart(absl::string_view file_id, const Part& part, const Encryption& encryption,
               JsonWriter& json) {
  json.BeginObject().Key("contentLength").Int(static_cast<int64_t>(part.bytes->size()));
  json.Key("contentMd5").String(part.md5).Key("contentSha1").String(part.sha1);
  json.Key("fileId").String(file_id).Key("partNumber").Int(part.number);
  WriteEncryption(encryption, ShowKey::kNothing, json);
  json.Key("uploadTimestamp").Int(part.upload_millis).EndObject();
}

Reply PartReply(const FileVersion& file, const Part& part) {
  JsonWriter json;
  WritePart(file.file_id, part, file.encryption, json);
  return JsonReply(200, json.Take());
}

absl::Status CheckPartNumber(int64_t number) {
  if (number >= 1 && number <= kMostParts) return absl::OkStatus();
  return BadRequest(absl::StrCat("part number must be 1 to ", kMostParts));
}

// The parts that the caller names by their SHA-1s: all there are, contiguous, of legal size.
absl::Status CheckParts(const std::vector<Part>& parts, const std::vector<std::string>& sha1s) {
  if (sha1s.size() < 2) return BadRequest("large files must have at least 2 parts");
  for (size_t i = 0; i < sha1s.size(); ++i) {
    if (i >= parts.size() || parts[i].number != static_cast<int>(i) + 1) {
      return B2Error(400, "missing_part",
                     absl::StrCat("part number ", i + 1, " has not been uploaded"));
    }
  }
  for (size_t i = 0; i < sha1s.size(); ++i) {
    if (parts[i].sha1 != absl::AsciiStrToLower(sha1s[i])) {
      return BadRequest(absl::StrCat("sha1 of part number ", i + 1, " does not match"));
    }
    if (i + 1 < sha1s.size() && parts[i].bytes->size() < kSmallestPart) {
      return BadRequest(
          absl::StrCat("part number ", i + 1, " is smaller than ", kSmallestPart, " bytes"));
    }
  }
  if (parts.size() == sha1s.size()) return absl::OkStatus();
  return BadRequest("partSha1Array does not name all parts");
}

absl::StatusOr<Found> FileOfUpload(const Call& call) {
  absl::string_view file_id = call.route.name;
  file_id = file_id.substr(0, file_id.find('/'));
  Found found{.bucket = call.context.store.OfFileId(file_id), .version = nullptr};
  if (found.bucket == nullptr) return BadRequest(absl::StrCat("Invalid fileId: ", file_id));
  ASSIGN_OR_RETURN(found.version, found.bucket->FindUnfinished(file_id));
  return found;
}

}  // namespace

absl::StatusOr<Reply> StartLargeFile(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  NewVersion version;
  ASSIGN_OR_RETURN(version.name, call.params.Required("fileName"));
  RETURN_IF_ERROR(CheckFileName(version.name));
  RETURN_IF_ERROR(CheckName(call, version.name));
  ASSIGN_OR_RETURN(std::string type, call.params.Required("contentType"));
  version.content_type = TypeOf(type, version.name);
  ASSIGN_OR_RETURN(version.info, ReadFileInfo(call.params.Value("fileInfo")));
  BucketSettings settings = bucket->settings();
  version.encryption = settings.encryption;
  if (!call.params.Value("serverSideEncryption").is_null()) {
    ASSIGN_OR_RETURN(version.encryption, ReadEncryption(call.params.Value("serverSideEncryption")));
  }
  if (!call.params.Value("customUploadTimestamp").is_null()) {
    return B2Error(400, "custom_timestamp_not_allowed",
                   "the account may not set upload timestamps");
  }
  ASSIGN_OR_RETURN(Retention retention, ReadRetention(call.params.Value("fileRetention")));
  ASSIGN_OR_RETURN(std::string hold, call.params.TextOr("legalHold", ""));
  RETURN_IF_ERROR(SetLock(call, settings, std::move(retention), hold, version));
  RETURN_IF_ERROR(CheckFileInfo(version));
  return EntryReply(call, *bucket, *bucket->StartLarge(std::move(version), call.UploadTime()));
}

absl::StatusOr<Reply> GetUploadPartUrl(const Call& call) {
  ASSIGN_OR_RETURN(Found found, FindLargeFile(call));
  std::string path = absl::StrCat("/b2api/v", call.route.version, "/b2_upload_part/",
                                  found.version->file_id, "/0018");
  JsonWriter json;
  json.BeginObject().Key("authorizationToken").String(NewUploadToken(call, path));
  json.Key("fileId").String(found.version->file_id);
  json.Key("uploadUrl").String(absl::StrCat(call.context.url, path)).EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> UploadPart(const Call& call) {
  RETURN_IF_ERROR(CheckIsUpload(call.request));
  ASSIGN_OR_RETURN(Found found, FileOfUpload(call));
  int number = 0;
  auto header = FindHeader(call.request.headers, "X-Bz-Part-Number");
  if (!header || !absl::SimpleAtoi(*header, &number)) {
    return BadRequest("Missing header: X-Bz-Part-Number");
  }
  RETURN_IF_ERROR(CheckPartNumber(number));
  if (found.version->encryption.mode == "SSE-C") {
    RETURN_IF_ERROR(
        CheckCustomerKey(call.request.headers, kNativeEncryption, found.version->encryption));
  }
  ASSIGN_OR_RETURN(UploadBody body, TakeUploadBody(call.context.store, call.request));
  ASSIGN_OR_RETURN(Part part, found.bucket->PutPart(found.version->file_id, number,
                                                    std::move(body.bytes), call.UploadTime()));
  return PartReply(*found.version, part);
}

absl::StatusOr<Reply> CopyPart(const Call& call) {
  ASSIGN_OR_RETURN(Found large, FindLargeFile(call, "largeFileId"));
  ASSIGN_OR_RETURN(std::optional<int64_t> number, call.params.Int("partNumber"));
  RETURN_IF_ERROR(CheckPartNumber(number.value_or(0)));
  RETURN_IF_ERROR(CheckKeyOf(call, "destinationServerSideEncryption", *large.version));
  ASSIGN_OR_RETURN(std::shared_ptr<const std::string> bytes, ReadSource(call));
  ASSIGN_OR_RETURN(Part part,
                   large.bucket->PutPart(large.version->file_id, static_cast<int>(*number), bytes,
                                         call.UploadTime()));
  return PartReply(*large.version, part);
}

absl::StatusOr<Reply> ListParts(const Call& call) {
  ASSIGN_OR_RETURN(Found found, FindLargeFile(call));
  ASSIGN_OR_RETURN(std::optional<int64_t> start, call.params.Int("startPartNumber"));
  ASSIGN_OR_RETURN(std::optional<int64_t> count, call.params.Int("maxPartCount"));
  int64_t limit = count.value_or(kDefaultParts);
  if (limit < 1 || limit > kMostListedParts) return B2Error(400, "out_of_range", "maxPartCount");
  limit = call.PageSize(limit);
  ASSIGN_OR_RETURN(std::vector<Part> parts, found.bucket->Parts(found.version->file_id));
  JsonWriter json;
  int next = 0;
  json.BeginObject().Key("parts").BeginArray();
  for (const Part& part : parts) {
    if (part.number < start.value_or(1)) continue;
    if (limit-- == 0) {
      next = part.number;
      break;
    }
    WritePart(found.version->file_id, part, found.version->encryption, json);
  }
  json.EndArray().Key("nextPartNumber");
  if (next == 0) {
    json.Null();
  } else {
    json.Int(next);
  }
  json.EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> FinishLargeFile(const Call& call) {
  ASSIGN_OR_RETURN(Found found, FindLargeFile(call));
  ASSIGN_OR_RETURN(std::optional<std::vector<std::string>> sha1s,
                   call.params.List("partSha1Array"));
  ASSIGN_OR_RETURN(std::vector<Part> parts, found.bucket->Parts(found.version->file_id));
  RETURN_IF_ERROR(CheckParts(parts, sha1s.value_or(std::vector<std::string>())));
  ASSIGN_OR_RETURN(VersionPointer version,
                   call.context.store.Finish(*found.bucket, found.version->file_id, parts));
  return EntryReply(call, *found.bucket, *version);
}

absl::StatusOr<Reply> CancelLargeFile(const Call& call) {
  ASSIGN_OR_RETURN(Found found, FindLargeFile(call));
  RETURN_IF_ERROR(found.bucket->CancelLarge(found.version->file_id).status());
  JsonWriter json;
  json.BeginObject().Key("accountId").String(call.context.account.id());
  json.Key("bucketId").String(found.bucket->id()).Key("fileId").String(found.version->file_id);
  json.Key("fileName").String(found.version->name).EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> ListUnfinishedLargeFiles(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  ASSIGN_OR_RETURN(std::string prefix, call.params.TextOr("namePrefix", ""));
  RETURN_IF_ERROR(CheckName(call, prefix));
  ASSIGN_OR_RETURN(std::string start, call.params.TextOr("startFileId", ""));
  ASSIGN_OR_RETURN(std::optional<int64_t> count, call.params.Int("maxFileCount"));
  int64_t limit = count.value_or(kMostUnfinished);
  if (limit < 1 || limit > kMostUnfinished) return B2Error(400, "out_of_range", "maxFileCount");
  limit = call.PageSize(limit);
  JsonWriter json;
  std::string next;
  bool started = start.empty();
  json.BeginObject().Key("files").BeginArray();
  for (const VersionPointer& version : bucket->Unfinished()) {
    started = started || version->file_id == start;
    if (!started || version->name.compare(0, prefix.size(), prefix) != 0) continue;
    if (limit-- == 0) {
      next = version->file_id;
      break;
    }
    WriteEntry(StyleOf(call, *bucket), *version, json);
  }
  json.EndArray();
  WriteText("nextFileId", next, json);
  json.EndObject();
  return JsonReply(200, json.Take());
}

}  // namespace annofs::emulator
