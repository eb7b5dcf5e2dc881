// The server of metrics, and where it may listen.
#include "tools/metrics_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/plain_http.h"
#include "tools/listen_address.h"

namespace annofs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class MetricsServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<ListenAddress> address = ParseListenAddress("127.0.0.1:0");
    ASSERT_TRUE(address.ok()) << address.status();
    absl::StatusOr<int> socket = ListenAt(*address);
    ASSERT_TRUE(socket.ok()) << socket.status();
    address_ = *address;
    absl::StatusOr<std::unique_ptr<MetricsServer>> server = MetricsServer::Start(*socket, [this] {
      ++scrapes_;
      return std::string("# TYPE a gauge\na 1\n");
    });
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  testing::PlainAnswer Ask(absl::string_view method, absl::string_view path) {
    absl::StatusOr<testing::PlainAnswer> answer = testing::AskPlainly(
        {.method = std::string(method), .url = absl::StrCat("http://", address_.text, path)});
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(testing::PlainAnswer());
  }
  // What one who says `text` gets, with the headers.
  std::string Say(absl::string_view text, absl::Duration patience = absl::Seconds(5)) {
    const int fd = Connect(patience);
    (void)send(fd, text.data(), text.size(), MSG_NOSIGNAL);  // it may have been cut off
    std::string answer;
    char buffer[4096];
    for (ssize_t got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) answer.append(buffer, got);
    close(fd);
    return answer;
  }
  int Connect(absl::Duration patience = absl::Seconds(5)) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval timeout = absl::ToTimeval(patience);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address_.address), address_.length),
              0);
    return fd;
  }

  ListenAddress address_;
  std::atomic<int> scrapes_{0};
  std::unique_ptr<MetricsServer> server_;
};

TEST_F(MetricsServerTest, MetricsAreAtTheirPath) {
  const testing::PlainAnswer answer = Ask("GET", "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "# TYPE a gauge\na 1\n");
  EXPECT_EQ(Ask("GET", "/metrics?name[]=a").status, 200);
}

TEST_F(MetricsServerTest, TheTypeSaysTheFormat) {
  EXPECT_THAT(Say("GET /metrics HTTP/1.0\r\n\r\n"),
              HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
}

TEST_F(MetricsServerTest, TheRootPointsThere) {
  const testing::PlainAnswer answer = Ask("GET", "/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("/metrics"));
  EXPECT_EQ(scrapes_, 0);
}

TEST_F(MetricsServerTest, NothingElseIsThere) {
  for (const char* path : {"/metric", "/metrics/", "/../etc/passwd", "//", "/%00"}) {
    EXPECT_EQ(Ask("GET", path).status, 404) << path;
  }
  EXPECT_EQ(scrapes_, 0);
}

TEST_F(MetricsServerTest, OtherMethodsAreRefused) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    EXPECT_EQ(Ask(method, "/metrics").status, 405) << method;
  }
  EXPECT_THAT(Say("POST /metrics HTTP/1.0\r\nContent-Length: 1000000000\r\n\r\n"),
              AllOf(HasSubstr(" 405 "), HasSubstr("Allow: GET, HEAD\r\n")));
  EXPECT_EQ(scrapes_, 0);
}

TEST_F(MetricsServerTest, HeadHasNoBody) {
  const std::string answer = Say("HEAD /metrics HTTP/1.0\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr(" 200 OK"));
  EXPECT_EQ(answer.find("\r\n\r\n") + 4, answer.size());
}

TEST_F(MetricsServerTest, RubbishIsNoHarm) {
  for (const std::string& text :
       {std::string("\x16\x03\x01\x02\r\n\r\n"), std::string("GET\r\n\r\n"),
        std::string("\r\n\r\n"),
        "GET /metrics HTTP/1.0\r\nX: " + std::string(100000, 'x') + "\r\n\r\n"}) {
    const int fd = Connect();
    (void)send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    close(fd);
  }
  EXPECT_EQ(Ask("GET", "/metrics").status, 200);
}

TEST_F(MetricsServerTest, ItTakesSixteenConnectionsAtOnce) {
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  std::vector<int> idle;
  for (int i = 0; i < 16; ++i) idle.push_back(Connect());
  EXPECT_EQ(Say(request, absl::Milliseconds(300)), "") << "the seventeenth";
  close(idle.back());
  idle.pop_back();
  const absl::Time until = absl::Now() + absl::Seconds(5);
  std::string answer;
  while (answer.empty() && absl::Now() < until) answer = Say(request);
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  for (const int fd : idle) close(fd);
}

TEST_F(MetricsServerTest, ManyMayScrapeAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 20; ++j) good += Ask("GET", "/metrics").status == 200;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 160);
}

TEST_F(MetricsServerTest, ItEndsWithConnectionsOpen) {
  const int fd = Connect();
  server_ = nullptr;
  char byte;
  const ssize_t got = recv(fd, &byte, 1, 0);
  EXPECT_TRUE(got == 0 || (got < 0 && errno == ECONNRESET)) << strerror(errno);
  close(fd);
}

TEST(ListenAddressTest, TakesWhatPeopleWrite) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:9464")->text, "127.0.0.1:9464");
  EXPECT_EQ(ParseListenAddress("[::1]:9464")->text, "[::1]:9464");
  EXPECT_EQ(ParseListenAddress("localhost:80")->text, "127.0.0.1:80");
  EXPECT_EQ(ParseListenAddress(":9464")->text, "0.0.0.0:9464");
}

TEST(ListenAddressTest, KnowsWhatOnlyThisMachineReaches) {
  for (const char* text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"}) {
    EXPECT_TRUE(ParseListenAddress(text)->is_loopback) << text;
  }
  for (const char* text : {":1", "0.0.0.0:1", "10.0.0.1:1", "[::]:1"}) {
    EXPECT_FALSE(ParseListenAddress(text)->is_loopback) << text;
  }
}

TEST(ListenAddressTest, AnythingElseIsRefusedWithTheForms) {
  for (const char* text :
       {"", ":", "9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1",
        "127.0.0.1:65536", "127.0.0.1:9464/metrics", "::1:9464x", "[::1:9464", "example.com:9464",
        "http://127.0.0.1:9464", "256.0.0.1:9464"}) {
    const absl::Status status = ParseListenAddress(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("such as 127.0.0.1:9464, [::1]:9464"))
        << text;
  }
}

TEST(ListenAddressTest, APortInUseIsRefusedWithTheRemedy) {
  absl::StatusOr<ListenAddress> address = ParseListenAddress("127.0.0.1:0");
  absl::StatusOr<int> first = ListenAt(*address);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(address->text.find(":0"), std::string::npos) << "the port that it got";
  const absl::StatusOr<int> second = ListenAt(*address);
  EXPECT_TRUE(absl::IsAlreadyExists(second.status())) << second.status();
  EXPECT_THAT(
      std::string(second.status().message()),
      AllOf(HasSubstr(address->text), HasSubstr("in use"), HasSubstr("choose another port")));
  close(*first);
}

TEST(ListenAddressTest, AnAddressOfAnotherMachineIsRefused) {
  absl::StatusOr<ListenAddress> address = ParseListenAddress("192.0.2.1:0");  // RFC 5737: nobody's
  const absl::StatusOr<int> socket = ListenAt(*address);
  ASSERT_FALSE(socket.ok());
  EXPECT_THAT(std::string(socket.status().message()),
              AllOf(HasSubstr("192.0.2.1:0"), HasSubstr("not an address of this machine")));
}

}  // namespace
}  // namespace annofs
