// Running another program to its end, however it ends.
#include "tools/program.h"

#include <cerrno>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;

TEST(ProgramTest, ItsExitCodeAndWhatItSaysAreTold) {
  const auto end = RunProgram({"sh", "-c", "echo out; echo err >&2; exit 3"}, absl::Seconds(20));
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->error, 0);
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->text, "out\nerr\n");
}

TEST(ProgramTest, OneThatIsNotThereIsTold) {
  const auto end = RunProgram({"no-such-program-of-annofs"}, absl::Seconds(20));
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->error, ENOENT);
}

TEST(ProgramTest, OneThatDoesNotEndIsKilledAndWhatItSaidIsTold) {
  const absl::Time begun = absl::Now();
  const auto end = RunProgram({"sh", "-c", "echo waiting; exec sleep 60"}, absl::Milliseconds(300));
  EXPECT_TRUE(absl::IsDeadlineExceeded(end.status())) << end.status();
  EXPECT_THAT(end.status().message(), HasSubstr("waiting"));
  EXPECT_THAT(end.status().message(), HasSubstr("300ms"));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(20));
}

TEST(ProgramTest, WhatItLeavesInTheBackgroundIsNotWaitedFor) {
  const absl::Time begun = absl::Now();
  const auto end = RunProgram({"sh", "-c", "sleep 3 & echo started"}, absl::Seconds(20));
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->exit_code, 0);
  EXPECT_EQ(end->text, "started\n");
  EXPECT_LT(absl::Now() - begun, absl::Seconds(2));
}

TEST(ProgramTest, MuchTextIsCut) {
  const auto end =
      RunProgram({"sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x"}, absl::Seconds(20));
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->exit_code, 0);
  EXPECT_EQ(end->text.size(), 65536u);
}

}  // namespace
}  // namespace annofs
