// Objects at the emulator's S3 endpoint: put, get, copy, delete, and their versions.
#include "gmock/gmock.h"
#include "tests/tools/s3_client.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class S3ObjectTest : public S3Test {
 protected:
  HttpAnswer Copy(absl::string_view source, absl::string_view key, NamesAndValues headers = {}) {
    headers.emplace_back("x-amz-copy-source", source);
    return PutObject(key, "", std::move(headers));
  }
  std::string VersionOf(absl::string_view key) { return Head(key).headers["x-amz-version-id"]; }
};

TEST_F(S3ObjectTest, WhatIsPutIsGot) {
  HttpAnswer put = PutObject("dir/a.txt", "hello", {{"Content-Type", "text/plain"}});
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.headers["etag"], "\"5d41402abc4b2a76b9719d911017c592\"");
  HttpAnswer got = GetObject("dir/a.txt");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.headers["content-type"], "text/plain");
  EXPECT_EQ(got.headers["etag"], put.headers["etag"]);
  EXPECT_EQ(got.headers["x-amz-version-id"], put.headers["x-amz-version-id"]);
  EXPECT_EQ(got.headers["accept-ranges"], "bytes");
  EXPECT_TRUE(absl::EndsWith(got.headers["last-modified"], " GMT"));
}

TEST_F(S3ObjectTest, HeadIsGetWithoutTheBytes) {
  PutObject("a", "hello");
  HttpAnswer head = Head("a");
  EXPECT_EQ(head.headers["content-length"], "5");
  EXPECT_EQ(head.headers["etag"], GetObject("a").headers["etag"]);
  EXPECT_EQ(head.body, "");
}

TEST_F(S3ObjectTest, MetadataComesBack) {
  PutObject("a", "1",
            {{"X-Amz-Meta-Mtime", "1.5"},
             {"Cache-Control", "no-cache"},
             {"Content-Disposition", "attachment"},
             {"Content-Encoding", "gzip"},
             {"Content-Language", "de"},
             {"Expires", "Thu, 01 Dec 2033 16:00:00 GMT"}});
  HttpAnswer head = Head("a");
  EXPECT_EQ(head.headers["x-amz-meta-mtime"], "1.5");
  EXPECT_EQ(head.headers["cache-control"], "no-cache");
  EXPECT_EQ(head.headers["content-disposition"], "attachment");
  EXPECT_EQ(head.headers["content-encoding"], "gzip");
  EXPECT_EQ(head.headers["content-language"], "de");
  EXPECT_EQ(head.headers["expires"], "Thu, 01 Dec 2033 16:00:00 GMT");
}

TEST_F(S3ObjectTest, MetadataIsLimited) {
  EXPECT_EQ(PutObject("a", "1", {{"x-amz-meta-k", std::string(6900, 'v')}}).status, 200);
  EXPECT_EQ(S3ErrorText(PutObject("a", "1", {{"x-amz-meta-k", std::string(7000, 'v')}})),
            "400 MetadataTooLarge");
  EXPECT_EQ(S3ErrorText(PutObject("a", "1",
                                  {{"x-amz-meta-k", std::string(2100, 'v')},
                                   {"x-amz-server-side-encryption", "AES256"}})),
            "400 MetadataTooLarge");
}

TEST_F(S3ObjectTest, KeysAreNotFileNames) {
  const std::vector<std::string> keys = {"dir/", "/", "a//b", "/a", "..", std::string(1024, 'k')};
  for (const std::string& key : keys) {
    ASSERT_EQ(PutObject(key, "x").status, 200) << key;
    EXPECT_EQ(GetObject(key).body, "x") << key;
  }
  EXPECT_EQ(S3ErrorText(PutObject(std::string(1025, 'k'), "x")), "400 KeyTooLongError");
  EXPECT_EQ(S3ErrorText(PutObject("a\x01z", "x")), "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(PutObject("a\xffz", "x")), "400 InvalidArgument");
}

TEST_F(S3ObjectTest, RangesAreServed) {
  PutObject("a", "0123456789");
  auto range = [this](std::string header) { return GetObject("a", {{"Range", header}}); };
  EXPECT_EQ(range("bytes=2-4").status, 206);
  EXPECT_EQ(range("bytes=2-4").body, "234");
  EXPECT_EQ(range("bytes=2-4").headers["content-range"], "bytes 2-4/10");
  EXPECT_EQ(range("bytes=7-").body, "789");
  EXPECT_EQ(range("bytes=-3").body, "789");
  EXPECT_EQ(range("bytes=8-100").body, "89");
  EXPECT_EQ(range("bytes=8-100").headers["content-range"], "bytes 8-9/10");
  EXPECT_EQ(S3ErrorText(range("bytes=10-")), "416 InvalidRange");
  EXPECT_EQ(range("lines=1-2").status, 200);
}

TEST_F(S3ObjectTest, AnEmptyObjectHasNoRange) {
  PutObject("a", "");
  EXPECT_EQ(GetObject("a").status, 200);
  EXPECT_EQ(S3ErrorText(GetObject("a", {{"Range", "bytes=0-"}})), "416 InvalidRange");
}

TEST_F(S3ObjectTest, ConditionsAreKept) {
  PutObject("a", "hello");
  std::string etag = Head("a").headers["etag"];
  std::string before = "Thu, 01 Dec 1994 16:00:00 GMT";
  std::string after = "Thu, 01 Dec 2094 16:00:00 GMT";
  auto status = [this](NamesAndValues headers) { return GetObject("a", headers).status; };
  EXPECT_EQ(status({{"If-Match", etag}}), 200);
  EXPECT_EQ(status({{"If-Match", "*"}}), 200);
  EXPECT_EQ(S3ErrorText(GetObject("a", {{"If-Match", "\"0\""}})), "412 PreconditionFailed");
  EXPECT_EQ(status({{"If-None-Match", "\"0\""}}), 200);
  EXPECT_EQ(status({{"If-None-Match", etag}}), 304);
  EXPECT_EQ(status({{"If-None-Match", absl::StrCat("\"0\", ", etag)}}), 304);
  EXPECT_EQ(status({{"If-Modified-Since", before}}), 200);
  EXPECT_EQ(status({{"If-Modified-Since", after}}), 304);
  EXPECT_EQ(status({{"If-Unmodified-Since", after}}), 200);
  EXPECT_EQ(status({{"If-Unmodified-Since", before}}), 412);
  // An ETag outweighs a date.
  EXPECT_EQ(status({{"If-Match", etag}, {"If-Unmodified-Since", before}}), 200);
  EXPECT_EQ(status({{"If-None-Match", "\"0\""}, {"If-Modified-Since", after}}), 200);
}

TEST_F(S3ObjectTest, NotModifiedHasNoBody) {
  PutObject("a", "hello");
  std::string etag = Head("a").headers["etag"];
  HttpAnswer answer = GetObject("a", {{"If-None-Match", etag}});
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.headers["etag"], etag);
}

TEST_F(S3ObjectTest, ASignedRequestChoosesHeadersOfTheAnswer) {
  PutObject("a", "x", {{"Cache-Control", "no-store"}});
  HttpAnswer answer = GetObject("a", {},
                                {{"response-content-type", "image/x"},
                                 {"response-content-disposition", "attachment; filename=\"b c\""},
                                 {"response-cache-control", "max-age=1"}});
  EXPECT_EQ(answer.headers["content-type"], "image/x");
  EXPECT_EQ(answer.headers["content-disposition"], "attachment; filename=\"b c\"");
  EXPECT_EQ(answer.headers["cache-control"], "max-age=1");
}

TEST_F(S3ObjectTest, TheBodyIsCheckedAgainstItsMd5) {
  EXPECT_EQ(PutObject("a", "x", {{"Content-MD5", Md5Base64("x")}}).status, 200);
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"Content-MD5", Md5Base64("y")}})), "400 BadDigest");
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"Content-MD5", "nonsense"}})), "400 InvalidDigest");
}

TEST_F(S3ObjectTest, ChecksumsAreVerified) {
  // Of "hello": crc32 3610a686.
  EXPECT_EQ(PutObject("a", "hello", {{"x-amz-checksum-crc32", "NhCmhg=="}}).status, 200);
  EXPECT_EQ(S3ErrorText(PutObject("a", "hello", {{"x-amz-checksum-crc32", "AAAAAA=="}})),
            "400 BadDigest");
  EXPECT_EQ(
      PutObject("a", "hello", {{"x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="}}).status,
      200);
  EXPECT_EQ(S3ErrorText(PutObject("a", "hello", {{"x-amz-checksum-crc64nvme", "AAAAAA=="}})),
            "400 InvalidArgument");
}

TEST_F(S3ObjectTest, ATrailersChecksumIsVerified) {
  auto put = [this](absl::string_view checksum) {
    return Send({.method = "PUT",
                 .path = "/test-bucket/trailer",
                 .headers = {{"x-amz-decoded-content-length", "5"},
                             {"x-amz-trailer", "x-amz-checksum-crc32"}},
                 .body = absl::StrCat("2\r\nhe\r\n3\r\nllo\r\n0\r\nx-amz-checksum-crc32:", checksum,
                                      "\r\n\r\n"),
                 .payload_hash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"});
  };
  EXPECT_EQ(put("NhCmhg==").status, 200);
  EXPECT_EQ(GetObject("trailer").body, "hello");
  EXPECT_EQ(S3ErrorText(put("AAAAAA==")), "400 BadDigest");
}

TEST_F(S3ObjectTest, ABodyMustHaveALength) {
  EXPECT_EQ(S3ErrorText(Send({.method = "PUT", .path = "/test-bucket/a"})),
            "411 MissingContentLength");
}

TEST_F(S3ObjectTest, AConditionalPutIsNotImplemented) {
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"If-None-Match", "*"}})), "501 NotImplemented");
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"If-Match", "\"0\""}})), "501 NotImplemented");
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"x-amz-tagging", "a=b"}})), "501 NotImplemented");
}

TEST_F(S3ObjectTest, AnObjectHasTheAclOfItsBucket) {
  EXPECT_EQ(PutObject("a", "x", {{"x-amz-acl", "private"}}).status, 200);
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"x-amz-acl", "public-read"}})), "403 AccessDenied");
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"x-amz-acl", "authenticated-read"}})),
            "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"x-amz-grant-read", "id=1"}})), "501 NotImplemented");
  std::string acl = GetObject("a", {}, {{"acl", ""}}).body;
  EXPECT_THAT(XmlTexts(acl, "Permission"), ElementsAre("FULL_CONTROL"));
  EXPECT_EQ(PutXml("/test-bucket/a", "acl", acl).status, 200);
}

TEST_F(S3ObjectTest, ThereIsOneStorageClass) {
  EXPECT_EQ(PutObject("a", "x", {{"x-amz-storage-class", "STANDARD"}}).status, 200);
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"x-amz-storage-class", "GLACIER"}})),
            "400 InvalidStorageClass");
}

TEST_F(S3ObjectTest, AnObjectUnderACustomersKeyNeedsTheKey) {
  auto key = [](char c) {
    std::string bytes(32, c);
    return NamesAndValues{{"x-amz-server-side-encryption-customer-algorithm", "AES256"},
                          {"x-amz-server-side-encryption-customer-key", absl::Base64Escape(bytes)},
                          {"x-amz-server-side-encryption-customer-key-MD5", Md5Base64(bytes)}};
  };
  ASSERT_EQ(PutObject("a", "secret", key('k')).status, 200);
  EXPECT_EQ(GetObject("a", key('k')).body, "secret");
  EXPECT_EQ(S3ErrorText(GetObject("a")), "400 InvalidRequest");
  EXPECT_EQ(S3ErrorText(GetObject("a", key('w'))), "403 AccessDenied");
}

TEST_F(S3ObjectTest, KeysOfAKeyServiceAreNotOffered) {
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"x-amz-server-side-encryption", "aws:kms"}})),
            "501 NotImplemented");
}

TEST_F(S3ObjectTest, PuttingOverMakesANewVersion) {
  std::string first = PutObject("a", "1").headers["x-amz-version-id"];
  std::string second = PutObject("a", "22").headers["x-amz-version-id"];
  EXPECT_NE(first, second);
  EXPECT_EQ(GetObject("a").body, "22");
  EXPECT_EQ(GetObject("a", {}, {{"versionId", first}}).body, "1");
}

TEST_F(S3ObjectTest, DeletingHidesAndDeletingTheMarkerUnhides) {
  PutObject("a", "1");
  HttpAnswer deleted = DeleteObject("a");
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.headers["x-amz-delete-marker"], "true");
  std::string marker = deleted.headers["x-amz-version-id"];
  HttpAnswer gone = GetObject("a");
  EXPECT_EQ(S3ErrorText(gone), "404 NoSuchKey");
  EXPECT_EQ(gone.headers["x-amz-delete-marker"], "true");
  EXPECT_EQ(Head("a").status, 404);
  EXPECT_EQ(S3ErrorText(GetObject("a", {}, {{"versionId", marker}})), "405 MethodNotAllowed");
  EXPECT_EQ(DeleteObject("a", {{"versionId", marker}}).headers["x-amz-delete-marker"], "true");
  EXPECT_EQ(GetObject("a").body, "1");
}

TEST_F(S3ObjectTest, AVersionIsDeletedForGood) {
  std::string first = PutObject("a", "1").headers["x-amz-version-id"];
  std::string second = PutObject("a", "2").headers["x-amz-version-id"];
  EXPECT_EQ(DeleteObject("a", {{"versionId", second}}).status, 204);
  EXPECT_EQ(GetObject("a").body, "1");
  EXPECT_EQ(S3ErrorText(GetObject("a", {}, {{"versionId", second}})), "404 NoSuchVersion");
  EXPECT_EQ(DeleteObject("a", {{"versionId", second}}).status, 204);
  EXPECT_EQ(S3ErrorText(GetObject("other", {}, {{"versionId", first}})), "404 NoSuchVersion");
  EXPECT_EQ(S3ErrorText(GetObject("a", {}, {{"versionId", "null"}})), "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(DeleteObject("a", {{"versionId", "x"}})), "400 InvalidArgument");
}

TEST_F(S3ObjectTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(S3ErrorText(GetObject("none")), "404 NoSuchKey");
  EXPECT_EQ(Head("none").status, 404);
}

TEST_F(S3ObjectTest, ACopyHasTheBytesAndTheMetadata) {
  PutObject("a b+ü", "hello", {{"x-amz-meta-k", "v"}, {"Content-Type", "text/x"}});
  HttpAnswer copied = Copy(SigV4Escape("test-bucket/a b+ü"), "copy");
  EXPECT_EQ(copied.status, 200);
  EXPECT_EQ(XmlText(copied.body, "ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_EQ(copied.headers["x-amz-copy-source-version-id"], VersionOf("a b+ü"));
  EXPECT_EQ(copied.headers["x-amz-version-id"], VersionOf("copy"));
  HttpAnswer got = GetObject("copy");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.headers["x-amz-meta-k"], "v");
  EXPECT_EQ(got.headers["content-type"], "text/x");
}

TEST_F(S3ObjectTest, ACopyMayHaveOtherMetadata) {
  PutObject("a", "hello", {{"x-amz-meta-k", "v"}});
  Copy("/test-bucket/a", "a",
       {{"x-amz-metadata-directive", "REPLACE"}, {"x-amz-meta-n", "w"}, {"Content-Type", "t/y"}});
  HttpAnswer got = GetObject("a");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.headers.count("x-amz-meta-k"), 0u);
  EXPECT_EQ(got.headers["x-amz-meta-n"], "w");
  EXPECT_EQ(got.headers["content-type"], "t/y");
}

TEST_F(S3ObjectTest, ACopyMayBeOfAnOldVersionOrOfAFileOfADirectory) {
  std::string first = PutObject("a", "1").headers["x-amz-version-id"];
  PutObject("a", "2");
  EXPECT_EQ(Copy(absl::StrCat("test-bucket/a?versionId=", first), "a").status, 200);
  EXPECT_EQ(GetObject("a").body, "1");
  Write("file.txt", "of a directory");
  EXPECT_EQ(Copy("photos/file.txt", "b").status, 200);
  EXPECT_EQ(GetObject("b").body, "of a directory");
}

TEST_F(S3ObjectTest, CopiesAreRefusedForAReason) {
  PutObject("a", "hello");
  std::string etag = Head("a").headers["etag"];
  EXPECT_EQ(S3ErrorText(Copy("/test-bucket/a", "a")), "400 InvalidRequest");
  EXPECT_EQ(S3ErrorText(Copy("/test-bucket/none", "b")), "404 NoSuchKey");
  EXPECT_EQ(S3ErrorText(Copy("/no-such-bucket/a", "b")), "404 NoSuchBucket");
  EXPECT_EQ(S3ErrorText(Copy("test-bucket", "b")), "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(Copy("test-bucket/a", "b", {{"x-amz-copy-source-if-match", "\"0\""}})),
            "412 PreconditionFailed");
  EXPECT_EQ(S3ErrorText(Copy("test-bucket/a", "b", {{"x-amz-copy-source-if-none-match", etag}})),
            "412 PreconditionFailed");
  EXPECT_EQ(Copy("test-bucket/a", "b", {{"x-amz-copy-source-if-match", etag}}).status, 200);
  EXPECT_EQ(S3ErrorText(Copy("test-bucket/a", "b", {{"x-amz-metadata-directive", "MERGE"}})),
            "400 InvalidArgument");
}

TEST_F(S3ObjectTest, ManyAreDeletedAtOnce) {
  PutObject("a&b", "1");
  std::string version = PutObject("c", "2").headers["x-amz-version-id"];
  HttpAnswer answer = DeleteMany(absl::StrCat(
      "<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key><VersionId>", version,
      "</VersionId></Object><Object><Key>d</Key><VersionId>bad</VersionId>", "</Object></Delete>"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(XmlTexts(answer.body, "Key"), ElementsAre("a&b", "c", "d"));
  EXPECT_THAT(XmlTexts(answer.body, "Code"), ElementsAre("InvalidArgument"));
  EXPECT_EQ(XmlTexts(answer.body, "DeleteMarkerVersionId").size(), 1u);
  EXPECT_EQ(Head("a&b").status, 404);
  EXPECT_EQ(S3ErrorText(GetObject("c", {}, {{"versionId", version}})), "404 NoSuchVersion");
}

TEST_F(S3ObjectTest, AQuietDeletionNamesErrorsAlone) {
  HttpAnswer answer = DeleteMany(
      "<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object>"
      "<Object><Key>b</Key><VersionId>bad</VersionId></Object></Delete>");
  EXPECT_THAT(XmlTexts(answer.body, "Deleted"), IsEmpty());
  EXPECT_THAT(XmlTexts(answer.body, "Key"), ElementsAre("b"));
}

TEST_F(S3ObjectTest, DeletingManyNeedsAProofOfTheBody) {
  std::string xml = "<Delete><Object><Key>a</Key></Object></Delete>";
  S3Question question{
      .method = "POST", .path = "/test-bucket", .query = {{"delete", ""}}, .body = xml};
  EXPECT_EQ(S3ErrorText(Send(question)), "400 InvalidRequest");
  question.headers = {{"x-amz-checksum-sha256", absl::Base64Escape(Sha256Bytes(xml))}};
  EXPECT_EQ(Send(question).status, 200);
  EXPECT_EQ(S3ErrorText(DeleteMany("<Delete/>")), "400 MalformedXML");
}

TEST_F(S3ObjectTest, AThousandAndNoMoreAreDeletedAtOnce) {
  std::string objects;
  for (int i = 0; i < 1000; ++i) {
    absl::StrAppend(&objects, "<Object><Key>", std::string(1000, 'k'), i, "</Key></Object>");
  }
  HttpAnswer answer = DeleteMany(absl::StrCat("<Delete>", objects, "</Delete>"));
  EXPECT_EQ(XmlTexts(answer.body, "Deleted").size(), 1000u);
  absl::StrAppend(&objects, "<Object><Key>k</Key></Object>");
  EXPECT_EQ(S3ErrorText(DeleteMany(absl::StrCat("<Delete>", objects, "</Delete>"))),
            "400 MalformedXML");
}

}  // namespace
}  // namespace annofs::testing
