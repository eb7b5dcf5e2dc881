// The text that Prometheus scrapes: its form, as its documentation of the exposition format 0.0.4
// has it, and the list of metrics in the manual.
#include "tools/metrics_text.h"

#include <map>
#include <optional>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/gauge.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tools/exposition.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1780000000);

// A mount of which everything is known.
MountStatus FullStatus(Counters& counters) {
  for (const char* name :
       {"http.requests.get", "http.answers.206", "fuse.errors.EIO", "store.transactions.b",
        "store.requests.get", "cache.hits", "cache.misses"}) {
    counters.Get(name).Add(3);
  }
  Histogram(counters, "fuse.seconds.read").Add(absl::Milliseconds(3));
  Histogram(counters, "store.seconds.get").Add(absl::Milliseconds(3));
  Histogram(counters, "http.seconds.get").Add(absl::Milliseconds(3));
  Gauge(counters, "fuse.slow_running").Add(2);
  MountStatus status{.source = "b2://bucket",
                     .snapshot = {.number = 7},
                     .index = SnapshotInfo{.completed = kNow - absl::Seconds(90)},
                     .follow = absl::Seconds(60),
                     .followed = {.refreshed = kNow, .failed = kNow},
                     .blocks = {.bytes = 1000, .bound = 2000},
                     .memory = {.limit = 300, .fetches = 200, .answers = 100, .resident = 50},
                     .connections = 64,
                     .readings = ReadAll(counters),
                     .estimate = Estimate{.currency = "USD", .amount = 0.125},
                     .daily = DailySpend{.cap = 5, .spent = 0.5, .currency = "USD"},
                     .mountpoint = "/mnt/data",
                     .started = kNow - absl::Hours(1)};
  status.datasets = {.found = 2, .open = 1};
  status.datasets.building.push_back({.name = "street", .progress = {.source_bytes = 1}});
  return status;
}
std::string FullText() {
  Counters counters;
  return MetricsText(FullStatus(counters), kNow);
}

// The value of the sample with that name and labels, as it is written.
std::string Sample(const std::string& text, absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::ConsumePrefix(&line, name) && absl::ConsumePrefix(&line, " ")) {
      return std::string(line);
    }
  }
  return "none";
}

// Reads a text by the rules of the format: each family is announced once, by HELP and then TYPE,
// and its samples follow it; no sample twice. Answers the type of each family.
std::map<std::string, std::string> Families(const std::string& text) {
  static const auto& sample = *new std::regex(
      R"re(([a-z_][a-z0-9_]*)(\{[a-z_]+="([^"\\\n]|\\["\\n])*"(,[a-z_]+="([^"\\\n]|\\["\\n])*")*\})? )re"
      R"re((-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?))re");
  std::map<std::string, std::string> families;
  std::set<std::string> samples;
  std::string helped, family;
  EXPECT_TRUE(absl::EndsWith(text, "\n"));
  for (absl::string_view view : absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    const std::string line(view);
    const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 3));
    if (absl::StartsWith(line, "# HELP ")) {
      EXPECT_EQ(words.size(), 4u) << line;
      helped = words[2];
    } else if (absl::StartsWith(line, "# TYPE ")) {
      family = words[2];
      EXPECT_EQ(family, helped) << line;
      EXPECT_TRUE(families.emplace(family, words[3]).second) << "twice: " << line;
    } else {
      std::smatch match;
      EXPECT_TRUE(std::regex_match(line, match, sample)) << line;
      if (match.empty()) continue;
      absl::string_view name = line;
      name = name.substr(0, name.find_first_of("{ "));
      if (families[family] == "histogram") {
        absl::ConsumeSuffix(&name, "_bucket") || absl::ConsumeSuffix(&name, "_sum") ||
            absl::ConsumeSuffix(&name, "_count");
      }
      EXPECT_EQ(name, family) << line;
      EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << "twice: " << line;
    }
  }
  return families;
}

TEST(MetricsTextTest, FollowsTheFormat) { EXPECT_GT(Families(FullText()).size(), 40u); }

TEST(MetricsTextTest, AMountOfWhichNothingIsKnownHasAText) {
  EXPECT_GT(Families(MetricsText({}, kNow)).size(), 15u);
}

TEST(MetricsTextTest, NamesSayTheUnit) {
  for (const auto& [name, type] : Families(FullText())) {
    EXPECT_TRUE(absl::StartsWith(name, "annofs_")) << name;
    EXPECT_EQ(absl::EndsWith(name, "_total"), type == "counter") << name;
    if (type == "histogram") EXPECT_TRUE(absl::EndsWith(name, "_seconds")) << name;
  }
}

// The items of the manual's section METRICS.
std::set<std::string> NamesInTheManual() {
  const std::string manual = absl::StrReplaceAll(
      *testing::ReadFile(::annofs::testing::SourcePath("man/annofs.1")), {{"\\-", "-"}});
  const size_t begin = manual.find(".SH METRICS\n");
  EXPECT_NE(begin, manual.npos);
  const std::string section = manual.substr(begin, manual.find("\n.SH ", begin + 1) - begin);
  std::set<std::string> names;
  for (absl::string_view line : absl::StrSplit(section, '\n')) {
    if (!absl::ConsumePrefix(&line, ".B annofs_") && !absl::ConsumePrefix(&line, ".BR annofs_")) {
      continue;
    }
    names.insert(absl::StrCat("annofs_", line.substr(0, line.find(' '))));
  }
  return names;
}

TEST(MetricsTextTest, TheManualNamesAllOfThemAndNoOthers) {
  std::set<std::string> exposed;
  for (const auto& [name, type] : Families(FullText())) exposed.insert(name);
  EXPECT_EQ(NamesInTheManual(), exposed);
}

TEST(MetricsTextTest, HoldsWhatTheMountTells) {
  const std::string text = FullText();
  EXPECT_EQ(Sample(text, "annofs_http_responses_total{code=\"206\"}"), "3");
  EXPECT_EQ(Sample(text, "annofs_operation_errors_total{errno=\"EIO\"}"), "3");
  EXPECT_EQ(Sample(text, "annofs_store_transactions_total{class=\"b\"}"), "3");
  EXPECT_EQ(Sample(text, "annofs_store_calls_total{kind=\"get\"}"), "3");
  EXPECT_EQ(Sample(text, "annofs_slow_lane_requests{state=\"running\"}"), "2");
  EXPECT_EQ(Sample(text, "annofs_cache_hit_ratio"), "0.5");
  EXPECT_EQ(Sample(text, "annofs_cache_bytes"), "1000");
  EXPECT_EQ(Sample(text, "annofs_memory_share_limit_bytes{share=\"answers\"}"), "100");
  EXPECT_EQ(Sample(text, "annofs_snapshot_number"), "7");
  EXPECT_EQ(Sample(text, "annofs_index_age_seconds"), "90");
  EXPECT_EQ(Sample(text, "annofs_daily_cost_estimate{currency=\"USD\"}"), "0.5");
  EXPECT_EQ(Sample(text, "annofs_daily_cap{currency=\"USD\"}"), "5");
  EXPECT_EQ(Sample(text, "annofs_datasets{state=\"building\"}"), "1");
  EXPECT_EQ(Sample(text, "annofs_store_cap_exceeded{kind=\"get\"}"), "0");
  EXPECT_EQ(Sample(text, "annofs_start_time_seconds"), "1779996400");
}

TEST(MetricsTextTest, BucketsAddUpToTheCount) {
  Counters counters;
  const Histogram reads(counters, "fuse.seconds.read");
  for (const absl::Duration took :
       {absl::Microseconds(10), absl::Milliseconds(3), absl::Milliseconds(4), absl::Seconds(200)}) {
    reads.Add(took);
  }
  const std::string text = MetricsText({.readings = ReadAll(counters)}, kNow);
  const std::string name = "annofs_operation_duration_seconds";
  EXPECT_EQ(Sample(text, name + "_bucket{op=\"read\",le=\"1e-05\"}"), "1");
  EXPECT_EQ(Sample(text, name + "_bucket{op=\"read\",le=\"0.0025\"}"), "1");
  EXPECT_EQ(Sample(text, name + "_bucket{op=\"read\",le=\"0.005\"}"), "3");
  EXPECT_EQ(Sample(text, name + "_bucket{op=\"read\",le=\"100\"}"), "3");
  EXPECT_EQ(Sample(text, name + "_bucket{op=\"read\",le=\"+Inf\"}"), "4");
  EXPECT_EQ(Sample(text, name + "_count{op=\"read\"}"), "4");
  EXPECT_EQ(Sample(text, name + "_sum{op=\"read\"}"), "200.00701");
}

TEST(MetricsTextTest, ACapThatIsReachedIsOne) {
  Counters counters;
  Gauge(counters, "store.capped_at.list").Set(absl::ToUnixSeconds(kNow));
  const std::string text = MetricsText({.readings = ReadAll(counters)}, kNow);
  EXPECT_EQ(Sample(text, "annofs_store_cap_exceeded{kind=\"list\"}"), "1");
  EXPECT_EQ(Sample(text, "annofs_store_cap_exceeded{kind=\"get\"}"), "0");
}

TEST(MetricsTextTest, HostileNamesCannotMakeSamples) {
  const std::string text =
      MetricsText({.source = "/a\"} 1\nannofs_fake 2\n\\", .mountpoint = "/m\xff\xfe"}, kNow);
  Families(text);
  EXPECT_THAT(text, HasSubstr(R"(source="/a\"} 1\nannofs_fake 2\n\\",mountpoint="/m??"} 1)"));
  EXPECT_THAT(text, Not(HasSubstr("\nannofs_fake")));
}

TEST(ExpositionTest, AFamilyWithoutSamplesIsNotWritten) {
  Exposition out;
  out.Family("a", Exposition::Type::kGauge, "nothing");
  out.Family("b", Exposition::Type::kCounter, "something");
  out.Value({}, uint64_t{18446744073709551615u});
  out.Value({{"x", "1"}}, 0.1);
  EXPECT_EQ(out.Take(),
            "# HELP b something\n# TYPE b counter\nb 18446744073709551615\nb{x=\"1\"} 0.1\n");
}

}  // namespace
}  // namespace annofs
