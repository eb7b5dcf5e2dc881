// Restricted keys at the emulator's S3 endpoint, and objects that one API writes and the other
// reads.
#include "gmock/gmock.h"
#include "tests/tools/s3_client.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

class S3AccessTest : public S3Test {
 protected:
  S3AccessTest() {
    PutObject("a", "1");
    PutObject("in/a", "2");
    Write("photo", "3");
  }

  // With the content "from b2" and the type "text/x".
  HttpAnswer UploadNatively(absl::string_view name, std::vector<std::string> headers) {
    HttpAnswer url = Post("/b2api/v2/b2_get_upload_url",
                          absl::StrCat("{\"bucketId\":\"", BucketIdOf("test-bucket"), "\"}"));
    JsonDocument json = url.Json();
    headers.push_back(
        absl::StrCat("Authorization: ", json.root().StringOr("authorizationToken", "")));
    headers.push_back(absl::StrCat("X-Bz-File-Name: ", name));
    headers.push_back("Content-Type: text/x");
    headers.push_back("X-Bz-Content-Sha1: do_not_verify");
    return Ask({.url = std::string(json.root().StringOr("uploadUrl", "")),
                .method = "POST",
                .headers = std::move(headers),
                .body = "from b2"});
  }

  std::string As(const S3Key& key, S3Question question) {
    question.key = key;
    HttpAnswer answer = Send(std::move(question));
    if (answer.status < 300) return "ok";
    return answer.body.empty() ? absl::StrCat(answer.status) : S3ErrorText(answer);
  }
};

TEST_F(S3AccessTest, ListingBucketsNeedsItsCapability) {
  EXPECT_EQ(As(NewKey("\"listBuckets\",\"listFiles\",\"readFiles\""), {}), "403 AccessDenied");
  EXPECT_EQ(As(NewKey("\"listAllBucketNames\""), {}), "ok");
}

TEST_F(S3AccessTest, HeadBucketNeedsListBuckets) {
  S3Question head{.method = "HEAD", .path = "/test-bucket"};
  EXPECT_EQ(As(NewKey("\"listFiles\",\"readFiles\""), head), "403");
  EXPECT_EQ(As(NewKey("\"listBuckets\""), head), "ok");
}

TEST_F(S3AccessTest, EachOperationNeedsItsCapability) {
  S3Key reader = NewKey("\"readFiles\"");
  S3Key lister = NewKey("\"listFiles\"");
  S3Key writer = NewKey("\"writeFiles\"");
  S3Key deleter = NewKey("\"writeFiles\",\"deleteFiles\"");
  S3Question get{.path = "/test-bucket/a"};
  S3Question list{.path = "/test-bucket"};
  S3Question put{.method = "PUT", .path = "/test-bucket/b", .body = "x"};
  S3Question remove{.method = "DELETE", .path = "/test-bucket/b"};
  EXPECT_EQ(As(reader, get), "ok");
  EXPECT_EQ(As(lister, get), "403 AccessDenied");
  EXPECT_EQ(As(lister, list), "ok");
  EXPECT_EQ(As(reader, list), "403 AccessDenied");
  EXPECT_EQ(As(writer, put), "ok");
  EXPECT_EQ(As(reader, put), "403 AccessDenied");
  EXPECT_EQ(As(deleter, remove), "ok");
  EXPECT_EQ(As(writer, remove), "403 AccessDenied");
  EXPECT_EQ(As(writer, {.method = "PUT", .path = "/bucket-new", .body = ""}), "403 AccessDenied");
}

TEST_F(S3AccessTest, AKeyForOneBucketIsToldNothingOfOthers) {
  S3Key key = NewKey("\"listBuckets\",\"listFiles\",\"readFiles\",\"writeFiles\"",
                     absl::StrCat(",\"bucketId\":\"", BucketIdOf("test-bucket"), "\""));
  EXPECT_EQ(As(key, {.path = "/test-bucket/a"}), "ok");
  EXPECT_EQ(As(key, {.path = "/photos/photo"}), "403 AccessDenied");
  EXPECT_EQ(As(key, {.path = "/no-such-bucket/a"}), "403 AccessDenied");
  EXPECT_EQ(As(key, {.method = "PUT",
                     .path = "/test-bucket/copy",
                     .headers = {{"x-amz-copy-source", "photos/photo"}},
                     .body = ""}),
            "403 AccessDenied");
}

TEST_F(S3AccessTest, AKeyForAPrefixStaysBelowIt) {
  S3Key key = NewKey(
      "\"listFiles\",\"readFiles\",\"writeFiles\",\"deleteFiles\"",
      absl::StrCat(",\"bucketId\":\"", BucketIdOf("test-bucket"), "\",\"namePrefix\":\"in/\""));
  EXPECT_EQ(As(key, {.path = "/test-bucket/in/a"}), "ok");
  EXPECT_EQ(As(key, {.path = "/test-bucket/a"}), "403 AccessDenied");
  EXPECT_EQ(As(key, {.path = "/test-bucket"}), "403 AccessDenied");
  EXPECT_EQ(As(key, {.path = "/test-bucket", .query = {{"prefix", "i"}}}), "403 AccessDenied");
  EXPECT_EQ(As(key, {.path = "/test-bucket", .query = {{"prefix", "in/"}}}), "ok");
  EXPECT_EQ(As(key, {.path = "/test-bucket", .query = {{"versions", ""}}}), "403 AccessDenied");
  EXPECT_EQ(As(key, {.method = "PUT", .path = "/test-bucket/b", .body = "x"}), "403 AccessDenied");
  EXPECT_EQ(As(key, {.method = "PUT",
                     .path = "/test-bucket/in/copy",
                     .headers = {{"x-amz-copy-source", "test-bucket/a"}},
                     .body = ""}),
            "403 AccessDenied");
}

TEST_F(S3AccessTest, DeletingManyStaysBelowThePrefixToo) {
  S3Key key = NewKey(
      "\"writeFiles\",\"deleteFiles\"",
      absl::StrCat(",\"bucketId\":\"", BucketIdOf("test-bucket"), "\",\"namePrefix\":\"in/\""));
  HttpAnswer answer = DeleteMany(
      "<Delete><Object><Key>in/a</Key></Object><Object><Key>a</Key></Object></Delete>", key);
  EXPECT_THAT(XmlTexts(answer.body, "Code"), ElementsAre("AccessDenied"));
  EXPECT_EQ(Head("a").status, 200);
  EXPECT_EQ(Head("in/a").status, 404);
}

TEST_F(S3AccessTest, AKeyThatIsDeletedSignsNothingMore) {
  S3Key key = NewKey("\"readFiles\"");
  Post("/b2api/v2/b2_delete_key", absl::StrCat("{\"applicationKeyId\":\"", key.id, "\"}"));
  EXPECT_EQ(As(key, {.path = "/test-bucket/a"}), "403 InvalidAccessKeyId");
}

TEST_F(S3AccessTest, WhatS3WritesTheNativeApiReads) {
  HttpAnswer put = PutObject("shared ü", "hello",
                             {{"x-amz-meta-src_last_modified_millis", "1700000000000"},
                              {"x-amz-meta-Color", "blue"},
                              {"Cache-Control", "no-cache"},
                              {"Content-Type", "text/plain"}});
  HttpAnswer info = Post("/b2api/v2/b2_get_file_info",
                         absl::StrCat("{\"fileId\":\"", put.headers["x-amz-version-id"], "\"}"));
  JsonDocument json = info.Json();
  EXPECT_EQ(json.root().StringOr("fileName", ""), "shared ü");
  EXPECT_EQ(json.root().StringOr("contentSha1", ""), DigestOf(DigestKind::kSha1, "hello").Hex());
  EXPECT_EQ(json.root().StringOr("contentMd5", ""), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(json.root()["fileInfo"].StringOr("color", ""), "blue");
  EXPECT_EQ(json.root()["fileInfo"].StringOr("src_last_modified_millis", ""), "1700000000000");
  EXPECT_EQ(json.root()["fileInfo"].StringOr("b2-cache-control", ""), "no-cache");
  EXPECT_EQ(Get(absl::StrCat("/file/test-bucket/", PercentEncode("shared ü"))).body, "hello");
}

TEST_F(S3AccessTest, MetadataThatNoHeaderCanCarryIsCounted) {
  HttpAnswer upload = UploadNatively("native", {"X-Bz-Info-lines: a%0D%0Ab", "X-Bz-Info-k: v"});
  ASSERT_EQ(upload.status, 200) << upload.body;
  HttpAnswer got = GetObject("native");
  EXPECT_EQ(got.headers["x-amz-meta-k"], "v");
  EXPECT_EQ(got.headers.count("x-amz-meta-lines"), 0u);
  EXPECT_EQ(got.headers["x-amz-missing-meta"], "1");
}

TEST_F(S3AccessTest, WhatTheNativeApiWritesS3Reads) {
  HttpAnswer upload =
      UploadNatively("native", {"X-Bz-Info-Color: red", "X-Bz-Info-b2-content-language: de"});
  ASSERT_EQ(upload.status, 200) << upload.body;
  HttpAnswer got = GetObject("native");
  EXPECT_EQ(got.body, "from b2");
  EXPECT_EQ(got.headers["x-amz-meta-color"], "red");
  EXPECT_EQ(got.headers["content-language"], "de");
  EXPECT_EQ(got.headers["content-type"], "text/x");
  EXPECT_EQ(got.headers["x-amz-version-id"], upload.Json().root().StringOr("fileId", ""));
  EXPECT_EQ(got.headers["etag"],
            absl::StrCat("\"", DigestOf(DigestKind::kMd5, "from b2").Hex(), "\""));
}

TEST_F(S3AccessTest, HidingAndDeletingAreOneThingForBoth) {
  Post("/b2api/v2/b2_hide_file",
       absl::StrCat("{\"bucketId\":\"", BucketIdOf("test-bucket"), "\",\"fileName\":\"a\"}"));
  EXPECT_EQ(GetObject("a").headers["x-amz-delete-marker"], "true");
  DeleteObject("in/a");
  EXPECT_EQ(Get("/file/test-bucket/in/a").Error(), "404 not_found");
}

TEST_F(S3AccessTest, TheTimeOfAFileOfADirectoryIsMetadata) {
  HttpAnswer head = Send({.method = "HEAD", .path = "/photos/photo"});
  EXPECT_EQ(head.headers["x-amz-meta-src_last_modified_millis"].size(), 13u);
}

}  // namespace
}  // namespace annofs::testing
