// The emulator's native API: authorization, buckets, errors, forms of requests.
#include "absl/strings/match.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {
namespace {

class EmulatorApiTest : public EmulatorTest {
 protected:
  HttpAnswer Authorize(int version, std::string user = absl::StrCat(kKeyId, ":", kKeySecret)) {
    return Ask({.url = Url(absl::StrCat("/b2api/v", version, "/b2_authorize_account")),
                .user = std::move(user)});
  }
};

TEST_F(EmulatorApiTest, AuthorizeV1AndV2AreFlat) {
  for (int version : {1, 2}) {
    HttpAnswer answer = Authorize(version);
    EXPECT_EQ(answer.status, 200);
    JsonDocument json = answer.Json();
    JsonValue root = json.root();
    EXPECT_EQ(root.StringOr("accountId", ""), kAccountId);
    EXPECT_EQ(root.StringOr("apiUrl", ""), emulator_->url());
    EXPECT_EQ(root.StringOr("downloadUrl", ""), emulator_->url());
    EXPECT_EQ(root.IntOr("recommendedPartSize", 0), 100'000'000);
    EXPECT_EQ(root.IntOr("absoluteMinimumPartSize", 0), 5'000'000);
    EXPECT_EQ(root.IntOr("minimumPartSize", 0), version == 1 ? 100'000'000 : 0);
    EXPECT_TRUE(root["allowed"]["capabilities"].is_array());
    EXPECT_TRUE(root["allowed"].is_object() && root["allowed"]["bucketId"].is_null());
    EXPECT_TRUE(absl::StartsWith(root.StringOr("authorizationToken", ""), "4_"));
  }
}

TEST_F(EmulatorApiTest, AuthorizeV3NestsTheStorageApi) {
  JsonDocument json = Authorize(3).Json();
  JsonValue storage = json.root()["apiInfo"]["storageApi"];
  EXPECT_EQ(storage.StringOr("apiUrl", ""), emulator_->url());
  EXPECT_EQ(storage.StringOr("infoType", ""), "storageApi");
  EXPECT_TRUE(storage["capabilities"].is_array());
  EXPECT_TRUE(storage["allowed"].is_null());
  EXPECT_TRUE(json.root()["apiUrl"].is_null());
}

TEST_F(EmulatorApiTest, AuthorizeV4HasABucketList) {
  JsonDocument json = Authorize(4).Json();
  JsonValue storage = json.root()["apiInfo"]["storageApi"];
  EXPECT_TRUE(storage["allowed"].is_object());
  EXPECT_TRUE(storage["allowed"]["buckets"].is_null());
  EXPECT_TRUE(storage["allowed"]["capabilities"].is_array());
  EXPECT_TRUE(storage["capabilities"].is_null());
}

TEST_F(EmulatorApiTest, AuthorizeTakesPostWithABody) {
  HttpAnswer answer = Ask({.url = Url("/b2api/v2/b2_authorize_account"),
                           .method = "POST",
                           .body = "{}",
                           .user = absl::StrCat(kKeyId, ":", kKeySecret)});
  EXPECT_EQ(answer.status, 200);
}

TEST_F(EmulatorApiTest, AuthorizeRefusesAWrongKey) {
  for (const std::string& user : {absl::StrCat(kKeyId, ":wrong"), absl::StrCat("x:", kKeySecret)}) {
    HttpAnswer answer = Authorize(2, user);
    EXPECT_EQ(answer.Error(), "401 bad_auth_token");
    EXPECT_TRUE(absl::StrContains(answer.headers["www-authenticate"], "authorize_account"));
  }
  EXPECT_EQ(Authorize(2, "").Error(), "401 bad_auth_token");
}

TEST_F(EmulatorApiTest, CallsWithoutAGoodTokenAreRefused) {
  std::string buckets = absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId);
  EXPECT_EQ(Ask({.url = Url(buckets)}).Error(), "401 bad_auth_token");
  std::string forged = Token();
  forged[forged.size() - 10] ^= 1;
  for (const std::string& token : {std::string("x"), forged, absl::StrCat(Token(), "x")}) {
    HttpAnswer answer =
        Ask({.url = Url(buckets), .headers = {absl::StrCat("Authorization: ", token)}});
    EXPECT_EQ(answer.Error(), "401 bad_auth_token") << token;
  }
}

TEST_F(EmulatorApiTest, ATokenOfAnEarlierRunIsRefused) {
  std::string old = TokenHeader();
  Restart({});
  Token();
  std::string buckets = absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId);
  EXPECT_EQ(Ask({.url = Url(buckets), .headers = {old}}).Error(), "401 bad_auth_token");
}

TEST_F(EmulatorApiTest, ListBucketsFilters) {
  std::string path = absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId);
  auto count = [&](absl::string_view filter) {
    return Get(absl::StrCat(path, filter)).Json().root()["buckets"].size();
  };
  EXPECT_EQ(count(""), 1u);
  EXPECT_EQ(count("&bucketName=photos"), 1u);
  EXPECT_EQ(count("&bucketName=other"), 0u);
  EXPECT_EQ(count(absl::StrCat("&bucketId=", BucketId())), 1u);
  EXPECT_EQ(count("&bucketId=000000000000000000000000"), 0u);
  EXPECT_EQ(count("&bucketTypes=allPublic"), 0u);
  EXPECT_EQ(count("&bucketTypes=allPublic,allPrivate"), 1u);
}

TEST_F(EmulatorApiTest, ABucketHasTheFieldsOfTheService) {
  JsonDocument json = Get(absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId)).Json();
  JsonValue bucket = json.root()["buckets"][0];
  EXPECT_EQ(bucket.StringOr("bucketName", ""), "photos");
  EXPECT_EQ(bucket.StringOr("bucketType", ""), "allPrivate");
  EXPECT_EQ(bucket.StringOr("accountId", ""), kAccountId);
  EXPECT_EQ(bucket.StringOr("bucketId", "").size(), 24u);
  EXPECT_TRUE(bucket["lifecycleRules"].is_array());
}

TEST_F(EmulatorApiTest, PostAndGetMeanTheSame) {
  Write("a.txt", "a");
  std::string id = BucketId();
  HttpAnswer get = Get(absl::StrCat("/b2api/v2/b2_list_file_names?bucketId=", id));
  HttpAnswer post = Post("/b2api/v2/b2_list_file_names",
                         absl::StrCat("{\"bucketId\":\"", id, "\",\"prefix\":null,",
                                      "\"delimiter\":null,\"maxFileCount\":null}"));
  EXPECT_EQ(get.status, 200);
  EXPECT_EQ(get.body, post.body);
}

TEST_F(EmulatorApiTest, PostNeedsNoContentType) {
  HttpAnswer answer = Ask({.url = Url("/b2api/v2/b2_list_buckets"),
                           .method = "POST",
                           .headers = {TokenHeader(), "Content-Type:"},
                           .body = absl::StrCat("{\"accountId\":\"", kAccountId, "\"}")});
  EXPECT_EQ(answer.status, 200);
}

TEST_F(EmulatorApiTest, AbsoluteFormTargetsAreServed) {
  Write("a.txt", "content");
  HttpAnswer answer = Ask(
      {.url = Url("/"), .headers = {TokenHeader()}, .request_target = Url("/file/photos/a.txt")});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "content");
}

TEST_F(EmulatorApiTest, WrongUseHasTheCodesOfTheService) {
  EXPECT_EQ(Get("/b2api/v2/b2_no_such_call").Error(), "400 bad_request");
  EXPECT_EQ(Get("/b2api/v9/b2_list_buckets").Error(), "400 bad_request");
  EXPECT_EQ(Get("/b2api/").Error(), "400 bad_request");
  EXPECT_EQ(Get("/b2api/v2/b2_list_buckets").Error(), "400 bad_request");
  EXPECT_EQ(Get("/b2api/v2/b2_download_file_by_name").Error(), "400 bad_request");
  EXPECT_EQ(Get("/b2api/v2/b2_list_file_names?bucketId=1234567").Error(), "400 bad_bucket_id");
  EXPECT_EQ(Post("/b2api/v2/b2_list_buckets", "{").Error(), "400 bad_json");
  EXPECT_EQ(Post("/b2api/v2/b2_list_buckets", "[1]").Error(), "400 bad_json");
  EXPECT_EQ(Post("/b2api/v2/b2_list_buckets", "{\"accountId\":7}").Error(), "400 bad_request");
  EXPECT_EQ(Get("/b2api/v2/b2_get_file_info?fileId=bad-id").Error(), "400 bad_request");
  EXPECT_EQ(Get("/file/nowhere/a").Error(), "404 not_found");
  EXPECT_EQ(Get("/file/photos/a").Error(), "404 not_found");
  HttpAnswer put = Ask({.url = Url("/file/photos/a"), .method = "PUT", .headers = {TokenHeader()}});
  EXPECT_EQ(put.Error(), "405 method_not_allowed");
}

TEST_F(EmulatorApiTest, ALargeJsonBodyIsRefusedAndAOneMebibyteBodyIsRead) {
  std::string open = absl::StrCat("{\"accountId\":\"", kAccountId, "\",\"x\":\"");
  std::string fits = absl::StrCat(open, std::string((1 << 20) - open.size() - 2, 'x'), "\"}");
  EXPECT_EQ(Post("/b2api/v2/b2_list_buckets", fits).status, 200);
  EXPECT_EQ(Post("/b2api/v2/b2_list_buckets", absl::StrCat(fits, " ")).Error(), "400 bad_request");
}

TEST_F(EmulatorApiTest, AnswersAreJsonWithADate) {
  HttpAnswer answer = Get(absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId));
  EXPECT_EQ(answer.headers["content-type"], "application/json;charset=UTF-8");
  EXPECT_EQ(answer.headers["cache-control"], "max-age=0, no-cache, no-store");
  EXPECT_FALSE(answer.headers["date"].empty());
}

}  // namespace
}  // namespace annofs::testing
