#include "tools/emulator/native_api.h"

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/native_calls.h"
#include "tools/emulator/params.h"

namespace annofs::emulator {
namespace {

using Operation = absl::StatusOr<Reply> (*)(const NativeContext&, const Call&);

// Who may call: everyone with the key, with an account token, or with one in the query too.
enum class Access { kKey, kToken, kTokenOrQuery };

struct OperationEntry {
  absl::string_view name;
  Access access;
  Operation run;
};

constexpr OperationEntry kOperations[] = {
    {"b2_authorize_account", Access::kKey, AuthorizeAccount},
    {"b2_list_buckets", Access::kToken, ListBuckets},
    {"b2_list_file_names", Access::kToken, ListFileNames},
    {"b2_list_file_versions", Access::kToken, ListFileVersions},
    {"b2_get_file_info", Access::kToken, GetFileInfo},
    {"b2_download_file_by_id", Access::kTokenOrQuery, DownloadFileById},
    {kDownloadByName, Access::kTokenOrQuery, DownloadFileByName},
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

std::optional<absl::string_view> TokenOf(Access access, const Request& request) {
  std::optional<absl::string_view> token = FindHeader(request.headers, "Authorization");
  if (token || access != Access::kTokenOrQuery) return token;
  return FindParameter(request.target.query, "Authorization");
}

absl::Status CheckAccess(const NativeContext& context, Access access, const Request& request) {
  if (access == Access::kKey) return absl::OkStatus();
  std::optional<absl::string_view> token = TokenOf(access, request);
  if (token) return context.account.CheckToken(*token);
  if (access == Access::kTokenOrQuery) return B2Error(401, "unauthorized", "");
  return BadAuthToken();
}

absl::Status CheckMethod(const Request& request) {
  if (request.method == "GET" || request.method == "HEAD" || request.method == "POST") {
    return absl::OkStatus();
  }
  return B2Error(405, "method_not_allowed", absl::StrCat("no method ", request.method));
}

absl::StatusOr<Reply> Run(const NativeContext& context, const Route& route,
                          const Request& request) {
  RETURN_IF_ERROR(CheckMethod(request));
  const OperationEntry* operation = FindOperation(route);
  if (operation == nullptr) {
    return BadRequest(absl::StrCat("unknown operation: ", request.target.path));
  }
  RETURN_IF_ERROR(CheckAccess(context, operation->access, request));
  if (request.body_too_large) return BadRequest("the request body is too large");
  ASSIGN_OR_RETURN(Params params, Params::Of(request));
  return operation->run(context, {.route = route, .request = request, .params = params});
}

}  // namespace

Reply NativeApi::Answer(const Route& route, const Request& request) const {
  absl::StatusOr<Reply> reply = Run(context_, route, request);
  return reply.ok() ? *std::move(reply) : ErrorReply(reply.status());
}

absl::string_view NativeApi::CounterName(const Route& route) {
  const OperationEntry* operation = FindOperation(route);
  return operation == nullptr ? "unknown" : operation->name;
}

std::string NativeApi::SubjectOf(const Route& route, const Request& request) const {
  if (route.api == Api::kDownload) return route.name;
  absl::StatusOr<Params> params = Params::Of(request);
  if (route.api != Api::kNative || !params.ok()) return "";
  absl::StatusOr<std::string> file_id = params->Required("fileId");
  if (!file_id.ok()) return params->TextOr("prefix", "").value_or("");
  absl::StatusOr<Bucket*> bucket = BucketOfFileId(context_, *file_id);
  return bucket.ok() ? (*bucket)->NameOf(*file_id).value_or("") : "";
}

}  // namespace annofs::emulator
