// What requests cost by the dated table.
#include "cache/store/prices.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;

absl::Time Day(absl::string_view date) {
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d", date, &time, nullptr));
  return time;
}

Prices BuiltIn() {
  absl::StatusOr<Prices> prices = ParsePrices(BuiltInPrices());
  EXPECT_TRUE(prices.ok()) << prices.status();
  return prices.value_or(Prices{});
}

constexpr char kTwoTables[] = R"({"currency":"EUR","tables":[
  {"service":"s","from":"2026-05-01","per_1000":{"a":0,"b":0,"c":0},"egress_per_gb":2,"gb":1000},
  {"service":"s","from":"2025-01-01","per_1000":{"a":1,"b":2,"c":4},"egress_per_gb":8,"gb":1000,
   "free":"nothing"}]})";

TEST(PricesTest, TheTableIsPartOfTheProgram) {
  EXPECT_EQ(BuiltInPrices(),
            testing::ReadFile(::annofs::testing::SourcePath("cache/store/prices.json")).value());
}

TEST(PricesTest, EachServiceHasATableToday) {
  Prices prices = BuiltIn();
  for (absl::string_view service : {"b2", "aws-s3"}) {
    std::optional<Estimate> estimate = EstimateCost(prices, service, {}, absl::Now());
    ASSERT_TRUE(estimate) << service;
    EXPECT_EQ(estimate->currency, "USD");
    EXPECT_EQ(estimate->amount, 0);
  }
}

TEST(PricesTest, B2TransactionsAreFreeSinceMay2026) {
  Usage usage{.a = 1000, .b = 10000, .c = 1000};
  EXPECT_NEAR(EstimateCost(BuiltIn(), "b2", usage, Day("2026-04-30"))->amount, 0.008, 1e-9);
  std::optional<Estimate> today = EstimateCost(BuiltIn(), "b2", usage, Day("2026-05-01"));
  EXPECT_EQ(today->amount, 0);
  EXPECT_EQ(today->table_date, "2026-05-01");
}

TEST(PricesTest, ClassesAndBytesAddUp) {
  Prices prices = ParsePrices(kTwoTables).value();
  Usage usage{.a = 1000, .b = 500, .c = 250, .bytes = 500};
  std::optional<Estimate> estimate = EstimateCost(prices, "s", usage, Day("2026-04-30"));
  EXPECT_DOUBLE_EQ(estimate->amount, 1 + 1 + 1 + 4);
  EXPECT_EQ(estimate->currency, "EUR");
  EXPECT_EQ(estimate->table_date, "2025-01-01");
  EXPECT_THAT(estimate->note, HasSubstr("nothing"));
  EXPECT_DOUBLE_EQ(EstimateCost(prices, "s", usage, Day("2026-05-01"))->amount, 1);
}

TEST(PricesTest, WithoutATableThereIsNoEstimate) {
  Prices prices = ParsePrices(kTwoTables).value();
  EXPECT_FALSE(EstimateCost(prices, "s", {}, Day("2024-12-31")));
  EXPECT_FALSE(EstimateCost(prices, "t", {}, Day("2026-05-01")));
  EXPECT_FALSE(EstimateCost(prices, "", {}, Day("2026-05-01")));
}

TEST(PricesTest, AMalformedTableIsNamed) {
  EXPECT_TRUE(absl::IsInvalidArgument(ParsePrices("{").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParsePrices("{}").status()));
  absl::Status status = ParsePrices(R"({"currency":"EUR","tables":[{"service":"s"}]})").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("price table 0"));
}

TEST(PricesTest, TheServiceIsToldByTheEndpoint) {
  EXPECT_EQ(ServiceOf(Billing::kNative, ""), "b2");
  EXPECT_EQ(ServiceOf(Billing::kS3, ""), "aws-s3");
  EXPECT_EQ(ServiceOf(Billing::kS3, "https://s3.eu-west-1.amazonaws.com"), "aws-s3");
  EXPECT_EQ(ServiceOf(Billing::kS3, "https://s3.us-west-004.backblazeb2.com"), "b2");
  for (absl::string_view other : {"https://minio.example", "http://127.0.0.1:9000",
                                  "https://fakeamazonaws.com", "not a URL"}) {
    EXPECT_EQ(ServiceOf(Billing::kS3, other), "") << other;
  }
}

TEST(PricesTest, UsageIsReadFromTheStoresCounters) {
  Counters counters;
  counters.Get("store.transactions.a").Add(1);
  counters.Get("store.transactions.b").Add(2);
  counters.Get("store.transactions.c").Add(3);
  counters.Get("store.bytes").Add(4);
  Usage usage = UsageOf(counters);
  EXPECT_EQ(absl::StrCat(usage.a, usage.b, usage.c, usage.bytes), "1234");
}

}  // namespace
}  // namespace annofs
