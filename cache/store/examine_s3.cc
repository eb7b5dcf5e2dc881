#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/store/examination.h"
#include "cache/store/metered_http.h"
#include "cache/store/s3_endpoint.h"
#include "cache/store/s3_errors.h"
#include "cache/store/s3_listing.h"
#include "cache/store/s3_signer.h"
#include "cache/store/s3_xml.h"

namespace annofs {
namespace {

// Whom a grant is for that everybody is.
bool IsEveryone(absl::string_view group) {
  return absl::EndsWith(group, "/global/AllUsers") ||
         absl::EndsWith(group, "/global/AuthenticatedUsers");
}

// GetBucketAcl: whether a grant lets everybody read.
absl::StatusOr<bool> ParseS3Acl(absl::string_view body) {
  bool is_public = false, is_everyone = false;
  RETURN_IF_ERROR(ReadS3Xml(body, [&](absl::string_view path, absl::string_view text) {
    if (!absl::ConsumePrefix(&path, "AccessControlPolicy/AccessControlList/Grant")) {
      return absl::OkStatus();
    }
    if (path == "/Grantee/URI") is_everyone = IsEveryone(text);
    const bool reads = path == "/Permission" && (text == "READ" || text == "FULL_CONTROL");
    is_public = is_public || (reads && is_everyone);
    if (path.empty()) is_everyone = false;
    return absl::OkStatus();
  }));
  return is_public;
}

absl::StatusOr<bool> ParseS3Versioning(absl::string_view body) {
  bool keeps = false;
  RETURN_IF_ERROR(ReadS3Xml(body, [&](absl::string_view path, absl::string_view text) {
    if (path == "VersioningConfiguration/Status") keeps = text == "Enabled";
    return absl::OkStatus();
  }));
  return keeps;
}

std::optional<int64_t> DaysOf(absl::string_view text) {
  int64_t days = 0;
  return absl::SimpleAtoi(text, &days) ? std::make_optional(days) : std::nullopt;
}

// Whether the end of that element of a <Rule> says that the rule is for some names only, beside
// their prefix: <Tag>, <ObjectSizeGreaterThan>, and what may come.
bool IsNarrowing(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "/Filter/")) return false;
  absl::ConsumePrefix(&path, "And/");
  return path != "Prefix" && path != "And";
}

class S3Examiner {
 public:
  S3Examiner(const SourceUrl& url, const StoreOptions& options, Counters& counters,
             const CallContext& context)
      : url_(url),
        context_(context),
        endpoint_(ResolveS3Endpoint(url.bucket, options)),
        signer_(options.s3),
        http_({.ca_file = options.ca_file, .plain_http = options.plain_http, .connections = 1},
              counters) {}

  Examination Run() {
    seen_.answered = endpoint_.status();
    if (!seen_.answered.ok()) return seen_;
    seen_.host = endpoint_->host;
    const absl::Status listed = List();
    if (!seen_.answered.ok()) return seen_;
    (absl::IsNotFound(listed) ? seen_.bucket : seen_.admitted) = listed;
    if (!listed.ok()) return seen_;
    seen_.keeps_versions = Ask("versioning", ParseS3Versioning);
    seen_.is_public = Ask("acl", ParseS3Acl);
    seen_.rules = Ask("lifecycle", ParseS3Rules);
    return seen_;
  }

 private:
  std::string Path() const { return endpoint_->path.empty() ? "/" : endpoint_->path; }

  // Without a key it is only seen whether something answers.
  absl::Status List() {
    const absl::Status key = signer_.Check();
    const absl::Time begun = context_.clock->Now();
    const NamesAndValues query = S3ListQuery({.recursive = true, .max = 1}, url_.prefix);
    const HttpRequest request = key.ok()
                                    ? signer_.Get(*endpoint_, Path(), query, {}, begun)
                                    : HttpRequest{.url = absl::StrCat(endpoint_->origin, Path())};
    const absl::StatusOr<HttpResponse> response =
        http_.Do(HttpKind::kList, request, nullptr, context_);
    seen_.answered = response.status();
    if (!response.ok()) return absl::OkStatus();
    const absl::Time ended = context_.clock->Now();
    seen_.clock_ahead = ClockAhead(*response, begun + (ended - begun) / 2);
    RETURN_IF_ERROR(key);
    if (!response->ok()) return S3ListError(*response, S3ListCall::kNames, url_, *endpoint_);
    return ParseS3Listing(response->body, {.recursive = true, .max = 1}, url_.prefix).status();
  }

  template <typename Result>
  absl::StatusOr<Result> Ask(const char* what,
                             absl::StatusOr<Result> (*parse)(absl::string_view body)) {
    ASSIGN_OR_RETURN(
        const HttpResponse response,
        http_.Do(HttpKind::kFindBucket,
                 signer_.Get(*endpoint_, Path(), {{what, ""}}, {}, context_.clock->Now()), nullptr,
                 context_));
    if (response.ok()) return parse(response.body);
    const S3Error error = ParseS3Error(response);
    if (error.service.code == "NoSuchLifecycleConfiguration") return Result();
    return ServiceErrorToStatus(error.service, ServiceCall::kApi, response);
  }

  const SourceUrl& url_;
  const CallContext& context_;
  const absl::StatusOr<S3Endpoint> endpoint_;
  const S3Signer signer_;
  MeteredHttp http_;
  Examination seen_;
};

}  // namespace

absl::StatusOr<std::vector<LifecycleRule>> ParseS3Rules(absl::string_view body) {
  std::vector<LifecycleRule> rules;
  LifecycleRule rule;
  bool is_enabled = false;
  RETURN_IF_ERROR(ReadS3Xml(body, [&](absl::string_view path, absl::string_view text) {
    if (!absl::ConsumePrefix(&path, "LifecycleConfiguration/Rule")) return absl::OkStatus();
    if (path == "/Status") is_enabled = text == "Enabled";
    if (path == "/Prefix" || path == "/Filter/Prefix" || path == "/Filter/And/Prefix") {
      rule.prefix = std::string(text);
    }
    if (path == "/Expiration/Days") rule.days_to_hide = DaysOf(text);
    if (path == "/Expiration/Date") rule.hide_date = std::string(text);
    rule.is_narrowed = rule.is_narrowed || IsNarrowing(path);
    if (path == "/NoncurrentVersionExpiration/NoncurrentDays") rule.days_to_delete = DaysOf(text);
    if (!path.empty()) return absl::OkStatus();
    if (is_enabled) rules.push_back(std::move(rule));
    rule = {};
    is_enabled = false;
    return absl::OkStatus();
  }));
  return rules;
}

Examination ExamineS3(const SourceUrl& url, const StoreOptions& options, Counters& counters,
                      const CallContext& context) {
  return S3Examiner(url, options, counters, context).Run();
}

}  // namespace annofs
