// What a day costs against its cap. A thousand bytes cost 2, by the table below.
#include "fs/daily_cap.h"

#include "absl/strings/str_split.h"
#include "cache/base/log.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPrices[] = R"({"currency":"EUR","tables":[{"service":"s","from":"2020-01-01",
  "per_1000":{"a":0,"b":0,"c":0},"egress_per_gb":2,"gb":1000}]})";

class DailyCapTest : public ::testing::Test {
 protected:
  DailyCapTest() { EXPECT_TRUE(StartLog({.file = directory_ / "log"}).ok()); }
  ~DailyCapTest() override { EXPECT_TRUE(StartLog({}).ok()); }

  static absl::Time At(absl::string_view time) {
    absl::Time parsed;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, time, &parsed, nullptr)) << time;
    return parsed;
  }
  static absl::StatusOr<std::unique_ptr<DailyCap>> New(absl::string_view service) {
    return DailyCap::New(*ParsePrices(kPrices), service, /*cap=*/10, At("2026-05-01T12:00:00Z"));
  }
  void SetUp() override { cap_ = *New("s"); }
  double Spent(uint64_t bytes, absl::string_view time) {
    return cap_->Update({.bytes = bytes}, At(time)).spent;
  }
  // Lines that the log has got since the last call.
  std::vector<std::string> Lines() {
    const std::string all = testing::ReadFile(directory_ / "log").value_or("");
    const std::string text = all.substr(read_);
    read_ = all.size();
    return absl::StrSplit(text, '\n', absl::SkipEmpty());
  }

  testing::TempDir directory_;
  size_t read_ = 0;
  std::unique_ptr<DailyCap> cap_;
};

TEST_F(DailyCapTest, WhatIsSpentIsThatOfTheDay) {
  EXPECT_DOUBLE_EQ(Spent(1000, "2026-05-01T13:00:00Z"), 2);
  EXPECT_DOUBLE_EQ(Spent(3000, "2026-05-01T23:59:59Z"), 6);
  EXPECT_DOUBLE_EQ(Spent(3000, "2026-05-02T00:00:00Z"), 0);
  EXPECT_DOUBLE_EQ(Spent(3500, "2026-05-02T01:00:00Z"), 1);
}

TEST_F(DailyCapTest, SaysCapAndCurrency) {
  const DailySpend spend = cap_->Update({}, At("2026-05-01T13:00:00Z"));
  EXPECT_EQ(spend.cap, 10);
  EXPECT_EQ(spend.currency, "EUR");
}

TEST_F(DailyCapTest, AClockThatIsSetBackBeginsNoDay) {
  Spent(1000, "2026-05-02T13:00:00Z");
  EXPECT_DOUBLE_EQ(Spent(2000, "2026-05-01T13:00:00Z"), 4);
}

TEST_F(DailyCapTest, ACountThatComesLateTakesNothingBack) {
  Spent(3000, "2026-05-01T13:00:00Z");
  EXPECT_DOUBLE_EQ(Spent(2000, "2026-05-02T00:00:00Z"), 0);
  EXPECT_DOUBLE_EQ(Spent(3500, "2026-05-02T00:00:01Z"), 1);
  EXPECT_THAT(Lines(), IsEmpty());
}

TEST_F(DailyCapTest, WarnsOnceADayOfEightyAndOfAHundredPercent) {
  Spent(3999, "2026-05-01T13:00:00Z");
  EXPECT_THAT(Lines(), IsEmpty());
  Spent(4000, "2026-05-01T13:00:01Z");
  Spent(4500, "2026-05-01T13:00:02Z");
  const std::vector<std::string> near = Lines();
  ASSERT_EQ(near.size(), 1u);
  EXPECT_THAT(near[0], AllOf(HasSubstr("80 % of --daily-cap"), HasSubstr("about 8 of 10 EUR")));
  Spent(5000, "2026-05-01T13:00:03Z");
  Spent(9000, "2026-05-01T13:00:04Z");
  const std::vector<std::string> reached = Lines();
  ASSERT_EQ(reached.size(), 1u);
  EXPECT_THAT(reached[0], HasSubstr("have reached --daily-cap: about 10 of 10 EUR"));
  Spent(9000, "2026-05-02T13:00:00Z");
  EXPECT_THAT(Lines(), IsEmpty()) << "another day";
  Spent(13000, "2026-05-02T13:00:01Z");
  EXPECT_EQ(Lines().size(), 1u);
}

TEST_F(DailyCapTest, ALeapOverBothIsOneWarning) {
  Spent(5000, "2026-05-01T13:00:00Z");
  EXPECT_EQ(Lines().size(), 1u);
}

TEST_F(DailyCapTest, ASourceWithoutPricesIsRefused) {
  for (absl::string_view service : {"", "another"}) {
    const absl::Status status = New(service).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr("no prices are known"), HasSubstr("leave it out")));
  }
}

}  // namespace
}  // namespace annofs
