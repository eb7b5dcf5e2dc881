// The tables of reference/b2.md §2 and §4.3, row by row.
#include "cache/store/service_errors.h"

#include <initializer_list>
#include <string>

#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using absl::StatusCode;
constexpr ServiceCall kAuthorize = ServiceCall::kAuthorize;
constexpr ServiceCall kApi = ServiceCall::kApi;
constexpr ServiceCall kDownload = ServiceCall::kDownload;

struct Case {
  int status;
  const char* code;
  ServiceCall call;
  StatusCode meaning;
};

absl::Status StatusOf(int status, std::string code, ServiceCall call, std::string message = "") {
  return ServiceErrorToStatus({status, std::move(code), std::move(message)}, call,
                              {.status = status});
}

void ExpectMeanings(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(StatusOf(c.status, c.code, c.call).code(), c.meaning) << c.status << " " << c.code;
  }
}

TEST(ServiceErrorsTest, EachStatusAndCodeOfB2HasItsMeaning) {
  ExpectMeanings({
      {302, "", kApi, StatusCode::kDataLoss},
      {400, "bad_request", kApi, StatusCode::kInvalidArgument},
      {400, "no_such_file", kDownload, StatusCode::kAborted},
      {400, "file_not_present", kDownload, StatusCode::kAborted},
      {400, "invalid_file_id", kDownload, StatusCode::kAborted},
      {400, "file_state_none", kDownload, StatusCode::kAborted},
      {400, "bad_request", kDownload, StatusCode::kInvalidArgument},  // SSE-C
      {400, "file_not_present", kApi, StatusCode::kNotFound},
      {400, "bad_bucket_id", kApi, StatusCode::kNotFound},
      {401, "bad_auth_token", kApi, StatusCode::kUnauthenticated},
      {401, "expired_auth_token", kDownload, StatusCode::kUnauthenticated},
      {401, "", kApi, StatusCode::kUnauthenticated},
      {401, "unauthorized", kApi, StatusCode::kPermissionDenied},
      {401, "unauthorized", kAuthorize, StatusCode::kUnauthenticated},
      {401, "email_not_verified", kDownload, StatusCode::kPermissionDenied},
      {403, "cap_exceeded", kDownload, StatusCode::kResourceExhausted},
      {403, "storage_cap_exceeded", kApi, StatusCode::kResourceExhausted},
      {403, "download_cap_exceeded", kDownload, StatusCode::kResourceExhausted},
      {403, "transaction_cap_exceeded", kAuthorize, StatusCode::kResourceExhausted},
      {403, "access_denied", kDownload, StatusCode::kPermissionDenied},
      {404, "not_found", kDownload, StatusCode::kAborted},
      {404, "not_found", kApi, StatusCode::kNotFound},
      {405, "method_not_allowed", kApi, StatusCode::kInvalidArgument},
      {408, "request_timeout", kApi, StatusCode::kUnavailable},
      {416, "range_not_satisfiable", kDownload, StatusCode::kAborted},
      {429, "too_many_requests", kApi, StatusCode::kUnavailable},
      {500, "internal_error", kDownload, StatusCode::kUnavailable},
      {503, "bad_request", kDownload, StatusCode::kUnavailable},
  });
}

TEST(ServiceErrorsTest, EachStatusAndCodeOfS3HasItsMeaning) {
  ExpectMeanings({
      {301, "PermanentRedirect", kApi, StatusCode::kInvalidArgument},
      {307, "TemporaryRedirect", kDownload, StatusCode::kInvalidArgument},
      {400, "InvalidArgument", kApi, StatusCode::kInvalidArgument},
      {400, "ExpiredToken", kApi, StatusCode::kUnauthenticated},
      {400, "InvalidToken", kDownload, StatusCode::kUnauthenticated},
      {400, "RequestTimeout", kDownload, StatusCode::kUnavailable},
      {400, "NoSuchVersion", kDownload, StatusCode::kAborted},
      {401, "InvalidAccessKeyId", kApi, StatusCode::kUnauthenticated},
      {403, "InvalidAccessKeyId", kApi, StatusCode::kUnauthenticated},
      {403, "SignatureDoesNotMatch", kDownload, StatusCode::kUnauthenticated},
      {403, "RequestTimeTooSkewed", kApi, StatusCode::kUnauthenticated},
      {403, "AccessDenied", kApi, StatusCode::kPermissionDenied},
      {403, "AllAccessDisabled", kDownload, StatusCode::kPermissionDenied},
      {403, "InvalidObjectState", kDownload, StatusCode::kPermissionDenied},
      {403, "QuotaExceeded", kApi, StatusCode::kResourceExhausted},
      {403, "", kDownload, StatusCode::kPermissionDenied},
      {404, "NoSuchKey", kDownload, StatusCode::kAborted},
      {404, "NoSuchKey", kApi, StatusCode::kNotFound},
      {404, "NoSuchVersion", kDownload, StatusCode::kAborted},
      {404, "NoSuchVersion", kApi, StatusCode::kNotFound},
      {404, "NoSuchBucket", kDownload, StatusCode::kNotFound},
      {404, "NoSuchBucket", kApi, StatusCode::kNotFound},
      {412, "PreconditionFailed", kDownload, StatusCode::kAborted},
      {416, "InvalidRange", kDownload, StatusCode::kAborted},
      {429, "SlowDown", kApi, StatusCode::kUnavailable},
      {500, "InternalError", kApi, StatusCode::kUnavailable},
      {501, "NotImplemented", kApi, StatusCode::kInvalidArgument},
      {503, "SlowDown", kDownload, StatusCode::kUnavailable},
      {503, "ServiceUnavailable", kApi, StatusCode::kUnavailable},
  });
}

TEST(ServiceErrorsTest, AnEmptyBodyIsMappedByItsStatus) {
  EXPECT_TRUE(absl::IsAborted(StatusOf(404, "", kDownload)));
  EXPECT_TRUE(absl::IsAborted(StatusOf(412, "", kDownload)));
  EXPECT_TRUE(absl::IsUnavailable(StatusOf(503, "", kApi)));
}

TEST(ServiceErrorsTest, RetryAfterIsSecondsOrADateBesideTheAnswersOwn) {
  HttpResponse response{.status = 503, .headers = {{"retry-after", "12"}}};
  const auto retry_after = [&] {
    return RetryAfter(ServiceErrorToStatus({.status = 503}, kApi, response));
  };
  EXPECT_EQ(retry_after(), absl::Seconds(12));
  response.headers = {{"retry-after", "Sun, 06 Nov 1994 08:49:57 GMT"},
                      {"date", "Sun, 06 Nov 1994 08:49:37 GMT"}};
  EXPECT_EQ(retry_after(), absl::Seconds(20));
  response.headers = {{"retry-after", "4000000000"}};
  EXPECT_EQ(retry_after(), absl::Hours(24));
  for (const char* bad : {"-5", "soon", ""}) {
    response.headers = {{"retry-after", bad}};
    EXPECT_EQ(retry_after(), std::nullopt) << bad;
  }
}

TEST(ServiceErrorsTest, AskingToSlowDownIsAThrottleAndNothingElseIs) {
  EXPECT_TRUE(IsThrottled(StatusOf(429, "too_many_requests", kApi)));
  EXPECT_TRUE(IsThrottled(StatusOf(503, "bad_request", kDownload)));
  EXPECT_TRUE(IsThrottled(StatusOf(503, "SlowDown", kDownload)));
  EXPECT_TRUE(IsThrottled(StatusOf(400, "SlowDown", kApi)));
  EXPECT_FALSE(IsThrottled(StatusOf(500, "internal_error", kApi)));
  EXPECT_FALSE(IsThrottled(StatusOf(408, "request_timeout", kApi)));
  EXPECT_FALSE(IsThrottled(StatusOf(403, "download_cap_exceeded", kDownload)));
}

TEST(ServiceErrorsTest, MessagesAreBoundedAndOnOneLine) {
  const absl::Status status =
      StatusOf(400, std::string(10000, 'y'), kApi, std::string(10000, 'x') + "\n");
  EXPECT_LT(status.message().size(), 1000u);
  EXPECT_FALSE(absl::StrContains(StatusOf(400, "x\n", kApi, "a\nb").message(), "\n"));
}

TEST(ServiceErrorsTest, MessagesHoldNoSecrets) {
  const absl::Status status = StatusOf(403, "SignatureDoesNotMatch", kApi,
                                       "you sent Authorization: AWS4-HMAC-SHA256 Signature=abc123");
  EXPECT_FALSE(absl::StrContains(status.message(), "abc123")) << status;
}

}  // namespace
}  // namespace annofs
