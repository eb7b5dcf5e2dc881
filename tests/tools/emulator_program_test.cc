// annofs-emulator as a program: command line, announcement, signals.
#include <signal.h>

#include "absl/strings/match.h"
#include "tests/testing/files.h"
#include "tests/testing/process.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {
namespace {

class EmulatorProgramTest : public ::testing::Test {
 protected:
  std::string Bucket() const { return absl::StrCat("photos=", directory_.path()); }

  ProcessResult Run(std::vector<std::string> arguments,
                    std::vector<std::pair<std::string, std::string>> env = {}) {
    arguments.insert(arguments.begin(), EmulatorProgram());
    absl::StatusOr<ProcessResult> result =
        RunProcess({.argv = std::move(arguments), .env = std::move(env)});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.value_or(ProcessResult());
  }

  // Serving, with its announcement read.
  struct Served {
    std::unique_ptr<Process> process;
    JsonDocument announcement;
  };
  Served Serve(std::vector<std::pair<std::string, std::string>> env = {},
               const std::vector<std::string>& options = {}) {
    std::vector<std::string> argv = {EmulatorProgram(), "--bucket", Bucket()};
    argv.insert(argv.end(), options.begin(), options.end());
    auto process = Process::Start({.argv = std::move(argv), .env = std::move(env)});
    EXPECT_TRUE(process.ok()) << process.status();
    absl::StatusOr<std::string> line = (*process)->ReadLine();
    EXPECT_TRUE(line.ok()) << line.status();
    auto json = JsonDocument::Parse(line.value_or("{}"));
    EXPECT_TRUE(json.ok()) << json.status();
    return {.process = *std::move(process), .announcement = *std::move(json)};
  }

  TempDir directory_;
};

TEST_F(EmulatorProgramTest, AnnouncesItselfServesAndEndsOnASignal) {
  for (int signal : {SIGTERM, SIGINT}) {
    Served served = Serve();
    JsonValue root = served.announcement.root();
    std::string url(root.StringOr("url", ""));
    EXPECT_TRUE(absl::StartsWith(url, "http://127.0.0.1:"));
    EXPECT_EQ(root.StringOr("admin", ""), absl::StrCat(url, "/__emu"));
    EXPECT_EQ(root.StringOr("keyId", "").size(), 25u);
    EXPECT_EQ(root.StringOr("applicationKey", "").size(), 31u);
    HttpAnswer answer = Ask({.url = absl::StrCat(url, "/b2api/v4/b2_authorize_account"),
                             .user = absl::StrCat(root.StringOr("keyId", ""), ":",
                                                  root.StringOr("applicationKey", ""))});
    EXPECT_EQ(answer.status, 200);
    served.process->Signal(signal);
    absl::StatusOr<ProcessResult> result = served.process->Wait(absl::Seconds(10));
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->exit_code, 0);
    EXPECT_EQ(result->out, "");
    EXPECT_EQ(result->err, "");
  }
}

TEST_F(EmulatorProgramTest, TheKeyMayComeFromTheEnvironment) {
  Served served = Serve({{"ANNOFS_EMULATOR_KEY_ID", kKeyId}, {"ANNOFS_EMULATOR_KEY", kKeySecret}});
  EXPECT_EQ(served.announcement.root().StringOr("keyId", ""), kKeyId);
  EXPECT_EQ(served.announcement.root().StringOr("applicationKey", ""), kKeySecret);
}

TEST_F(EmulatorProgramTest, RandomKeysDiffer) {
  Served one = Serve();
  Served other = Serve();
  EXPECT_NE(one.announcement.root().StringOr("applicationKey", ""),
            other.announcement.root().StringOr("applicationKey", ""));
}

TEST_F(EmulatorProgramTest, HalfAKeyIsAnErrorThatDoesNotShowIt) {
  ProcessResult result = Run({"--bucket", Bucket()}, {{"ANNOFS_EMULATOR_KEY", kKeySecret}});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(result.err, "ANNOFS_EMULATOR_KEY_ID"));
  EXPECT_FALSE(absl::StrContains(result.err, kKeySecret));
}

TEST_F(EmulatorProgramTest, WhatCannotBeServedEndsWithOne) {
  ProcessResult missing = Run({"--bucket", "photos=/no/such/directory"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(missing.err, "/no/such/directory")) << missing.err;
  EXPECT_EQ(Run({"--bucket", Bucket(), "--bucket", Bucket()}).exit_code, 1);
  Served served = Serve();
  std::string url(served.announcement.root().StringOr("url", ""));
  std::string port = url.substr(url.rfind(':') + 1);
  ProcessResult taken = Run({"--bucket", Bucket(), "--port", port});
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(taken.err, port)) << taken.err;
  EXPECT_EQ(taken.out, "");
}

TEST_F(EmulatorProgramTest, WrongUseEndsWithTwo) {
  EXPECT_EQ(Run({"--bucket", "photos"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", "=x"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", Bucket(), "--port", "70000"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", Bucket(), "--latency", "-1"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", Bucket(), "--rate", "fast"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", Bucket(), "--cap", "D=1"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", Bucket(), "--cap", "B"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", Bucket(), "--cap", "B=x"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", Bucket(), "--download-cap", "1.5"}).exit_code, 2);
  EXPECT_EQ(Run({"--no-such-option"}).exit_code, 2);
}

TEST_F(EmulatorProgramTest, AFileOfFaultsIsLoaded) {
  TempDir files;
  ASSERT_TRUE(WriteFile(files / "faults.json", R"([{"status":503},{"reset":true}])").ok());
  Served served = Serve({}, {"--faults", files / "faults.json"});
  std::string url(served.announcement.root().StringOr("url", ""));
  EXPECT_EQ(Ask({.url = absl::StrCat(url, "/file/photos/a")}).Error(), "503 service_unavailable");
  EXPECT_EQ(Ask({.url = absl::StrCat(url, "/file/photos/a")}).status, 0);
  EXPECT_EQ(Ask({.url = absl::StrCat(url, "/file/photos/a")}).status, 401);
}

TEST_F(EmulatorProgramTest, ABadFileOfFaultsEndsWithTwoAndNamesThePlace) {
  TempDir files;
  auto run = [&](absl::string_view content) {
    EXPECT_TRUE(WriteFile(files / "faults.json", content).ok());
    ProcessResult result = Run({"--bucket", Bucket(), "--faults", files / "faults.json"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_TRUE(absl::StrContains(result.err, "faults.json")) << result.err;
    return result.err;
  };
  EXPECT_TRUE(absl::StrContains(run("[\n{\"status\":}]"), "line 2"));
  EXPECT_TRUE(absl::StrContains(run("[{},{\"statsu\":500}]"), "fault 1: not a member"));
  EXPECT_TRUE(absl::StrContains(run("[{\"status\":\"500\"}]"), "fault 0: status: "));
  run("");
  EXPECT_EQ(Run({"--bucket", Bucket(), "--faults", "/no/such/file"}).exit_code, 2);
  EXPECT_EQ(Run({"--bucket", Bucket(), "--faults", files.path()}).exit_code, 2);
}

TEST_F(EmulatorProgramTest, SettingsAreOptionsToo) {
  Served served = Serve({}, {"--latency",
                             "1.5",
                             "--jitter",
                             "1",
                             "--rate",
                             "1000",
                             "--retry-after",
                             "3",
                             "--bandwidth",
                             "1e6",
                             "--cap",
                             "B=5",
                             "--cap",
                             "C=6",
                             "--download-cap",
                             "7",
                             "--token-life",
                             "8",
                             "--close-connections",
                             "--short-pages",
                             "--opaque-next",
                             "--pretty-json",
                             "--unknown-fields",
                             "--second-timestamps",
                             "--strict-checksums",
                             "--strict-json"});
  std::string url(served.announcement.root().StringOr("url", ""));
  EXPECT_EQ(Ask({.url = absl::StrCat(url, "/__emu/settings")}).body,
            R"({"latencyMs":1.5,"jitterMs":1.0,"rate":1000.0,"retryAfter":3,)"
            R"("bandwidth":1000000.0,"downloadCap":7,"tokenLifeSeconds":8,)"
            R"("closeConnections":true,"shortPages":true,"opaqueNext":true,"prettyJson":true,)"
            R"("unknownFields":true,"secondTimestamps":true,"strictChecksums":true,)"
            R"("strictJson":true,"caps":{"A":null,"B":5,"C":6}})");
}

TEST_F(EmulatorProgramTest, HelpAndVersionGoToStandardOutput) {
  ProcessResult help = Run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (absl::string_view option :
       {"--bucket", "--memory-bucket", "--port", "--latency", "--rate"}) {
    EXPECT_TRUE(absl::StrContains(help.out, option)) << option;
  }
  ProcessResult version = Run({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.out, "annofs-emulator " ANNOFS_VERSION "\n");
}

TEST_F(EmulatorProgramTest, EveryOptionIsInTheManPage) {
  absl::StatusOr<std::string> page = ReadFile(SourcePath("man/annofs-emulator.1"));
  ASSERT_TRUE(page.ok()) << page.status();
  for (absl::string_view word : absl::StrSplit(Run({"--help"}).out, absl::ByAnyChar(" ,\n"))) {
    if (!absl::StartsWith(word, "--")) continue;
    std::string escaped;
    for (char c : word) absl::StrAppend(&escaped, c == '-' ? "\\-" : std::string(1, c));
    EXPECT_TRUE(absl::StrContains(*page, escaped)) << word;
  }
}

}  // namespace
}  // namespace annofs::testing
