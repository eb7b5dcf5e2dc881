// Bounds and errors of the HTTP client, against a server that keeps to none.
#include "cache/store/http_client.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/scripted_server.h"

namespace annofs::testing {
namespace {

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClientTest() { context_.deadline = absl::Now() + absl::Seconds(30); }

  absl::StatusOr<HttpResponse> Fetch(const ScriptedReply& reply) {
    ScriptedServer server([&](const ScriptedRequest&) { return reply; });
    return client_.Do({.url = server.url() + "/x"}, nullptr, context_);
  }

  HttpClient client_{{.connections = 4}};
  CallContext context_;
};

TEST_F(HttpClientTest, AnswersOfAnyStatusComeBackWithLowerCaseHeaders) {
  const auto response = Fetch({.status = 418, .headers = {{"X-Tea", " Pot "}}, .body = "short"});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(response->Header("x-tea"), "Pot");
  EXPECT_EQ(response->Header("absent"), "");
  EXPECT_EQ(response->body, "short");
}

TEST_F(HttpClientTest, TheHeadersOfTheLastAnswerCount) {
  const auto response = Fetch({.raw = "HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n"
                                      "HTTP/1.1 200 OK\r\nX-B: 2\r\nContent-Length: 0\r\n\r\n"});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->Header("x-a"), "");
  EXPECT_EQ(response->Header("x-b"), "2");
}

TEST_F(HttpClientTest, APathIsSentAsItIs) {
  ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply(); });
  ASSERT_TRUE(client_.Do({.url = server.url() + "/a/../b/./%2e%2E//c"}, nullptr, context_).ok());
  EXPECT_EQ(server.requests().back().target, "/a/../b/./%2e%2E//c");
}

TEST_F(HttpClientTest, BytesThatNobodyAskedForAreNoAnswerToTheNextRequest) {
  ScriptedServer server([](const ScriptedRequest& request) {
    return ScriptedReply{.headers = {{"Content-Length", absl::StrCat(request.target.size())}},
                         .body = request.target + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/?"};
  });
  for (const char* path : {"/a", "/b", "/c", "/d", "/e", "/f"}) {
    const auto response = client_.Do({.url = server.url() + path}, nullptr, context_);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->body, path);
  }
  EXPECT_EQ(server.CountRequests("/"), 6);
}

TEST_F(HttpClientTest, TooManyHeadersAreDataLoss) {
  ScriptedReply reply;
  for (int i = 0; i < 100; ++i) reply.headers.push_back({"X-Filler", std::string(1000, 'x')});
  EXPECT_TRUE(absl::IsDataLoss(Fetch(reply).status()));
}

TEST_F(HttpClientTest, AKeptBodyIsBounded) {
  const auto response = Fetch({.body = std::string(kMaxHttpBodyBytes + 1, 'x')});
  EXPECT_TRUE(absl::IsDataLoss(response.status())) << response.status();
}

TEST_F(HttpClientTest, ABodyAtTheBoundIsKept) {
  const auto response = Fetch({.body = std::string(kMaxHttpBodyBytes, 'x')});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body.size(), kMaxHttpBodyBytes);
}

TEST_F(HttpClientTest, TheBodyOfAnErrorIsCutAtItsBound) {
  const auto response = Fetch({.status = 500, .body = std::string(10 << 20, 'x')});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body.size(), kMaxHttpErrorBytes);
}

TEST_F(HttpClientTest, AnAnswerThatIsNoHttpIsNotAccepted) {
  const auto response = Fetch({.raw = "220 mail.example.com ESMTP\r\n"});
  EXPECT_TRUE(absl::IsDataLoss(response.status())) << response.status();
}

TEST_F(HttpClientTest, ABodyThatEndsEarlyIsUnavailable) {
  const auto response = Fetch({.body = "0123456789", .cut_after = 4});
  EXPECT_TRUE(absl::IsUnavailable(response.status())) << response.status();
}

TEST_F(HttpClientTest, AServerThatIsNotThereIsUnavailableAndNamed) {
  std::string url;
  {
    ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply(); });
    url = server.url();
  }
  const auto response = client_.Do({.url = url}, nullptr, context_);
  EXPECT_TRUE(absl::IsUnavailable(response.status())) << response.status();
  EXPECT_TRUE(absl::StrContains(response.status().message(), "127.0.0.1")) << response.status();
}

TEST_F(HttpClientTest, AServerThatFallsSilentIsUnavailableBeforeTheDeadline) {
  HttpClient impatient({.connections = 4, .stall_timeout = absl::Seconds(1)});
  ScriptedServer server([](const ScriptedRequest&) {
    return ScriptedReply{.body = "0123456789", .cut_after = 4, .stall = true};
  });
  const auto response = impatient.Do({.url = server.url()}, nullptr, context_);
  EXPECT_TRUE(absl::IsUnavailable(response.status())) << response.status();
}

TEST_F(HttpClientTest, PlainHttpLeavesThisMachineNever) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      client_.Do({.url = "http://example.com/x"}, nullptr, context_).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      client_.Do({.url = "file:///etc/passwd"}, nullptr, context_).status()));
}

TEST_F(HttpClientTest, AReceiverIsNotUsedForErrorsAndSeesHeadersBeforeBytes) {
  for (const int status : {200, 404}) {
    ScriptedServer server(
        [=](const ScriptedRequest&) { return ScriptedReply{.status = status, .body = "abc"}; });
    std::string seen;
    const auto accept = [&](const HttpResponse&) {
      seen += "headers ";
      return absl::OkStatus();
    };
    const auto data = [&](absl::string_view bytes) {
      absl::StrAppend(&seen, bytes);
      return absl::OkStatus();
    };
    const HttpReceiver receiver{.accept = accept, .data = data};
    const auto response = client_.Do({.url = server.url()}, &receiver, context_);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(seen, status == 200 ? "headers abc" : "");
    EXPECT_EQ(response->body, status == 200 ? "" : "abc");
  }
}

}  // namespace
}  // namespace annofs::testing
