// What people and programs are told.
#include "tools/doctor/report.h"

#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::doctor {
namespace {

using ::testing::HasSubstr;

AreaReport Example() {
  AreaReport report{.area = "cache", .samples = {{.looked_at = 64, .of = 12000, .what = "images"}}};
  report.Fine("on ext4");
  report.Fine("5 GiB free");
  report.Add(Severity::kInfo, "small-hint", "a hint", "");
  report.Add(Severity::kError, "large-error", "an error", "mend it");
  report.Unchecked("its speed", "no room");
  return report;
}

TEST(ReportTest, TextHasTheWorstFirstAndEachRemedyBelowItsFinding) {
  EXPECT_EQ(AreaText(Example()),
            "cache        ok       on ext4; 5 GiB free\n"
            "             error    large-error: an error\n"
            "                      -> mend it\n"
            "             info     small-hint: a hint\n"
            "                      looked at 64 of 12,000 images\n"
            "                      could not be checked: its speed: no room\n");
}

TEST(ReportTest, AnAreaWithoutAnythingFineBeginsWithItsNameAsWell) {
  AreaReport report{.area = "fuse"};
  report.Add(Severity::kWarning, "some-id", "something", "");
  EXPECT_EQ(AreaText(report), "fuse         warning  some-id: something\n");
}

TEST(ReportTest, LongTextsAreWrappedAndCommandsAreNot) {
  AreaReport report{.area = "fuse"};
  report.Add(Severity::kError, "some-id", std::string(60, 'a') + " bbb " + std::string(60, 'c'),
             std::string(50, 'x') + " " + std::string(50, 'y'));
  EXPECT_EQ(AreaText(report), "fuse         error    some-id: " + std::string(60, 'a') + " bbb\n" +
                                  std::string(22, ' ') + std::string(60, 'c') + "\n" +
                                  std::string(22, ' ') + "-> " + std::string(50, 'x') + " " +
                                  std::string(50, 'y') + "\n");
}

TEST(ReportTest, TextsOfOthersCannotSteerATerminalAndTellNoSecret) {
  RedactInLog("K005thesecretofsomebody");
  AreaReport report{.area = "mounts"};
  report.Add(Severity::kError, "some-id", "at /mnt/\x1b[2J", "umount '/mnt/\x1b[2J\nx'");
  report.Add(Severity::kError, "some-id", "", "curl K005thesecretofsomebody");
  const std::string text = AreaText(report);
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  EXPECT_THAT(text, HasSubstr("-> umount '/mnt/"));
  EXPECT_EQ(report.findings[0].remedy.find('\n'), std::string::npos);
  EXPECT_EQ(text.find("thesecret"), std::string::npos) << text;
}

TEST(ReportTest, TheSummaryCountsBySeverity) {
  EXPECT_EQ(SummaryText({Example(), Example()}), "2 errors, 0 warnings, 2 hints");
}

TEST(ReportTest, JsonHasFindingsAndWhatWasChecked) {
  const auto json = JsonDocument::Parse(ReportJson({Example()}));
  ASSERT_TRUE(json.ok()) << json.status();
  const JsonValue finding = json->root()["findings"][0];
  EXPECT_EQ(finding.StringOr("area", ""), "cache");
  EXPECT_EQ(finding.StringOr("severity", ""), "error");
  EXPECT_EQ(finding.StringOr("id", ""), "large-error");
  EXPECT_EQ(finding.StringOr("evidence", ""), "an error");
  EXPECT_EQ(finding.StringOr("remedy", ""), "mend it");
  EXPECT_EQ(json->root()["findings"].size(), 2u);
  const JsonValue checked = json->root()["checked"][0];
  EXPECT_EQ(checked.StringOr("area", ""), "cache");
  EXPECT_EQ(checked.IntOr("findings", 0), 2);
  EXPECT_EQ(checked["fine"][1].AsString(), "5 GiB free");
  EXPECT_EQ(checked["unchecked"][0].AsString(), "its speed: no room");
  EXPECT_EQ(checked["sampled"][0].IntOr("looked_at", 0), 64);
  EXPECT_EQ(checked["sampled"][0].IntOr("of", 0), 12000);
}

TEST(ReportTest, WhatFailsIsSaidByTheLeastSeverity) {
  AreaReport report{.area = "a"};
  EXPECT_FALSE(HasFinding({report}, Severity::kInfo));
  report.Add(Severity::kWarning, "x-y", "", "");
  EXPECT_TRUE(HasFinding({report}, Severity::kWarning));
  EXPECT_FALSE(HasFinding({report}, Severity::kError));
}

TEST(ReportTest, NamesAreQuotedOnOneLineAndOnlyAFewAreGiven) {
  EXPECT_EQ(SomeOf({"a\nb", "c"}, 2), "'a\\nb', 'c'");
  EXPECT_EQ(SomeOf({"1", "2", "3", "4", "5", "6"}, 1006), "'1', '2', '3', '4', '5' and 1,001 more");
}

}  // namespace
}  // namespace annofs::doctor
