// Parts of the emulator's S3 API without HTTP: routes, operations, and what may be switched.
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "tests/tools/s3_client.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/router.h"
#include "tools/emulator/s3_api.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_operations.h"
#include "tools/emulator/s3_settings.h"

namespace annofs::emulator {
namespace {

using ::annofs::testing::S3Question;
using ::annofs::testing::XmlText;
using ::annofs::testing::XmlTexts;

Request RequestFor(absl::string_view method, absl::string_view target, HeaderList headers = {}) {
  return {.method = std::string(method),
          .target = *ParseTarget(target),
          .headers = std::move(headers),
          .body = {}};
}

TEST(S3RouteTest, WhatNoOtherApiClaimsIsS3s) {
  EXPECT_EQ(RouteOf(RequestFor("GET", "/")).api, Api::kS3);
  EXPECT_EQ(RouteOf(RequestFor("GET", "/bucket/key")).api, Api::kS3);
  EXPECT_EQ(RouteOf(RequestFor("GET", "/file/photos/a")).api, Api::kDownload);
  EXPECT_EQ(RouteOf(RequestFor("GET", "/b2api/v2/b2_list_buckets")).api, Api::kNative);
  EXPECT_EQ(RouteOf(RequestFor("GET", "/__emu/counters")).api, Api::kAdmin);
}

TEST(S3RouteTest, ABucketsOwnHostIsAlwaysS3s) {
  Route route =
      RouteOf(RequestFor("GET", "/file/photos/a", {{"Host", "my-bucket.localhost:8080"}}));
  EXPECT_EQ(route.api, Api::kS3);
  EXPECT_EQ(route.bucket, "my-bucket");
  EXPECT_EQ(route.name, "file/photos/a");
}

TEST(S3RouteTest, APlusInAPathIsAPlus) {
  EXPECT_EQ(RouteOf(RequestFor("GET", "/bucket/a+b%20c")).name, "a+b c");
}

TEST(S3RouteTest, ABrokenEscapeIsNoPlace) {
  EXPECT_FALSE(S3PlaceOf(RequestFor("GET", "/bucket/%zz")).has_value());
}

TEST(S3RouteTest, TheSubjectIsTheKeyOrThePrefix) {
  Request get = RequestFor("GET", "/bucket/dir/key");
  EXPECT_EQ(S3Api::SubjectOf(RouteOf(get), get), "dir/key");
  Request list = RequestFor("GET", "/bucket?prefix=dir%2F");
  EXPECT_EQ(S3Api::SubjectOf(RouteOf(list), list), "dir/");
}

std::string Operation(absl::string_view method, absl::string_view target, HeaderList headers = {}) {
  return RouteOf(RequestFor(method, target, std::move(headers))).operation;
}

TEST(S3OperationTest, RequestsAreToldApart) {
  EXPECT_EQ(Operation("GET", "/"), "s3_list_buckets");
  EXPECT_EQ(Operation("GET", "/b"), "s3_list_objects");
  EXPECT_EQ(Operation("GET", "/b/?list-type=2"), "s3_list_objects_v2");
  EXPECT_EQ(Operation("GET", "/b?versions"), "s3_list_object_versions");
  EXPECT_EQ(Operation("GET", "/b?uploads"), "s3_list_multipart_uploads");
  EXPECT_EQ(Operation("POST", "/b?delete"), "s3_delete_objects");
  EXPECT_EQ(Operation("GET", "/b/k"), "s3_get_object");
  EXPECT_EQ(Operation("HEAD", "/b/k?versionId=1"), "s3_head_object");
  EXPECT_EQ(Operation("PUT", "/b/k"), "s3_put_object");
  EXPECT_EQ(Operation("PUT", "/b/k", {{"X-Amz-Copy-Source", "b/a"}}), "s3_copy_object");
  EXPECT_EQ(Operation("PUT", "/b/k?partNumber=1&uploadId=u"), "s3_upload_part");
  EXPECT_EQ(Operation("PUT", "/b/k?uploadId=u&partNumber=1", {{"x-amz-copy-source", "b/a"}}),
            "s3_upload_part_copy");
  EXPECT_EQ(Operation("GET", "/b/k?uploadId=u"), "s3_list_parts");
  EXPECT_EQ(Operation("POST", "/b/k?uploadId=u"), "s3_complete_multipart_upload");
  EXPECT_EQ(Operation("DELETE", "/b/k?uploadId=u"), "s3_abort_multipart_upload");
  EXPECT_EQ(Operation("GET", "/b?website"), "s3_not_implemented");
  EXPECT_EQ(Operation("PATCH", "/b/k"), "s3_method_not_allowed");
}

TEST(S3SettingsTest, AChangeOnTopOfAnotherIsAborted) {
  Bucket bucket("id", "test-bucket", {}, nullptr);
  BucketSettings one = bucket.settings();
  BucketSettings other = bucket.settings();
  one.type = "allPublic";
  other.has_locks = true;
  EXPECT_TRUE(ChangeSettings(bucket, one).ok());
  S3ErrorInfo error = S3ErrorInfoOf(ChangeSettings(bucket, other));
  EXPECT_EQ(error.code, "OperationAborted");
  EXPECT_EQ(error.http_status, 409);
  EXPECT_EQ(bucket.settings().type, "allPublic");
}

TEST(S3ErrorTest, ErrorsOfTheStoreAreToldInS3sWords) {
  auto code = [](const absl::Status& error) {
    S3ErrorInfo info = S3ErrorInfoOf(error);
    return absl::StrCat(info.http_status, " ", info.code);
  };
  EXPECT_EQ(code(B2Error(400, "cannot_delete_non_empty_bucket", "")), "409 BucketNotEmpty");
  EXPECT_EQ(code(B2Error(400, "too_many_buckets", "")), "400 TooManyBuckets");
  EXPECT_EQ(code(B2Error(403, "storage_cap_exceeded", "")), "403 AccessDenied");
  EXPECT_EQ(code(B2Error(416, "range_not_satisfiable", "")), "416 InvalidRange");
  EXPECT_EQ(code(absl::InternalError("a bug")), "500 InternalError");
}

// The API over a store of its own, with switches.
class S3SwitchesTest : public ::testing::Test {
 protected:
  S3SwitchesTest() { EXPECT_TRUE(store_.Create("test-bucket", {}).ok()); }

  void Set(absl::string_view json) {
    absl::StatusOr<JsonDocument> parsed = JsonDocument::Parse(json);
    ASSERT_TRUE(parsed.ok() && settings_.Change(parsed->root()).ok());
  }

  Reply Answer(const S3Question& question) {
    testing::HttpQuestion http = testing::Signed("http://127.0.0.1:1", question);
    Request request{.method = http.method,
                    .target = *ParseTarget(http.request_target),
                    .headers = {{"Host", "127.0.0.1:1"}},
                    .body = http.body.value_or("")};
    if (http.body) request.headers.emplace_back("Content-Length", absl::StrCat(http.body->size()));
    for (const std::string& header : http.headers) {
      std::pair<std::string, std::string> parts = absl::StrSplit(header, absl::MaxSplits(": ", 1));
      request.headers.push_back(std::move(parts));
    }
    S3Api api({.account = account_,
               .store = store_,
               .clock = clock_,
               .settings = settings_,
               .url = "http://x"});
    return api.Answer(RouteOf(request), request);
  }
  std::string CodeOf(const S3Question& question) {
    return XmlText(std::get<std::string>(Answer(question).body), "Code");
  }

  Account account_{{.id = testing::kKeyId, .secret = testing::kKeySecret}};
  ObjectStore store_{"d2e6b27577ea"};
  EmulatorClock clock_;
  Settings settings_{Switches()};
};

TEST_F(S3SwitchesTest, StrictChecksumsRefuseEveryChecksumHeader) {
  Set(R"({"strictChecksums":true})");
  S3Question put{.method = "PUT", .path = "/test-bucket/a", .body = "hello"};
  EXPECT_EQ(Answer(put).status, 200);
  put.headers = {{"x-amz-checksum-crc32", "NhCmhg=="}};
  Reply reply = Answer(put);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(XmlText(std::get<std::string>(reply.body), "Message"),
            "Unsupported header 'x-amz-checksum-crc32' received for this API call.");
  put.headers = {{"x-amz-sdk-checksum-algorithm", "CRC32"}};
  EXPECT_EQ(CodeOf(put), "InvalidArgument");
  put.headers = {{"x-amz-trailer", "x-amz-checksum-crc32"}};
  EXPECT_EQ(CodeOf(put), "InvalidArgument");
}

TEST_F(S3SwitchesTest, StrictChecksumsRefuseTrailers) {
  Set(R"({"strictChecksums":true})");
  EXPECT_EQ(CodeOf({.method = "PUT",
                    .path = "/test-bucket/a",
                    .headers = {{"x-amz-decoded-content-length", "0"}},
                    .body = "0\r\n\r\n",
                    .payload_hash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}),
            "InvalidArgument");
}

TEST_F(S3SwitchesTest, AReaderMayAskForChecksumsAllTheSame) {
  Set(R"({"strictChecksums":true})");
  Answer({.method = "PUT", .path = "/test-bucket/a", .body = "hello"});
  EXPECT_EQ(
      Answer({.path = "/test-bucket/a", .headers = {{"x-amz-checksum-mode", "ENABLED"}}}).status,
      200);
}

TEST_F(S3SwitchesTest, PagesMayBeShorterThanAskedAndLoseNothing) {
  Set(R"({"shortPages":true})");
  std::vector<std::string> put;
  for (int i = 0; i < 30; ++i) {
    put.push_back(absl::StrFormat("key%02d", i));
    Answer({.method = "PUT", .path = absl::StrCat("/test-bucket/", put.back()), .body = ""});
  }
  std::vector<std::string> listed;
  size_t pages = 0;
  std::string token;
  do {
    S3Question list{.path = "/test-bucket", .query = {{"list-type", "2"}, {"max-keys", "20"}}};
    if (!token.empty()) list.query.emplace_back("continuation-token", token);
    Reply reply = Answer(list);
    const auto& xml = std::get<std::string>(reply.body);
    for (std::string& key : XmlTexts(xml, "Key")) listed.push_back(std::move(key));
    EXPECT_EQ(XmlText(xml, "MaxKeys"), "20");
    token = XmlText(xml, "NextContinuationToken");
  } while (!token.empty() && ++pages < 100);
  EXPECT_EQ(listed, put);
  EXPECT_GT(pages, 0u);
}

TEST_F(S3SwitchesTest, SignersNeedNotKnowOfTheEmulatorsClock) {
  clock_.Advance(absl::Hours(48));
  EXPECT_EQ(Answer({.path = "/test-bucket"}).status, 200);
}

TEST_F(S3SwitchesTest, AKeyThatHasExpiredSignsNothing) {
  KeyPointer key = account_.CreateKey(
      {.name = "short", .capabilities = {"listFiles"}, .expires = clock_.Now() + absl::Hours(1)});
  S3Question list{.path = "/test-bucket", .key = {key->id, key->secret}};
  EXPECT_EQ(Answer(list).status, 200);
  clock_.Advance(absl::Hours(2));
  EXPECT_EQ(CodeOf(list), "InvalidAccessKeyId");
}

TEST_F(S3SwitchesTest, SessionTokensInAnAddressAreRefusedToo) {
  EXPECT_EQ(CodeOf({.path = "/test-bucket", .query = {{"X-Amz-Security-Token", "t"}}}),
            "InvalidToken");
}

}  // namespace
}  // namespace annofs::emulator
