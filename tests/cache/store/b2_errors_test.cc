// How the error answers of B2 are read.
#include "cache/store/b2_errors.h"

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

TEST(B2ErrorsTest, CodeAndMessageAreOfTheBodyAndTheStatusOfTheAnswer) {
  const ServiceError error = ParseB2Error(Answer(400, "bad_request", "no"));
  EXPECT_EQ(error.status, 400);
  EXPECT_EQ(error.code, "bad_request");
  EXPECT_EQ(error.message, "no");
}

TEST(B2ErrorsTest, ABodyThatIsNoErrorObjectLeavesTheStatus) {
  for (const char* body : {"", "<html>", "[]", "\"bad_request\"", R"({"code":7})"}) {
    const ServiceError error = ParseB2Error({.status = 503, .body = body});
    EXPECT_EQ(error.status, 503) << body;
    EXPECT_EQ(error.code, "") << body;
  }
}

TEST(B2ErrorsTest, OnlyDeadTokensAskForANewOne) {
  EXPECT_TRUE(IsDeadToken(ParseB2Error({.status = 401})));
  EXPECT_TRUE(IsDeadToken(ParseB2Error(Answer(401, "bad_auth_token"))));
  EXPECT_TRUE(IsDeadToken(ParseB2Error(Answer(401, "expired_auth_token"))));
  EXPECT_FALSE(IsDeadToken(ParseB2Error(Answer(401, "unauthorized"))));
  EXPECT_FALSE(IsDeadToken(ParseB2Error(Answer(403, "bad_auth_token"))));
}

TEST(B2ErrorsTest, TheStatusFollowsTheCodeOfTheBodyAndTheHeadersOfTheAnswer) {
  HttpResponse busy = Answer(503, "service_unavailable", "busy");
  busy.headers = {{"retry-after", "3"}};
  const absl::Status status = B2ErrorToStatus(busy, ServiceCall::kApi);
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(status.message(), "the server answers 503 service_unavailable: busy");
  EXPECT_EQ(RetryAfter(status), absl::Seconds(3));
}

}  // namespace
}  // namespace annofs
