#include "cache/store/b2_errors.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr size_t kMaxMessage = 300;
constexpr absl::Duration kMaxRetryAfter = absl::Hours(24);  // caps end within a day

constexpr int kAnyCall = -1;
constexpr int kDownload = static_cast<int>(B2Call::kDownload);
constexpr int kAuthorize = static_cast<int>(B2Call::kAuthorize);
constexpr char kAnyCode[] = "*";

struct Row {
  int from;
  int to;
  absl::string_view code;
  int call;
  absl::StatusCode meaning;
};

// The first row that fits counts.
constexpr std::array<Row, 27> kTable = {{
    {300, 399, kAnyCode, kAnyCall, absl::StatusCode::kDataLoss},  // redirects are not followed
    {400, 400, "no_such_file", kDownload, absl::StatusCode::kAborted},
    {400, 400, "file_not_present", kDownload, absl::StatusCode::kAborted},
    {400, 400, "not_found", kDownload, absl::StatusCode::kAborted},
    {400, 400, "invalid_file_id", kDownload, absl::StatusCode::kAborted},  // it was listed once
    {400, 400, "file_state_none", kDownload, absl::StatusCode::kAborted},
    {400, 400, "no_such_file", kAnyCall, absl::StatusCode::kNotFound},
    {400, 400, "file_not_present", kAnyCall, absl::StatusCode::kNotFound},
    {400, 400, "invalid_bucket_id", kAnyCall, absl::StatusCode::kNotFound},
    {400, 400, "bad_bucket_id", kAnyCall, absl::StatusCode::kNotFound},
    {400, 400, kAnyCode, kAnyCall, absl::StatusCode::kInvalidArgument},
    {401, 401, kAnyCode, kAuthorize, absl::StatusCode::kUnauthenticated},
    {401, 401, "bad_auth_token", kAnyCall, absl::StatusCode::kUnauthenticated},
    {401, 401, "expired_auth_token", kAnyCall, absl::StatusCode::kUnauthenticated},
    {401, 401, "", kAnyCall, absl::StatusCode::kUnauthenticated},
    {401, 401, kAnyCode, kAnyCall, absl::StatusCode::kPermissionDenied},
    {403, 403, "storage_cap_exceeded", kAnyCall, absl::StatusCode::kResourceExhausted},
    {403, 403, "cap_exceeded", kAnyCall, absl::StatusCode::kResourceExhausted},
    {403, 403, "transaction_cap_exceeded", kAnyCall, absl::StatusCode::kResourceExhausted},
    {403, 403, "download_cap_exceeded", kAnyCall, absl::StatusCode::kResourceExhausted},
    {403, 403, kAnyCode, kAnyCall, absl::StatusCode::kPermissionDenied},
    {404, 404, kAnyCode, kDownload, absl::StatusCode::kAborted},
    {404, 404, kAnyCode, kAnyCall, absl::StatusCode::kNotFound},
    {408, 408, kAnyCode, kAnyCall, absl::StatusCode::kUnavailable},
    {416, 416, kAnyCode, kDownload, absl::StatusCode::kAborted},  // not the object we listed
    {429, 429, kAnyCode, kAnyCall, absl::StatusCode::kUnavailable},
    {500, 599, kAnyCode, kAnyCall, absl::StatusCode::kUnavailable},
}};

absl::StatusCode MeaningOf(const B2Error& error, B2Call call) {
  for (const Row& row : kTable) {
    if (error.status < row.from || error.status > row.to) continue;
    if (row.code != kAnyCode && row.code != error.code) continue;
    if (row.call == kAnyCall || row.call == static_cast<int>(call)) return row.meaning;
  }
  return absl::StatusCode::kInvalidArgument;  // the rest of 4xx: asking again would not help
}

std::string Printable(absl::string_view text) { return Redact(text.substr(0, kMaxMessage)); }

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

B2Error ParseB2Error(const HttpResponse& response) {
  B2Error error{.status = response.status};
  const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(response.body);
  if (!json.ok() || !json->root().is_object()) return error;
  error.code = Printable(json->root().StringOr("code", ""));
  error.message = Printable(json->root().StringOr("message", ""));
  return error;
}

bool IsDeadToken(const B2Error& error) {
  return error.status == 401 && (error.code.empty() || error.code == "bad_auth_token" ||
                                 error.code == "expired_auth_token");
}

absl::Status B2ErrorToStatus(const HttpResponse& response, B2Call call) {
  const B2Error error = ParseB2Error(response);
  std::string text = absl::StrCat("the server answers ", error.status);
  if (!error.code.empty()) absl::StrAppend(&text, " ", error.code);
  if (!error.message.empty()) absl::StrAppend(&text, ": ", error.message);
  const absl::Status status(MeaningOf(error, call), text);
  const std::optional<absl::Duration> delay = RetryAfterOf(response);
  return delay.has_value() ? WithRetryAfter(status, std::min(*delay, kMaxRetryAfter)) : status;
}

}  // namespace annofs
