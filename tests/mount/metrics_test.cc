// What a mount tells of itself: --metrics, stats.json, `annofs status --watch`, --daily-cap.

#include <csignal>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"
#include "tests/testing/plain_http.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kGet[] = "b2_download_file_by_id";

class MetricsTest : public MountTest {
 protected:
  static JsonDocument Json(absl::string_view text) {
    absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
    EXPECT_TRUE(json.ok()) << json.status() << text;
    return json.ok() ? *std::move(json) : *JsonDocument::Parse("{}");
  }
  // A bucket of `files` files of 1,000 bytes, "0", "1", …, in the root.
  void ServeFiles(int files) {
    for (int i = 0; i < files; ++i) Write(absl::StrCat("bucket/", i), std::string(1000, 'x'));
    Serve("bucket");
  }
  // The URL of the metrics, as status says it; on a busy machine its answer may be late.
  std::string Url(const std::string& mnt) {
    for (int i = 0; i < 20; ++i) {
      JsonDocument status = Json(Annofs({"status", "--json", mnt}).out);
      const absl::string_view address = status.root().StringOr("metrics", "");
      if (!address.empty()) return absl::StrCat("http://", address, "/metrics");
    }
    ADD_FAILURE() << "status names no address of metrics";
    return "";
  }
  static std::string Scrape(const std::string& url) {
    absl::StatusOr<std::string> text = AskForBody({.url = url});
    EXPECT_TRUE(text.ok()) << text.status();
    return text.value_or("");
  }
  // Scrapes until the sample has at least that value, a few seconds at most: a request is counted
  // just after its answer.
  static std::string ScrapeUntil(const std::string& url, absl::string_view sample, double value) {
    const absl::Time until = absl::Now() + absl::Seconds(5);
    std::string text = Scrape(url);
    while (Value(text, sample) < value && absl::Now() < until) text = Scrape(url);
    return text;
  }
  // -1: there is no such sample.
  static double Value(const std::string& text, absl::string_view sample) {
    double value = -1;
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      if (absl::ConsumePrefix(&line, sample) && absl::ConsumePrefix(&line, " ")) {
        EXPECT_TRUE(absl::SimpleAtod(line, &value)) << line;
      }
    }
    return value;
  }
  // What a mount that is refused says.
  std::string Refusal(const std::vector<std::string>& options,
                      const std::string& source = "b2://b") {
    Sh("mkdir -p mnt");
    std::vector<std::string> arguments = {"mount", source, Path("mnt")};
    if (source == "b2://b") {
      arguments.insert(arguments.end(), {"--endpoint", emulator_->url()});
    }
    arguments.insert(arguments.end(), options.begin(), options.end());
    const ProcessResult result = Annofs(arguments);
    EXPECT_NE(result.exit_code, 0);
    EXPECT_FALSE(IsMounted(Path("mnt")));
    return result.err;
  }
  // A line of its output that holds `text`; "" if none comes.
  static std::string LineWith(Process& process, absl::string_view text) {
    for (;;) {
      absl::StatusOr<std::string> line = process.ReadLine(absl::Seconds(10));
      if (!line.ok()) return "";
      if (absl::StrContains(*line, text)) return *line;
    }
  }
};

TEST_F(MetricsTest, CountsAreThoseOfTheServer) {
  ServeFiles(5);
  const std::string mnt = MountBucket({"--no-views", "--metrics", "127.0.0.1:0"});
  Sh("cat " + mnt + "/[0-4] >/dev/null");
  const std::string text =
      ScrapeUntil(Url(mnt), "annofs_operation_duration_seconds_count{op=\"read\"}", 5);
  EXPECT_EQ(Value(text, "annofs_http_requests_total{kind=\"get\"}"), Requests(kGet));
  EXPECT_EQ(Value(text, "annofs_http_requests_total{kind=\"list\"}"),
            Requests("b2_list_file_names"));
  EXPECT_EQ(Value(text, "annofs_http_requests_total{kind=\"authorize\"}"),
            Requests("b2_authorize_account"));
  EXPECT_EQ(Value(text, "annofs_http_responses_total{code=\"206\"}") +
                std::max(0.0, Value(text, "annofs_http_responses_total{code=\"200\"}")),
            Requests("total"));
  EXPECT_EQ(Value(text, "annofs_store_received_bytes_total"), 5000);
  EXPECT_EQ(Value(text, "annofs_read_bytes_total"), 5000);
  EXPECT_EQ(Value(text, "annofs_operation_duration_seconds_count{op=\"read\"}"), 5);
  EXPECT_GE(Value(text, "annofs_operation_waited_total"), 4) << "each waited for the network";
  EXPECT_EQ(Value(text, "annofs_cache_misses_total"), 5);
  EXPECT_EQ(Value(text, "annofs_store_transactions_total{class=\"b\"}"), 5);
  EXPECT_EQ(Value(text, "annofs_http_connections_limit"), 64);
  EXPECT_THAT(text, HasSubstr(absl::StrCat("source=\"b2://b\",mountpoint=\"", mnt, "\"} 1\n")));
}

TEST_F(MetricsTest, StatusStatsAndMetricsTellTheSame) {
  ServeFiles(3);
  const std::string mnt = MountBucket({"--no-views", "--metrics", "127.0.0.1:0"});
  Sh("cat " + mnt + "/[0-2] >/dev/null");
  const std::string text =
      ScrapeUntil(Url(mnt), "annofs_operation_duration_seconds_count{op=\"read\"}", 3);
  JsonDocument stats = Json(Read(mnt + "/.annofs/stats.json"));
  JsonDocument status = Json(Annofs({"status", "--json", mnt}).out);
  EXPECT_EQ(stats.root()["http"]["requests"].IntOr("get", 0), 3);
  EXPECT_EQ(status.root()["counters"].IntOr("http.requests.get", 0), 3);
  EXPECT_EQ(Value(text, "annofs_http_requests_total{kind=\"get\"}"), 3);
  const JsonValue reads = stats.root()["latency"]["fuse"]["read"];
  EXPECT_GE(reads.IntOr("count", 0), 3);
  EXPECT_LE(reads.DoubleOr("p50", 9), reads.DoubleOr("p99", 0));
}

TEST_F(MetricsTest, FailedReadsAreCountedByErrnoAndStatus) {
  ServeFiles(1);
  const std::string mnt = MountBucket({"--no-views", "--metrics", "127.0.0.1:0"});
  ASSERT_TRUE(emulator_
                  ->AddFault(absl::StrCat("{\"op\":\"", kGet,
                                          R"(","status":403,"code":"download_cap_exceeded",)",
                                          R"("count":-1})"))
                  .ok());
  EXPECT_THAT(TrySh("cat " + mnt + "/0").err, HasSubstr("quota"));
  const std::string text =
      ScrapeUntil(Url(mnt), "annofs_operation_errors_total{errno=\"EDQUOT\"}", 1);
  // The kernel asks once more for the one page that somebody waits for.
  EXPECT_GE(Value(text, "annofs_operation_errors_total{errno=\"EDQUOT\"}"), 1);
  EXPECT_GE(Value(text, "annofs_http_responses_total{code=\"403\"}"), 1);
  EXPECT_EQ(Value(text, "annofs_store_cap_exceeded{kind=\"get\"}"), 1);
  EXPECT_EQ(Value(text, "annofs_store_cap_exceeded{kind=\"list\"}"), 0);
  EXPECT_THAT(Annofs({"status", mnt}).out,
              AllOf(ContainsRegex("capped +the account's cap is reached: downloads are refused .*"
                                  "until 20..-..-..T00:00:00Z, or until the cap is raised"),
                    ContainsRegex("errors +[0-9]+ \\(EDQUOT [0-9]+\\)")));
}

TEST_F(MetricsTest, ScrapesAreAnsweredWhileAllReadsAreStuck) {
  ServeFiles(40);
  const std::string mnt = MountBucket({"--no-views", "--metrics", "127.0.0.1:0"});
  const std::string url = Url(mnt);
  Sh("ls " + mnt);
  ASSERT_TRUE(
      emulator_->AddFault(absl::StrCat("{\"op\":\"", kGet, "\",\"stall\":true,\"count\":-1}"))
          .ok());
  std::vector<std::unique_ptr<Process>> readers;
  for (int i = 0; i < 40; ++i) {
    auto reader = Process::Start({.argv = {"/bin/cat", absl::StrCat(mnt, "/", i)}});
    ASSERT_TRUE(reader.ok());
    readers.push_back(*std::move(reader));
  }
  const absl::Time until = absl::Now() + absl::Seconds(20);
  std::string text;
  do {
    const absl::Time begun = absl::Now();
    text = Scrape(url);
    EXPECT_LT(absl::Now() - begun, absl::Seconds(2));
  } while (Value(text, "annofs_slow_lane_requests{state=\"running\"}") < 40 && absl::Now() < until);
  EXPECT_EQ(Value(text, "annofs_slow_lane_requests{state=\"running\"}"), 40);
  EXPECT_EQ(Value(text, "annofs_cache_fetches_in_progress"), 40);
  EXPECT_GE(Value(text, "annofs_http_requests_in_flight"), 40);
  EXPECT_EQ(Value(text, "annofs_memory_share_used_bytes{share=\"fetches\"}"), 40 * 1000);
  EXPECT_THAT(Annofs({"status", mnt}).out, ContainsRegex("queue +40 operations wait for data"));
}

TEST_F(MetricsTest, AnAddressThatCannotBeIsRefusedWithTheRemedy) {
  ServeFiles(1);
  EXPECT_THAT(Refusal({"--metrics", "9464"}),
              AllOf(HasSubstr("mount: --metrics: '9464' is not an address to listen at"),
                    HasSubstr("127.0.0.1:9464")));
  EXPECT_THAT(Refusal({"--metrics", "192.0.2.1:9464"}),
              HasSubstr("--metrics: 192.0.2.1:9464 is not an address of this machine"));
  const std::string mnt = MountBucket({"--no-views", "--metrics", "127.0.0.1:0"});
  const std::string url = Url(mnt);
  const std::string address = url.substr(7, url.rfind('/') - 7);
  Sh("mkdir other");
  const ProcessResult second = Annofs(
      {"mount", "b2://b", Path("other"), "--endpoint", emulator_->url(), "--metrics", address});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, AllOf(HasSubstr(address + " is in use"), HasSubstr("another port")));
  EXPECT_FALSE(IsMounted(Path("other")));
}

TEST_F(MetricsTest, AnAddressForOtherMachinesIsWarnedOf) {
  ServeFiles(1);
  const std::string mnt = MountBucket({"--no-views", "--metrics", ":0", "--log-file", Path("log")});
  EXPECT_THAT(Read(Path("log")), AllOf(HasSubstr("metrics are at http://0.0.0.0:"),
                                       HasSubstr("can be read from other machines")));
}

TEST_F(MetricsTest, NothingListensWithoutTheOption) {
  ServeFiles(1);
  const std::string mnt = MountBucket();
  EXPECT_EQ(Json(Annofs({"status", "--json", mnt}).out).root().StringOr("metrics", "?"), "");
  EXPECT_THAT(Annofs({"status", mnt}).out, Not(HasSubstr("metrics")));
}

TEST_F(MetricsTest, WhereTheLogIsIsSaid) {
  ServeFiles(1);
  const std::string mnt = MountBucket({"--log-file", Path("log")});
  EXPECT_THAT(Annofs({"status", mnt}).out, ContainsRegex("log +" + Path("log")));
}

TEST_F(MetricsTest, ASourceWithoutPricesHasNoDailyCap) {
  Write("bucket/a", "content");
  EXPECT_THAT(Refusal({"--daily-cap", "5"}, Path("bucket")),
              AllOf(HasSubstr("mount: --daily-cap: no prices are known of this source"),
                    HasSubstr("leave it out")));
}

// At $0.01 for a thousand million bytes: 8 MiB cost $0.000084.
TEST_F(MetricsTest, TheDailyCapIsWarnedOfAndShown) {
  Sh("mkdir bucket && head -c 8388608 /dev/zero > bucket/large && head -c 4194304 /dev/zero > "
     "bucket/next");
  Serve("bucket");
  const std::string mnt = MountBucket({"--no-views", "--daily-cap", "0.0001", "--log-file",
                                       Path("log"), "--metrics", "127.0.0.1:0"});
  EXPECT_THAT(Annofs({"status", mnt}).out, ContainsRegex("today +about 0 of 0.0001 USD"));
  Sh("cat " + mnt + "/large >/dev/null");
  EXPECT_THAT(Annofs({"status", mnt}).out,
              ContainsRegex("today +about 8.389e-05 of 0.0001 USD since 00:00 UTC \\(83.9 %\\)"));
  EXPECT_THAT(Read(Path("log")), HasSubstr("have come to 80 % of --daily-cap"));
  Sh("cat " + mnt + "/next >/dev/null");
  const std::string text = Scrape(Url(mnt));
  EXPECT_NEAR(Value(text, "annofs_daily_cost_estimate{currency=\"USD\"}"), 0.00012583, 1e-8);
  EXPECT_EQ(Value(text, "annofs_daily_cap{currency=\"USD\"}"), 0.0001);
  EXPECT_THAT(Read(Path("log")), HasSubstr("have reached --daily-cap"));
}

TEST_F(MetricsTest, WatchSaysRatesUntilInterrupted) {
  ServeFiles(3);
  const std::string mnt = MountBucket({"--no-views"});
  std::unique_ptr<Process> watch = StartAnnofs({"status", "--watch=0.3", mnt});
  EXPECT_NE(LineWith(*watch, "log"), "") << "the first block";
  std::thread reads([&] {
    Sh("for i in $(seq 20); do stat " + mnt + "/0 >/dev/null; done; cat " + mnt +
       "/[0-2] >/dev/null");
  });
  EXPECT_THAT(LineWith(*watch, "  now "), ContainsRegex("operations/s, .*/s read, .* requests/s"));
  reads.join();
  watch->Signal(SIGINT);
  const absl::StatusOr<ProcessResult> result = watch->Wait();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_EQ(result->err, "");
  EXPECT_THAT(result->out, Not(HasSubstr("\x1b"))) << "it is not a terminal";
}

TEST_F(MetricsTest, OnATerminalAScreenIsWrittenOverTheOneBefore) {
  ServeFiles(1);
  const std::string mnt = MountBucket({"--no-views"});
  Sh(absl::StrCat("TERM=xterm script -qec 'timeout --preserve-status -s INT 4 ", AnnofsProgram(),
                  " status --watch=0.2 ", mnt, "' screens >/dev/null </dev/null"));
  const std::string screens = Read(Path("screens"));
  const std::string again = absl::StrCat("\x1b[H\x1b[J", mnt);
  const size_t first = screens.find(again);
  ASSERT_NE(first, std::string::npos) << screens;
  EXPECT_NE(screens.find(again, first + 1), std::string::npos) << screens;
}

TEST_F(MetricsTest, WatchAsJsonIsALineEachTime) {
  ServeFiles(3);
  const std::string mnt = MountBucket({"--no-views"});
  std::unique_ptr<Process> watch = StartAnnofs({"status", "--json", "--watch=0.2", mnt});
  JsonDocument first = Json(*watch->ReadLine());
  EXPECT_TRUE(first.root()["rates"].is_null()) << "nothing to compare it with";
  Sh("cat " + mnt + "/[0-2] >/dev/null");
  double received = 0;
  for (int i = 0; i < 10 && received == 0; ++i) {
    JsonDocument next = Json(*watch->ReadLine());
    EXPECT_TRUE(next.root()["rates"].is_object());
    received = next.root()["rates"].DoubleOr("received_bytes", -1);
  }
  EXPECT_GT(received, 0);
  watch->Signal(SIGTERM);
  EXPECT_EQ(watch->Wait()->exit_code, 0);
}

TEST_F(MetricsTest, WatchSurvivesMountsThatComeAndGo) {
  ServeFiles(1);
  const std::string mnt = Path("mnt");
  std::unique_ptr<Process> watch = StartAnnofs({"status", "--watch=0.2", mnt});
  EXPECT_EQ(LineWith(*watch, "no annofs mount"), "no annofs mount at " + mnt);
  MountBucket({"--no-views"});
  EXPECT_NE(LineWith(*watch, "  source    b2://b"), "");
  Unmount(mnt);
  EXPECT_EQ(LineWith(*watch, "no annofs mount"), "no annofs mount at " + mnt);
  watch->Signal(SIGINT);
  EXPECT_EQ(watch->Wait()->exit_code, 0);
}

TEST_F(MetricsTest, AStuckDaemonIsSaidAndDoesNotHangTheWatch) {
  ServeFiles(1);
  const std::string mnt = Path("mnt");
  std::unique_ptr<Process> daemon = MountInForeground(mnt, {"--no-views"});
  ASSERT_NE(daemon, nullptr);
  daemon->Signal(SIGSTOP);
  std::unique_ptr<Process> watch = StartAnnofs({"status", "--watch=0.2", mnt});
  EXPECT_NE(LineWith(*watch, "no answer from its daemon"), "");
  daemon->Signal(SIGCONT);
  EXPECT_NE(LineWith(*watch, "  requests "), "");
  watch->Signal(SIGINT);
  EXPECT_EQ(watch->Wait()->exit_code, 0);
}

TEST_F(MetricsTest, TheControlFilesAreThere) {
  ServeFiles(1);
  const std::string mnt = MountBucket();
  EXPECT_THAT(Read(mnt + "/.annofs/version"), ContainsRegex("^[0-9]+\\.[0-9]+\\.[0-9]+\n$"));
  EXPECT_THAT(Read(mnt + "/.annofs/problems.tsv"), HasSubstr("key\treason\n"));
  EXPECT_TRUE(Json(Read(mnt + "/.annofs/status.json")).root()["memory"].is_object());
}

}  // namespace
}  // namespace annofs::testing
