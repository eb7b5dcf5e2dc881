#include "cache/store/b2_calls.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

std::string BasicAuthorization(const B2Credentials& credentials) {
  const std::string encoded =
      absl::Base64Escape(absl::StrCat(credentials.key_id, ":", credentials.key));
  RedactInLog(encoded);
  return absl::StrCat("Authorization: Basic ", encoded);
}

HttpRequest AuthorizeRequest(const std::string& endpoint, const B2Credentials& credentials,
                             absl::string_view version) {
  HttpRequest request{.url = absl::StrCat(endpoint, "/b2api/", version, "/b2_authorize_account")};
  if (!credentials.key.empty()) request.headers.push_back(BasicAuthorization(credentials));
  return request;
}

// True if the server may not know this version of the API.
bool IsUnknownVersion(const HttpResponse& response) {
  return response.status == 400 || response.status == 404;
}

}  // namespace

std::string B2EndpointOf(const StoreOptions& options) {
  absl::string_view endpoint = options.endpoint;
  if (endpoint.empty()) endpoint = kB2Realm;
  absl::ConsumeSuffix(&endpoint, "/");
  return std::string(endpoint);
}

absl::StatusOr<HttpResponse> AuthorizeB2(MeteredHttp& http, const std::string& endpoint,
                                         const B2Credentials& credentials, std::string& version,
                                         const CallContext& context) {
  std::vector<std::string> versions = {"v4", "v3", "v2"};
  if (!version.empty()) versions = {version};
  std::optional<HttpResponse> refusal;  // the first says best what is wrong if all fail
  for (const std::string& asked : versions) {
    ASSIGN_OR_RETURN(HttpResponse response,
                     http.Do(HttpKind::kAuthorize, AuthorizeRequest(endpoint, credentials, asked),
                             nullptr, context));
    version = asked;
    if (!IsUnknownVersion(response)) return response;
    if (!refusal.has_value()) refusal = std::move(response);
  }
  return *std::move(refusal);
}

HttpRequest B2BucketRequest(const B2Account& account, absl::string_view version,
                            const std::string& id, const std::string& name) {
  JsonWriter json;
  json.BeginObject().Key("accountId").String(account.account_id);
  json.Key(id.empty() ? "bucketName" : "bucketId").String(id.empty() ? name : id).EndObject();
  return {.url = absl::StrCat(account.api_url, "/b2api/", version, "/b2_list_buckets"),
          .headers = {absl::StrCat("Authorization: ", account.token)},
          .post = json.Take()};
}

absl::StatusOr<JsonDocument> ParseB2Answer(const HttpResponse& response, absl::string_view call) {
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(response.body);
  if (json.ok()) return json;
  return absl::DataLossError(
      Redact(absl::StrCat("malformed answer to ", call,
                          " (is --endpoint that of the B2 API?): ", json.status().message())));
}

}  // namespace annofs
