// .annofs/stats.json: what was asked, how long it took, and what it costs.
#include "fs/stats.h"

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

JsonDocument Parsed(absl::string_view text) {
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
  EXPECT_TRUE(json.ok()) << json.status() << text;
  return *std::move(json);
}

std::string Stats(const Counters& counters, std::optional<Estimate> estimate = std::nullopt) {
  MountStatus status{.readings = ReadAll(counters), .estimate = std::move(estimate)};
  return StatsJson(status, absl::Now());
}

TEST(StatsTest, HoldsEachCountUnderItsName) {
  Counters counters;
  counters.Get("store.transactions.a").Add(1);
  counters.Get("store.transactions.b").Add(2);
  counters.Get("store.transactions.c").Add(3);
  counters.Get("store.requests.list").Add(4);
  counters.Get("store.requests.get").Add(5);
  counters.Get("store.bytes").Add(6);
  counters.Get("store.errors").Add(7);
  counters.Get("cache.hits").Add(8);
  counters.Get("cache.misses").Add(9);
  counters.Get("fuse.errors").Add(99);
  JsonDocument json = Parsed(Stats(counters));
  JsonValue stats = json.root();
  EXPECT_EQ(stats["transactions"].IntOr("a", 0), 1);
  EXPECT_EQ(stats["transactions"].IntOr("b", 0), 2);
  EXPECT_EQ(stats["transactions"].IntOr("c", 0), 3);
  EXPECT_EQ(stats["requests"].IntOr("list", 0), 4);
  EXPECT_EQ(stats["requests"].IntOr("get", 0), 5);
  EXPECT_EQ(stats.IntOr("bytes", 0), 6);
  EXPECT_EQ(stats.IntOr("errors", 0), 7);
  EXPECT_EQ(stats["cache"].IntOr("hits", 0), 8);
  EXPECT_EQ(stats["cache"].IntOr("misses", 0), 9);
  EXPECT_TRUE(stats["estimate"].is_null());
}

TEST(StatsTest, TheEstimateSaysAmountCurrencyDateAndWhatIsNotInIt) {
  Estimate estimate{
      .currency = "USD", .amount = 0.25, .table_date = "2026-05-01", .note = "without storage"};
  JsonDocument json = Parsed(Stats({}, estimate));
  JsonValue shown = json.root()["estimate"];
  EXPECT_EQ(shown.DoubleOr("amount", 0), 0.25);
  EXPECT_EQ(shown.StringOr("currency", ""), "USD");
  EXPECT_EQ(shown.StringOr("table_date", ""), "2026-05-01");
  EXPECT_EQ(shown.StringOr("note", ""), "without storage");
}

TEST(StatsTest, SaysHowManyAnswersOfEachKindThereWere) {
  Counters counters;
  counters.Get("http.requests.get").Add(3);
  counters.Get("http.answers.206").Add(2);
  counters.Get("http.answers.503").Add(1);
  counters.Get("http.throttled").Add(1);
  counters.Get("store.retries").Add(1);
  JsonDocument json = Parsed(Stats(counters));
  JsonValue http = json.root()["http"];
  EXPECT_EQ(http["requests"].IntOr("get", 0), 3);
  EXPECT_EQ(http["answers"].IntOr("206", 0), 2);
  EXPECT_EQ(http["answers"].IntOr("503", 0), 1);
  EXPECT_EQ(http.IntOr("throttled", 0), 1);
  EXPECT_EQ(http.IntOr("retries", 0), 1);
  EXPECT_EQ(http.IntOr("no_answer", 1), 0);
}

TEST(StatsTest, EstimatesQuantilesInSecondsOfWhatHappened) {
  Counters counters;
  const Histogram reads(counters, "fuse.seconds.read");
  const Histogram lookups(counters, "fuse.seconds.lookup");
  for (int i = 0; i < 100; ++i) reads.Add(absl::Milliseconds(20));  // in the bucket 10 to 25 ms
  counters.Get("fuse.read").Add(100);
  JsonDocument json = Parsed(Stats(counters));
  JsonValue times = json.root()["latency"]["fuse"];
  EXPECT_EQ(times["read"].IntOr("count", 0), 100);
  EXPECT_NEAR(times["read"].DoubleOr("mean", 0), 0.02, 1e-9);
  EXPECT_NEAR(times["read"].DoubleOr("p50", 0), 0.0175, 1e-9);
  EXPECT_NEAR(times["read"].DoubleOr("p90", 0), 0.0235, 1e-9);
  EXPECT_NEAR(times["read"].DoubleOr("p99", 0), 0.02485, 1e-9);
  EXPECT_TRUE(times["lookup"].is_null()) << "nobody has looked anything up";
  EXPECT_EQ(json.root()["operations"].IntOr("read", 0), 100);
}

TEST(StatsTest, AMountShowsThemByThePricesOfItsService) {
  MemoryStore store;
  Mounted mount(store);
  ASSERT_TRUE(mount.Open({.price_service = "b2"}).ok());
  for (const char* file : {".annofs/stats.json", ".annofs/status.json"}) {
    JsonDocument json = Parsed(mount.Text(file));
    EXPECT_EQ(json.root()["estimate"].StringOr("currency", ""), "USD") << file;
  }
  ASSERT_TRUE(mount.Open().ok());
  EXPECT_TRUE(Parsed(mount.Text(".annofs/stats.json")).root()["estimate"].is_null());
}

}  // namespace
}  // namespace annofs::testing
