#include <curl/curl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/store/b2_calls.h"
#include "cache/store/b2_errors.h"
#include "cache/store/examination.h"
#include "cache/store/metered_http.h"
#include "cache/store/url.h"

namespace annofs {
namespace {

std::optional<int64_t> DaysOf(JsonValue rule, absl::string_view member) {
  return rule[member].AsInt();
}

class B2Examiner {
 public:
  B2Examiner(const SourceUrl& url, const StoreOptions& options, Counters& counters,
             const CallContext& context)
      : url_(url),
        options_(options),
        context_(context),
        endpoint_(B2EndpointOf(options)),
        http_({.ca_file = options.ca_file, .plain_http = options.plain_http, .connections = 1},
              counters) {}

  Examination Run() {
    const absl::StatusOr<UrlParts> parts = ParseUrl(endpoint_);
    seen_.host = parts.ok() ? Authority(*parts) : endpoint_;
    seen_.answered = CheckEndpoint(endpoint_, options_.plain_http);
    if (!seen_.answered.ok()) return seen_;
    seen_.admitted = Authorize();
    if (!seen_.answered.ok() || !seen_.admitted.ok()) return seen_;
    seen_.bucket = FindBucket();
    return seen_;
  }

 private:
  // OK: seen_.account is there.
  absl::Status Authorize() {
    const absl::Time begun = context_.clock->Now();
    const absl::StatusOr<HttpResponse> response =
        AuthorizeB2(http_, endpoint_, options_.b2, version_, context_);
    seen_.answered = response.status();
    if (!response.ok()) return absl::OkStatus();
    const absl::Time ended = context_.clock->Now();
    seen_.clock_ahead = ClockAhead(*response, begun + (ended - begun) / 2);
    if (options_.b2.key_id.empty() || options_.b2.key.empty()) {
      return absl::UnauthenticatedError("no application key");
    }
    if (!response->ok()) return B2ErrorToStatus(*response, ServiceCall::kAuthorize);
    ASSIGN_OR_RETURN(const JsonDocument json, ParseB2Answer(*response, "b2_authorize_account"));
    ASSIGN_OR_RETURN(seen_.account, ParseB2Account(json.root(), endpoint_, options_.plain_http));
    return absl::OkStatus();
  }

  absl::Status FindBucket() {
    const B2Account& account = *seen_.account;
    const std::string known = KnownBucketId(account, url_.bucket);
    std::vector<std::string> ids =
        known.empty() ? NamelessBuckets(account) : std::vector<std::string>{known};
    if (!account.buckets.has_value()) ids = {""};
    if (ids.empty()) return NotForBucket(account, url_.bucket);
    seen_.keeps_versions = true;  // B2 always does
    if (!account.Can("listBuckets") && !account.Can("listAllBucketNames")) {
      NotTold(absl::PermissionDeniedError("the key lacks listBuckets and readBuckets"));
      return absl::OkStatus();
    }
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(const bool found, AskForBucket(id));
      if (found) return absl::OkStatus();
    }
    if (account.buckets.has_value()) return NotForBucket(account, url_.bucket);
    return absl::NotFoundError(
        absl::StrCat("there is no bucket '", url_.bucket, "', or this key may not see it"));
  }

  absl::StatusOr<bool> AskForBucket(const std::string& id) {
    ASSIGN_OR_RETURN(
        const HttpResponse response,
        http_.Do(HttpKind::kFindBucket, B2BucketRequest(*seen_.account, version_, id, url_.bucket),
                 nullptr, context_));
    if (!response.ok()) {
      const absl::Status status = B2ErrorToStatus(response, ServiceCall::kApi);
      if (absl::IsNotFound(status)) return false;
      return Annotate(status, "b2_list_buckets");
    }
    ASSIGN_OR_RETURN(const JsonDocument json, ParseB2Answer(response, "b2_list_buckets"));
    const JsonValue buckets = json.root()["buckets"];
    for (size_t i = 0; i < buckets.size(); ++i) {
      if (buckets[i].StringOr("bucketName", "") != url_.bucket) continue;
      Read(buckets[i]);
      return true;
    }
    return false;
  }

  void Read(JsonValue bucket) {
    const absl::string_view type = bucket.StringOr("bucketType", "");
    if (type.empty()) {
      seen_.is_public = absl::PermissionDeniedError("this key is not told");
    } else {
      seen_.is_public = type == "allPublic";
    }
    seen_.rules = ParseB2Rules(bucket);
  }

  void NotTold(const absl::Status& why) {
    seen_.is_public = why;
    seen_.rules = why;
  }

  const SourceUrl& url_;
  const StoreOptions& options_;
  const CallContext& context_;
  const std::string endpoint_;
  MeteredHttp http_;
  std::string version_;
  Examination seen_;
};

}  // namespace

std::optional<absl::Duration> ClockAhead(const HttpResponse& response, absl::Time now) {
  const time_t seconds = curl_getdate(std::string(response.Header("date")).c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return now - (absl::FromTimeT(seconds) + absl::Milliseconds(500));
}

absl::StatusOr<std::vector<LifecycleRule>> ParseB2Rules(JsonValue bucket) {
  const JsonValue list = bucket["lifecycleRules"];
  if (list.is_null()) {
    return absl::PermissionDeniedError("this key is not told (it lacks readBuckets)");
  }
  if (!list.is_array()) return absl::DataLossError("malformed answer to b2_list_buckets");
  std::vector<LifecycleRule> rules;
  for (size_t i = 0; i < list.size(); ++i) {
    rules.push_back({.prefix = std::string(list[i].StringOr("fileNamePrefix", "")),
                     .days_to_hide = DaysOf(list[i], "daysFromUploadingToHiding"),
                     .days_to_delete = DaysOf(list[i], "daysFromHidingToDeleting")});
  }
  return rules;
}

Examination ExamineB2(const SourceUrl& url, const StoreOptions& options, Counters& counters,
                      const CallContext& context) {
  return B2Examiner(url, options, counters, context).Run();
}

}  // namespace annofs
