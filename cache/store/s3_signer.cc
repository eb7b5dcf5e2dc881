#include "cache/store/s3_signer.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"

namespace annofs {
namespace {

// What can stand in a header: else a line break in a variable would add headers of its own.
bool IsOneWord(absl::string_view text) {
  return absl::c_all_of(text,
                        [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
}

}  // namespace

S3Signer::S3Signer(S3Credentials credentials) : credentials_(std::move(credentials)) {
  RedactInLog(credentials_.secret_access_key);
  RedactInLog(credentials_.session_token);
}

absl::Status S3Signer::Check() const {
  if (credentials_.access_key_id.empty() || credentials_.secret_access_key.empty()) {
    return absl::UnauthenticatedError(
        "no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file "
        "with --credentials");
  }
  if (IsOneWord(credentials_.access_key_id) && IsOneWord(credentials_.session_token)) {
    return absl::OkStatus();
  }
  return absl::UnauthenticatedError(
      "AWS_ACCESS_KEY_ID or AWS_SESSION_TOKEN holds a space, a line break or another character "
      "that no key has");
}

HttpRequest S3Signer::Get(const S3Endpoint& endpoint, const std::string& path,
                          const NamesAndValues& query, NamesAndValues headers,
                          absl::Time now) const {
  headers.reserve(headers.size() + 4);
  headers.emplace_back("host", endpoint.host);
  headers.emplace_back("x-amz-content-sha256", kEmptyPayload);
  const std::string time = SigV4Time(now);
  headers.emplace_back("x-amz-date", time);
  if (!credentials_.session_token.empty()) {
    headers.emplace_back("x-amz-security-token", credentials_.session_token);
  }
  const SigV4Request request{.method = "GET",
                             .path = path,
                             .query = query,
                             .headers = std::move(headers),
                             .payload_hash = kEmptyPayload};
  HttpRequest get{.url = absl::StrCat(endpoint.origin, path)};
  if (!query.empty()) absl::StrAppend(&get.url, "?", SigV4Query(query));
  get.headers.reserve(request.headers.size() + 1);
  for (const auto& [name, value] : request.headers) {
    get.headers.push_back(absl::StrCat(name, ": ", value));
  }
  get.headers.push_back(
      absl::StrCat("Authorization: ", Authorization(request, endpoint.region, time)));
  return get;
}

std::string S3Signer::Authorization(const SigV4Request& request, const std::string& region,
                                    absl::string_view time) const {
  const SigV4Scope scope{.date = std::string(time.substr(0, time.find('T'))), .region = region};
  const std::string signature =
      SigV4Sign(KeyOf(scope), SigV4StringToSign(time, scope, CanonicalRequest(request)));
  return absl::StrCat("AWS4-HMAC-SHA256 Credential=", credentials_.access_key_id, "/", scope.Text(),
                      ", SignedHeaders=", SignedHeaders(request.headers),
                      ", Signature=", signature);
}

std::string S3Signer::KeyOf(const SigV4Scope& scope) const {
  const std::string text = scope.Text();
  absl::MutexLock lock(&mutex_);
  if (scope_ != text) {
    key_ = SigV4Key(credentials_.secret_access_key, scope);
    scope_ = text;
  }
  return key_;
}

}  // namespace annofs
