// What `annofs status` says of an answer.
#include "tools/status_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1780000000);  // 2026-05-28T20:26:40Z

JsonDocument Parsed(absl::string_view text) {
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
  EXPECT_TRUE(json.ok()) << json.status();
  return *std::move(json);
}

std::string TextOf(absl::string_view status) {
  return StatusText({.mountpoint = "/mnt/data", .source = "b2://bucket"}, Parsed(status).root(),
                    std::nullopt, kNow);
}

TEST(StatusTextTest, SaysItAtAGlance) {
  EXPECT_EQ(TextOf(R"({"version":"0.1.0","started":"2026-05-28T17:26:40Z","snapshot":3,
      "log":"/var/cache/annofs/annofs.log","metrics":"127.0.0.1:9464",
      "names":{"kind":"index","age_seconds":7200},
      "cache":{"bytes":1048576,"bound":10737418240,"pinned":0,"hits":1990,"misses":10,
               "hit_ratio":0.995,"damaged":0},
      "memory":{"resident_anonymous":52428800,"fetches":{"limit":134217728,"used":1048576},
                "answers":{"limit":67108864,"used":0}},
      "queues":{"slow_waiting":0,"slow_running":2,"http_in_flight":3,"connections":64,
                "unwritten_bytes":4096},
      "datasets":{"found":2,"open":1,"building":[{"name":"street","doing":"reading",
                  "source_bytes":25,"source_size":200,"frames":1200}]},
      "latency":{"fuse":{"read":{"count":5,"p50":0.0002,"p99":0.0125}}},
      "errors_by_errno":{"EIO":2,"ESTALE":1},
      "counters":{"fuse.errors":3,"store.requests.list":4,"store.requests.get":5000,
                  "store.bytes":2097152,"store.errors":1,"store.retries":7,"http.throttled":2,
                  "store.transactions.b":5000,"store.transactions.c":6},
      "daily":{"spent":0.4,"cap":1,"currency":"USD"},
      "estimate":{"currency":"USD","amount":0.5,"table_date":"2026-05-01"}})"),
            R"(/mnt/data
  source    b2://bucket (snapshot 3, annofs 0.1.0)
  names     an index, 2 h old
  up        3 h
  cache     1 MiB of 10 GiB, 1,990 hits, 10 misses (99.5 % hits), 0 damaged
  requests  4 lists, 5,000 gets, 2 MiB, 1 errors, 7 tried again, 2 throttled
  cost      A 0, B 5,000, C 6; 2 MiB; about $0.50 (prices of 2026-05-01)
  today     about 0.4 of 1 USD since 00:00 UTC (40.0 %)
  latency   read 0.2 ms (99 %: 12.5 ms)
  queue     2 operations wait for data; 3 of 64 connections in use; 4 KiB to be written
  memory    50 MiB in use, 1 MiB of 128 MiB for fetches, 0 B of 64 MiB for answers
  datasets  2 found, 1 open; street: reading 12.5 %, 1,200 frames
  errors    3 (EIO 2, ESTALE 1)
  log       /var/cache/annofs/annofs.log
  metrics   http://127.0.0.1:9464/metrics
)");
}

TEST(StatusTextTest, ACapSaysWhenItEnds) {
  EXPECT_THAT(TextOf(R"({"capped":{"get":{"refused":"2026-05-28T20:00:00Z",
                                          "lifted":"2026-05-29T00:00:00Z"}}})"),
              HasSubstr("capped    the account's cap is reached: downloads are refused (last at "
                        "2026-05-28T20:00:00Z) until 2026-05-29T00:00:00Z, or until the cap is "
                        "raised; what is cached can be read\n"));
  EXPECT_THAT(TextOf(R"({"capped":{}})"), Not(HasSubstr("capped")));
}

TEST(StatusTextTest, AMountThatFollowsSaysWhenItLastDidAndWhyNot) {
  EXPECT_THAT(TextOf(R"({"names":{"kind":"lazy","since":"x","follow_seconds":30,
                         "refreshed":"2026-05-28T20:26:30Z","refresh_error":"no route"}})"),
              HasSubstr("each directory as first touched since x, renewed every 30 s, last 10 s "
                        "ago; the last time failed: no route\n"));
}

TEST(StatusTextTest, AnAnswerOfAnotherVersionIsNoHarm) {
  for (absl::string_view text :
       {"{}", "[]", "null", R"({"cache":3,"latency":{"fuse":[1]},"datasets":{"building":7},
                               "capped":[1],"errors_by_errno":4,"memory":{},"queues":{}})"}) {
    EXPECT_THAT(TextOf(text), HasSubstr("/mnt/data\n  source    b2://bucket")) << text;
  }
}

TEST(StatusTextTest, ADaemonThatDoesNotAnswerIsSaidWithTheRemedy) {
  EXPECT_THAT(
      NoAnswerText({.mountpoint = "/mnt/data", .source = "b2://bucket"}, "no answer"),
      HasSubstr("no answer from its daemon (no answer): it is gone or stuck; `annofs umount "
                "--lazy /mnt/data` frees the mountpoint\n"));
}

TEST(StatusTextTest, NamesOfOthersReachNoTerminalAsTheyAre) {
  const MountEntry mount = {.mountpoint = "/mnt/\x1b[2J\nforged",
                            .source = "/src\x1b]0;t\a",
                            .read_only = "/run/\rlower",
                            .scratch = "/scratch\t\x7f"};
  const std::string answered = StatusText(
      mount, Parsed(R"({"log":"/a\u001b\nb","version":"\u001b"})").root(), std::nullopt, kNow);
  const std::string silent = NoAnswerText(mount, "why\x1b");
  for (const std::string& text : {answered, silent}) {
    EXPECT_THAT(text, ::testing::StartsWith("/mnt/\\x1b[2J\\nforged\n  source"));
    EXPECT_THAT(text, HasSubstr("/src\\x1b]0;t\\x07"));
    EXPECT_THAT(text, HasSubstr("/scratch\\t\\x7f\n"));
    EXPECT_THAT(text, HasSubstr("/run/\\rlower\n"));
    for (char control : {'\x1b', '\r', '\t', '\a', '\x7f'}) {
      EXPECT_EQ(text.find(control), std::string::npos) << int(control);
    }
  }
  EXPECT_THAT(answered, HasSubstr("log       /a\\x1b\\nb\n"));
  EXPECT_THAT(silent, HasSubstr("(why\\x1b): it is gone"));
  EXPECT_THAT(silent, HasSubstr("--lazy /mnt/\\x1b[2J\\nforged` frees"));
}

constexpr char kBefore[] = R"({"started":"a","latency":{"fuse":{"read":{"count":10}}},
  "counters":{"fuse.read_bytes":1000,"http.requests.get":1,"store.bytes":100,"cache.hits":5,
              "cache.misses":5}})";
constexpr char kAfter[] = R"({"started":"a","latency":{"fuse":{"read":{"count":30},
  "lookup":{"count":4}}},
  "counters":{"fuse.read_bytes":5000,"http.requests.get":4,"http.requests.list":2,
              "store.bytes":300,"cache.hits":14,"cache.misses":6}})";

TEST(StatusRatesTest, AreDifferencesBySeconds) {
  const JsonDocument before = Parsed(kBefore), after = Parsed(kAfter);
  const auto rates = RatesBetween(before.root(), after.root(), absl::Seconds(2));
  ASSERT_TRUE(rates.has_value());
  EXPECT_EQ(rates->operations, 12);
  EXPECT_EQ(rates->read_bytes, 2000);
  EXPECT_EQ(rates->requests, 2.5);
  EXPECT_EQ(rates->received_bytes, 100);
  EXPECT_EQ(rates->hit_ratio, 0.9);
  EXPECT_EQ(RatesText(*rates),
            "12 operations/s, 2 KiB/s read, 2.5 requests/s, 100 B/s received, 90.0 % hits");
}

TEST(StatusRatesTest, WithoutReadsThereIsNoHitRatio) {
  const JsonDocument same = Parsed(kBefore);
  const auto rates = RatesBetween(same.root(), same.root(), absl::Seconds(1));
  ASSERT_TRUE(rates.has_value());
  EXPECT_FALSE(rates->hit_ratio.has_value());
  EXPECT_EQ(rates->operations, 0);
}

TEST(StatusRatesTest, AnotherDaemonAtTheSamePlaceHasNone) {
  const JsonDocument before = Parsed(kBefore);
  const JsonDocument after = Parsed(R"({"started":"b","counters":{}})");
  EXPECT_FALSE(RatesBetween(before.root(), after.root(), absl::Seconds(1)).has_value());
  EXPECT_FALSE(RatesBetween(before.root(), before.root(), absl::ZeroDuration()).has_value());
}

TEST(CopyJsonTest, KeepsWhatItIs) {
  const absl::string_view text =
      R"({"a":[1,-2,0.5,true,null,"x\"y"],"b":{"c":{},"d":[]},"e":9007199254740993})";
  JsonWriter json;
  const JsonDocument document = Parsed(text);
  CopyJson(document.root(), json);
  EXPECT_EQ(json.Take(), text);
}

}  // namespace
}  // namespace annofs
