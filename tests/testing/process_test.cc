#include "tests/testing/process.h"

#include <signal.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

ProcessOptions Shell(const std::string& script) { return {.argv = {"sh", "-c", script}}; }

TEST(ProcessTest, GivesExitCodeAndOutput) {
  const absl::StatusOr<ProcessResult> result = RunProcess(Shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
}

TEST(ProcessTest, LongOutputIsWhole) {
  const absl::StatusOr<ProcessResult> result = RunProcess(Shell("head -c 1000000 /dev/zero"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out.size(), 1'000'000u);
}

TEST(ProcessTest, ReadsLinesWhileItRuns) {
  auto process = Process::Start(Shell("echo one; echo two; read x; echo got $x; exec sleep 60"));
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(*(*process)->ReadLine(), "one");
  EXPECT_EQ(*(*process)->ReadLine(), "two");
}

TEST(ProcessTest, EnvironmentDirectoryAndInputAreItsOwn) {
  const TempDir dir;
  const absl::StatusOr<ProcessResult> result =
      RunProcess({.argv = {"sh", "-c", "pwd; echo $ANNOFS_TEST_VALUE; cat"},
                  .env = {{"ANNOFS_TEST_VALUE", "a b"}},
                  .directory = dir.path(),
                  .input = "input"});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out, dir.path() + "\na b\ninput");
}

TEST(ProcessTest, AProgramThatDoesNotExistIsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(Process::Start({.argv = {"/no/such/program"}}).status()));
}

TEST(ProcessTest, WaitingEndsAtItsTimeout) {
  auto process = Process::Start({.argv = {"sleep", "60"}});
  ASSERT_TRUE(process.ok());
  EXPECT_TRUE(absl::IsDeadlineExceeded((*process)->Wait(absl::Milliseconds(20)).status()));
  EXPECT_TRUE(absl::IsDeadlineExceeded((*process)->ReadLine(absl::Milliseconds(20)).status()));
}

TEST(ProcessTest, ASignalIsSeenInTheExitCode) {
  auto process = Process::Start({.argv = {"sleep", "60"}});
  ASSERT_TRUE(process.ok());
  (*process)->Signal(SIGTERM);
  const absl::StatusOr<ProcessResult> result = (*process)->Wait();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 128 + SIGTERM);
}

TEST(ProcessTest, TheDestructorEndsIt) {
  auto process = Process::Start({.argv = {"sleep", "60"}});
  ASSERT_TRUE(process.ok());
  const pid_t pid = (*process)->pid();
  EXPECT_EQ(kill(pid, 0), 0);
  process->reset();
  EXPECT_NE(kill(pid, 0), 0);
}

}  // namespace
}  // namespace annofs::testing
