// How a mount begins: it is told when it answers, or why it does not, and where to read on.
#include <signal.h>
#include <sys/mount.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kStalledLists[] = "{\"op\":\"b2_list_file_names\",\"stall\":true,\"count\":-1}";

class StartTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    Write("bucket/a", "a");
    Serve("bucket");
    Sh("mkdir mnt");
  }
  std::vector<std::string> MountArguments(std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"mount", "b2://b", Path("mnt"), "--endpoint", emulator_->url(), "--no-views"});
    return more;
  }
};

TEST_F(StartTest, AStoreThatDoesNotAnswerIsAFailureInTime) {
  ASSERT_TRUE(emulator_->AddFault(kStalledLists).ok());
  const absl::Time begun = absl::Now();
  const ProcessResult result = Annofs(MountArguments({"--timeout", "2"}));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(20));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("annofs: mount: "));
  EXPECT_FALSE(IsMounted(Path("mnt")));
}

TEST_F(StartTest, AFailureNamesTheLogWhichHasItToo) {
  const ProcessResult result =
      Annofs({"mount", "b2://nosuch", Path("mnt"), "--endpoint", emulator_->url()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("the log, " + Path("cache/annofs.log") + "\n"));
  EXPECT_THAT(Read(Path("cache/annofs.log")), HasSubstr("nosuch"));
  const ProcessResult other = Annofs({"mount", "b2://nosuch", Path("mnt"), "--endpoint",
                                      emulator_->url(), "--log-file", Path("my.log")});
  EXPECT_THAT(other.err, HasSubstr("the log, " + Path("my.log") + "\n"));
}

TEST_F(StartTest, AFailureInTheForegroundNamesNoLogThatIsNotThere) {
  const ProcessResult result =
      Annofs({"mount", "-f", "b2://nosuch", Path("mnt"), "--endpoint", emulator_->url()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, Not(HasSubstr("the log, ")));
}

TEST_F(StartTest, ALogThatCannotBeWrittenIsNamed) {
  const ProcessResult result = Annofs(MountArguments({"--log-file", Path("bucket/a/log")}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot write the log file '" + Path("bucket/a/log")));
  EXPECT_FALSE(IsMounted(Path("mnt")));
}

TEST_F(StartTest, AMountSaysNothingWhenItWorks) {
  const std::string mnt = Path("mnt");
  const ProcessResult result = Annofs(MountArguments());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out + result.err, "");
  EXPECT_EQ(Read(mnt + "/a"), "a");
  Unmount(mnt);
}

TEST_F(StartTest, WhoInterruptsAStartGetsNoMount) {
  ASSERT_TRUE(emulator_->AddFault(kStalledLists).ok());
  std::unique_ptr<Process> starting =
      StartAnnofs(MountArguments({"--cache", Path("cache"), "--timeout", "60"}));
  for (int i = 0; i < 200 && Requests("b2_list_file_names") == 0; ++i) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_GE(Requests("b2_list_file_names"), 1);
  const std::string daemon =
      Sh(absl::StrCat("cat /proc/", starting->pid(), "/task/*/children | tr -d ' \\n'"));
  EXPECT_NE(daemon, "");
  starting->Signal(SIGINT);
  EXPECT_EQ(starting->Wait()->exit_code, 128 + SIGINT);
  Sh("for i in $(seq 100); do [ -e /proc/" + daemon + "/exe ] || exit 0; sleep 0.1; done; exit 1");
  ASSERT_TRUE(emulator_->ClearFaults().ok());
  EXPECT_FALSE(IsMounted(Path("mnt")));
}

TEST_F(StartTest, AnAbsentSourceIsSpokenOfBeforeTheCache) {
  for (const char* command : {"warm", "ls", "index"}) {
    const ProcessResult result = Annofs({command, "/no/such/place", "--cache", "/dev/null/cache"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("/no/such/place: No such file or directory"));
    EXPECT_THAT(result.err, Not(HasSubstr("cache")));
  }
}

TEST_F(StartTest, UnmountingReturnsWhenTheDaemonHasEnded) {
  std::unique_ptr<Process> daemon = MountInForeground(Path("mnt"));
  ASSERT_NE(daemon, nullptr);
  Sh("cat mnt/a");
  Unmount(Path("mnt"));
  const absl::StatusOr<ProcessResult> end = daemon->Wait(absl::ZeroDuration());
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->exit_code, 0);
}

TEST_F(StartTest, UnmountingSaysSoIfTheDaemonGoesOn) {
  Annofs(MountArguments());
  Sh("mkdir other && mount --bind mnt other");
  const ProcessResult result = Annofs({"umount", Path("mnt")});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("its daemon (process "));
  EXPECT_THAT(result.err, HasSubstr("bind mount"));
  EXPECT_EQ(Sh("cat other/a"), "a");
  Sh("umount other");
}

TEST_F(StartTest, AnotherToolsUnmountWorks) {
  std::unique_ptr<Process> daemon = MountInForeground(Path("mnt"));
  ASSERT_NE(daemon, nullptr);
  Sh("umount mnt");
  EXPECT_FALSE(IsMounted(Path("mnt")));
  const absl::StatusOr<ProcessResult> end = daemon->Wait(absl::Seconds(20));
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->exit_code, 0);
}

}  // namespace
}  // namespace annofs::testing
