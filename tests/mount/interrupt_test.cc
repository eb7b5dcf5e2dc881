// How commands end: at an interrupt while the store is silent, and where nobody takes what they
// print.
#include <csignal>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class InterruptTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    Write("bucket/annotations.xml",
          "<annotations><meta><task><name>t</name><labels><label><name>car</name></label></labels>"
          "</task></meta><image id=\"0\" name=\"a.jpg\" width=\"4\" height=\"4\"/></annotations>");
    Serve("bucket");
  }
  std::unique_ptr<Process> StartWaiting(const std::string& command) {
    EXPECT_TRUE(
        emulator_->AddFault(R"({"op":"b2_download_file_by_id","stall":true,"count":-1})").ok());
    std::unique_ptr<Process> process =
        StartAnnofs({command, "b2://b", "--endpoint", emulator_->url(), "--cache", Path("cache")});
    for (int i = 0; i < 200 && Requests("b2_download_file_by_id") == 0; ++i) {
      absl::SleepFor(absl::Milliseconds(50));
    }
    return process;
  }
};

TEST_F(InterruptTest, WhatWaitsForTheStoreEnds) {
  for (const char* command : {"check", "stats"}) {
    Sh("rm -rf cache");
    std::unique_ptr<Process> process = StartWaiting(command);
    process->Signal(SIGINT);
    const absl::StatusOr<ProcessResult> ended = process->Wait(absl::Seconds(10));
    ASSERT_TRUE(ended.ok()) << command << ": " << ended.status();
    EXPECT_NE(ended->exit_code, 0) << command;
  }
}

TEST_F(InterruptTest, OutputThatNobodyTakesIsAFailure) {
  for (const char* command : {"formats", "version", "help", "check bucket --json --cache cache"}) {
    const ProcessResult result = TrySh(absl::StrCat(AnnofsProgram(), " ", command, " >/dev/full"));
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_THAT(result.err, HasSubstr("writing to standard output failed")) << command;
  }
}

}  // namespace
}  // namespace annofs::testing
