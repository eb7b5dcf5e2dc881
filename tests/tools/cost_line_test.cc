// The line of `annofs status` about cost.
#include "tools/cost_line.h"

#include <gtest/gtest.h>

namespace annofs {
namespace {

std::string LineOf(absl::string_view status) {
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(status);
  EXPECT_TRUE(json.ok()) << json.status();
  return CostLine(json->root()["counters"], json->root()["estimate"]);
}

TEST(CostLineTest, SaysClassesBytesAndAnEstimateWithItsDate) {
  EXPECT_EQ(LineOf(R"({"counters":{"store.transactions.b":2000,"store.transactions.c":3,
                       "store.bytes":204472320},
                       "estimate":{"currency":"USD","amount":0.00195,"table_date":"2026-05-01"}})"),
            "A 0, B 2,000, C 3; 195 MiB; about $0.00 (prices of 2026-05-01)");
}

TEST(CostLineTest, OtherCurrenciesAreNamed) {
  EXPECT_EQ(LineOf(R"({"estimate":{"currency":"EUR","amount":1.239,"table_date":"2026-05-01"}})"),
            "A 0, B 0, C 0; 0 B; about EUR 1.24 (prices of 2026-05-01)");
}

TEST(CostLineTest, AServiceWithoutATableIsSaid) {
  EXPECT_EQ(LineOf(R"({"counters":{"store.transactions.b":1},"estimate":null})"),
            "A 0, B 1, C 0; 0 B; no prices of this service are known");
}

TEST(CostLineTest, ALocalDirectoryCostsNothingToSay) {
  EXPECT_EQ(LineOf(R"({"counters":{"store.requests.get":5,"store.bytes":9},"estimate":null})"), "");
}

TEST(CostLineTest, ThousandsAreSetApart) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1000), "1,000");
  EXPECT_EQ(WithThousands(1234567), "1,234,567");
}

}  // namespace
}  // namespace annofs
