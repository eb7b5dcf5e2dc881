// What signals do to a mount: it ends in order under load, opens its log anew, tells its state.
#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SignalTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    Sh("mkdir -p mnt bucket/warm bucket/cold && cd bucket && for i in $(seq 20); do head -c 100000 "
       "/dev/urandom >warm/$i; cp warm/$i cold/$i; done");
    Serve("bucket");
  }
  void StartMount(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--no-views", "--log-file", Path("log")});
    daemon_ = MountInForeground(Path("mnt"), std::move(more));
    ASSERT_NE(daemon_, nullptr);
    Sh("ls -l mnt/cold mnt/warm >/dev/null && cat mnt/warm/* >/dev/null");
  }
  void StallReads() {
    ASSERT_TRUE(
        emulator_->AddFault("{\"op\":\"b2_download_file_by_id\",\"stall\":true,\"count\":-1}")
            .ok());
  }
  // `cat` of a file of the mount; it says the error.
  std::unique_ptr<Process> Reader(const std::string& command) {
    auto reader =
        Process::Start({.argv = {"/bin/bash", "-c", command}, .directory = Path("mnt/..")});
    EXPECT_TRUE(reader.ok()) << reader.status();
    return reader.ok() ? *std::move(reader) : nullptr;
  }
  // Waits until the file holds the text.
  bool Has(const std::string& file, absl::string_view text) {
    for (int i = 0; i < 400; ++i) {
      if (absl::StrContains(ReadFile(Path(file)).value_or(""), text)) return true;
      absl::SleepFor(absl::Milliseconds(25));
    }
    ADD_FAILURE() << file << " does not say " << text << ":\n" << ReadFile(Path(file)).value_or("");
    return false;
  }
  void ExpectItEnds() {
    const absl::StatusOr<ProcessResult> end = daemon_->Wait(absl::Seconds(20));
    ASSERT_TRUE(end.ok()) << end.status();
    EXPECT_EQ(end->exit_code, 0) << end->err;
    EXPECT_FALSE(IsMounted(Path("mnt")));
  }
  void ExpectItEndsUnderLoad(int signal) {
    StartMount();
    StallReads();
    std::vector<std::unique_ptr<Process>> stalled, busy;
    for (int i = 1; i <= 8; ++i) stalled.push_back(Reader(absl::StrCat("cat mnt/cold/", i)));
    for (int i = 1; i <= 2; ++i) {
      busy.push_back(
          Reader("while cat mnt/warm/* >/dev/null && ls mnt/cold >/dev/null; do :; done"));
    }
    for (int i = 0; i < 200 && Requests("b2_download_file_by_id") < 28; ++i) {
      absl::SleepFor(absl::Milliseconds(25));
    }
    const absl::Time begun = absl::Now();
    daemon_->Signal(signal);
    ExpectItEnds();
    EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
    for (auto& reader : stalled) {
      const absl::StatusOr<ProcessResult> end = reader->Wait(absl::Seconds(5));
      ASSERT_TRUE(end.ok()) << end.status();
      EXPECT_EQ(end->exit_code, 1);
      // Also to the page that the kernel asks for again.
      EXPECT_THAT(end->err, HasSubstr("Input/output error"));
    }
    for (auto& reader : busy) EXPECT_TRUE(reader->Wait(absl::Seconds(5)).ok());
  }

  std::unique_ptr<Process> daemon_;
};

TEST_F(SignalTest, SigtermEndsAMountUnderLoad) { ExpectItEndsUnderLoad(SIGTERM); }

TEST_F(SignalTest, SigintEndsAMountUnderLoad) { ExpectItEndsUnderLoad(SIGINT); }

TEST_F(SignalTest, NoThreadTakesASignalButTheOneThatWaitsForThem) {
  StartMount();
  Sh("cat mnt/cold/* >/dev/null");
  const std::string masks =
      Sh(absl::StrCat("grep -h SigBlk /proc/", daemon_->pid(), "/task/*/status | cut -f2"));
  int threads = 0;
  for (absl::string_view text : absl::StrSplit(masks, '\n', absl::SkipEmpty())) {
    ++threads;
    uint64_t mask = 0;
    ASSERT_TRUE(absl::SimpleHexAtoi(text, &mask)) << text;
    for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) {
      // One that waits by sigwait() has them unblocked in the eyes of the kernel.
      EXPECT_TRUE((mask >> (signal - 1)) & 1 || threads == 1) << text << " " << signal;
    }
  }
  EXPECT_GT(threads, 3);
}

TEST_F(SignalTest, SighupOpensTheLogAnew) {
  StartMount();
  Sh("mv log log.1");
  daemon_->Signal(SIGHUP);
  EXPECT_TRUE(Has("log", "SIGHUP"));
  EXPECT_THAT(Read(Path("log.1")), HasSubstr("mounted b2:"));
  daemon_->Signal(SIGTERM);
  ExpectItEnds();
  EXPECT_TRUE(Has("log", "unmounted"));
  EXPECT_THAT(Read(Path("log.1")), Not(HasSubstr("unmounted")));
}

TEST_F(SignalTest, ALogThatCannotBeOpenedAnewGoesOn) {
  Sh("mkdir logs");
  daemon_ = MountInForeground(Path("mnt"), {"--no-views", "--log-file", Path("logs/log")});
  ASSERT_NE(daemon_, nullptr);
  Sh("mv logs kept");
  daemon_->Signal(SIGHUP);
  EXPECT_TRUE(Has("kept/log", "cannot write the log file"));
  EXPECT_TRUE(Has("kept/log", "goes on in the file that was open"));
  daemon_->Signal(SIGTERM);
  ExpectItEnds();
  EXPECT_THAT(Read(Path("kept/log")), HasSubstr("unmounted"));
}

TEST_F(SignalTest, Sigusr1TellsTheStateWhateverTheLevel) {
  StartMount({"--log-level", "error"});
  StallReads();
  std::unique_ptr<Process> reader = Reader("cat mnt/cold/7");
  for (int i = 0; i < 200 && Requests("b2_download_file_by_id") < 21; ++i) {
    absl::SleepFor(absl::Milliseconds(25));
  }
  daemon_->Signal(SIGUSR1);
  ASSERT_TRUE(Has("log", "state: status {"));
  const std::string log = Read(Path("log"));
  EXPECT_THAT(log, HasSubstr("state: 1 requests waiting\n"));
  EXPECT_THAT(log, ::testing::ContainsRegex("state: waiting read of cold/7 for [0-9.]+ s, "
                                            "[0-9]+ bytes at 0, deadline in [0-9.]+ s\n"));
  EXPECT_THAT(log, ::testing::ContainsRegex("state: threads [0-9]+, of which [0-9]+ workers"));
  EXPECT_THAT(log, ::testing::ContainsRegex("state: memory [0-9.]+.*resident"));
  EXPECT_THAT(log, Not(HasSubstr(emulator_->key())));
  const size_t at = log.find("state: status ") + 14;
  const absl::StatusOr<JsonDocument> status =
      JsonDocument::Parse(log.substr(at, log.find('\n', at) - at));
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->root().StringOr("source", ""), "b2://b");
  ASSERT_TRUE(emulator_->ClearFaults().ok());
  EXPECT_EQ(reader->Wait()->exit_code, 0);
}

TEST_F(SignalTest, ManySignalsAtOnceNeitherKillNorAreLost) {
  StartMount();
  for (int i = 0; i < 50; ++i) {
    for (int signal : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE}) daemon_->Signal(signal);
  }
  EXPECT_TRUE(Has("log", "SIGHUP"));
  EXPECT_TRUE(Has("log", "state: status {"));
  EXPECT_EQ(Sh("cmp mnt/warm/1 bucket/warm/1 && echo same"), "same\n");
  daemon_->Signal(SIGTERM);
  ExpectItEnds();
}

TEST_F(SignalTest, SignalsThatComeWhileItStartsAreHandledThen) {
  ASSERT_TRUE(
      emulator_->AddFault("{\"op\":\"b2_list_file_names\",\"stall\":true,\"count\":-1}").ok());
  daemon_ = StartAnnofs({"mount", "-f", "b2://b", Path("mnt"), "--endpoint", emulator_->url(),
                         "--cache", Path("cache"), "--no-views", "--log-file", Path("log")});
  for (int i = 0; i < 200 && Requests("b2_list_file_names") == 0; ++i) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  daemon_->Signal(SIGHUP);
  daemon_->Signal(SIGUSR1);
  ASSERT_TRUE(emulator_->ClearFaults().ok());
  EXPECT_TRUE(Has("log", "SIGHUP"));
  EXPECT_TRUE(Has("log", "state: status {"));
  EXPECT_TRUE(IsMounted(Path("mnt")));
  daemon_->Signal(SIGTERM);
  ExpectItEnds();
}

TEST_F(SignalTest, SigtermEndsAStartAtOnce) {
  ASSERT_TRUE(
      emulator_->AddFault("{\"op\":\"b2_list_file_names\",\"stall\":true,\"count\":-1}").ok());
  daemon_ = StartAnnofs({"mount", "-f", "b2://b", Path("mnt"), "--endpoint", emulator_->url(),
                         "--cache", Path("cache"), "--no-views"});
  for (int i = 0; i < 200 && Requests("b2_list_file_names") == 0; ++i) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  daemon_->Signal(SIGTERM);
  const absl::StatusOr<ProcessResult> end = daemon_->Wait(absl::Seconds(5));
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->exit_code, 128 + SIGTERM);
  EXPECT_FALSE(IsMounted(Path("mnt")));
}

TEST_F(SignalTest, AJsonLogHasAnObjectInEachLine) {
  StartMount({"--log-format", "json"});
  daemon_->Signal(SIGUSR1);
  EXPECT_TRUE(Has("log", "state: status {"));
  daemon_->Signal(SIGTERM);
  ExpectItEnds();
  int lines = 0;
  const std::string log = Read(Path("log"));
  for (absl::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
    const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(line);
    ASSERT_TRUE(json.ok()) << json.status() << line;
    for (const char* member : {"time", "level", "message"}) {
      EXPECT_NE(json->root().StringOr(member, ""), "") << line;
    }
    ++lines;
  }
  EXPECT_GE(lines, 4);
}

}  // namespace
}  // namespace annofs::testing
