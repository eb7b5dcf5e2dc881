#include "cache/store/service_errors.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/status.h"
#include "cache/store/excerpt.h"

namespace annofs {
namespace {

using Code = absl::StatusCode;

constexpr size_t kMaxCode = 100;
constexpr size_t kMaxMessage = 300;
constexpr absl::Duration kMaxRetryAfter = absl::Hours(24);  // caps end within a day

constexpr int kAnyCall = -1;
constexpr int kDownload = static_cast<int>(ServiceCall::kDownload);
constexpr int kAuthorize = static_cast<int>(ServiceCall::kAuthorize);
constexpr char kAnyCode[] = "*";

struct Row {
  int from;
  int to;
  absl::string_view code;
  int call;
  Code meaning;
};

// The first row that fits counts. Codes of B2 are words_with_underscores, those of S3 CamelCase: no
// row of one can take an answer of the other.
constexpr Row kTable[] = {
    // S3: the bucket is of another region, or the endpoint is not the service's.
    {300, 399, "PermanentRedirect", kAnyCall, Code::kInvalidArgument},
    {300, 399, "TemporaryRedirect", kAnyCall, Code::kInvalidArgument},
    {300, 399, "Redirect", kAnyCall, Code::kInvalidArgument},
    {300, 399, kAnyCode, kAnyCall, Code::kDataLoss},  // redirects are not followed

    // A download names a version that was listed once: what is not there now is gone.
    {400, 400, "no_such_file", kDownload, Code::kAborted},
    {400, 400, "file_not_present", kDownload, Code::kAborted},
    {400, 400, "not_found", kDownload, Code::kAborted},
    {400, 400, "invalid_file_id", kDownload, Code::kAborted},
    {400, 400, "file_state_none", kDownload, Code::kAborted},
    {400, 404, "NoSuchVersion", kDownload, Code::kAborted},
    {400, 400, "no_such_file", kAnyCall, Code::kNotFound},
    {400, 400, "file_not_present", kAnyCall, Code::kNotFound},
    {400, 400, "invalid_bucket_id", kAnyCall, Code::kNotFound},
    {400, 400, "bad_bucket_id", kAnyCall, Code::kNotFound},
    {400, 404, "NoSuchVersion", kAnyCall, Code::kNotFound},

    // S3: who we are. AWS answers 400 to some of these, other services 401 or 403.
    {400, 403, "InvalidAccessKeyId", kAnyCall, Code::kUnauthenticated},
    {400, 403, "SignatureDoesNotMatch", kAnyCall, Code::kUnauthenticated},
    {400, 403, "RequestTimeTooSkewed", kAnyCall, Code::kUnauthenticated},
    {400, 403, "ExpiredToken", kAnyCall, Code::kUnauthenticated},
    {400, 403, "InvalidToken", kAnyCall, Code::kUnauthenticated},

    // S3: what may be asked again whatever its status.
    {400, 599, "RequestTimeout", kAnyCall, Code::kUnavailable},
    {400, 599, "SlowDown", kAnyCall, Code::kUnavailable},
    {400, 599, "ServiceUnavailable", kAnyCall, Code::kUnavailable},
    {400, 599, "InternalError", kAnyCall, Code::kUnavailable},
    {400, 403, "AccessDenied", kAnyCall, Code::kPermissionDenied},
    {400, 400, kAnyCode, kAnyCall, Code::kInvalidArgument},

    {401, 401, kAnyCode, kAuthorize, Code::kUnauthenticated},
    {401, 401, "bad_auth_token", kAnyCall, Code::kUnauthenticated},
    {401, 401, "expired_auth_token", kAnyCall, Code::kUnauthenticated},
    {401, 401, "", kAnyCall, Code::kUnauthenticated},
    {401, 401, kAnyCode, kAnyCall, Code::kPermissionDenied},

    {403, 403, "storage_cap_exceeded", kAnyCall, Code::kResourceExhausted},
    {403, 403, "cap_exceeded", kAnyCall, Code::kResourceExhausted},
    {403, 403, "transaction_cap_exceeded", kAnyCall, Code::kResourceExhausted},
    {403, 403, "download_cap_exceeded", kAnyCall, Code::kResourceExhausted},
    {403, 403, "QuotaExceeded", kAnyCall, Code::kResourceExhausted},
    {403, 403, "AllAccessDisabled", kAnyCall, Code::kPermissionDenied},
    {403, 403, "InvalidObjectState", kAnyCall, Code::kPermissionDenied},  // archived
    {403, 403, kAnyCode, kAnyCall, Code::kPermissionDenied},

    {404, 404, "NoSuchBucket", kAnyCall, Code::kNotFound},
    {404, 404, kAnyCode, kDownload, Code::kAborted},
    {404, 404, kAnyCode, kAnyCall, Code::kNotFound},
    {408, 408, kAnyCode, kAnyCall, Code::kUnavailable},
    {412, 412, kAnyCode, kDownload, Code::kAborted},  // If-Match: another content by now
    {416, 416, kAnyCode, kDownload, Code::kAborted},  // not the object we listed
    {429, 429, kAnyCode, kAnyCall, Code::kUnavailable},
    {501, 501, kAnyCode, kAnyCall, Code::kInvalidArgument},  // asking again would not help
    {507, 507, kAnyCode, kAnyCall, Code::kResourceExhausted},
    {500, 599, kAnyCode, kAnyCall, Code::kUnavailable},
};

Code MeaningOf(const ServiceError& error, ServiceCall call) {
  for (const Row& row : kTable) {
    if (error.status < row.from || error.status > row.to) continue;
    if (row.code != kAnyCode && row.code != error.code) continue;
    if (row.call == kAnyCall || row.call == static_cast<int>(call)) return row.meaning;
  }
  return Code::kInvalidArgument;  // the rest of 4xx: asking again would not help
}

// The server asks for fewer requests, not for another try of this one.
bool AsksToSlowDown(const ServiceError& error) {
  return error.status == 429 || error.status == 503 || error.code == "SlowDown";
}

std::string TextOf(const ServiceError& error) {
  std::string text = absl::StrCat("the server answers ", error.status);
  if (!error.code.empty()) absl::StrAppend(&text, " ", Excerpt(error.code, kMaxCode));
  if (!error.message.empty()) absl::StrAppend(&text, ": ", Excerpt(error.message, kMaxMessage));
  return text;
}

std::optional<absl::Time> HttpDate(absl::string_view text) {
  const time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return absl::FromTimeT(seconds);
}

// Seconds, or a date: then the time from the answer's own date, as our clock may be wrong.
std::optional<absl::Duration> RetryAfterOf(const HttpResponse& response) {
  const absl::string_view text = response.Header("retry-after");
  uint32_t seconds = 0;
  if (absl::SimpleAtoi(text, &seconds)) return absl::Seconds(seconds);
  const std::optional<absl::Time> until = HttpDate(text);
  const std::optional<absl::Time> from = HttpDate(response.Header("date"));
  if (!until.has_value() || !from.has_value()) return std::nullopt;
  return std::max(absl::ZeroDuration(), *until - *from);
}

}  // namespace

absl::Status ServiceErrorToStatus(const ServiceError& error, ServiceCall call,
                                  const HttpResponse& response) {
  const absl::StatusCode meaning = MeaningOf(error, call);
  const absl::string_view remedy =
      meaning == absl::StatusCode::kResourceExhausted
          ? "; a daily cap of the account ends at 00:00 UTC or can be raised, and what is cached "
            "stays readable"
          : "";
  absl::Status status(meaning, absl::StrCat(TextOf(error), remedy));
  if (AsksToSlowDown(error)) status = Throttled(std::move(status));
  const std::optional<absl::Duration> delay = RetryAfterOf(response);
  return delay.has_value() ? WithRetryAfter(status, std::min(*delay, kMaxRetryAfter)) : status;
}

}  // namespace annofs
