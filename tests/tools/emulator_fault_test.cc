// What scripted faults do to answers, as a plain client sees it.
#include "tests/tools/emulator_client.h"

namespace annofs::testing {
namespace {

class EmulatorFaultTest : public EmulatorTest {
 protected:
  EmulatorFaultTest() {
    Write("a", kContent);
    Token();
  }
  void AddFault(std::string json) {
    HttpAnswer answer = PostAdmin("faults", std::move(json));
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  HttpAnswer Download(std::vector<std::string> headers = {}) {
    return Get("/file/photos/a", std::move(headers));
  }
  void AwaitStalled(int64_t count) {
    auto stalled = [&] { return Admin("counters").Json().root().IntOr("stalled", -1); };
    absl::Time end = absl::Now() + absl::Seconds(20);
    while (stalled() != count && absl::Now() < end) absl::SleepFor(absl::Milliseconds(10));
    EXPECT_EQ(stalled(), count);
  }
  // Which of 40 downloads fail: "x" and ".".
  std::string Failures() {
    std::string failures;
    for (int i = 0; i < 40; ++i) failures += Download().status == 200 ? '.' : 'x';
    return failures;
  }

  static constexpr char kContent[] = "0123456789";
};

TEST_F(EmulatorFaultTest, AFaultHitsOneMethodOnly) {
  AddFault(R"({"method":"head","status":500,"count":-1})");
  EXPECT_EQ(Download().status, 200);
  HttpAnswer head =
      Ask({.url = Url("/file/photos/a"), .method = "HEAD", .headers = {TokenHeader()}});
  EXPECT_EQ(head.status, 500);
}

TEST_F(EmulatorFaultTest, ChanceIsTheSameWithTheSameSeed) {
  auto failures = [&](int seed) {
    AddFault(absl::StrCat(R"({"probability":0.5,"status":500,"count":-1,"seed":)", seed, "}"));
    std::string result = Failures();
    PostAdmin("faults/clear");
    return result;
  };
  std::string first = failures(7);
  EXPECT_EQ(failures(7), first);
  EXPECT_NE(failures(8), first);
  int64_t hits = std::count(first.begin(), first.end(), 'x');
  EXPECT_GT(hits, 5);
  EXPECT_LT(hits, 35);
}

TEST_F(EmulatorFaultTest, CountIsOfHitsAndZeroProbabilityNeverHits) {
  AddFault(R"({"probability":0,"status":500,"count":-1})");
  AddFault(R"({"probability":0.5,"status":503,"count":2})");
  std::string failures = Failures();
  EXPECT_EQ(std::count(failures.begin(), failures.end(), 'x'), 2);
}

TEST_F(EmulatorFaultTest, JitterMakesDelaysDiffer) {
  AddFault(R"({"delayMs":150,"jitterMs":140,"count":8})");
  absl::Duration shortest = absl::InfiniteDuration();
  absl::Duration longest;
  for (int i = 0; i < 8; ++i) {
    absl::Duration took = Download().took;
    shortest = std::min(shortest, took);
    longest = std::max(longest, took);
    EXPECT_GE(took, absl::Milliseconds(10));
  }
  EXPECT_LT(shortest, absl::Milliseconds(150));
  EXPECT_GT(longest, absl::Milliseconds(150));
}

TEST_F(EmulatorFaultTest, AnAnswerCanFallSilentInItsBody) {
  AddFault(R"({"stallAfterBytes":4,"count":2})");
  HttpAnswer silent = Ask({.url = Url("/file/photos/a"),
                           .headers = {TokenHeader()},
                           .timeout = absl::Milliseconds(400)});
  EXPECT_EQ(silent.curl, CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(silent.status, 200);
  EXPECT_EQ(silent.headers["content-length"], "10");
  EXPECT_EQ(silent.body, "0123");
  AwaitStalled(0);  // its leaving is noticed
  HttpAnswer released;
  std::thread reader([&] { released = Download(); });
  AwaitStalled(1);
  PostAdmin("faults/clear");
  reader.join();
  EXPECT_EQ(released.curl, CURLE_OK);
  EXPECT_EQ(released.body, kContent);
}

TEST_F(EmulatorFaultTest, HeadersArriveBeforeASilenceAtTheFirstByte) {
  AddFault(R"({"stallAfterBytes":0})");
  HttpAnswer silent = Ask({.url = Url("/file/photos/a"),
                           .headers = {TokenHeader()},
                           .timeout = absl::Milliseconds(400)});
  EXPECT_EQ(silent.curl, CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(silent.status, 200);
  EXPECT_EQ(silent.body, "");
}

TEST_F(EmulatorFaultTest, ABodyCanBeLongerOrShorterAndSaysSo) {
  AddFault(R"([{"lengthDelta":3},{"lengthDelta":-4},{"lengthDelta":-99},{"lengthDelta":2}])");
  HttpAnswer longer = Download();
  EXPECT_EQ(longer.body, absl::StrCat(kContent, std::string(3, '\0')));
  EXPECT_EQ(longer.headers["content-length"], "13");
  HttpAnswer shorter = Download();
  EXPECT_EQ(shorter.curl, CURLE_OK);
  EXPECT_EQ(shorter.body, "012345");
  EXPECT_EQ(Download().body, "");
  HttpAnswer range = Download({"Range: bytes=2-4"});
  EXPECT_EQ(range.status, 206);
  EXPECT_EQ(range.headers["content-range"], "bytes 2-4/10");
  EXPECT_EQ(range.body, absl::StrCat("234", std::string(2, '\0')));
}

TEST_F(EmulatorFaultTest, TheContentRangeCanBeWrong) {
  AddFault(R"({"wrongContentRange":true,"count":2})");
  HttpAnswer range = Download({"Range: bytes=2-4"});
  EXPECT_EQ(range.status, 206);
  EXPECT_EQ(range.headers["content-range"], "bytes 3-5/10");
  EXPECT_EQ(range.body, "234");
  HttpAnswer whole = Download();
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.headers.count("content-range"), 0u);
}

TEST_F(EmulatorFaultTest, ARangeCanBeIgnoredButIsLogged) {
  PostAdmin("reset");
  AddFault(R"({"ignoreRange":true})");
  HttpAnswer answer = Download({"Range: bytes=2-4"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.count("content-range"), 0u);
  EXPECT_EQ(answer.body, kContent);
  EXPECT_EQ(Admin("log").Json().root()[size_t{0}].StringOr("range", ""), "bytes=2-4");
}

TEST_F(EmulatorFaultTest, OneByteCanBeCorruptAndTheSeedSaysWhich) {
  for (size_t size : {size_t{1}, size_t{1000}, size_t{1'000'000}}) {
    Write("a", std::string(size, 'x'));
    AddFault(R"([{"corrupt":true,"seed":3},{"corrupt":true,"seed":3},{"corrupt":true,"seed":4}])");
    std::string first = Download().body;
    ASSERT_EQ(first.size(), size);
    EXPECT_EQ(std::count(first.begin(), first.end(), 'x'), static_cast<int64_t>(size) - 1);
    EXPECT_EQ(Download().body, first);
    EXPECT_EQ(Download().body == first, size == 1);
  }
}

TEST_F(EmulatorFaultTest, AnyBodyCanStandInForTheAnswer) {
  AddFault(R"({"body":"<html>Bad gateway</html>","contentType":"text/html"})");
  HttpAnswer page = Download({"Range: bytes=2-4"});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers["content-type"], "text/html");
  EXPECT_EQ(page.body, "<html>Bad gateway</html>");
  AddFault(R"({"body":"","status":502})");
  HttpAnswer empty = Download();
  EXPECT_EQ(empty.status, 502);
  EXPECT_EQ(empty.headers["content-length"], "0");
}

TEST_F(EmulatorFaultTest, OneAnswerCanBeSlow) {
  Write("a", std::string(20'000, 'x'));
  AddFault(R"({"bandwidth":50000})");
  HttpAnswer slow = Download();
  EXPECT_EQ(slow.body, std::string(20'000, 'x'));
  EXPECT_GE(slow.took, absl::Milliseconds(300));
  EXPECT_LT(slow.took, absl::Seconds(5));
  EXPECT_LT(Download().took, absl::Milliseconds(300));
}

TEST_F(EmulatorFaultTest, AGoodAnswerCanCloseTheConnection) {
  AddFault(R"({"closeConnection":true})");
  HttpAnswer closing = Download();
  EXPECT_EQ(closing.status, 200);
  EXPECT_EQ(closing.headers["connection"], "close");
  EXPECT_EQ(closing.body, kContent);
  EXPECT_EQ(Download().headers.count("connection"), 0u);
}

TEST_F(EmulatorFaultTest, HeadersCanBeAddedReplacedAndRemoved) {
  AddFault(R"({"headers":{"X-New":"1","X-Bz-Content-Sha1":"none","x-bz-file-id":null}})");
  HttpAnswer answer = Download();
  EXPECT_EQ(answer.headers["x-new"], "1");
  EXPECT_EQ(answer.headers["x-bz-content-sha1"], "none");
  EXPECT_EQ(answer.headers.count("x-bz-file-id"), 0u);
  EXPECT_EQ(answer.body, kContent);
}

TEST_F(EmulatorFaultTest, EffectsOfOneFaultAddUp) {
  AddFault(R"({"status":503,"retryAfter":9,"cutAfterBytes":5,"closeConnection":true})");
  HttpAnswer answer = Download();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers["retry-after"], "9");
  EXPECT_EQ(answer.headers["connection"], "close");
  EXPECT_EQ(answer.body.size(), 5u);
  EXPECT_NE(answer.curl, CURLE_OK);
}

TEST_F(EmulatorFaultTest, AnArrayOfFaultsIsTakenAsAWholeOrNotAtAll) {
  AddFault(R"([{"status":500},{"status":503}])");
  EXPECT_EQ(Download().status, 500);
  EXPECT_EQ(Download().status, 503);
  HttpAnswer bad = PostAdmin("faults", R"([{"status":500},{"statsu":503}])");
  EXPECT_EQ(bad.Error(), "400 bad_request");
  EXPECT_EQ(bad.Json().root().StringOr("message", ""), "fault 1: not a member of a fault: statsu");
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorFaultTest, MembersOfWrongTypeOrValueAreRefusedByName) {
  const std::pair<absl::string_view, absl::string_view> kBad[] = {
      {"op", "1"},
      {"method", "true"},
      {"match", "[]"},
      {"skip", "-1"},
      {"count", "-2"},
      {"count", "1.5"},
      {"probability", "1.1"},
      {"probability", "-0.1"},
      {"probability", "\"1\""},
      {"seed", "-1"},
      {"delayMs", "-1"},
      {"jitterMs", "\"x\""},
      {"stall", "1"},
      {"reset", "\"true\""},
      {"status", "199"},
      {"status", "600"},
      {"code", "7"},
      {"message", "7"},
      {"body", "{}"},
      {"contentType", "\"a\\r\\nb\""},
      {"ignoreRange", "0"},
      {"wrongContentRange", "0"},
      {"headers", "\"x\""},
      {"headers", "{\"a b\":\"x\"}"},
      {"headers", "{\"a\":\"x\\ny\"}"},
      {"headers", "{\"a\":1}"},
      {"headers", "{\"content-length\":\"1\"}"},
      {"retryAfter", "-1"},
      {"closeConnection", "0"},
      {"lengthDelta", "0.5"},
      {"corrupt", "0"},
      {"cutAfterBytes", "-1"},
      {"stallAfterBytes", "-1"},
      {"bandwidth", "-1"},
  };
  for (const auto& [name, value] : kBad) {
    HttpAnswer answer = PostAdmin("faults", absl::StrCat("{\"", name, "\":", value, "}"));
    EXPECT_EQ(answer.Error(), "400 bad_request") << name << " " << value;
    std::string message(answer.Json().root().StringOr("message", ""));
    EXPECT_EQ(message.substr(0, name.size() + 2), absl::StrCat(name, ": ")) << message;
  }
  EXPECT_EQ(PostAdmin("faults", "[{]").Error(), "400 bad_json");
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorFaultTest, ANullMemberIsAnAbsentOne) {
  AddFault(R"({"op":null,"status":500,"cutAfterBytes":null,"body":null})");
  EXPECT_EQ(Download().Error(), "500 internal_error");
}

TEST_F(EmulatorFaultTest, FaultsCanBeThereFromTheStart) {
  emulator::Fault fault;
  fault.operation = "b2_download_file_by_name";
  fault.effect.status = 503;
  Restart({.faults = {fault}});
  EXPECT_EQ(Download().Error(), "503 service_unavailable");
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorFaultTest, ASlowOrSilentBodyDoesNotKeepTheEmulator) {
  Write("a", std::string(100'000, 'x'));
  AddFault(R"([{"stallAfterBytes":1},{"bandwidth":10}])");
  std::thread readers([&] { InParallel(2, [&](int) { EXPECT_NE(Download().curl, CURLE_OK); }); });
  absl::SleepFor(absl::Milliseconds(300));
  absl::Time start = absl::Now();
  emulator_.reset();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  readers.join();
}

// Test modes: reference/b2.md §2.3.

TEST_F(EmulatorFaultTest, SomeTokensExpireOnRequestAndNewOnesAreGiven) {
  const char kMode[] = "X-Bz-Test-Mode: expire_some_account_authorization_tokens";
  EXPECT_EQ(Download({kMode}).Error(), "401 expired_auth_token");
  HttpAnswer authorized = Ask({.url = Url("/b2api/v2/b2_authorize_account"),
                               .headers = {kMode},
                               .user = absl::StrCat(kKeyId, ":", kKeySecret)});
  EXPECT_EQ(authorized.status, 200);
  EXPECT_EQ(Download({kMode}).status, 200);
  EXPECT_EQ(Download({kMode}).status, 200);
  EXPECT_EQ(Download({kMode}).status, 401);
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorFaultTest, CapsAreExceededOnRequest) {
  const char kMode[] = "X-Bz-Test-Mode: force_cap_exceeded";
  EXPECT_EQ(Download({kMode}).Error(), "403 download_cap_exceeded");
  std::string buckets = absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId);
  EXPECT_EQ(Get(buckets, {kMode}).Error(), "403 transaction_cap_exceeded");
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorFaultTest, AnUnknownTestModeDoesNothing) {
  EXPECT_EQ(Download({"X-Bz-Test-Mode: no_such_mode"}).status, 200);
}

}  // namespace
}  // namespace annofs::testing
