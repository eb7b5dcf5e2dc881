// Uploads in one call: digests, types, infos, tokens (reference/b2.md §1.9).
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

class NativeUploadTest : public NativeTest {
 protected:
  // An upload of "hello" as "a.txt" with these headers besides the name and the type.
  HttpAnswer SendHello(std::vector<std::string> headers, std::string body = "hello") {
    headers.push_back("X-Bz-File-Name: a.txt");
    headers.push_back("Content-Type: b2/x-auto");
    return Send(GetUploadUrl(bucket_), std::move(headers), std::move(body));
  }
  std::string Sha1Header(absl::string_view form) {
    return absl::StrCat("X-Bz-Content-Sha1: ", form);
  }
  std::string Download(absl::string_view name) {
    return Get(absl::StrCat("/file/memory/", PercentEncode(name))).body;
  }
};

TEST_F(NativeUploadTest, AnUploadIsAnsweredWithItsEntry) {
  HttpAnswer answer =
      Upload(bucket_, "dir/a.txt", "hello", {"X-Bz-Info-src_last_modified_millis: 1637248673875"});
  ASSERT_EQ(answer.status, 200) << answer.body;
  JsonDocument json = answer.Json();
  JsonValue entry = json.root();
  EXPECT_EQ(entry.StringOr("action", ""), "upload");
  EXPECT_EQ(entry.StringOr("accountId", ""), kAccountId);
  EXPECT_EQ(entry.StringOr("bucketId", ""), bucket_);
  EXPECT_EQ(entry.StringOr("fileName", ""), "dir/a.txt");
  EXPECT_EQ(entry.IntOr("contentLength", 0), 5);
  EXPECT_EQ(entry.StringOr("contentSha1", ""), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
  EXPECT_EQ(entry.StringOr("contentMd5", ""), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(entry.StringOr("contentType", ""), "text/plain");
  EXPECT_EQ(entry["fileInfo"].StringOr("src_last_modified_millis", ""), "1637248673875");
  EXPECT_TRUE(entry["fileRetention"].BoolOr("isClientAuthorizedToRead", false));
  EXPECT_TRUE(entry["legalHold"]["value"].is_null());
  EXPECT_TRUE(entry["serverSideEncryption"].is_object());
  EXPECT_TRUE(absl::StartsWith(entry.StringOr("fileId", ""), absl::StrCat("4_z", bucket_, "_f1")));
  absl::Duration age = absl::Now() - absl::FromUnixMillis(entry.IntOr("uploadTimestamp", 0));
  EXPECT_LT(absl::AbsDuration(age), absl::Minutes(1));
}

TEST_F(NativeUploadTest, TheSha1MayComeInTheHeaderInEitherCase) {
  std::string upper = absl::AsciiStrToUpper(Sha1("hello"));
  HttpAnswer answer = SendHello({Sha1Header(upper)});
  EXPECT_EQ(TextIn(answer, "contentSha1"), Sha1("hello"));
}

TEST_F(NativeUploadTest, TheSha1MayComeAtTheEndOfTheBody) {
  HttpAnswer answer =
      SendHello({Sha1Header("hex_digits_at_end")}, absl::StrCat("hello", Sha1("hello")));
  EXPECT_EQ(TextIn(answer, "contentSha1"), Sha1("hello"));
  EXPECT_EQ(answer.Json().root().IntOr("contentLength", 0), 5);
  EXPECT_EQ(Download("a.txt"), "hello");
}

TEST_F(NativeUploadTest, ASha1ThatWasNotVerifiedIsMarked) {
  HttpAnswer answer = SendHello({Sha1Header("do_not_verify")});
  EXPECT_EQ(TextIn(answer, "contentSha1"), absl::StrCat("unverified:", Sha1("hello")));
  HttpAnswer download = Get("/file/memory/a.txt");
  EXPECT_EQ(download.headers["x-bz-content-sha1"], absl::StrCat("unverified:", Sha1("hello")));
}

TEST_F(NativeUploadTest, AWrongSha1IsRefusedInEachFormAndNothingIsKept) {
  HttpAnswer header = SendHello({Sha1Header(Sha1("other"))});
  EXPECT_EQ(header.Error(), "400 bad_request");
  EXPECT_EQ(TextIn(header, "message"), "Sha1 did not match data received");
  HttpAnswer end =
      SendHello({Sha1Header("hex_digits_at_end")}, absl::StrCat("hello", Sha1("other")));
  EXPECT_EQ(TextIn(end, "message"), "Sha1 did not match data received");
  EXPECT_EQ(SendHello({Sha1Header("hex_digits_at_end")}, "short").Error(), "400 bad_request");
  EXPECT_EQ(SendHello({Sha1Header("none")}).Error(), "400 bad_request");
  EXPECT_TRUE(Versions().empty());
}

TEST_F(NativeUploadTest, ZeroBytesAreAFile) {
  Put("empty", "");
  Send(GetUploadUrl(bucket_),
       {"X-Bz-File-Name: empty2", "Content-Type: text/plain", Sha1Header("hex_digits_at_end")},
       Sha1(""));
  EXPECT_EQ(Names(), std::vector<std::string>({"upload empty", "upload empty2"}));
  HttpAnswer answer = Get("/file/memory/empty");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers["content-length"], "0");
  EXPECT_EQ(answer.headers["x-bz-content-sha1"], Sha1(""));
}

TEST_F(NativeUploadTest, AnyBytesComeBackAsTheyWere) {
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 251));
  Put("bytes", bytes);
  EXPECT_TRUE(Download("bytes") == bytes);
}

TEST_F(NativeUploadTest, AutomaticTypesFollowTheExtension) {
  auto type = [this](absl::string_view name) {
    return TextIn(Upload(bucket_, name, "x"), "contentType");
  };
  EXPECT_EQ(type("a.jpg"), "image/jpeg");
  EXPECT_EQ(type("a.JSON"), "application/json");
  EXPECT_EQ(type("a.unheard-of"), "application/octet-stream");
  EXPECT_EQ(type("none"), "application/octet-stream");
  EXPECT_EQ(TextIn(Upload(bucket_, "a.jpg", "x", {"Content-Type: my/type"}), "contentType"),
            "my/type");
}

TEST_F(NativeUploadTest, RequiredHeadersAreRequired) {
  std::vector<std::string> all = UploadHeaders("a", "hello");
  for (size_t left_out = 0; left_out < all.size(); ++left_out) {
    std::vector<std::string> headers = all;
    std::string name = headers[left_out].substr(0, headers[left_out].find(':') + 1);
    headers[left_out] = name;  // curl sends no such header
    EXPECT_EQ(Send(GetUploadUrl(bucket_), headers, "hello").Error(), "400 bad_request") << name;
  }
  EXPECT_TRUE(Versions().empty());
}

TEST_F(NativeUploadTest, HeadersThatInfosStandForAreRefused) {
  for (absl::string_view name : {"Content-Disposition", "Content-Encoding", "Content-Language",
                                 "Content-Location", "Content-Range", "Expires"}) {
    HttpAnswer answer = Upload(bucket_, "a", "x", {absl::StrCat(name, ": x")});
    EXPECT_EQ(answer.Error(), "400 bad_request") << name;
  }
}

TEST_F(NativeUploadTest, CustomTimestampsNeedAnEnabledAccount) {
  EXPECT_EQ(Upload(bucket_, "a", "x", {"X-Bz-Custom-Upload-Timestamp: 1"}).Error(),
            "400 custom_timestamp_not_allowed");
  EXPECT_EQ(StartLarge("a", {{"customUploadTimestamp", 1}}).Error(),
            "400 custom_timestamp_not_allowed");
}

TEST_F(NativeUploadTest, HeadersCompareWithoutCase) {
  HttpAnswer answer = Send(GetUploadUrl(bucket_),
                           {"x-bz-file-name: a", "content-type: text/plain",
                            absl::StrCat("x-bz-content-sha1: ", Sha1("x")), "x-bz-info-Key: v"},
                           "x");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.Json().root()["fileInfo"].StringOr("key", ""), "v");
}

TEST_F(NativeUploadTest, ChunkedUploadsAreRefused) {
  HttpAnswer answer = Upload(bucket_, "a", "x", {"Transfer-Encoding: chunked", "Content-Length:"});
  EXPECT_EQ(answer.Error(), "400 bad_request");
  EXPECT_TRUE(Versions().empty());
}

TEST_F(NativeUploadTest, UploadsArePosted) {
  UploadUrl to = GetUploadUrl(bucket_);
  std::vector<std::string> headers = UploadHeaders("a", "");
  headers.push_back(absl::StrCat("Authorization: ", to.token));
  EXPECT_EQ(Ask({.url = to.url, .headers = headers}).Error(), "405 method_not_allowed");
}

TEST_F(NativeUploadTest, AnUploadUrlServesManyUploads) {
  UploadUrl to = GetUploadUrl(bucket_);
  for (absl::string_view name : {"a", "b", "c"}) {
    EXPECT_EQ(Send(to, UploadHeaders(name, "x"), "x").status, 200);
  }
  EXPECT_EQ(Names().size(), 3u);
}

TEST_F(NativeUploadTest, AnUploadTokenIsForItsUrlAlone) {
  UploadUrl to = GetUploadUrl(bucket_);
  UploadUrl other = GetUploadUrl(CreateBucket("another"));
  EXPECT_NE(to.url, other.url);
  EXPECT_EQ(Send({.url = other.url, .token = to.token}, UploadHeaders("a", "x"), "x").Error(),
            "401 bad_auth_token");
  std::string large = StartedLarge("large");
  EXPECT_EQ(Send({.url = GetPartUrl(large).url, .token = to.token},
                 {"X-Bz-Part-Number: 1", Sha1Header(Sha1("x"))}, "x")
                .Error(),
            "401 bad_auth_token");
}

TEST_F(NativeUploadTest, UploadTokensAndAccountTokensAreNotEachOther) {
  UploadUrl to = GetUploadUrl(bucket_);
  EXPECT_EQ(Send({.url = to.url, .token = Token()}, UploadHeaders("a", "x"), "x").Error(),
            "401 bad_auth_token");
  EXPECT_EQ(Call("b2_list_file_names", {{"bucketId", bucket_}}, to.token).Error(),
            "401 bad_auth_token");
  Put("a");
  EXPECT_EQ(
      Ask({.url = Url("/file/memory/a"), .headers = {absl::StrCat("Authorization: ", to.token)}})
          .Error(),
      "401 bad_auth_token");
}

TEST_F(NativeUploadTest, AnUploadIntoADeletedBucketIsRefused) {
  std::string bucket = CreateBucket("short-lived");
  UploadUrl to = GetUploadUrl(bucket);
  ASSERT_EQ(Call("b2_delete_bucket", {{"accountId", kAccountId}, {"bucketId", bucket}}).status,
            200);
  EXPECT_EQ(Send(to, UploadHeaders("a", "x"), "x").Error(), "400 bad_bucket_id");
}

TEST_F(NativeUploadTest, EncryptionIsKeptAndShown) {
  HttpAnswer answer = Upload(bucket_, "a", "x", {"X-Bz-Server-Side-Encryption: AES256"});
  JsonDocument json = answer.Json();
  EXPECT_EQ(json.root()["serverSideEncryption"].StringOr("mode", ""), "SSE-B2");
  EXPECT_EQ(json.root()["serverSideEncryption"].StringOr("algorithm", ""), "AES256");
  EXPECT_EQ(Get("/file/memory/a").headers["x-bz-server-side-encryption"], "AES256");
  EXPECT_EQ(Upload(bucket_, "a", "x", {"X-Bz-Server-Side-Encryption: ROT13"}).Error(),
            "400 bad_request");
}

TEST_F(NativeUploadTest, UploadsInParallelAreAllThere) {
  constexpr int kThreads = 8;
  constexpr int kFiles = 20;
  InParallel(kThreads, [this](int thread) {
    UploadUrl to = GetUploadUrl(bucket_);
    for (int i = 0; i < kFiles; ++i) {
      std::string own = absl::StrCat("own/", thread, "/", i);
      EXPECT_EQ(Send(to, UploadHeaders(own, own), own).status, 200);
      EXPECT_EQ(Send(to, UploadHeaders("shared", own), own).status, 200);
      EXPECT_EQ(Download(own), own);
      EXPECT_GE(Versions().size(), 2u * static_cast<size_t>(i + 1));
    }
  });
  EXPECT_EQ(Names().size(), size_t{kThreads * kFiles + 1});
  EXPECT_EQ(Versions({{"prefix", "shared"}}).size(), size_t{kThreads * kFiles});
}

}  // namespace
}  // namespace annofs::testing
