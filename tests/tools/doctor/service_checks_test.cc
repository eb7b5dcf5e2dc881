// The service, its certificate and its clock: each finding, and a service that is well.
#include "tools/doctor/service_checks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/testing/emulator_process.h"
#include "tests/testing/process.h"
#include "tests/testing/scripted_server.h"
#include "tests/tools/doctor/doctor_testing.h"

namespace annofs::testing {
namespace {

using doctor::AreaReport;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CallContext Soon() { return {.deadline = absl::Now() + absl::Seconds(20)}; }

StoreOptions OptionsOf(const std::string& endpoint) {
  return {.endpoint = endpoint,
          .region = "us-west-002",
          .addressing = S3Addressing::kPath,
          .b2 = {.key_id = "002keyid", .key = "K002secretsecretsecretsecret"},
          .s3 = {.access_key_id = "002keyid", .secret_access_key = "K002secretsecretsecretsecret"}};
}

AreaReport CheckB2(const StoreOptions& options) {
  Counters counters;
  return doctor::CheckService(
      ExamineB2({.kind = SourceUrl::Kind::kB2, .bucket = "b"}, options, counters, Soon()),
      SourceUrl::Kind::kB2);
}

AreaReport CheckS3(const StoreOptions& options) {
  Counters counters;
  return doctor::CheckService(
      ExamineS3({.kind = SourceUrl::Kind::kS3, .bucket = "b"}, options, counters, Soon()),
      SourceUrl::Kind::kS3);
}

int ListenAnywhere(int& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t length = sizeof address;
  EXPECT_EQ(bind(listener, generic, length), 0);
  EXPECT_EQ(listen(listener, 1), 0);
  EXPECT_EQ(getsockname(listener, generic, &length), 0);
  port = ntohs(address.sin_port);
  return listener;
}

class EmulatedServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto emulator = EmulatorProcess::Start({{"b", directory_.path()}});
    ASSERT_TRUE(emulator.ok()) << emulator.status();
    emulator_ = *std::move(emulator);
  }
  // Every answer has a Date that is so far from now.
  void SkewBy(absl::Duration skew) {
    const std::string date =
        absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now() + skew, absl::UTCTimeZone());
    ASSERT_TRUE(
        emulator_->AddFault(absl::StrCat(R"({"count":-1,"headers":{"Date":")", date, "\"}}")).ok());
  }

  TempDir directory_;
  std::unique_ptr<EmulatorProcess> emulator_;
};

TEST_F(EmulatedServiceTest, NothingIsFoundWhereTheServiceIsWell) {
  for (const AreaReport& report :
       {CheckB2(OptionsOf(emulator_->url())), CheckS3(OptionsOf(emulator_->url()))}) {
    EXPECT_THAT(Ids(report), IsEmpty());
    EXPECT_THAT(report.fine, ElementsAre(HasSubstr("answers"), HasSubstr("clocks agree")));
    EXPECT_THAT(report.unchecked, IsEmpty());
  }
}

TEST_F(EmulatedServiceTest, AClockThatIsAMinuteOffIsTold) {
  SkewBy(absl::Seconds(120));
  const AreaReport report = CheckB2(OptionsOf(emulator_->url()));
  EXPECT_EQ(SeverityOf(report, "clock-skew"), "warning");
  EXPECT_THAT(EvidenceOf(report, "clock-skew"), HasSubstr("s behind that of 127.0.0.1"));
  EXPECT_EQ(SeverityOf(CheckS3(OptionsOf(emulator_->url())), "clock-skew"), "warning");
}

TEST_F(EmulatedServiceTest, AClockThatIsFifteenMinutesOffIsAnErrorForS3) {
  SkewBy(-absl::Minutes(16));
  const AreaReport report = CheckS3(OptionsOf(emulator_->url()));
  EXPECT_EQ(SeverityOf(report, "clock-skew"), "error");
  EXPECT_THAT(EvidenceOf(report, "clock-skew"), HasSubstr("s ahead of that of"));
  EXPECT_EQ(SeverityOf(CheckB2(OptionsOf(emulator_->url())), "clock-skew"), "warning");
}

TEST_F(EmulatedServiceTest, AServiceWithoutTheTimeIsNotCalledWell) {
  ASSERT_TRUE(emulator_->AddFault(R"({"count":-1,"headers":{"Date":"yesterday"}})").ok());
  const AreaReport report = CheckB2(OptionsOf(emulator_->url()));
  EXPECT_THAT(Ids(report), IsEmpty());
  EXPECT_THAT(report.unchecked, ElementsAre(HasSubstr("clock")));
}

TEST_F(EmulatedServiceTest, AServiceIsAskedAlsoWithoutAKey) {
  StoreOptions options = OptionsOf(emulator_->url());
  options.b2 = {};
  options.s3 = {};
  EXPECT_THAT(CheckB2(options).fine, ElementsAre(HasSubstr("answers"), HasSubstr("clocks")));
  EXPECT_THAT(CheckS3(options).fine, ElementsAre(HasSubstr("answers"), HasSubstr("clocks")));
}

TEST(ServiceChecksTest, APortWhereNobodyListensIsToldApart) {
  int port;
  {
    ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply(); });
    port = server.port();
  }
  const std::string url = absl::StrCat("http://127.0.0.1:", port);
  EXPECT_THAT(Ids(CheckB2(OptionsOf(url))), ElementsAre("connection-failed"));
  EXPECT_THAT(Ids(CheckS3(OptionsOf(url))), ElementsAre("connection-failed"));
}

TEST(ServiceChecksTest, SilenceEndsByTheDeadline) {
  ScriptedServer server([](const ScriptedRequest&) {
    return ScriptedReply{.body = "never", .cut_after = 0, .stall = true};
  });
  Counters counters;
  const Examination seen =
      ExamineB2({.kind = SourceUrl::Kind::kB2, .bucket = "b"}, OptionsOf(server.url()), counters,
                {.deadline = absl::Now() + absl::Milliseconds(300)});
  EXPECT_THAT(Ids(doctor::CheckService(seen, SourceUrl::Kind::kB2)),
              ElementsAre("connection-timed-out"));
}

TEST(ServiceChecksTest, AnAnswerThatIsNotHttpIsToldAsUnreachable) {
  ScriptedServer server([](const ScriptedRequest&) { return ScriptedReply{.raw = "SSH-2.0\r\n"}; });
  EXPECT_THAT(Ids(CheckB2(OptionsOf(server.url()))), ElementsAre("service-unreachable"));
}

TEST(ServiceChecksTest, AnEndpointThatCannotBeIsToldAsSuch) {
  EXPECT_THAT(Ids(CheckB2(OptionsOf("http://example.org"))), ElementsAre("endpoint-unusable"));
  EXPECT_THAT(Ids(CheckS3(OptionsOf("ftp://example.org"))), ElementsAre("endpoint-unusable"));
}

TEST(ServiceChecksTest, ANameThatIsNoneIsToldApart) {
  // ".invalid" never resolves (RFC 2606). A machine without any name server answers that, too.
  EXPECT_THAT(Ids(CheckB2(OptionsOf("https://nowhere.invalid"))), ElementsAre("name-not-resolved"));
}

// Words of libcurl 7.88 and OpenSSL 3.0.
TEST(ServiceChecksTest, WordsOfTheConnectionAreUnderstood) {
  for (const auto& [words, id] : std::vector<std::pair<std::string, std::string>>{
           {"SSL certificate problem: certificate has expired", "certificate-expired"},
           {"SSL certificate problem: certificate is not yet valid", "certificate-expired"},
           {"SSL: no alternative certificate subject name matches target host name 'x'",
            "certificate-other-name"},
           {"SSL certificate problem: unable to get local issuer certificate",
            "certificate-not-trusted"},
           {"error setting certificate verify locations:  CAfile: x", "ca-file-unusable"},
           {"Failed to connect to x port 443 after 10001 ms: Timeout was reached",
            "connection-timed-out"},
           {"something new", "service-unreachable"}}) {
    EXPECT_EQ(doctor::ConnectionFinding("h", absl::UnavailableError(words)).id, id) << words;
  }
}

// A server with a certificate of its own, by openssl(1).
class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no program openssl";
  }
  void TearDown() override {
    if (server_) server_->Signal(SIGTERM);
  }

  // A certificate for that name, good for so many days from now; then a server that has it.
  void Serve(const std::string& subject, int days = 1) {
    ASSERT_TRUE(WriteFile(directory_ / "names", "subjectAltName=" + subject).ok());
    const std::string command = absl::StrCat(
        "cd ", directory_.path(),
        " && openssl req -new -newkey rsa:2048 -nodes -keyout key -out asked -subj /CN=test "
        ">/dev/null 2>&1 && openssl x509 -req -in asked -signkey key -extfile names -out cert "
        "-days ",
        days, " >/dev/null 2>&1");
    ASSERT_EQ(system(command.c_str()), 0);
    {
      ScriptedServer free([](const ScriptedRequest&) { return ScriptedReply(); });
      port_ = free.port();
    }
    auto server = Process::Start(
        {.argv = {"openssl", "s_server", "-accept", absl::StrCat("127.0.0.1:", port_), "-key",
                  directory_ / "key", "-cert", directory_ / "cert", "-www", "-quiet"}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // Asks until the server listens.
  std::vector<std::string> Found(const std::string& ca_file) {
    StoreOptions options = OptionsOf(absl::StrCat("https://127.0.0.1:", port_));
    options.ca_file = ca_file;
    const absl::Time until = absl::Now() + absl::Seconds(10);
    while (true) {
      std::vector<std::string> ids = Ids(CheckB2(options));
      const bool listens = ids != std::vector<std::string>{"connection-failed"};
      if (listens || absl::Now() > until) return ids;
      absl::SleepFor(absl::Milliseconds(50));
    }
  }

  TempDir directory_;
  int port_ = 0;
  std::unique_ptr<Process> server_;
};

TEST_F(TlsTest, ACertificateThatNobodyKnowsIsToldAndOneThatIsNamedIsTrusted) {
  Serve("IP:127.0.0.1");
  EXPECT_THAT(Found(""), ElementsAre("certificate-not-trusted"));
  EXPECT_THAT(Found(directory_ / "cert"), IsEmpty());
}

TEST_F(TlsTest, ACertificateOfAnotherNameIsTold) {
  Serve("DNS:other.example");
  EXPECT_THAT(Found(directory_ / "cert"), ElementsAre("certificate-other-name"));
}

TEST_F(TlsTest, ACertificateThatHasExpiredIsTold) {
  Serve("IP:127.0.0.1", -1);
  EXPECT_THAT(Found(directory_ / "cert"), ElementsAre("certificate-expired"));
}

TEST_F(TlsTest, AFileOfCertificatesThatIsNoneIsTold) {
  Serve("IP:127.0.0.1");
  EXPECT_THAT(Found("/dev/null"), ElementsAre("ca-file-unusable"));
}

// One that says something else as soon as it is connected to.
TEST(ServiceChecksTest, AServerWithoutTlsIsToldApart) {
  int port = 0;
  const int listener = ListenAnywhere(port);
  std::thread server([listener] {
    const int connection = accept(listener, nullptr, nullptr);
    char hello[1];
    if (recv(connection, hello, sizeof hello, 0) > 0) send(connection, "220 mail\r\n", 10, 0);
    shutdown(connection, SHUT_WR);
    while (recv(connection, hello, sizeof hello, 0) > 0) {
    }
    close(connection);
  });
  EXPECT_THAT(Ids(CheckB2(OptionsOf(absl::StrCat("https://127.0.0.1:", port)))),
              ElementsAre("endpoint-not-tls"));
  server.join();
  close(listener);
}

}  // namespace
}  // namespace annofs::testing
