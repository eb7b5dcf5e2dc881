#include "cache/base/log.h"

#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/log_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

// A log file of one test; afterwards the log goes to stderr as before.
class LogTest : public ::testing::Test {
 protected:
  void Start(LogLevel level) {
    ASSERT_EQ(StartLog({.file = dir_ / "log", .level = level}), absl::OkStatus());
  }
  ~LogTest() override { (void)StartLog({.level = LogLevel::kWarning}); }

  std::vector<std::string> Lines() {
    return absl::StrSplit(testing::ReadFile(dir_ / "log").value_or(""), '\n', absl::SkipEmpty());
  }

  testing::TempDir dir_;
};

TEST_F(LogTest, ALineHasTimeLevelAndMessage) {
  Start(LogLevel::kInfo);
  LogWarning("100% {of} it");
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_THAT(
      Lines()[0],
      MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z warning 100% \\{of\\} it"));
}

TEST_F(LogTest, LowerLevelsAreLeftOut) {
  Start(LogLevel::kWarning);
  LogDebug("debug");
  LogInfo("info");
  LogWarning("warning");
  LogError("error");
  EXPECT_EQ(Lines().size(), 2u);
}

TEST_F(LogTest, WhatIsWrittenIsKnownBefore) {
  Start(LogLevel::kInfo);
  EXPECT_FALSE(IsLogged(LogLevel::kDebug));
  EXPECT_TRUE(IsLogged(LogLevel::kInfo));
  EXPECT_TRUE(IsLogged(LogLevel::kError));
}

TEST_F(LogTest, AMessageIsOneLineWhateverItHolds) {
  Start(LogLevel::kInfo);
  LogInfo(absl::string_view("a\nb\r\t\x1B[31m\0", 11));
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_THAT(Lines()[0], HasSubstr("a\\nb\\r\\t\\x1b[31m\\x00"));
}

TEST_F(LogTest, SecretsDoNotReachTheFile) {
  Start(LogLevel::kInfo);
  RedactInLog("K004xSecretOfTheLogTest");
  LogInfo("key K004xSecretOfTheLogTest refused");
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_THAT(Lines()[0], HasSubstr("key [redacted] refused"));
}

TEST_F(LogTest, ThreadsDoNotMixTheirLines) {
  Start(LogLevel::kInfo);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 250; ++j) LogInfo("the whole line");
      RedactInLog("another secret of a thread");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Lines().size(), 1000u);
  for (const std::string& line : Lines()) {
    EXPECT_TRUE(absl::EndsWith(line, "Z info the whole line")) << line;
  }
}

TEST_F(LogTest, ALogFileIsContinued) {
  Start(LogLevel::kInfo);
  LogInfo("first");
  Start(LogLevel::kInfo);
  LogInfo("second");
  EXPECT_EQ(Lines().size(), 2u);
}

TEST_F(LogTest, AFileThatCannotBeOpenedIsAnErrorThatNamesIt) {
  ASSERT_EQ(testing::WriteFile(dir_ / "file", ""), absl::OkStatus());
  const absl::Status status = StartLog({.file = dir_ / "file/log"});
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(status.message(), HasSubstr(dir_ / "file/log"));
}

TEST_F(LogTest, AJsonLineIsOneObjectWhateverTheMessageHolds) {
  ASSERT_EQ(StartLog({.file = dir_ / "log", .format = LogFormat::kJson}), absl::OkStatus());
  RedactInLog("K004xSecretOfTheJsonLog");
  LogWarning("a \"b\"\n\\ K004xSecretOfTheJsonLog \x1b \xff");
  ASSERT_EQ(Lines().size(), 1u);
  const absl::StatusOr<JsonDocument> line = JsonDocument::Parse(Lines()[0]);
  ASSERT_TRUE(line.ok()) << line.status() << Lines()[0];
  EXPECT_EQ(line->root().size(), 3u);
  EXPECT_THAT(std::string(line->root().StringOr("time", "")),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z"));
  EXPECT_EQ(line->root().StringOr("level", ""), "warning");
  EXPECT_EQ(line->root().StringOr("message", ""), "a \"b\"\n\\ [redacted] \x1b \xef\xbf\xbd");
}

TEST_F(LogTest, WhatWasAskedForIsWrittenAtAnyLevel) {
  Start(LogLevel::kError);
  LogAsked("the state");
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_TRUE(absl::EndsWith(Lines()[0], "Z info the state")) << Lines()[0];
}

TEST_F(LogTest, ARenamedFileIsLeftAndTheNameIsMadeAnew) {
  Start(LogLevel::kInfo);
  LogInfo("before");
  std::filesystem::rename(dir_ / "log", dir_ / "log.1");
  LogInfo("not asked yet");
  EXPECT_EQ(ReopenLog(), absl::OkStatus());
  LogInfo("after");
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_THAT(Lines()[0], HasSubstr("after"));
  EXPECT_THAT(*testing::ReadFile(dir_ / "log.1"), HasSubstr("not asked yet"));
}

TEST_F(LogTest, AFileThatCannotBeOpenedAgainIsKeptOpen) {
  ASSERT_EQ(testing::WriteFile(dir_ / "d/x", ""), absl::OkStatus());
  ASSERT_EQ(StartLog({.file = dir_ / "d/log"}), absl::OkStatus());
  std::filesystem::rename(dir_ / "d", dir_ / "e");
  const absl::Status status = ReopenLog();
  EXPECT_THAT(status.message(), HasSubstr(dir_ / "d/log"));
  LogInfo("goes on");
  EXPECT_THAT(*testing::ReadFile(dir_ / "e/log"), HasSubstr("goes on"));
}

TEST_F(LogTest, StderrHasNothingToOpenAgain) {
  ASSERT_EQ(StartLog({}), absl::OkStatus());
  EXPECT_EQ(ReopenLog(), absl::OkStatus());
}

TEST_F(LogTest, AFileMadeAnewIsForThoseWhoMayReadTheOldOne) {
  for (const auto mode : {std::filesystem::perms(0600), std::filesystem::perms(0640)}) {
    ASSERT_EQ(StartLog({.file = dir_ / "log"}), absl::OkStatus());
    std::filesystem::permissions(dir_ / "log", mode);
    std::filesystem::rename(dir_ / "log", dir_ / "log.1");
    ASSERT_EQ(ReopenLog(), absl::OkStatus());
    EXPECT_EQ(std::filesystem::status(dir_ / "log").permissions(), mode);
    std::filesystem::remove(dir_ / "log");
  }
}

// As two mounts of one cache directory do, each with a file of its own that it has opened.
TEST_F(LogTest, WhoWriteOneFileDoNotMixTheirLines) {
  const std::string line(10000, 'x');
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] {
      auto file = LogFile::Open(dir_ / "log");
      ASSERT_TRUE(file.ok()) << file.status();
      for (int j = 0; j < 200; ++j) (*file)->Write(line + "\n");
    });
  }
  for (std::thread& writer : writers) writer.join();
  ASSERT_EQ(Lines().size(), 400u);
  for (const std::string& one : Lines()) EXPECT_EQ(one, line);
}

TEST(LogLevelTest, FormatsByName) {
  EXPECT_EQ(*ParseLogFormat("text"), LogFormat::kText);
  EXPECT_EQ(*ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_TRUE(absl::IsInvalidArgument(ParseLogFormat("xml").status()));
}

TEST(LogLevelTest, LevelsByName) {
  EXPECT_EQ(*ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(*ParseLogLevel("info"), LogLevel::kInfo);
  EXPECT_EQ(*ParseLogLevel("warning"), LogLevel::kWarning);
  EXPECT_EQ(*ParseLogLevel("error"), LogLevel::kError);
  EXPECT_TRUE(absl::IsInvalidArgument(ParseLogLevel("loud").status()));
}

TEST(RedactTest, RegisteredSecretsAreReplacedWhereverTheyStand) {
  RedactInLog("RedactTestSecret");
  RedactInLog("RedactTestSecretAndMore");
  EXPECT_EQ(Redact("xRedactTestSecretx"), "x[redacted]x");
  EXPECT_EQ(Redact("RedactTestSecretAndMore"), "[redacted]") << "the longest first";
}

TEST(RedactTest, RegisteredSecretsAreReplacedInTheFormsOfUrlsHeadersAndJson) {
  RedactInLog("forms/of+one=secret?");
  for (std::string form :
       {"forms/of+one=secret?", "forms%2Fof%2Bone%3Dsecret%3F", "forms%2fof%2bone%3dsecret%3f",
        "forms/of%2Bone=secret%3F", "Zm9ybXMvb2Yrb25lPXNlY3JldD8", "forms\\/of+one=secret?"}) {
    EXPECT_EQ(Redact("x " + form), "x [redacted]");
  }
  RedactInLog("aWQ6a2V5LW9mLXRlc3Q=");
  EXPECT_EQ(Redact("aWQ6a2V5LW9mLXRlc3Q="), "[redacted]");
  EXPECT_EQ(Redact("aWQ6a2V5LW9mLXRlc3Q"), "[redacted]") << "base64 without its padding";
}

TEST(RedactTest, ShortTextsAreNoSecrets) {
  RedactInLog("bucket7");
  RedactInLog("");
  EXPECT_EQ(Redact("bucket7"), "bucket7");
}

TEST(RedactTest, HeadersAreHidden) {
  EXPECT_EQ(Redact("> Authorization: Basic S2V5OlNlY3JldA==\r\n> Host: x"),
            "> Authorization: [redacted]\\r\\n> Host: x");
  EXPECT_EQ(Redact("authorization:4_002abc"), "authorization:[redacted]");
  EXPECT_EQ(Redact("Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=c"),
            "Authorization: [redacted]");
}

TEST(RedactTest, JsonTokensAreHidden) {
  EXPECT_EQ(Redact(R"({"authorizationToken":"4_ab\"c","x":1})"),
            R"({"authorizationToken":"[redacted]","x":1})");
  EXPECT_EQ(Redact(R"("authorizationToken" : "4_abc" , "x")"),
            R"("authorizationToken" : "[redacted]" , "x")");
  EXPECT_EQ(Redact(R"({"applicationKey":"K001"})"), R"({"applicationKey":"[redacted]"})");
}

TEST(RedactTest, TokensOfJsonThatIsQuotedItselfAreHidden) {
  EXPECT_EQ(Redact(R"(body "{\"authorizationToken\": \"4_002a\", \"x\": 1}")"),
            R"(body "{\"authorizationToken\": \"[redacted]\", \"x\": 1}")");
  EXPECT_EQ(Redact(R"(\"authorizationToken\":\"4_002a)"), R"(\"authorizationToken\":\"[redacted])");
}

TEST(RedactTest, QueryValuesAreHidden) {
  EXPECT_EQ(Redact("GET /file/b/a.jpg?Authorization=3_2016&x=1 failed"),
            "GET /file/b/a.jpg?Authorization=[redacted]&x=1 failed");
  EXPECT_EQ(Redact("?X-Amz-Date=1&X-Amz-Signature=0aff"),
            "?X-Amz-Date=1&X-Amz-Signature=[redacted]");
  EXPECT_EQ(Redact("you sent SignedHeaders=host, Signature=0aff it is wrong"),
            "you sent SignedHeaders=host, Signature=[redacted] it is wrong");
}

TEST(RedactTest, WhatIsNoSecretStays) {
  for (const char* text :
       {"", "authorization", "no authorisation: x", "X-Amz-Date=1", "caf\xC3\xA9"}) {
    EXPECT_EQ(Redact(text), text);
  }
}

TEST(RedactTest, NoEndOfAMessageIsOverrun) {
  EXPECT_EQ(Redact("Authorization:"), "Authorization:[redacted]");
  EXPECT_EQ(Redact("Authorization: a\\"), "Authorization: [redacted]");
  EXPECT_EQ(Redact("\"authorizationToken\""), "\"authorizationToken\"");
}

TEST(RedactTest, NothingOfAMessageCommandsATerminalOrTurnsItsDirection) {
  EXPECT_EQ(Redact("a\x1b[2J\xc2\x9b"
                   "2J\u202e"
                   "b\u2066\ufeff\n"),
            "a\\x1b[2J\\xc2\\x9b2J\\xe2\\x80\\xaeb\\xe2\\x81\\xa6\\xef\\xbb\\xbf\\n");
  EXPECT_EQ(Redact("ünï 写真 – …"), "ünï 写真 – …");
}

}  // namespace
}  // namespace annofs
