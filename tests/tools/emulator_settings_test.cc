// The emulator's settings, its clock and its counting of transactions, as a plain client sees them.
#include <atomic>

#include "absl/strings/match.h"
#include "tests/tools/emulator_client.h"
#include "tools/emulator/emulator_clock.h"
#include "tools/emulator/pace.h"
#include "tools/emulator/settings.h"
#include "tools/emulator/test_mode.h"
#include "tools/emulator/transaction_class.h"

namespace annofs::testing {
namespace {

using emulator::BillingOf;
using emulator::ByteRate;
using emulator::EmulatorClock;
using emulator::Request;
using emulator::Settings;
using emulator::TransactionClass;

class EmulatorSettingsTest : public EmulatorTest {
 protected:
  EmulatorSettingsTest() {
    Write("a", "0123456789");
    Token();
  }
  void Set(std::string json) {
    HttpAnswer answer = PostAdmin("settings", std::move(json));
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  HttpAnswer Download() { return Get("/file/photos/a"); }
  HttpAnswer ListBuckets() {
    return Get(absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId));
  }
  int64_t Transactions(absl::string_view name) {
    return Admin("counters").Json().root()["classes"].IntOr(name, -1);
  }
};

TEST_F(EmulatorSettingsTest, AllSettingsAreShownWithTheirDefaults) {
  EXPECT_EQ(Admin("settings").body,
            R"({"latencyMs":0.0,"jitterMs":0.0,"rate":0.0,"retryAfter":1,"bandwidth":0.0,)"
            R"("downloadCap":null,"tokenLifeSeconds":86400,"closeConnections":false,)"
            R"("shortPages":false,"opaqueNext":false,"prettyJson":false,"unknownFields":false,)"
            R"("secondTimestamps":false,"strictChecksums":false,"strictJson":false,)"
            R"("caps":{"A":null,"B":null,"C":null}})");
}

TEST_F(EmulatorSettingsTest, AChangeKeepsTheOthersAndNullIsTheDefault) {
  Set(R"({"retryAfter":5,"prettyJson":true,"caps":{"B":7},"downloadCap":9,"latencyMs":0.5})");
  Set(R"({"prettyJson":null,"shortPages":true})");
  JsonDocument json = Admin("settings").Json();
  EXPECT_EQ(json.root().IntOr("retryAfter", 0), 5);
  EXPECT_FALSE(json.root().BoolOr("prettyJson", true));
  EXPECT_TRUE(json.root().BoolOr("shortPages", false));
  EXPECT_EQ(json.root().IntOr("downloadCap", 0), 9);
  EXPECT_EQ(json.root()["caps"].IntOr("B", 0), 7);
  EXPECT_EQ(json.root().DoubleOr("latencyMs", 0), 0.5);
  Set(R"({"retryAfter":null,"downloadCap":null,"caps":null,"shortPages":false,"latencyMs":0})");
  Restart({});
  HttpAnswer fresh = Admin("settings");
  EXPECT_TRUE(absl::StrContains(fresh.body, "\"downloadCap\":null"));
}

TEST_F(EmulatorSettingsTest, WhatIsNotUnderstoodChangesNothing) {
  std::string before = Admin("settings").body;
  for (absl::string_view json :
       {"[]", "{\"latency\":1}", "{\"latencyMs\":-1}", "{\"latencyMs\":\"1\"}",
        "{\"retryAfter\":1.5}", "{\"prettyJson\":1}", "{\"caps\":{\"D\":1}}", "{\"caps\":5}",
        "{\"caps\":{\"A\":-1}}", "{\"downloadCap\":true}", "{\"prettyJson\":true,\"x\":1}"}) {
    EXPECT_EQ(PostAdmin("settings", std::string(json)).Error(), "400 bad_request") << json;
  }
  EXPECT_EQ(PostAdmin("settings", "{").Error(), "400 bad_json");
  EXPECT_EQ(Admin("settings").body, before);
}

TEST_F(EmulatorSettingsTest, LatencyCanBeChangedWhileItRuns) {
  Set(R"({"latencyMs":200})");
  EXPECT_GE(Download().took, absl::Milliseconds(200));
  Set(R"({"latencyMs":0})");
  EXPECT_LT(Download().took, absl::Milliseconds(200));
}

TEST_F(EmulatorSettingsTest, JitterMakesLatenciesDiffer) {
  Set(R"({"latencyMs":150,"jitterMs":140})");
  absl::Duration shortest = absl::InfiniteDuration();
  absl::Duration longest;
  for (int i = 0; i < 8; ++i) {
    absl::Duration took = Download().took;
    shortest = std::min(shortest, took);
    longest = std::max(longest, took);
  }
  EXPECT_LT(shortest, absl::Milliseconds(150));
  EXPECT_GT(longest, absl::Milliseconds(150));
}

TEST_F(EmulatorSettingsTest, TheRefusalOverTheRateTellsHowLongToWait) {
  Set(R"({"rate":1,"retryAfter":17})");
  EXPECT_EQ(Download().status, 200);
  HttpAnswer refused = Download();
  EXPECT_EQ(refused.Error(), "429 too_many_requests");
  EXPECT_EQ(refused.headers["retry-after"], "17");
  Set(R"({"retryAfter":0})");
  EXPECT_EQ(Download().headers.count("retry-after"), 0u);
  Set(R"({"rate":0})");
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorSettingsTest, BandwidthIsSharedByAllBodies) {
  std::string file(100'000, 'x');
  std::string memory(100'000, 'y');
  Write("a", file);
  PostAdmin("faults", absl::StrCat("{\"count\":2,\"body\":\"", memory, "\"}"));
  Set(R"({"bandwidth":500000})");
  std::atomic<int> files = 0;
  std::atomic<int> memories = 0;
  absl::Duration took = InParallel(4, [&](int) {
    std::string body = Download().body;
    files += body == file ? 1 : 0;
    memories += body == memory ? 1 : 0;
  });
  EXPECT_EQ(files, 2);
  EXPECT_EQ(memories, 2);
  EXPECT_GE(took, absl::Milliseconds(700));  // 400,000 bytes in all
  EXPECT_LT(took, absl::Seconds(5));
  Set(R"({"bandwidth":0})");
  EXPECT_LT(Download().took, absl::Milliseconds(200));
}

TEST_F(EmulatorSettingsTest, AHeadHasNothingToWaitFor) {
  Write("a", std::string(1'000'000, 'x'));
  Set(R"({"bandwidth":1000})");
  HttpAnswer head =
      Ask({.url = Url("/file/photos/a"), .method = "HEAD", .headers = {TokenHeader()}});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers["content-length"], "1000000");
  EXPECT_LT(head.took, absl::Seconds(1));
}

TEST_F(EmulatorSettingsTest, AClientThatGivesUpFreesTheBandwidth) {
  Write("a", std::string(10'000'000, 'x'));
  Set(R"({"bandwidth":100000})");
  HttpAnswer given_up = Ask({.url = Url("/file/photos/a"),
                             .headers = {TokenHeader()},
                             .timeout = absl::Milliseconds(200)});
  EXPECT_EQ(given_up.curl, CURLE_OPERATION_TIMEDOUT);
  Write("a", "x");
  EXPECT_LT(Download().took, absl::Seconds(2));
}

TEST_F(EmulatorSettingsTest, CallsBeyondTheCapOfTheirClassAreRefused) {
  Set(R"({"caps":{"B":2}})");
  EXPECT_EQ(Download().status, 200);
  EXPECT_EQ(Download().status, 200);
  EXPECT_EQ(Download().Error(), "403 transaction_cap_exceeded");
  EXPECT_EQ(ListBuckets().status, 200);
  PostAdmin("reset");
  EXPECT_EQ(Download().status, 200);
  Set(R"({"caps":{"B":1}})");
  EXPECT_EQ(Download().status, 200);
  EXPECT_EQ(Download().status, 403);
  Set(R"({"caps":null})");
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorSettingsTest, AListingUsesUpACapByTheThousandNames) {
  std::string id = BucketId();
  Set(R"({"caps":{"C":4}})");
  auto list = [&](int count) {
    return Get(absl::StrCat("/b2api/v2/b2_list_file_names?bucketId=", id, "&maxFileCount=", count));
  };
  EXPECT_EQ(list(3000).status, 200);
  EXPECT_EQ(list(1001).Error(), "403 transaction_cap_exceeded");
  EXPECT_EQ(list(1000).status, 200);
  EXPECT_EQ(list(1).status, 403);
}

TEST_F(EmulatorSettingsTest, DownloadsBeyondTheirCapAreRefused) {
  Set(R"({"downloadCap":15})");
  EXPECT_EQ(Download().status, 200);
  EXPECT_EQ(Download().Error(), "403 download_cap_exceeded");
  EXPECT_EQ(Get("/file/photos/a", {"Range: bytes=0-4"}).status, 206);
  EXPECT_EQ(Get("/file/photos/a", {"Range: bytes=0-0"}).status, 403);
  EXPECT_EQ(ListBuckets().status, 200);
}

TEST_F(EmulatorSettingsTest, CapsBeginAnewOnTheNextDayOfTheClock) {
  Set(R"({"caps":{"B":0}})");
  EXPECT_EQ(Download().status, 403);
  Set(R"({"caps":{"B":1}})");
  EXPECT_EQ(Download().status, 200);
  EXPECT_EQ(Download().status, 403);
  EXPECT_EQ(PostAdmin("advance-time", R"({"seconds":86400})").status, 200);
  Reauthorize();
  EXPECT_EQ(Download().status, 200);
}

TEST_F(EmulatorSettingsTest, ConnectionsAreClosedIfToldSo) {
  Set(R"({"closeConnections":true})");
  EXPECT_EQ(Download().headers["connection"], "close");
  EXPECT_EQ(Get("/file/photos/none").headers["connection"], "close");
  Set(R"({"closeConnections":false})");
  EXPECT_EQ(Download().headers.count("connection"), 0u);
}

TEST_F(EmulatorSettingsTest, SettingsCanBeThereFromTheStart) {
  Restart({.settings = {.close_connections = true}});
  EXPECT_EQ(Download().headers["connection"], "close");
}

TEST_F(EmulatorSettingsTest, TheClockIsPutForward) {
  auto advance = [&](absl::string_view json) {
    return PostAdmin("advance-time", std::string(json));
  };
  int64_t before = advance(R"({"seconds":0})").Json().root().IntOr("time", 0);
  EXPECT_LT(std::abs(before - absl::ToUnixMillis(absl::Now())), 60'000);
  int64_t after = advance(R"({"seconds":3600})").Json().root().IntOr("time", 0);
  EXPECT_GE(after - before, 3'600'000);
  EXPECT_LT(after - before, 3'660'000);
  for (absl::string_view bad : {"{}", "{\"seconds\":-1}", "{\"seconds\":1e18}", "[]"}) {
    EXPECT_EQ(advance(bad).Error(), "400 bad_request") << bad;
  }
  EXPECT_EQ(advance("").Error(), "400 bad_json");
}

TEST_F(EmulatorSettingsTest, TransactionsAreCountedByClass) {
  std::string id = BucketId();
  PostAdmin("reset");
  Download();
  Get("/file/photos/none");
  ListBuckets();
  Get(absl::StrCat("/b2api/v2/b2_list_file_names?bucketId=", id));
  Post("/b2api/v2/b2_list_file_names",
       absl::StrCat("{\"bucketId\":\"", id, "\",\"maxFileCount\":10000}"));
  Get("/b2api/v2/nothing");
  EXPECT_EQ(Transactions("A"), 0);
  EXPECT_EQ(Transactions("B"), 2);
  EXPECT_EQ(Transactions("C"), 12);
  PostAdmin("reset");
  EXPECT_EQ(Transactions("C"), 0);
}

TEST_F(EmulatorSettingsTest, TheLogNamesApiAndKey) {
  PostAdmin("reset");
  Ask({.url = Url("/b2api/v2/b2_authorize_account"),
       .user = absl::StrCat(kKeyId, ":", kKeySecret)});
  Ask({.url = Url("/file/photos/a?X-Amz-Credential=002abc%2F20260101%2Fr%2Fs3%2Faws4_request")});
  Ask({.url = Url("/"),
       .headers = {"Authorization: AWS4-HMAC-SHA256 Credential=002def/20260101/r/s3/aws4_request, "
                   "SignedHeaders=host, Signature=0123"}});
  Download();
  HttpAnswer log = Admin("log");
  JsonDocument json = log.Json();
  EXPECT_EQ(json.root()[size_t{0}].StringOr("api", ""), "native");
  EXPECT_EQ(json.root()[size_t{0}].StringOr("key", ""), kKeyId);
  EXPECT_EQ(json.root()[1].StringOr("key", ""), "002abc");
  EXPECT_EQ(json.root()[2].StringOr("key", ""), "002def");
  EXPECT_EQ(json.root()[3].StringOr("api", ""), "native");
  EXPECT_FALSE(absl::StrContains(log.body, kKeySecret));
}

TEST_F(EmulatorSettingsTest, TheLogHoldsNoOverlongTexts) {
  PostAdmin("reset");
  Get(absl::StrCat("/file/photos/", std::string(20'000, 'n')),
      {absl::StrCat("Range: bytes=", std::string(1000, '0'))});
  JsonDocument json = Admin("log").Json();
  JsonValue line = json.root()[size_t{0}];
  EXPECT_EQ(line.StringOr("target", "").size(), 5u << 10);
  EXPECT_EQ(line.StringOr("range", "").size(), 128u);
}

TEST(EmulatorBillingTest, OperationsHaveTheirClasses) {
  const std::pair<absl::string_view, TransactionClass> kExpected[] = {
      {"b2_upload_file", TransactionClass::kA},
      {"b2_get_upload_url", TransactionClass::kA},
      {"b2_delete_file_version", TransactionClass::kA},
      {"b2_get_file_info", TransactionClass::kB},
      {"b2_download_file_by_id", TransactionClass::kB},
      {"b2_download_file_by_name", TransactionClass::kB},
      {"b2_authorize_account", TransactionClass::kC},
      {"b2_list_keys", TransactionClass::kC},
      {"b2_copy_part", TransactionClass::kC},
      {"b2_get_download_authorization", TransactionClass::kC},
      {"s3_put_object", TransactionClass::kA},
      {"s3_delete_objects", TransactionClass::kA},
      {"s3_upload_part", TransactionClass::kA},
      {"s3_upload_part_copy", TransactionClass::kC},
      {"s3_get_object", TransactionClass::kB},
      {"s3_head_object", TransactionClass::kB},
      {"s3_list_objects_v2", TransactionClass::kC},
      {"s3_head_bucket", TransactionClass::kC},
      {"s3_get_bucket_location", TransactionClass::kC},
      {"unknown", TransactionClass::kNone},
  };
  for (const auto& [operation, expected] : kExpected) {
    EXPECT_EQ(BillingOf(operation, Request()).transaction_class, expected) << operation;
  }
}

TEST(EmulatorTestModeTest, SomeUploadsFailOnRequest) {
  emulator::TestModes modes;
  Request request;
  request.headers = {{"x-bz-test-mode", "fail_some_uploads"}};
  EXPECT_EQ(modes.Take("b2_upload_file", request)->status, 503);
  EXPECT_FALSE(modes.Take("b2_list_buckets", request).has_value());
  EXPECT_FALSE(modes.Take("b2_upload_part", request).has_value());
  EXPECT_FALSE(modes.Take("b2_upload_file", request).has_value());
  EXPECT_EQ(modes.Take("b2_upload_part", request)->status, 503);
  request.headers[0].second = "force_cap_exceeded";
  EXPECT_EQ(modes.Take("b2_upload_file", request)->code, "cap_exceeded");
}

TEST(EmulatorClockTest, HooksSeeTheTimesOfEachAdvance) {
  EmulatorClock clock;
  std::vector<absl::Duration> steps;
  clock.OnAdvance([&](absl::Time before, absl::Time after) {
    steps.push_back(after - before);
    EXPECT_GE(clock.Now(), after);
  });
  clock.Advance(absl::Hours(1));
  clock.Advance(absl::Hours(48));
  EXPECT_EQ(steps, (std::vector<absl::Duration>{absl::Hours(1), absl::Hours(48)}));
  EXPECT_GE(clock.Now() - absl::Now(), absl::Hours(49) - absl::Seconds(1));
}

TEST(EmulatorPagesTest, ShortPagesHaveOneToAllOfTheEntriesAndVary) {
  Settings settings({.short_pages = true});
  std::vector<int> seen(11);
  for (int i = 0; i < 500; ++i) {
    size_t size = settings.DrawPageSize(10);
    ASSERT_GE(size, 1u);
    ASSERT_LE(size, 10u);
    ++seen[size];
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), 0), 1);  // of size 0
  EXPECT_EQ(Settings({}).DrawPageSize(10), 10u);
}

TEST(EmulatorByteRateTest, BytesLeaveAtTheRateAndAPauseSavesUpLittle) {
  ByteRate rate;
  absl::Time start = absl::FromUnixSeconds(1000);
  absl::Time last = start;
  for (int i = 0; i < 10; ++i) last = rate.Reserve(100, 1000, start);
  EXPECT_EQ(last, start + absl::Milliseconds(900 - 50));
  absl::Time later = start + absl::Hours(1);
  EXPECT_LE(rate.Reserve(1000, 1000, later), later);
  EXPECT_EQ(rate.Reserve(1, 1000, later), later + absl::Milliseconds(950));
  EXPECT_EQ(rate.Reserve(1'000'000, 0, later), later);
}

}  // namespace
}  // namespace annofs::testing
