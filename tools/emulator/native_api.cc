#include "tools/emulator/native_api.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/emulator/answer_form.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_calls.h"
#include "tools/emulator/params.h"

namespace annofs::emulator {
namespace {

using Operation = absl::StatusOr<Reply> (*)(const Call&);

enum class Access {
  kKey,       // basic authentication, checked by the operation
  kToken,     // an account token
  kDownload,  // an account token, in the query too; others are checked by the operation
  kUpload,    // an upload token of that URL; the body is a file's content
};

struct OperationEntry {
  absl::string_view name;
  Access access;
  absl::string_view capability;  // that the key needs (§1.4); "" = none, or the operation knows
  Operation run;
  absl::string_view fields;  // of its JSON, separated by spaces
};

constexpr OperationEntry kOperations[] = {
    {"b2_authorize_account", Access::kKey, "", AuthorizeAccount, ""},
    {"b2_cancel_large_file", Access::kToken, "writeFiles", CancelLargeFile, "fileId"},
    {"b2_copy_file", Access::kToken, "writeFiles", CopyFile,
     "sourceFileId destinationBucketId fileName range metadataDirective contentType "
     "fileInfo fileRetention legalHold sourceServerSideEncryption "
     "destinationServerSideEncryption"},
    {"b2_copy_part", Access::kToken, "writeFiles", CopyPart,
     "sourceFileId largeFileId partNumber range sourceServerSideEncryption "
     "destinationServerSideEncryption"},
    {"b2_create_bucket", Access::kToken, "writeBuckets", CreateBucket,
     "accountId bucketName bucketType bucketInfo corsRules "
     "defaultServerSideEncryption fileLockEnabled lifecycleRules "
     "replicationConfiguration"},
    {"b2_create_key", Access::kToken, "writeKeys", CreateKey,
     "accountId capabilities keyName validDurationInSeconds bucketId bucketIds "
     "namePrefix"},
    {"b2_delete_bucket", Access::kToken, "deleteBuckets", DeleteBucket, "accountId bucketId"},
    {"b2_delete_file_version", Access::kToken, "deleteFiles", DeleteFileVersion,
     "fileName fileId bypassGovernance"},
    {"b2_delete_key", Access::kToken, "deleteKeys", DeleteKey, "applicationKeyId"},
    {"b2_download_file_by_id", Access::kDownload, "", DownloadFileById, "fileId"},
    {kDownloadByName, Access::kDownload, "", DownloadFileByName, ""},
    {"b2_finish_large_file", Access::kToken, "writeFiles", FinishLargeFile, "fileId partSha1Array"},
    {"b2_get_bucket_notification_rules", Access::kToken, "readBucketNotifications",
     GetNotificationRules, "bucketId"},
    {"b2_get_download_authorization", Access::kToken, "shareFiles", GetDownloadAuthorization,
     "bucketId fileNamePrefix validDurationInSeconds b2ContentDisposition "
     "b2ContentLanguage b2Expires b2CacheControl b2ContentEncoding b2ContentType"},
    {"b2_get_file_info", Access::kToken, "readFiles", GetFileInfo, "fileId"},
    {"b2_get_upload_part_url", Access::kToken, "writeFiles", GetUploadPartUrl, "fileId"},
    {"b2_get_upload_url", Access::kToken, "writeFiles", GetUploadUrl, "bucketId"},
    {"b2_hide_file", Access::kToken, "writeFiles", HideFile, "bucketId fileName"},
    {"b2_list_buckets", Access::kToken, "listBuckets|listAllBucketNames", ListBuckets,
     "accountId bucketId bucketName bucketTypes"},
    {"b2_list_file_names", Access::kToken, "listFiles", ListFileNames,
     "bucketId startFileName maxFileCount prefix delimiter"},
    {"b2_list_file_versions", Access::kToken, "listFiles", ListFileVersions,
     "bucketId startFileName startFileId maxFileCount prefix delimiter"},
    {"b2_list_keys", Access::kToken, "listKeys", ListKeys,
     "accountId maxKeyCount startApplicationKeyId"},
    {"b2_list_parts", Access::kToken, "listFiles|writeFiles", ListParts,
     "fileId startPartNumber maxPartCount"},
    {"b2_list_unfinished_large_files", Access::kToken, "listFiles", ListUnfinishedLargeFiles,
     "bucketId namePrefix startFileId maxFileCount"},
    {"b2_set_bucket_notification_rules", Access::kToken, "writeBucketNotifications",
     SetNotificationRules, "bucketId eventNotificationRules"},
    {"b2_start_large_file", Access::kToken, "writeFiles", StartLargeFile,
     "bucketId fileName contentType fileInfo fileRetention legalHold "
     "serverSideEncryption customUploadTimestamp"},
    {"b2_update_bucket", Access::kToken, "writeBuckets", UpdateBucket,
     "accountId bucketId bucketType bucketInfo corsRules defaultRetention "
     "defaultServerSideEncryption fileLockEnabled ifRevisionIs lifecycleRules "
     "replicationConfiguration"},
    {"b2_update_file_legal_hold", Access::kToken, "", UpdateFileLegalHold,
     "fileName fileId legalHold"},
    {"b2_update_file_retention", Access::kToken, "", UpdateFileRetention,
     "fileName fileId fileRetention bypassGovernance"},
    {"b2_upload_file", Access::kUpload, "writeFiles", UploadFile, ""},
    {"b2_upload_part", Access::kUpload, "writeFiles", UploadPart, ""},
};

// nullptr if it is none. A download by name has an address of its own and is no API operation.
const OperationEntry* FindOperation(const Route& route) {
  if (route.api == Api::kUnknown || route.api == Api::kAdmin) return nullptr;
  for (const OperationEntry& entry : kOperations) {
    bool by_name = entry.name == kDownloadByName;
    if (entry.name == route.operation && by_name == (route.api == Api::kDownload)) return &entry;
  }
  return nullptr;
}

// One of the capabilities will do.
absl::Status CheckOneOf(const ApplicationKey& key, absl::string_view capabilities) {
  if (capabilities.empty()) return absl::OkStatus();
  for (absl::string_view capability : absl::StrSplit(capabilities, '|')) {
    if (key.Can(capability)) return absl::OkStatus();
  }
  return CheckCapability(key, capabilities);
}

// The caller's key; null where the operation checks other rights.
absl::StatusOr<KeyPointer> CallerOf(const ApiContext& context, Access access,
                                    const Request& request) {
  std::optional<absl::string_view> token = FindHeader(request.headers, "Authorization");
  switch (access) {
    case Access::kKey:
      return nullptr;
    case Access::kUpload:
      return CheckUploadToken(context, request);
    case Access::kDownload:
      token = TokenOfDownload(request);
      if (!token || absl::StartsWith(*token, "3_")) return nullptr;
      break;
    case Access::kToken:
      break;
  }
  if (!token) return BadAuthToken();
  return context.account.CheckToken(*token, context.clock.Now());
}

absl::Status CheckMethod(const Request& request) {
  if (request.method == "GET" || request.method == "HEAD" || request.method == "POST") {
    return absl::OkStatus();
  }
  return B2Error(405, "method_not_allowed", absl::StrCat("no method ", request.method));
}

// "b2_list_file_names" -> "ListFileNames".
std::string ClassName(absl::string_view operation) {
  std::string name;
  for (absl::string_view word : absl::StrSplit(absl::StripPrefix(operation, "b2_"), '_')) {
    absl::StrAppend(&name, absl::AsciiStrToUpper(word.substr(0, 1)), word.substr(1));
  }
  return name;
}

// The service refuses members that it does not know (reference/b2.md §9).
absl::Status CheckFields(const OperationEntry& operation, const Params& params) {
  std::vector<absl::string_view> known = absl::StrSplit(operation.fields, ' ');
  for (const std::string& name : params.Names()) {
    if (absl::c_linear_search(known, name)) continue;
    return B2Error(400, "bad_json",
                   absl::StrCat("unknown field in com.backblaze.modules.b2.data.",
                                ClassName(operation.name), "Request: ", name));
  }
  return absl::OkStatus();
}

absl::StatusOr<Params> ParamsOf(Access access, const Request& request) {
  if (access == Access::kUpload) return Params::OfQuery(request);
  return Params::Of(request);
}

absl::StatusOr<Reply> Run(const ApiContext& context, const Route& route, Request& request) {
  RETURN_IF_ERROR(CheckMethod(request));
  const OperationEntry* operation = FindOperation(route);
  if (operation == nullptr) {
    return BadRequest(absl::StrCat("unknown operation: ", request.target.path));
  }
  ASSIGN_OR_RETURN(KeyPointer key, CallerOf(context, operation->access, request));
  if (request.body_too_large) return BadRequest("the request body is too large");
  if (key != nullptr) RETURN_IF_ERROR(CheckOneOf(*key, operation->capability));
  ASSIGN_OR_RETURN(Params params, ParamsOf(operation->access, request));
  if (context.settings.Now().strict_json) RETURN_IF_ERROR(CheckFields(*operation, params));
  absl::StatusOr<Reply> reply = operation->run(
      {.context = context, .route = route, .request = request, .params = params, .key = key});
  if (reply.ok() && key != nullptr) reply->key_id = key->id;
  return reply;
}

}  // namespace

Reply NativeApi::Answer(const Route& route, Request& request) const {
  absl::StatusOr<Reply> result = Run(context_, route, request);
  Reply reply = result.ok() ? *std::move(result) : ErrorReply(result.status());
  SetForm(context_.settings.Now(), reply);
  return reply;
}

absl::StatusOr<std::unique_ptr<UploadSlots::Slot>> NativeApi::HoldUpload(const Route& route,
                                                                         const Request& request) {
  const OperationEntry* operation = FindOperation(route);
  if (operation == nullptr || operation->access != Access::kUpload) return nullptr;
  return upload_slots_.Take(FindHeader(request.headers, "Authorization").value_or(""));
}

std::vector<absl::string_view> NativeApi::Operations() {
  std::vector<absl::string_view> names;
  for (const OperationEntry& entry : kOperations) names.push_back(entry.name);
  return names;
}

absl::string_view NativeApi::CounterName(const Route& route) {
  const OperationEntry* operation = FindOperation(route);
  return operation == nullptr ? "unknown" : operation->name;
}

std::string NativeApi::SubjectOf(const Route& route, const Request& request) const {
  if (route.api == Api::kDownload) return route.name;
  const OperationEntry* operation = FindOperation(route);
  if (operation == nullptr || operation->access == Access::kUpload) {
    absl::string_view name = FindHeader(request.headers, "X-Bz-File-Name").value_or("");
    return PercentDecode(name).value_or(std::string(name));
  }
  absl::StatusOr<Params> params = Params::Of(request);
  if (!params.ok()) return "";
  absl::StatusOr<std::string> file_id = params->Required("fileId");
  if (!file_id.ok()) {
    absl::StatusOr<std::string> name = params->Required("fileName");
    return name.ok() ? *name : params->TextOr("prefix", "").value_or("");
  }
  BucketPointer bucket = context_.store.OfFileId(*file_id);
  VersionPointer version = bucket == nullptr ? nullptr : bucket->FindById(*file_id);
  return version == nullptr ? "" : version->name;
}

}  // namespace annofs::emulator
