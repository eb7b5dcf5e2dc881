// Multipart uploads at the emulator's S3 endpoint.
#include "gmock/gmock.h"
#include "tests/tools/s3_client.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr size_t kSmallestPart = 5'000'000;

class S3MultipartTest : public S3Test {
 protected:
  std::string Create(absl::string_view key, NamesAndValues headers = {}) {
    HttpAnswer answer = Send({.method = "POST",
                              .path = absl::StrCat("/test-bucket/", key),
                              .query = {{"uploads", ""}},
                              .headers = std::move(headers),
                              .body = ""});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return XmlText(answer.body, "UploadId");
  }
  HttpAnswer PutPart(absl::string_view key, absl::string_view upload, absl::string_view number,
                     std::string body, NamesAndValues headers = {}) {
    return Send({.method = "PUT",
                 .path = absl::StrCat("/test-bucket/", key),
                 .query = {{"partNumber", std::string(number)}, {"uploadId", std::string(upload)}},
                 .headers = std::move(headers),
                 .body = std::move(body)});
  }
  HttpAnswer Complete(absl::string_view key, absl::string_view upload,
                      const NamesAndValues& parts) {
    std::string xml = "<CompleteMultipartUpload>";
    for (const auto& [number, etag] : parts) {
      absl::StrAppend(&xml, "<Part><PartNumber>", number, "</PartNumber><ETag>", etag,
                      "</ETag></Part>");
    }
    absl::StrAppend(&xml, "</CompleteMultipartUpload>");
    return Send({.method = "POST",
                 .path = absl::StrCat("/test-bucket/", key),
                 .query = {{"uploadId", std::string(upload)}},
                 .body = xml});
  }
  HttpAnswer Abort(absl::string_view key, absl::string_view upload) {
    return DeleteObject(key, {{"uploadId", std::string(upload)}});
  }
};

TEST_F(S3MultipartTest, PartsBecomeOneObject) {
  std::string upload = Create("big", {{"x-amz-meta-k", "v"}, {"Content-Type", "t/x"}});
  std::string first(kSmallestPart, 'a');
  std::string etag1 = PutPart("big", upload, "1", first).headers["etag"];
  std::string etag2 = PutPart("big", upload, "3", "end").headers["etag"];
  EXPECT_EQ(Head("big").status, 404);
  HttpAnswer answer = Complete("big", upload, {{"1", etag1}, {"3", etag2}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  std::string md5s =
      DigestOf(DigestKind::kMd5, first).bytes + DigestOf(DigestKind::kMd5, "end").bytes;
  std::string etag = absl::StrCat("\"", DigestOf(DigestKind::kMd5, md5s).Hex(), "-2\"");
  EXPECT_EQ(XmlText(answer.body, "ETag"), etag);
  EXPECT_EQ(XmlText(answer.body, "Key"), "big");
  HttpAnswer got = GetObject("big");
  EXPECT_EQ(got.body, first + "end");
  EXPECT_EQ(got.headers["etag"], etag);
  EXPECT_EQ(got.headers["x-amz-meta-k"], "v");
  EXPECT_EQ(got.headers["content-type"], "t/x");
  EXPECT_EQ(got.headers["x-amz-version-id"], answer.headers["x-amz-version-id"]);
}

TEST_F(S3MultipartTest, OneSmallPartIsEnough) {
  std::string upload = Create("one");
  std::string etag = PutPart("one", upload, "1", "x").headers["etag"];
  EXPECT_EQ(Complete("one", upload, {{"1", etag}}).status, 200);
  EXPECT_EQ(GetObject("one").body, "x");
  EXPECT_EQ(S3ErrorText(Complete("one", upload, {{"1", etag}})), "404 NoSuchUpload");
}

TEST_F(S3MultipartTest, WrongListsOfPartsAreRefused) {
  std::string upload = Create("k");
  std::string etag1 = PutPart("k", upload, "1", "small").headers["etag"];
  std::string etag2 = PutPart("k", upload, "2", "last").headers["etag"];
  EXPECT_EQ(S3ErrorText(Complete("k", upload, {{"1", etag1}, {"2", etag2}})), "400 EntityTooSmall");
  EXPECT_EQ(S3ErrorText(Complete("k", upload, {{"2", etag2}, {"1", etag1}})),
            "400 InvalidPartOrder");
  EXPECT_EQ(S3ErrorText(Complete("k", upload, {{"1", etag2}})), "400 InvalidPart");
  EXPECT_EQ(S3ErrorText(Complete("k", upload, {{"7", etag2}})), "400 InvalidPart");
  EXPECT_EQ(S3ErrorText(Complete("k", upload, {})), "400 MalformedXML");
  EXPECT_EQ(S3ErrorText(Complete("k", upload, {{"x", etag1}})), "400 MalformedXML");
  EXPECT_EQ(Complete("k", upload, {{"2", etag2}}).status, 200);
}

TEST_F(S3MultipartTest, PartNumbersAreChecked) {
  std::string upload = Create("k");
  for (std::string number : {"0", "10001", "-1", "x"}) {
    EXPECT_EQ(S3ErrorText(PutPart("k", upload, number, "x")), "400 InvalidArgument") << number;
  }
  EXPECT_EQ(PutPart("k", upload, "10000", "x").status, 200);
}

TEST_F(S3MultipartTest, APartIsCheckedAgainstItsMd5) {
  std::string upload = Create("k");
  EXPECT_EQ(S3ErrorText(PutPart("k", upload, "1", "x", {{"Content-MD5", Md5Base64("y")}})),
            "400 BadDigest");
}

TEST_F(S3MultipartTest, UploadsThatAreNotThereAreNotFound) {
  std::string upload = Create("k");
  EXPECT_EQ(S3ErrorText(PutPart("k", "nonsense", "1", "x")), "404 NoSuchUpload");
  EXPECT_EQ(S3ErrorText(PutPart("other", upload, "1", "x")), "404 NoSuchUpload");
  EXPECT_EQ(Abort("k", upload).status, 204);
  EXPECT_EQ(S3ErrorText(Abort("k", upload)), "404 NoSuchUpload");
  EXPECT_EQ(S3ErrorText(PutPart("k", upload, "1", "x")), "404 NoSuchUpload");
  EXPECT_EQ(S3ErrorText(GetObject("k", {}, {{"uploadId", upload}})), "404 NoSuchUpload");
}

TEST_F(S3MultipartTest, PartsAreListedInPages) {
  std::string upload = Create("k");
  for (std::string number : {"1", "2", "5"}) PutPart("k", upload, number, number);
  PutPart("k", upload, "2", "again");
  HttpAnswer all = GetObject("k", {}, {{"uploadId", upload}});
  EXPECT_THAT(XmlTexts(all.body, "PartNumber"), ElementsAre("1", "2", "5"));
  EXPECT_THAT(XmlTexts(all.body, "Size"), ElementsAre("1", "5", "1"));
  EXPECT_EQ(XmlText(all.body, "IsTruncated"), "false");
  HttpAnswer first = GetObject("k", {}, {{"uploadId", upload}, {"max-parts", "2"}});
  EXPECT_EQ(XmlText(first.body, "IsTruncated"), "true");
  EXPECT_EQ(XmlText(first.body, "NextPartNumberMarker"), "2");
  HttpAnswer second = GetObject("k", {}, {{"uploadId", upload}, {"part-number-marker", "2"}});
  EXPECT_THAT(XmlTexts(second.body, "PartNumber"), ElementsAre("5"));
}

TEST_F(S3MultipartTest, UploadsAreListedInPages) {
  std::vector<std::string> uploads = {Create("a/1"), Create("a/2"), Create("b"), Create("b"),
                                      Create("c")};
  auto ids = [this](NamesAndValues query) {
    query.emplace_back("uploads", "");
    return XmlTexts(ListBucket(query).body, "UploadId");
  };
  EXPECT_EQ(ids({}), uploads);
  EXPECT_THAT(ids({{"prefix", "a/"}}), ElementsAre(uploads[0], uploads[1]));
  EXPECT_THAT(ids({{"key-marker", "b"}}), ElementsAre(uploads[4]));
  EXPECT_THAT(ids({{"key-marker", "b"}, {"upload-id-marker", uploads[2]}}),
              ElementsAre(uploads[3], uploads[4]));
  std::string xml = ListBucket({{"uploads", ""}, {"delimiter", "/"}, {"max-uploads", "2"}}).body;
  EXPECT_EQ(XmlText(XmlText(xml, "CommonPrefixes"), "Prefix"), "a/");
  EXPECT_EQ(XmlText(xml, "NextKeyMarker"), "b");
  EXPECT_EQ(XmlText(xml, "NextUploadIdMarker"), uploads[2]);
  for (size_t i = 0; i < uploads.size(); ++i) {
    Abort(std::vector<std::string>{"a/1", "a/2", "b", "b", "c"}[i], uploads[i]);
  }
  EXPECT_THAT(ids({}), IsEmpty());
}

TEST_F(S3MultipartTest, APartMayBeCopied) {
  Write("source", "0123456789");
  std::string upload = Create("k");
  auto copy = [&](std::string range) {
    return PutPart("k", upload, "1", "",
                   {{"x-amz-copy-source", "photos/source"}, {"x-amz-copy-source-range", range}});
  };
  EXPECT_EQ(S3ErrorText(copy("bytes=5-10")), "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(copy("5-6")), "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(copy("bytes=6-5")), "400 InvalidArgument");
  HttpAnswer answer = copy("bytes=2-4");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(Complete("k", upload, {{"1", XmlText(answer.body, "ETag")}}).status, 200);
  EXPECT_EQ(GetObject("k").body, "234");
}

TEST_F(S3MultipartTest, AnUploadIsTheNativeApisLargeFile) {
  std::string upload = Create("shared");
  HttpAnswer native = Post("/b2api/v2/b2_list_unfinished_large_files",
                           absl::StrCat("{\"bucketId\":\"", BucketIdOf("test-bucket"), "\"}"));
  EXPECT_EQ(native.Json().root()["files"][0].StringOr("fileId", ""), upload);
  EXPECT_EQ(
      Post("/b2api/v2/b2_cancel_large_file", absl::StrCat("{\"fileId\":\"", upload, "\"}")).status,
      200);
  EXPECT_EQ(S3ErrorText(PutPart("shared", upload, "1", "x")), "404 NoSuchUpload");
}

}  // namespace
}  // namespace annofs::testing
