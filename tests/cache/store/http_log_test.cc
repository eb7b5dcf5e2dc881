// The log at level debug holds the heads of requests and answers, and no secret.
#include "cache/store/http_log.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/store/http_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/b2_server.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HeaderLineForLogTest, HeadersThatHoldSecretsAreBlanked) {
  for (const char* name :
       {"Authorization", "authorization", "Proxy-Authorization", "X-Amz-Security-Token",
        "X-Bz-Server-Side-Encryption-Customer-Key", "Set-Cookie"}) {
    EXPECT_EQ(HeaderLineForLog(absl::StrCat(name, ": abc def")),
              absl::StrCat(name, ": [redacted]"));
  }
}

TEST(HeaderLineForLogTest, ParametersThatHoldSecretsAreBlankedWhereverTheyStand) {
  EXPECT_EQ(HeaderLineForLog("GET /b/k?X-Amz-Credential=a/b&X-Amz-Signature=12&x=1 HTTP/1.1"),
            "GET /b/k?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&x=1 HTTP/1.1");
  EXPECT_EQ(HeaderLineForLog("Location: https://h/f?Authorization=3_abc&b=2"),
            "Location: https://h/f?Authorization=[redacted]&b=2");
}

TEST(HeaderLineForLogTest, OtherLinesStayAsTheyAre) {
  for (const char* line :
       {"GET /b2api/v4/b2_download_file_by_id?fileId=4_z1 HTTP/1.1", "HTTP/1.1 206 Partial Content",
        "Range: bytes=0-9", "GET /a:b?c=d: HTTP/1.1", "content-range: bytes 0-9/36", ""}) {
    EXPECT_EQ(HeaderLineForLog(line), line);
  }
}

class HttpLogTest : public ::testing::Test {
 protected:
  HttpLogTest() { context_.deadline = absl::Now() + absl::Seconds(30); }
  ~HttpLogTest() override { (void)StartLog({.level = LogLevel::kWarning}); }

  void Start(LogLevel level) {
    ASSERT_EQ(StartLog({.file = directory_ / "log", .level = level}), absl::OkStatus());
  }
  std::string Log() { return ReadFile(directory_ / "log").value_or("no log"); }

  TempDir directory_;
  CallContext context_;
};

TEST_F(HttpLogTest, ASessionWithB2IsToldWithoutKeyTokenOrContent) {
  Start(LogLevel::kDebug);
  B2Server server;
  const auto store = server.NewStore();
  ASSERT_TRUE(store->List({.prefix = "asked-names/"}, context_).ok());
  const auto sink = [](absl::string_view) { return absl::OkStatus(); };
  ASSERT_EQ(store->Get(server.file(), {0, 36}, sink, context_), absl::OkStatus());
  const std::string log = Log();
  EXPECT_THAT(log, AllOf(HasSubstr(" > GET /b2api/v4/b2_authorize_account HTTP/1.1"),
                         HasSubstr(" > POST /b2api/v4/b2_list_file_names HTTP/1.1"),
                         HasSubstr(" > Range: bytes=0-35"), HasSubstr(" < HTTP/1.1 206"),
                         HasSubstr(" < Content-Range: bytes 0-35/36")));
  const std::string basic = absl::Base64Escape(absl::StrCat("002keyid:", B2Server::kKey));
  for (const std::string& secret :
       {std::string(B2Server::kKey), std::string(B2Server::kToken), basic}) {
    EXPECT_THAT(log, Not(HasSubstr(secret)));
  }
  EXPECT_THAT(log, Not(HasSubstr(server.content)));
  EXPECT_THAT(log, Not(HasSubstr("asked-names")));  // of a request's body
}

TEST_F(HttpLogTest, SecretsThatNobodyRegisteredAreBlankedToo) {
  Start(LogLevel::kDebug);
  ScriptedServer server([](const ScriptedRequest&) {
    return ScriptedReply{
        .status = 403, .headers = {{"Set-Cookie", "unknown-cookie"}}, .body = "body-of-an-error"};
  });
  HttpClient client({});
  ASSERT_TRUE(client
                  .Do({.url = server.url() + "/k?X-Amz-Signature=unknown-signature&token=unknown-t",
                       .headers = {"Authorization: AWS4-HMAC-SHA256 unknown-authorization",
                                   "X-Amz-Security-Token: unknown-security"}},
                      nullptr, context_)
                  .ok());
  EXPECT_THAT(Log(), AllOf(HasSubstr(" > GET /k?X-Amz-Signature="), HasSubstr(" < HTTP/1.1 403"),
                           Not(HasSubstr("unknown-")), Not(HasSubstr("body-of-an-error"))));
}

TEST_F(HttpLogTest, OtherLevelsTellNothingOfIt) {
  Start(LogLevel::kInfo);
  ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply(); });
  HttpClient client({});
  ASSERT_TRUE(client.Do({.url = server.url() + "/k"}, nullptr, context_).ok());
  EXPECT_EQ(Log(), "");
}

}  // namespace
}  // namespace annofs::testing
