// Application keys: shapes, restrictions, expiry, what they may grant (reference/b2.md §1.3,
// §1.13).
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

using Strings = std::vector<std::string>;

class NativeKeyTest : public NativeTest {
 protected:
  HttpAnswer AuthorizeAs(const HttpAnswer& key, int version) {
    return Ask({.url = Url(absl::StrCat("/b2api/v", version, "/b2_authorize_account")),
                .user = absl::StrCat(TextIn(key, "applicationKeyId"), ":",
                                     TextIn(key, "applicationKey"))});
  }
  HttpAnswer ListBuckets(absl::string_view token, Fields more = {}) {
    more.insert({"accountId", kAccountId});
    return Call("b2_list_buckets", more, token);
  }
  HttpAnswer DeleteKey(const HttpAnswer& key) {
    return Call("b2_delete_key", {{"applicationKeyId", TextIn(key, "applicationKeyId")}});
  }
  Strings KeyIds(Fields more = {}) {
    more.insert({"accountId", kAccountId});
    JsonDocument json = Call("b2_list_keys", more).Json();
    Strings ids;
    for (size_t i = 0; i < json.root()["keys"].size(); ++i) {
      JsonValue key = json.root()["keys"][i];
      EXPECT_TRUE(key["applicationKey"].is_null()) << "the secret is shown once";
      ids.emplace_back(key.StringOr("applicationKeyId", ""));
    }
    ids.emplace_back(json.root().StringOr("nextApplicationKeyId", "-"));
    return ids;
  }

  std::string other_ = CreateBucket("another");
  const Field files_ = Texts({"listFiles", "readFiles"});
};

TEST_F(NativeKeyTest, AKeyIsShownWithItsSecretOnce) {
  HttpAnswer answer = CreateKey({{"capabilities", files_}, {"namePrefix", "in/"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  JsonDocument json = answer.Json();
  JsonValue key = json.root();
  EXPECT_EQ(key.StringOr("accountId", ""), kAccountId);
  EXPECT_EQ(key.StringOr("applicationKey", "").size(), 31u);
  EXPECT_TRUE(absl::StartsWith(key.StringOr("applicationKey", ""), "K002"));
  EXPECT_EQ(key.StringOr("applicationKeyId", "").size(), 25u);
  EXPECT_TRUE(
      absl::StartsWith(key.StringOr("applicationKeyId", ""), absl::StrCat("002", kAccountId)));
  EXPECT_EQ(key.StringOr("keyName", ""), "test");
  EXPECT_EQ(key.StringOr("namePrefix", ""), "in/");
  EXPECT_EQ(key["capabilities"].size(), 2u);
  EXPECT_EQ(key["options"][0].AsString().value_or(""), "s3");
  EXPECT_TRUE(key["expirationTimestamp"].is_null());
  EXPECT_EQ(KeyIds(), Strings({TextIn(answer, "applicationKeyId"), "-"}));
}

TEST_F(NativeKeyTest, UpToVersion3AKeyNamesOneBucket) {
  for (int version : {1, 2, 3}) {
    HttpAnswer key = CreateKey({{"capabilities", files_}, {"bucketId", bucket_}}, version);
    EXPECT_EQ(TextIn(key, "bucketId"), bucket_);
    EXPECT_TRUE(key.Json().root()["bucketIds"].is_null());
    EXPECT_EQ(
        CreateKey({{"capabilities", files_}, {"bucketIds", Texts({bucket_})}}, version).Error(),
        "400 bad_request");
  }
}

TEST_F(NativeKeyTest, Version4NamesSeveralBuckets) {
  HttpAnswer key =
      CreateKey({{"capabilities", files_}, {"bucketIds", Texts({bucket_, other_})}}, 4);
  ASSERT_EQ(key.status, 200) << key.body;
  JsonDocument json = key.Json();
  ASSERT_EQ(json.root()["bucketIds"].size(), 2u);
  EXPECT_EQ(json.root()["bucketIds"][1].AsString().value_or(""), other_);
  EXPECT_TRUE(json.root()["bucketId"].is_null());
  EXPECT_TRUE(CreateKey({{"capabilities", files_}}, 4).Json().root()["bucketIds"].is_null());
  EXPECT_EQ(CreateKey({{"capabilities", files_}, {"bucketId", bucket_}}, 4).Error(),
            "400 bad_request");
}

TEST_F(NativeKeyTest, AuthorizationTellsTheRestrictionInEachVersionsShape) {
  HttpAnswer key =
      CreateKey({{"capabilities", files_}, {"bucketId", bucket_}, {"namePrefix", "in/"}});
  for (int version : {1, 2, 3, 4}) {
    JsonDocument json = AuthorizeAs(key, version).Json();
    JsonValue storage = json.root()["apiInfo"]["storageApi"];
    JsonValue allowed = version <= 2   ? json.root()["allowed"]
                        : version == 3 ? storage
                                       : storage["allowed"];
    EXPECT_EQ(allowed["capabilities"].size(), 2u) << version;
    EXPECT_EQ(allowed.StringOr("namePrefix", ""), "in/") << version;
    JsonValue bucket = version == 4 ? allowed["buckets"][0] : allowed;
    EXPECT_EQ(bucket.StringOr(version == 4 ? "id" : "bucketId", ""), bucket_) << version;
    EXPECT_EQ(bucket.StringOr(version == 4 ? "name" : "bucketName", ""), "memory") << version;
  }
}

TEST_F(NativeKeyTest, ADeletedBucketHasNoNameInAnAuthorization) {
  HttpAnswer key = CreateKey({{"capabilities", files_}, {"bucketId", other_}});
  Call("b2_delete_bucket", {{"accountId", kAccountId}, {"bucketId", other_}});
  JsonDocument json = AuthorizeAs(key, 4).Json();
  JsonValue bucket = json.root()["apiInfo"]["storageApi"]["allowed"]["buckets"][0];
  EXPECT_EQ(bucket.StringOr("id", ""), other_);
  EXPECT_TRUE(bucket["name"].is_null());
}

TEST_F(NativeKeyTest, AKeyForSeveralBucketsWorksThroughVersion4Alone) {
  HttpAnswer key =
      CreateKey({{"capabilities", files_}, {"bucketIds", Texts({bucket_, other_})}}, 4);
  for (int version : {1, 2, 3}) EXPECT_EQ(AuthorizeAs(key, version).Error(), "401 unsupported");
  std::string token = Authorize(key, 4);
  for (const std::string& bucket : {bucket_, other_}) {
    EXPECT_EQ(Call("b2_list_file_names", {{"bucketId", bucket}}, token).status, 200);
  }
  EXPECT_EQ(Call("b2_list_file_names", {{"bucketId", CreateBucket("third-bucket")}}, token).Error(),
            "401 unauthorized");
}

TEST_F(NativeKeyTest, WrongArgumentsAreRefused) {
  for (const Fields& fields :
       {Fields{}, Fields{{"capabilities", Texts({})}}, Fields{{"capabilities", Texts({"fly"})}},
        Fields{{"capabilities", files_}, {"keyName", ""}},
        Fields{{"capabilities", files_}, {"keyName", "under_score"}},
        Fields{{"capabilities", files_}, {"keyName", std::string(101, 'n')}},
        Fields{{"capabilities", files_}, {"accountId", "000000000000"}}}) {
    EXPECT_EQ(CreateKey(fields).Error(), "400 bad_request") << ToJson(fields);
  }
  EXPECT_EQ(CreateKey({{"capabilities", files_}, {"bucketId", "1234567"}}).Error(),
            "400 bad_bucket_id");
  for (int seconds : {0, -1, 86'400'001}) {
    EXPECT_EQ(CreateKey({{"capabilities", files_}, {"validDurationInSeconds", seconds}}).Error(),
              "400 out_of_range");
  }
}

TEST_F(NativeKeyTest, AKeyForABucketHasNothingOfTheAccount) {
  for (absl::string_view capability :
       {"listKeys", "writeKeys", "deleteKeys", "writeBuckets", "deleteBuckets"}) {
    EXPECT_EQ(CreateKey({{"capabilities", Texts({std::string(capability)})}, {"bucketId", bucket_}})
                  .Error(),
              "400 bad_request")
        << capability;
  }
}

TEST_F(NativeKeyTest, ARestrictedKeyListsItsBucketWhenItNamesIt) {
  std::string token = TokenOfKey({"listBuckets"}, {{"bucketId", bucket_}});
  EXPECT_EQ(ListBuckets(token).Error(), "401 unauthorized");
  EXPECT_EQ(ListBuckets(token, {{"bucketId", other_}}).Error(), "401 unauthorized");
  EXPECT_EQ(ListBuckets(token, {{"bucketName", "another"}}).Error(), "401 unauthorized");
  EXPECT_EQ(ListBuckets(token, {{"bucketId", other_}, {"bucketName", "memory"}})
                .Json()
                .root()["buckets"]
                .size(),
            0u);
  for (const Fields& named : {Fields{{"bucketId", bucket_}}, Fields{{"bucketName", "memory"}}}) {
    JsonDocument json = ListBuckets(token, named).Json();
    ASSERT_EQ(json.root()["buckets"].size(), 1u);
    EXPECT_EQ(json.root()["buckets"][0].StringOr("bucketId", ""), bucket_);
  }
}

TEST_F(NativeKeyTest, AKeyGrantsNoMoreThanItHolds) {
  std::string token = TokenOfKey({"writeKeys", "listFiles"}, {{"namePrefix", "in/"}});
  EXPECT_EQ(CreateKey({{"capabilities", files_}, {"namePrefix", "in/"}}, 2, token).Error(),
            "401 unauthorized");
  Field list = Texts({"listFiles"});
  EXPECT_EQ(CreateKey({{"capabilities", list}}, 2, token).Error(), "401 unauthorized");
  EXPECT_EQ(CreateKey({{"capabilities", list}, {"namePrefix", "out/"}}, 2, token).Error(),
            "401 unauthorized");
  EXPECT_EQ(CreateKey({{"capabilities", list}, {"namePrefix", "in/deep/"}}, 2, token).status, 200);
}

TEST_F(NativeKeyTest, KeysExpireWithTheirTokens) {
  HttpAnswer key = CreateKey({{"capabilities", files_}, {"validDurationInSeconds", 1}});
  EXPECT_GT(key.Json().root().IntOr("expirationTimestamp", 0), 0);
  JsonDocument authorized = AuthorizeAs(key, 4).Json();
  EXPECT_EQ(authorized.root().IntOr("applicationKeyExpirationTimestamp", 0),
            key.Json().root().IntOr("expirationTimestamp", 1));
  std::string token(authorized.root().StringOr("authorizationToken", ""));
  Fields list = {{"bucketId", bucket_}};
  EXPECT_EQ(Call("b2_list_file_names", list, token).status, 200);
  absl::SleepFor(absl::Milliseconds(1100));
  EXPECT_EQ(Call("b2_list_file_names", list, token).status, 401);
  EXPECT_EQ(AuthorizeAs(key, 4).Error(), "401 bad_auth_token");
  EXPECT_EQ(KeyIds(), Strings({"-"}));
}

TEST_F(NativeKeyTest, DeletingAKeyKillsItsTokens) {
  HttpAnswer key = CreateKey({{"capabilities", Texts({"readFiles", "shareFiles", "writeFiles"})}});
  std::string token = Authorize(key);
  UploadUrl upload = GetUploadUrl(bucket_, token);
  Put("a");
  std::string download = TextIn(
      Call("b2_get_download_authorization",
           {{"bucketId", bucket_}, {"fileNamePrefix", ""}, {"validDurationInSeconds", 60}}, token),
      "authorizationToken");
  auto read = [&](absl::string_view with) {
    return Ask({.url = Url("/file/memory/a"), .headers = {absl::StrCat("Authorization: ", with)}});
  };
  EXPECT_EQ(read(token).status, 200);
  EXPECT_EQ(read(download).status, 200);
  HttpAnswer deleted = DeleteKey(key);
  ASSERT_EQ(deleted.status, 200);
  EXPECT_EQ(TextIn(deleted, "applicationKeyId"), TextIn(key, "applicationKeyId"));
  EXPECT_TRUE(deleted.Json().root()["applicationKey"].is_null());
  EXPECT_EQ(read(token).Error(), "401 bad_auth_token");
  EXPECT_EQ(read(download).Error(), "401 bad_auth_token");
  EXPECT_EQ(Send(upload, UploadHeaders("b", "x"), "x").Error(), "401 bad_auth_token");
  EXPECT_EQ(AuthorizeAs(key, 4).Error(), "401 bad_auth_token");
  EXPECT_EQ(DeleteKey(key).Error(), "400 bad_request");
}

TEST_F(NativeKeyTest, KeysAreListedInPages) {
  Strings ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(TextIn(CreateKey({{"capabilities", files_}}), "applicationKeyId"));
  }
  EXPECT_EQ(KeyIds({{"maxKeyCount", 2}}), Strings({ids[0], ids[1], ids[2]}));
  EXPECT_EQ(KeyIds({{"maxKeyCount", 2}, {"startApplicationKeyId", ids[4]}}),
            Strings({ids[4], "-"}));
  EXPECT_EQ(Call("b2_list_keys", {{"accountId", kAccountId}, {"maxKeyCount", 10'001}}).Error(),
            "400 out_of_range");
}

}  // namespace
}  // namespace annofs::testing
