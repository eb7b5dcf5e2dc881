// The table of reference/b2.md §2, row by row.
#include "cache/store/b2_errors.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

HttpResponse Answer(int status, absl::string_view code, absl::string_view message = "") {
  return {.status = status,
          .body = absl::StrCat(R"({"code":")", code, R"(","message":")", message, R"(","status":)",
                               status, "}")};
}

TEST(B2ErrorsTest, EachStatusAndCodeHasItsMeaning) {
  using absl::StatusCode;
  struct Case {
    int status;
    const char* code;
    B2Call call;
    StatusCode meaning;
  };
  for (const Case& c : std::initializer_list<Case>{
           {302, "", B2Call::kApi, StatusCode::kDataLoss},
           {400, "bad_request", B2Call::kApi, StatusCode::kInvalidArgument},
           {400, "no_such_file", B2Call::kDownload, StatusCode::kAborted},
           {400, "file_not_present", B2Call::kDownload, StatusCode::kAborted},
           {400, "invalid_file_id", B2Call::kDownload, StatusCode::kAborted},
           {400, "file_state_none", B2Call::kDownload, StatusCode::kAborted},
           {400, "bad_request", B2Call::kDownload, StatusCode::kInvalidArgument},  // SSE-C
           {400, "file_not_present", B2Call::kApi, StatusCode::kNotFound},
           {400, "bad_bucket_id", B2Call::kApi, StatusCode::kNotFound},
           {401, "bad_auth_token", B2Call::kApi, StatusCode::kUnauthenticated},
           {401, "expired_auth_token", B2Call::kDownload, StatusCode::kUnauthenticated},
           {401, "", B2Call::kApi, StatusCode::kUnauthenticated},
           {401, "unauthorized", B2Call::kApi, StatusCode::kPermissionDenied},
           {401, "unauthorized", B2Call::kAuthorize, StatusCode::kUnauthenticated},
           {401, "email_not_verified", B2Call::kDownload, StatusCode::kPermissionDenied},
           {403, "cap_exceeded", B2Call::kDownload, StatusCode::kResourceExhausted},
           {403, "storage_cap_exceeded", B2Call::kApi, StatusCode::kResourceExhausted},
           {403, "download_cap_exceeded", B2Call::kDownload, StatusCode::kResourceExhausted},
           {403, "transaction_cap_exceeded", B2Call::kAuthorize, StatusCode::kResourceExhausted},
           {403, "access_denied", B2Call::kDownload, StatusCode::kPermissionDenied},
           {404, "not_found", B2Call::kDownload, StatusCode::kAborted},
           {404, "not_found", B2Call::kApi, StatusCode::kNotFound},
           {405, "method_not_allowed", B2Call::kApi, StatusCode::kInvalidArgument},
           {408, "request_timeout", B2Call::kApi, StatusCode::kUnavailable},
           {416, "range_not_satisfiable", B2Call::kDownload, StatusCode::kAborted},
           {429, "too_many_requests", B2Call::kApi, StatusCode::kUnavailable},
           {500, "internal_error", B2Call::kDownload, StatusCode::kUnavailable},
           {503, "bad_request", B2Call::kDownload, StatusCode::kUnavailable},
       }) {
    EXPECT_EQ(B2ErrorToStatus(Answer(c.status, c.code), c.call).code(), c.meaning)
        << c.status << " " << c.code;
  }
}

TEST(B2ErrorsTest, AnEmptyBodyIsMappedByItsStatus) {
  EXPECT_TRUE(absl::IsAborted(B2ErrorToStatus({.status = 404}, B2Call::kDownload)));
  EXPECT_TRUE(absl::IsUnavailable(B2ErrorToStatus({.status = 503}, B2Call::kApi)));
  EXPECT_TRUE(IsDeadToken(ParseB2Error({.status = 401})));
}

TEST(B2ErrorsTest, OnlyDeadTokensAskForANewOne) {
  EXPECT_TRUE(IsDeadToken(ParseB2Error(Answer(401, "bad_auth_token"))));
  EXPECT_TRUE(IsDeadToken(ParseB2Error(Answer(401, "expired_auth_token"))));
  EXPECT_FALSE(IsDeadToken(ParseB2Error(Answer(401, "unauthorized"))));
  EXPECT_FALSE(IsDeadToken(ParseB2Error(Answer(403, "bad_auth_token"))));
}

TEST(B2ErrorsTest, RetryAfterIsSecondsOrADateBesideTheAnswersOwn) {
  HttpResponse response{.status = 503, .headers = {{"retry-after", "12"}}};
  EXPECT_EQ(RetryAfter(B2ErrorToStatus(response, B2Call::kApi)), absl::Seconds(12));
  response.headers = {{"retry-after", "Sun, 06 Nov 1994 08:49:57 GMT"},
                      {"date", "Sun, 06 Nov 1994 08:49:37 GMT"}};
  EXPECT_EQ(RetryAfter(B2ErrorToStatus(response, B2Call::kApi)), absl::Seconds(20));
  response.headers = {{"retry-after", "4000000000"}};
  EXPECT_EQ(RetryAfter(B2ErrorToStatus(response, B2Call::kApi)), absl::Hours(24));
  for (const char* bad : {"-5", "soon", ""}) {
    response.headers = {{"retry-after", bad}};
    EXPECT_EQ(RetryAfter(B2ErrorToStatus(response, B2Call::kApi)), std::nullopt) << bad;
  }
}

TEST(B2ErrorsTest, MessagesAreBoundedAndOnOneLine) {
  const absl::Status status =
      B2ErrorToStatus(Answer(400, "bad_request", std::string(10000, 'x') + "\\n"), B2Call::kApi);
  EXPECT_LT(status.message().size(), 1000u);
  const absl::Status lines = B2ErrorToStatus(Answer(400, "x", "a\\nb"), B2Call::kApi);
  EXPECT_FALSE(absl::StrContains(lines.message(), "\n"));
}

}  // namespace
}  // namespace annofs
