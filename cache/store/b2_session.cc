#include "cache/store/b2_session.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/b2_calls.h"
#include "cache/store/url.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

absl::Status CheckCredentials(const B2Credentials& credentials) {
  if (!credentials.key_id.empty() && !credentials.key.empty()) return absl::OkStatus();
  return absl::UnauthenticatedError(
      "no application key: set B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY");
}

// A refusal that says what to do about it; other errors as they are.
absl::Status ExplainRefusal(const absl::Status& status) {
  if (!absl::IsUnauthenticated(status)) return Annotate(status, "b2_authorize_account");
  return Annotate(status,
                  "B2 refuses the application key; check B2_APPLICATION_KEY_ID and "
                  "B2_APPLICATION_KEY, and that the key has not expired");
}

absl::Status NoSuchBucket(absl::string_view bucket) {
  return absl::NotFoundError(absl::StrCat("bucket '", bucket,
                                          "' does not exist or this key may not see it; check the "
                                          "name, and which buckets the key is for"));
}

// Errors of the caller who led a flight say nothing about the others.
bool IsOwn(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

B2Session::B2Session(MeteredHttp& http, const SourceUrl& url, const StoreOptions& options)
    : http_(http),
      bucket_(url.bucket),
      prefix_(url.prefix),
      endpoint_(B2EndpointOf(options)),
      plain_http_(options.plain_http),
      credentials_(options.b2) {
  RedactInLog(credentials_.key);
}

B2Session::AccessOr B2Session::Connect(const CallContext& context) { return Get(0, context); }

std::string B2Session::root() const {
  absl::MutexLock lock(&mutex_);
  return access_ == nullptr ? prefix_ : access_->root;
}

bool B2Session::is_default_realm() const {
  const absl::StatusOr<UrlParts> url = ParseUrl(endpoint_);
  return url.ok() && absl::StrCat("https://", Authority(*url)) == kB2Realm;
}

absl::StatusOr<HttpResponse> B2Session::Call(
    ServiceCall call, HttpKind kind, absl::FunctionRef<HttpRequest(const B2Access&)> request,
    const HttpReceiver* receiver, const CallContext& context) {
  ASSIGN_OR_RETURN(AccessPointer access, Get(0, context));
  absl::StatusOr<HttpResponse> response = http_.Do(kind, request(*access), receiver, context);
  if (response.ok() && !response->ok() && IsDeadToken(ParseB2Error(*response))) {
    ASSIGN_OR_RETURN(access, Get(access->generation, context));
    response = http_.Do(kind, request(*access), receiver, context);
  }
  if (response.ok() && !response->ok()) return B2ErrorToStatus(*response, call);
  return response;
}

B2Session::AccessOr B2Session::Get(uint64_t stale, const CallContext& context) {
  absl::MutexLock lock(&mutex_);
  while (true) {
    if (access_ != nullptr && access_->generation > stale) return access_;
    RETURN_IF_ERROR(MayWait(context));
    if (!flying_) return Lead(context);
    AccessOr joined = Join(flights_, stale, context);
    if (joined.ok() ? *joined != nullptr : !IsOwn(joined.status())) return joined;
  }
}

B2Session::AccessOr B2Session::Join(uint64_t flight, uint64_t stale, const CallContext& context) {
  while (flying_ && flights_ == flight) {
    ended_.WaitWithTimeout(&mutex_, std::min(kCancellationPoll, context.Remaining()));
    if (flying_ && flights_ == flight) RETURN_IF_ERROR(context.Check());
  }
  if (access_ != nullptr && access_->generation > stale) return access_;
  if (flights_ == flight && !failure_.ok()) return failure_;
  return AccessPointer();  // another flight began meanwhile: join that one
}

B2Session::AccessOr B2Session::Lead(const CallContext& context) {
  flying_ = true;
  const uint64_t flight = ++flights_;
  const AccessPointer before = access_;
  mutex_.Unlock();
  absl::StatusOr<B2Access> access = Authorise(before, context);
  mutex_.Lock();
  flying_ = false;
  failure_ = access.status();
  ended_.SignalAll();
  RETURN_IF_ERROR(failure_);
  access->generation = flight;
  access_ = std::make_shared<const B2Access>(*std::move(access));
  return access_;
}

absl::StatusOr<B2Access> B2Session::Authorise(AccessPointer before, const CallContext& context) {
  RETURN_IF_ERROR(CheckEndpoint(endpoint_, plain_http_));
  RETURN_IF_ERROR(CheckCredentials(credentials_));
  std::string version = before == nullptr ? "" : before->version;
  ASSIGN_OR_RETURN(const HttpResponse response,
                   AuthorizeB2(http_, endpoint_, credentials_, version, context));
  if (!response.ok()) return ExplainRefusal(B2ErrorToStatus(response, ServiceCall::kAuthorize));
  ASSIGN_OR_RETURN(const JsonDocument json, ParseB2Answer(response, "b2_authorize_account"));
  ASSIGN_OR_RETURN(const B2Account account, ParseB2Account(json.root(), endpoint_, plain_http_));
  RETURN_IF_ERROR(CheckCapabilities(account));
  B2Access access{.version = version,
                  .api_url = absl::StrCat(account.api_url, "/b2api/", version),
                  .download_url = absl::StrCat(account.download_url, "/b2api/", version),
                  .token = account.token,
                  .bucket_id = before == nullptr ? "" : before->bucket_id,
                  .name_prefix = account.name_prefix};
  ASSIGN_OR_RETURN(access.root, B2Root(account, bucket_, prefix_));
  if (before == nullptr) {
    ASSIGN_OR_RETURN(access.bucket_id, FindBucket(account, version, context));
    LogRights(account);
  }
  LogExpiry(account, context.clock->Now());
  return access;
}

absl::StatusOr<std::string> B2Session::FindBucket(const B2Account& account,
                                                  const std::string& version,
                                                  const CallContext& context) {
  const std::string known = KnownBucketId(account, bucket_);
  if (!known.empty()) return known;
  std::vector<std::string> ids = NamelessBuckets(account);
  if (!account.buckets.has_value()) ids = {""};
  if (ids.empty()) return NotForBucket(account, bucket_);
  if (!account.Can("listBuckets") && !account.Can("listAllBucketNames")) {
    return absl::PermissionDeniedError(
        absl::StrCat("this key lacks the capability listBuckets, without which bucket '", bucket_,
                     "' cannot be found, as the key does not name it"));
  }
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::string found, AskForBucket(account, version, id, context));
    if (!found.empty() && (id.empty() || found == id)) return found;
  }
  return account.buckets.has_value() ? NotForBucket(account, bucket_) : NoSuchBucket(bucket_);
}

absl::StatusOr<std::string> B2Session::AskForBucket(const B2Account& account,
                                                    const std::string& version,
                                                    const std::string& id,
                                                    const CallContext& context) {
  const HttpRequest request = B2BucketRequest(account, version, id, bucket_);
  ASSIGN_OR_RETURN(const HttpResponse response,
                   http_.Do(HttpKind::kFindBucket, request, nullptr, context));
  if (!response.ok()) {
    const absl::Status status = B2ErrorToStatus(response, ServiceCall::kApi);
    if (absl::IsNotFound(status)) return "";
    return Annotate(status, "b2_list_buckets");
  }
  ASSIGN_OR_RETURN(const JsonDocument json, ParseB2Answer(response, "b2_list_buckets"));
  const JsonValue buckets = json.root()["buckets"];
  if (!buckets.is_array()) return absl::DataLossError("malformed answer to b2_list_buckets");
  for (size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i].StringOr("bucketName", "") != bucket_) continue;
    return std::string(buckets[i].StringOr("bucketId", ""));
  }
  return "";
}

}  // namespace annofs
