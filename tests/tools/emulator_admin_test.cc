// What the emulator counts, and what it does wrong on request: latency, rate, faults.
#include <atomic>
#include <filesystem>

#include "absl/strings/match.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {
namespace {

class EmulatorAdminTest : public EmulatorTest {
 protected:
  int64_t Counter(absl::string_view kind, absl::string_view name) {
    JsonDocument json = Admin("counters").Json();
    return json.root()[kind].IntOr(name, 0);
  }
  int64_t Stalled() { return Admin("counters").Json().root().IntOr("stalled", -1); }
  void AwaitStalled(int64_t count) {
    absl::Time end = absl::Now() + absl::Seconds(20);
    while (Stalled() != count && absl::Now() < end) absl::SleepFor(absl::Milliseconds(10));
    ASSERT_EQ(Stalled(), count);
  }
  void AddFault(std::string json) {
    HttpAnswer answer = PostAdmin("faults", std::move(json));
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  HttpAnswer Download() { return Get("/file/photos/a"); }
};

TEST_F(EmulatorAdminTest, RequestsBytesAndStatusesAreCounted) {
  Write("a", "0123456789");
  Token();
  ASSERT_EQ(PostAdmin("reset").status, 200);
  Get("/file/photos/a");
  Get("/file/photos/a", {"Range: bytes=0-3"});
  Get("/file/photos/b");
  HttpAnswer buckets = Get(absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId));
  EXPECT_EQ(Counter("requests", "total"), 4);
  EXPECT_EQ(Counter("requests", "b2_download_file_by_name"), 3);
  EXPECT_EQ(Counter("requests", "b2_list_buckets"), 1);
  EXPECT_EQ(Counter("bytes", "b2_list_buckets"), static_cast<int64_t>(buckets.body.size()));
  EXPECT_GE(Counter("bytes", "b2_download_file_by_name"), 14);
  EXPECT_EQ(Counter("status", "200"), 2);
  EXPECT_EQ(Counter("status", "206"), 1);
  EXPECT_EQ(Counter("status", "404"), 1);
}

TEST_F(EmulatorAdminTest, HeadCountsNoBytes) {
  Write("a", "0123456789");
  Token();
  PostAdmin("reset");
  Ask({.url = Url("/file/photos/a"), .method = "HEAD", .headers = {TokenHeader()}});
  EXPECT_EQ(Counter("requests", "total"), 1);
  EXPECT_EQ(Counter("bytes", "total"), 0);
}

TEST_F(EmulatorAdminTest, ResetForgetsCountersAndLog) {
  Token();
  EXPECT_EQ(Counter("requests", "total"), 1);
  PostAdmin("reset");
  EXPECT_EQ(Counter("requests", "total"), 0);
  EXPECT_EQ(Admin("log").body, "[]");
}

TEST_F(EmulatorAdminTest, TheLogShowsRequestsAndNoSecrets) {
  Write("a", "0123456789");
  std::string token = Token();
  PostAdmin("reset");
  Get("/file/photos/a", {"Range: bytes=0-3"});
  Ask({.url = Url(absl::StrCat("/file/photos/a?x=1&Authorization=", token, "&y=2"))});
  HttpAnswer log = Admin("log");
  EXPECT_FALSE(absl::StrContains(log.body, token));
  JsonDocument json = log.Json();
  ASSERT_EQ(json.root().size(), 2u);
  JsonValue first = json.root()[size_t{0}];
  EXPECT_EQ(first.StringOr("op", ""), "b2_download_file_by_name");
  EXPECT_EQ(first.StringOr("method", ""), "GET");
  EXPECT_EQ(first.StringOr("target", ""), "/file/photos/a");
  EXPECT_EQ(first.IntOr("status", 0), 206);
  EXPECT_EQ(first.IntOr("bytes", 0), 4);
  EXPECT_EQ(first.StringOr("range", ""), "bytes=0-3");
  EXPECT_GT(first.IntOr("time", 0), 1'500'000'000'000);
  JsonValue second = json.root()[1];
  EXPECT_EQ(second.StringOr("target", ""), "/file/photos/a?x=1&Authorization=[redacted]&y=2");
  EXPECT_EQ(second.IntOr("n", 0), first.IntOr("n", 0) + 1);
}

TEST_F(EmulatorAdminTest, UnknownPathsAndWrongMethodsAreRefused) {
  EXPECT_EQ(Admin("nothing").Error(), "404 not_found");
  EXPECT_EQ(Admin("reset").Error(), "405 method_not_allowed");
  EXPECT_EQ(PostAdmin("counters").Error(), "405 method_not_allowed");
}

TEST_F(EmulatorAdminTest, DelayedRequestsWaitAtTheSameTime) {
  Write("a", "x");
  Restart({.settings = {.latency_ms = 200}});
  Token();
  std::atomic<int> good = 0;
  absl::Duration took = InParallel(256, [&](int) {
    if (Download().status == 200) ++good;
  });
  EXPECT_EQ(good, 256);
  EXPECT_GE(took, absl::Milliseconds(200));
  EXPECT_LT(took, absl::Seconds(10));  // one after the other: 51 s
  EXPECT_LT(Admin("counters").took, absl::Milliseconds(200));
}

TEST_F(EmulatorAdminTest, RequestsOverTheRateAre429) {
  Write("a", "x");
  Restart({.settings = {.rate = 5}});
  Token();
  int refused = 0;
  for (int i = 0; i < 30; ++i) {
    HttpAnswer answer = Download();
    if (answer.status == 200) continue;
    ++refused;
    EXPECT_EQ(answer.Error(), "429 too_many_requests");
    EXPECT_EQ(answer.headers["retry-after"], "1");
  }
  EXPECT_GT(refused, 0);
  absl::SleepFor(absl::Milliseconds(400));
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorAdminTest, AStatusFaultSkipsThenHitsThenIsOver) {
  Write("a", "x");
  Token();
  AddFault(R"({"op":"b2_download_file_by_name","status":503,"code":"busy","message":"full",)"
           R"("retryAfter":7,"skip":1,"count":2})");
  EXPECT_EQ(Download().status, 200);
  for (int i = 0; i < 2; ++i) {
    HttpAnswer answer = Download();
    EXPECT_EQ(answer.Error(), "503 busy");
    EXPECT_EQ(answer.Json().root().StringOr("message", ""), "full");
    EXPECT_EQ(answer.headers["retry-after"], "7");
  }
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorAdminTest, AStatusWithoutCodeHasItsUsualOne) {
  Write("a", "x");
  Token();
  AddFault(R"({"status":503})");
  AddFault(R"({"status":401,"code":"expired_auth_token"})");
  EXPECT_EQ(Download().Error(), "503 service_unavailable");
  EXPECT_EQ(Download().Error(), "401 expired_auth_token");
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorAdminTest, FaultsMatchOperationTargetAndName) {
  Write("a", "x");
  Write("d/b", "x");
  std::string id = FileIdOf("d/b");
  AddFault(R"({"op":"b2_list_buckets","status":500,"count":-1})");
  EXPECT_EQ(Download().status, 200);
  PostAdmin("faults/clear");
  AddFault(R"({"match":"d/b","status":500,"count":-1})");
  EXPECT_EQ(Download().status, 200);
  EXPECT_EQ(Get("/file/photos/d/b").status, 500);
  EXPECT_EQ(Get("/file/photos/d%2Fb").status, 500);
  EXPECT_EQ(Get(absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", id)).status, 500);
  EXPECT_EQ(Post("/b2api/v2/b2_get_file_info", absl::StrCat("{\"fileId\":\"", id, "\"}")).status,
            500);
}

TEST_F(EmulatorAdminTest, ADelayFaultDelaysOneRequest) {
  Write("a", "x");
  Token();
  AddFault(R"({"delayMs":300})");
  HttpAnswer slow = Download();
  EXPECT_EQ(slow.status, 200);
  EXPECT_GE(slow.took, absl::Milliseconds(300));
  EXPECT_LT(Download().took, absl::Milliseconds(300));
}

TEST_F(EmulatorAdminTest, ACutBodyAnnouncesItsWholeLength) {
  Token();
  for (size_t size : {size_t{100}, size_t{1'000'000}}) {
    for (size_t cut : {size_t{0}, size_t{1}, size_t{99}}) {
      Write("a", std::string(size, 'x'));
      AddFault(absl::StrCat("{\"cutAfterBytes\":", cut, "}"));
      HttpAnswer answer = Download();
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.headers["content-length"], absl::StrCat(size));
      EXPECT_EQ(answer.body, std::string(cut, 'x'));
      EXPECT_NE(answer.curl, CURLE_OK);
    }
  }
  AddFault(R"({"cutAfterBytes":10})");
  HttpAnswer json = Get(absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId));
  EXPECT_EQ(json.body.size(), 10u);
  EXPECT_NE(json.curl, CURLE_OK);
}

TEST_F(EmulatorAdminTest, ACutBodyCountsTheBytesThatAreSent) {
  Write("a", std::string(1000, 'x'));
  Token();
  PostAdmin("reset");
  AddFault(R"({"cutAfterBytes":10})");
  Download();
  EXPECT_EQ(Counter("bytes", "total"), 10);
}

TEST_F(EmulatorAdminTest, AResetClosesWithoutAnAnswer) {
  Write("a", "x");
  Token();
  AddFault(R"({"reset":true})");
  HttpAnswer answer = Download();
  EXPECT_NE(answer.curl, CURLE_OK);
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(Counter("status", "0"), 1);
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorAdminTest, StalledRequestsWaitUntilTheFaultsAreCleared) {
  Write("a", "x");
  Write("b", "y");
  Token();
  AddFault(R"({"match":"/photos/a","stall":true,"count":64})");
  std::atomic<int> good = 0;
  std::thread readers([&] {
    InParallel(64, [&](int) {
      if (Download().body == "x") ++good;
    });
  });
  AwaitStalled(64);
  EXPECT_EQ(Get("/file/photos/b").body, "y");
  EXPECT_EQ(good, 0);
  EXPECT_EQ(PostAdmin("faults/clear").status, 200);
  readers.join();
  EXPECT_EQ(good, 64);
  EXPECT_EQ(Stalled(), 0);
}

TEST_F(EmulatorAdminTest, AStalledRequestEndsWhenItsClientGivesUp) {
  Write("a", "x");
  std::string token = TokenHeader();
  AddFault(R"({"stall":true})");
  HttpAnswer answer =
      Ask({.url = Url("/file/photos/a"), .headers = {token}, .timeout = absl::Milliseconds(100)});
  EXPECT_EQ(answer.curl, CURLE_OPERATION_TIMEDOUT);
  AwaitStalled(0);
}

TEST_F(EmulatorAdminTest, AStalledOrDelayedRequestDoesNotKeepTheEmulator) {
  Write("a", "x");
  Token();
  AddFault(R"({"stall":true})");
  AddFault(R"({"delayMs":60000})");
  std::thread readers([&] { InParallel(2, [&](int) { EXPECT_NE(Download().curl, CURLE_OK); }); });
  AwaitStalled(1);
  absl::SleepFor(absl::Milliseconds(100));
  absl::Time start = absl::Now();
  emulator_.reset();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  readers.join();
}

TEST_F(EmulatorAdminTest, AFaultThatIsNotUnderstoodIsRefused) {
  for (absl::string_view json : {"", "[7]", "{\"cout\":1}", "{\"count\":\"1\"}", "{\"stall\":1}",
                                 "{\"status\":99}", "{\"skip\":-1}", "{\"delayMs\":-1}"}) {
    EXPECT_EQ(PostAdmin("faults", std::string(json)).status, 400) << json;
  }
  Write("a", "x");
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorAdminTest, AdminRequestsAreNeitherCountedNorFaulted) {
  AddFault(R"({"status":500,"count":-1})");
  EXPECT_EQ(Admin("counters").status, 200);
  EXPECT_EQ(Counter("requests", "total"), 0);
}

}  // namespace
}  // namespace annofs::testing
