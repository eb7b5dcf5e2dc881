// Downloads of what was uploaded: authorization, overrides, customers' keys, withheld headers
// (reference/b2.md §1.8, §1.13).
#include "absl/strings/escaping.h"
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

struct CustomerKey {
  explicit CustomerKey(char fill) : bytes(32, fill) {}
  std::string Base64() const { return absl::Base64Escape(bytes); }
  std::string Md5() const { return absl::Base64Escape(DigestOf(DigestKind::kMd5, bytes).bytes); }
  std::vector<std::string> Headers() const {
    return {"X-Bz-Server-Side-Encryption-Customer-Algorithm: AES256",
            absl::StrCat("X-Bz-Server-Side-Encryption-Customer-Key: ", Base64()),
            absl::StrCat("X-Bz-Server-Side-Encryption-Customer-Key-Md5: ", Md5())};
  }
  Raw Json() const {
    return Object({{"mode", "SSE-C"},
                   {"algorithm", "AES256"},
                   {"customerKey", Base64()},
                   {"customerKeyMd5", Md5()}});
  }
  std::string bytes;
};

class NativeDownloadTest : public NativeTest {
 protected:
  std::string ById(absl::string_view id) {
    return absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", id);
  }
  HttpAnswer With(absl::string_view token, absl::string_view path) {
    std::vector<std::string> headers;
    if (!token.empty()) headers.push_back(absl::StrCat("Authorization: ", token));
    return Ask({.url = Url(path), .headers = headers});
  }
  std::string DownloadToken(absl::string_view prefix, Fields more = {}) {
    more.insert({{"bucketId", bucket_}, {"fileNamePrefix", prefix}});
    more.insert({"validDurationInSeconds", 60});
    HttpAnswer answer = Call("b2_get_download_authorization", more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return TextIn(answer, "authorizationToken");
  }
};

TEST_F(NativeDownloadTest, RangesByNameAndById) {
  std::string id = Put("a", "0123456789");
  for (const std::string& path : {ById(id), std::string("/file/memory/a")}) {
    HttpAnswer part = Get(path, {"Range: bytes=5-8"});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, "5678");
    EXPECT_EQ(part.headers["content-range"], "bytes 5-8/10");
    EXPECT_EQ(part.headers["x-bz-content-sha1"], Sha1("0123456789"));
    EXPECT_EQ(Get(path, {"Range: bytes=7-"}).body, "789");
    EXPECT_EQ(Get(path, {"Range: bytes=-2"}).body, "89");
    EXPECT_EQ(Get(path, {"Range: bytes=-20"}).body, "0123456789");
    HttpAnswer past = Get(path, {"Range: bytes=0-10"});
    EXPECT_EQ(past.status, 206);
    EXPECT_EQ(past.headers["content-range"], "bytes 0-9/10");
    EXPECT_EQ(Get(path, {"Range: bytes=10-"}).Error(), "416 range_not_satisfiable");
    EXPECT_EQ(Get(path, {"Range: bytes=-0"}).Error(), "416 range_not_satisfiable");
  }
  Put("empty", "");
  EXPECT_EQ(Get("/file/memory/empty", {"Range: bytes=0-0"}).Error(), "416 range_not_satisfiable");
}

TEST_F(NativeDownloadTest, HeadAnswersTheHeadersOfGet) {
  Put("a", "0123456789", {"X-Bz-Info-k: v"});
  HttpAnswer head =
      Ask({.url = Url("/file/memory/a"), .method = "HEAD", .headers = {TokenHeader()}});
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.body.empty());
  EXPECT_EQ(head.headers["content-length"], "10");
  EXPECT_EQ(head.headers["x-bz-info-k"], "v");
  HttpAnswer absent =
      Ask({.url = Url("/file/memory/b"), .method = "HEAD", .headers = {TokenHeader()}});
  EXPECT_EQ(absent.status, 404);
  EXPECT_TRUE(absent.body.empty());
}

TEST_F(NativeDownloadTest, ByIdTakesPostToo) {
  EXPECT_EQ(Call("b2_download_file_by_id", {{"fileId", Put("a", "content")}}).body, "content");
}

TEST_F(NativeDownloadTest, InfosWithTheNameOfAHeaderAreThatHeader) {
  Put("a", "x", {"X-Bz-Info-b2-content-disposition: attachment", "X-Bz-Info-b2-cache-control: no"});
  HttpAnswer answer = Get("/file/memory/a");
  EXPECT_EQ(answer.headers["content-disposition"], "attachment");
  EXPECT_EQ(answer.headers["cache-control"], "no");
  EXPECT_EQ(answer.headers.count("x-bz-info-b2-content-disposition"), 0u);
}

TEST_F(NativeDownloadTest, ParametersOverrideHeaders) {
  Put("a", "x", {"X-Bz-Info-b2-content-language: de"});
  HttpAnswer answer =
      Get("/file/memory/a?b2ContentDisposition=inline%3B+a&b2ContentLanguage=fr&b2Expires=e"
          "&b2CacheControl=c&b2ContentEncoding=gzip&b2ContentType=t%2Fu");
  EXPECT_EQ(answer.headers["content-disposition"], "inline; a");
  EXPECT_EQ(answer.headers["content-language"], "fr");
  EXPECT_EQ(answer.headers["expires"], "e");
  EXPECT_EQ(answer.headers["cache-control"], "c");
  EXPECT_EQ(answer.headers["content-encoding"], "gzip");
  EXPECT_EQ(answer.headers["content-type"], "t/u");
}

TEST_F(NativeDownloadTest, OverridesNeedAToken) {
  std::string open = CreateBucket("open-bucket", {{"bucketType", "allPublic"}});
  PutIn(open, "a", "x");
  EXPECT_EQ(With("", "/file/open-bucket/a?b2ContentType=t").Error(), "401 unauthorized");
  EXPECT_EQ(With(Token(), "/file/open-bucket/a?b2ContentType=t").status, 200);
}

TEST_F(NativeDownloadTest, APrivateBucketNeedsAToken) {
  std::string id = Put("a");
  for (const std::string& path : {ById(id), std::string("/file/memory/a")}) {
    EXPECT_EQ(With("", path).Error(), "401 unauthorized");
    EXPECT_EQ(With("x", path).Error(), "401 bad_auth_token");
    EXPECT_EQ(With("3_x", path).status, 401);
    EXPECT_EQ(
        With("", absl::StrCat(path, path[1] == 'f' ? "?" : "&", "Authorization=", Token())).body,
        "x");
  }
}

TEST_F(NativeDownloadTest, WhoMayNotReadLearnsNotWhetherAFileIsThere) {
  std::string id = Put("a");
  Delete("a", id);
  EXPECT_EQ(With("", ById(id)).Error(), "401 unauthorized");
  EXPECT_EQ(With("", "/file/memory/none").Error(), "401 unauthorized");
}

TEST_F(NativeDownloadTest, APublicBucketNeedsNone) {
  std::string open = CreateBucket("open-bucket", {{"bucketType", "allPublic"}});
  std::string id = PutIn(open, "a", "x");
  EXPECT_EQ(With("", "/file/open-bucket/a").body, "x");
  EXPECT_EQ(With("", ById(id)).body, "x");
  EXPECT_EQ(With("", "/file/open-bucket/b").Error(), "404 not_found");
  Call("b2_update_bucket",
       {{"accountId", kAccountId}, {"bucketId", open}, {"bucketType", "allPrivate"}});
  EXPECT_EQ(With("", "/file/open-bucket/a").Error(), "401 unauthorized");
}

TEST_F(NativeDownloadTest, ADownloadTokenOpensItsPrefixByName) {
  std::string id = Put("in/a", "x");
  Put("out/a");
  std::string token = DownloadToken("in/");
  EXPECT_TRUE(absl::StartsWith(token, "3_"));
  EXPECT_EQ(With(token, "/file/memory/in/a").body, "x");
  EXPECT_EQ(With("", absl::StrCat("/file/memory/in/a?Authorization=", token)).body, "x");
  EXPECT_EQ(With(token, "/file/memory/out/a").Error(), "401 unauthorized");
  EXPECT_EQ(With(token, ById(id)).Error(), "401 unauthorized");
  PutIn(CreateBucket("another"), "in/a", "y");
  EXPECT_EQ(With(token, "/file/another/in/a").Error(), "401 unauthorized");
  EXPECT_EQ(Call("b2_list_file_names", {{"bucketId", bucket_}}, token).Error(),
            "401 bad_auth_token");
}

TEST_F(NativeDownloadTest, ADownloadTokenWithAHeaderMustBeUsedWithIt) {
  Put("a");
  std::string token = DownloadToken("", {{"b2ContentDisposition", "attachment"}});
  EXPECT_EQ(With(token, "/file/memory/a").Error(), "401 unauthorized");
  EXPECT_EQ(With(token, "/file/memory/a?b2ContentDisposition=inline").Error(), "401 unauthorized");
  HttpAnswer answer = With(token, "/file/memory/a?b2ContentDisposition=attachment");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers["content-disposition"], "attachment");
}

TEST_F(NativeDownloadTest, ADownloadTokenHasALife) {
  for (int64_t seconds : {int64_t{0}, int64_t{-1}, int64_t{604'801}}) {
    EXPECT_EQ(
        Call("b2_get_download_authorization",
             {{"bucketId", bucket_}, {"fileNamePrefix", ""}, {"validDurationInSeconds", seconds}})
            .Error(),
        "400 out_of_range");
  }
  EXPECT_EQ(Call("b2_get_download_authorization", {{"bucketId", bucket_}, {"fileNamePrefix", ""}})
                .Error(),
            "400 bad_request");
  Put("a");
  std::string token = DownloadToken("", {{"validDurationInSeconds", 1}});
  EXPECT_EQ(With(token, "/file/memory/a").status, 200);
  absl::SleepFor(absl::Milliseconds(1100));
  EXPECT_EQ(With(token, "/file/memory/a").Error(), "401 expired_auth_token");
}

TEST_F(NativeDownloadTest, AFileOfACustomersKeyNeedsThatKey) {
  CustomerKey key('k');
  std::string id = Put("a", "secret", key.Headers());
  for (const std::string& path : {ById(id), std::string("/file/memory/a")}) {
    HttpAnswer good = Get(path, key.Headers());
    EXPECT_EQ(good.body, "secret");
    EXPECT_EQ(good.headers["x-bz-server-side-encryption-customer-algorithm"], "AES256");
    EXPECT_EQ(good.headers["x-bz-server-side-encryption-customer-key-md5"], key.Md5());
    EXPECT_EQ(Get(path).Error(), "400 bad_request");
    EXPECT_EQ(Get(path, CustomerKey('w').Headers()).Error(), "403 access_denied");
    std::vector<std::string> broken = key.Headers();
    broken.pop_back();
    EXPECT_EQ(Get(path, broken).Error(), "400 bad_request");
  }
  JsonDocument info = Call("b2_get_file_info", {{"fileId", id}}).Json();
  EXPECT_EQ(info.root()["serverSideEncryption"].StringOr("mode", ""), "SSE-C");
}

TEST_F(NativeDownloadTest, TheNeedOfACustomersKeyIsSaidInTheServicesWords) {
  std::string id = Put("a", "secret", CustomerKey('k').Headers());
  constexpr char kWords[] =
      "The object was stored using a form of Server Side Encryption. The correct parameters must "
      "be provided to retrieve the object.";
  EXPECT_EQ(TextIn(Get(ById(id)), "message"), kWords);
  EXPECT_EQ(TextIn(Call("b2_copy_file", {{"sourceFileId", id}, {"fileName", "b"}}), "message"),
            kWords);
}

TEST_F(NativeDownloadTest, CopiesNeedTheCustomersKeyOfTheSource) {
  CustomerKey key('k');
  Fields copy = {{"sourceFileId", Put("a", "secret", key.Headers())}, {"fileName", "b"}};
  EXPECT_EQ(Call("b2_copy_file", copy).Error(), "400 bad_request");
  copy.insert_or_assign("sourceServerSideEncryption", CustomerKey('w').Json());
  EXPECT_EQ(Call("b2_copy_file", copy).Error(), "403 access_denied");
  copy.insert_or_assign("sourceServerSideEncryption", key.Json());
  EXPECT_EQ(Call("b2_copy_file", copy).status, 200);
  EXPECT_EQ(Get("/file/memory/b").body, "secret");
}

TEST_F(NativeDownloadTest, PartsOfACustomersKeyNeedThatKey) {
  CustomerKey key('k');
  std::string large = TextIn(StartLarge("b", {{"serverSideEncryption", key.Json()}}), "fileId");
  auto part = [&](std::vector<std::string> headers) {
    headers.push_back("X-Bz-Part-Number: 1");
    headers.push_back(absl::StrCat("X-Bz-Content-Sha1: ", Sha1("x")));
    return Send(GetPartUrl(large), headers, "x");
  };
  EXPECT_EQ(part({}).Error(), "400 bad_request");
  EXPECT_EQ(part(CustomerKey('w').Headers()).Error(), "403 access_denied");
  EXPECT_EQ(part(key.Headers()).status, 200);
  Fields copy = {{"sourceFileId", Put("a")}, {"largeFileId", large}, {"partNumber", 2}};
  EXPECT_EQ(Call("b2_copy_part", copy).Error(), "400 bad_request");
  copy.insert_or_assign("destinationServerSideEncryption", CustomerKey('w').Json());
  EXPECT_EQ(Call("b2_copy_part", copy).Error(), "403 access_denied");
  copy.insert_or_assign("destinationServerSideEncryption", key.Json());
  EXPECT_EQ(Call("b2_copy_part", copy).status, 200);
}

}  // namespace
}  // namespace annofs::testing
