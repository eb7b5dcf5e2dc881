// What the switches change about the native API (reference/b2.md §9).
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

using Strings = std::vector<std::string>;

class NativeSwitchTest : public NativeTest {
 protected:
  void Set(std::string json) {
    HttpAnswer answer = PostAdmin("settings", std::move(json));
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  // "name id" of all entries, and of each next page what it begins with.
  struct Walk {
    Strings names;
    Strings nexts;
    std::vector<size_t> sizes;
  };
  Walk WalkAll(absl::string_view operation, Fields fields) {
    Walk walk;
    fields.insert({"bucketId", bucket_});
    for (int calls = 0; calls < 500; ++calls) {
      JsonDocument json = Call(operation, fields).Json();
      JsonValue files = json.root()["files"];
      for (size_t i = 0; i < files.size(); ++i) {
        walk.names.push_back(
            absl::StrCat(files[i].StringOr("fileName", ""), " ", files[i].StringOr("fileId", "")));
      }
      walk.sizes.push_back(files.size());
      if (json.root()["nextFileName"].is_null()) return walk;
      std::string next(json.root().StringOr("nextFileName", ""));
      walk.nexts.push_back(next);
      fields.insert_or_assign("startFileName", next);
      std::string id(json.root().StringOr("nextFileId", ""));
      fields.erase("startFileId");
      if (!id.empty()) fields.insert({"startFileId", id});
    }
    ADD_FAILURE() << "the listing does not come to an end";
    return walk;
  }
  void PutMany() {
    for (absl::string_view name : {"a", "a ", "a!", "b/x", "b/y", "b0", "b0", "b0", "c/d/e", "z"}) {
      Put(name);
    }
    Hide("a!");
  }
};

TEST_F(NativeSwitchTest, AnOpaqueNextNameLeadsToTheSameEntries) {
  PutMany();
  for (absl::string_view call : {"b2_list_file_names", "b2_list_file_versions"}) {
    for (absl::string_view delimiter : {"", "/"}) {
      Fields fields = {{"maxFileCount", 1}, {"delimiter", delimiter}};
      Walk plain = WalkAll(call, fields);
      Set(R"({"opaqueNext":true})");
      Walk opaque = WalkAll(call, fields);
      Set(R"({"opaqueNext":false})");
      EXPECT_EQ(opaque.names, plain.names) << call << delimiter;
      EXPECT_NE(opaque.nexts, plain.nexts) << call << delimiter;
    }
  }
}

TEST_F(NativeSwitchTest, AnOpaqueNextNameIsNotTheNextName) {
  Put("first");
  Put("second");
  Set(R"({"opaqueNext":true})");
  EXPECT_EQ(WalkAll("b2_list_file_names", {{"maxFileCount", 1}}).nexts, Strings({"first "}));
}

TEST_F(NativeSwitchTest, ShortPagesHaveTheSameEntries) {
  PutMany();
  for (absl::string_view call : {"b2_list_file_names", "b2_list_file_versions"}) {
    Walk plain = WalkAll(call, {{"maxFileCount", 4}});
    Set(R"({"shortPages":true})");
    size_t shortest = 4;
    for (int i = 0; i < 20; ++i) {
      Walk cut = WalkAll(call, {{"maxFileCount", 4}});
      EXPECT_EQ(cut.names, plain.names);
      for (size_t size : cut.sizes) {
        EXPECT_LE(size, 4u);
        shortest = std::min(shortest, size);
      }
    }
    EXPECT_LT(shortest, 4u);
    Set(R"({"shortPages":false})");
  }
}

TEST_F(NativeSwitchTest, JsonIsPrettyWhereAsked) {
  Put("a.json", "{\"a\":1}", {"X-Bz-Info-k: v"});
  std::string plain = Call("b2_list_file_names", {{"bucketId", bucket_}}).body;
  EXPECT_FALSE(absl::StrContains(plain, "\n"));
  Set(R"({"prettyJson":true})");
  std::string pretty = Call("b2_list_file_names", {{"bucketId", bucket_}}).body;
  EXPECT_TRUE(absl::StrContains(pretty, "\n  \"files\": ["));
  std::string squeezed;
  for (char c : pretty) {
    if (c != ' ' && c != '\n') squeezed.push_back(c);
  }
  EXPECT_EQ(squeezed, plain);
  EXPECT_EQ(Get("/file/memory/a.json").body, "{\"a\":1}") << "content is no answer";
}

TEST_F(NativeSwitchTest, UnknownFieldsAreInEveryObjectButInfos) {
  Put("a", "x", {"X-Bz-Info-k: v"});
  Set(R"({"unknownFields":true})");
  JsonDocument json = Call("b2_list_file_names", {{"bucketId", bucket_}}).Json();
  EXPECT_TRUE(json.root()["yetUnknown"].is_object());
  JsonValue file = json.root()["files"][0];
  EXPECT_TRUE(file["yetUnknown"].is_object());
  EXPECT_TRUE(file["fileRetention"]["yetUnknown"].is_object());
  EXPECT_EQ(file["fileInfo"].size(), 1u);
  EXPECT_EQ(file.StringOr("fileName", ""), "a");
  HttpAnswer error = Call("b2_list_file_names", {});
  EXPECT_EQ(error.Error(), "400 bad_request");
  EXPECT_TRUE(error.Json().root()["yetUnknown"].is_object());
}

TEST_F(NativeSwitchTest, TimestampsAreOfWholeSecondsWhereAsked) {
  Set(R"({"secondTimestamps":true})");
  std::string large = StartedLarge("large");
  Strings ids;
  for (int i = 0; i < 5; ++i) ids.insert(ids.begin(), Put("a"));
  ids.insert(ids.begin(), TextIn(Hide("a"), "fileId"));
  ids.push_back(large);
  JsonDocument json = Call("b2_list_file_versions", {{"bucketId", bucket_}}).Json();
  ASSERT_EQ(json.root()["files"].size(), ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(json.root()["files"][i].IntOr("uploadTimestamp", 1) % 1000, 0);
    EXPECT_EQ(json.root()["files"][i].StringOr("fileId", ""), ids[i])
        << "newest first all the same";
  }
  JsonDocument part = SendPart(large, 1, "x").Json();
  EXPECT_EQ(part.root().IntOr("uploadTimestamp", 1) % 1000, 0);
}

TEST_F(NativeSwitchTest, TokensLiveAsLongAsTheSwitchSays) {
  std::string long_lived = Token();
  UploadUrl upload = GetUploadUrl(bucket_);
  Set(R"({"tokenLifeSeconds":60})");
  std::string token = Authorize(CreateKey({{"capabilities", Texts({"listFiles"})}}));
  UploadUrl short_upload = GetUploadUrl(bucket_);
  ASSERT_EQ(PostAdmin("advance-time", R"({"seconds":59})").status, 200);
  Fields list = {{"bucketId", bucket_}};
  EXPECT_EQ(Call("b2_list_file_names", list, token).status, 200);
  ASSERT_EQ(PostAdmin("advance-time", R"({"seconds":2})").status, 200);
  EXPECT_EQ(Call("b2_list_file_names", list, token).Error(), "401 expired_auth_token");
  EXPECT_EQ(Send(short_upload, UploadHeaders("a", "x"), "x").Error(), "401 expired_auth_token");
  EXPECT_EQ(Call("b2_list_file_names", list, long_lived).status, 200);
  EXPECT_EQ(Send(upload, UploadHeaders("a", "x"), "x").status, 200);
}

TEST_F(NativeSwitchTest, TokensLiveADayByDefault) {
  std::string token = Token();
  ASSERT_EQ(PostAdmin("advance-time", R"({"seconds":86390})").status, 200);
  EXPECT_EQ(Call("b2_list_file_names", {{"bucketId", bucket_}}, token).status, 200);
  ASSERT_EQ(PostAdmin("advance-time", R"({"seconds":20})").status, 200);
  EXPECT_EQ(Call("b2_list_file_names", {{"bucketId", bucket_}}, token).Error(),
            "401 expired_auth_token");
}

TEST_F(NativeSwitchTest, LifecycleRulesRunAsTimeAdvances) {
  Raw rules{R"([{"fileNamePrefix":"","daysFromUploadingToHiding":1}])"};
  Call("b2_update_bucket",
       {{"accountId", kAccountId}, {"bucketId", bucket_}, {"lifecycleRules", rules}});
  Put("a");
  ASSERT_EQ(PostAdmin("advance-time", R"({"seconds":86000})").status, 200);
  EXPECT_EQ(Names(), Strings({"upload a"}));
  Set(R"({"tokenLifeSeconds":200000})");
  std::string token = TextIn(Ask({.url = Url("/b2api/v2/b2_authorize_account"),
                                  .user = absl::StrCat(kKeyId, ":", kKeySecret)}),
                             "authorizationToken");
  ASSERT_EQ(PostAdmin("advance-time", R"({"seconds":500})").status, 200);
  HttpAnswer answer = Call("b2_list_file_names", {{"bucketId", bucket_}}, token);
  EXPECT_EQ(answer.Json().root()["files"].size(), 0u) << answer.body;
}

TEST_F(NativeSwitchTest, UnknownMembersOfRequestsAreRefusedOnlyWhereAsked) {
  Fields fields = {{"bucketId", bucket_}, {"surprise", 1}};
  EXPECT_EQ(Call("b2_list_file_names", fields).status, 200);
  Set(R"({"strictJson":true})");
  HttpAnswer answer = Call("b2_list_file_names", fields);
  EXPECT_EQ(answer.Error(), "400 bad_json");
  EXPECT_EQ(TextIn(answer, "message"),
            "unknown field in com.backblaze.modules.b2.data.ListFileNamesRequest: surprise");
  EXPECT_EQ(Call("b2_get_upload_url", fields).Error(), "400 bad_json");
}

TEST_F(NativeSwitchTest, StrictJsonTakesEveryMemberThatThereIs) {
  Set(R"({"strictJson":true})");
  Raw null{"null"};
  Raw encryption = Object({{"mode", "none"}});
  EXPECT_EQ(CreateBucket("strict-bucket", {{"bucketInfo", null},
                                           {"corsRules", null},
                                           {"defaultServerSideEncryption", null},
                                           {"fileLockEnabled", false},
                                           {"lifecycleRules", null},
                                           {"replicationConfiguration", null}})
                .size(),
            24u);
  std::string large = TextIn(StartLarge("large", {{"fileInfo", Object({})},
                                                  {"fileRetention", null},
                                                  {"legalHold", null},
                                                  {"serverSideEncryption", encryption},
                                                  {"customUploadTimestamp", null}}),
                             "fileId");
  std::string file = Put("a");
  std::string key = TextIn(CreateKey({{"capabilities", Texts({"listFiles"})},
                                      {"validDurationInSeconds", 60},
                                      {"bucketId", bucket_},
                                      {"namePrefix", null}}),
                           "applicationKeyId");
  const std::vector<std::pair<absl::string_view, Fields>> calls = {
      {"b2_copy_file",
       {{"sourceFileId", file},
        {"destinationBucketId", bucket_},
        {"fileName", "b"},
        {"range", null},
        {"metadataDirective", "COPY"},
        {"contentType", null},
        {"fileInfo", null},
        {"fileRetention", null},
        {"legalHold", null},
        {"sourceServerSideEncryption", encryption},
        {"destinationServerSideEncryption", encryption}}},
      {"b2_copy_part",
       {{"sourceFileId", file},
        {"largeFileId", large},
        {"partNumber", 1},
        {"range", "bytes=0-0"},
        {"sourceServerSideEncryption", null},
        {"destinationServerSideEncryption", null}}},
      {"b2_get_download_authorization",
       {{"bucketId", bucket_},
        {"fileNamePrefix", ""},
        {"validDurationInSeconds", 1},
        {"b2ContentDisposition", null},
        {"b2ContentLanguage", null},
        {"b2Expires", null},
        {"b2CacheControl", null},
        {"b2ContentEncoding", null},
        {"b2ContentType", null}}},
      {"b2_list_buckets",
       {{"accountId", kAccountId},
        {"bucketId", null},
        {"bucketName", null},
        {"bucketTypes", Texts({"all"})}}},
      {"b2_list_file_names",
       {{"bucketId", bucket_},
        {"startFileName", null},
        {"maxFileCount", 1},
        {"prefix", ""},
        {"delimiter", null}}},
      {"b2_list_file_versions",
       {{"bucketId", bucket_},
        {"startFileName", "a"},
        {"startFileId", file},
        {"maxFileCount", 1},
        {"prefix", ""},
        {"delimiter", null}}},
      {"b2_list_keys",
       {{"accountId", kAccountId}, {"maxKeyCount", 1}, {"startApplicationKeyId", null}}},
      {"b2_list_parts", {{"fileId", large}, {"startPartNumber", 1}, {"maxPartCount", 1}}},
      {"b2_list_unfinished_large_files",
       {{"bucketId", bucket_}, {"namePrefix", ""}, {"startFileId", null}, {"maxFileCount", 1}}},
      {"b2_update_bucket",
       {{"accountId", kAccountId},
        {"bucketId", bucket_},
        {"bucketType", "allPrivate"},
        {"bucketInfo", null},
        {"corsRules", null},
        {"defaultRetention", null},
        {"defaultServerSideEncryption", null},
        {"fileLockEnabled", null},
        {"ifRevisionIs", 2},
        {"lifecycleRules", null},
        {"replicationConfiguration", null}}},
      {"b2_set_bucket_notification_rules",
       {{"bucketId", bucket_}, {"eventNotificationRules", Raw{"[]"}}}},
      {"b2_get_bucket_notification_rules", {{"bucketId", bucket_}}},
      {"b2_get_file_info", {{"fileId", file}}},
      {"b2_download_file_by_id", {{"fileId", file}}},
      {"b2_get_upload_part_url", {{"fileId", large}}},
      {"b2_hide_file", {{"bucketId", bucket_}, {"fileName", "a"}}},
      {"b2_cancel_large_file", {{"fileId", large}}},
      {"b2_delete_file_version",
       {{"fileName", "a"}, {"fileId", file}, {"bypassGovernance", false}}},
      {"b2_delete_key", {{"applicationKeyId", key}}},
  };
  for (const auto& [operation, fields] : calls) {
    HttpAnswer answer = Call(operation, fields);
    EXPECT_EQ(answer.status, 200) << operation << answer.body;
  }
}

TEST_F(NativeSwitchTest, AnUploadTokenServesOneUploadAtATime) {
  UploadUrl to = GetUploadUrl(bucket_);
  ASSERT_EQ(PostAdmin("settings", R"({"latencyMs":300})").status, 200);
  std::vector<HttpAnswer> answers(2);
  InParallel(2, [&](int i) {
    answers[static_cast<size_t>(i)] = Send(to, UploadHeaders(absl::StrCat("f", i), "x"), "x");
  });
  std::sort(answers.begin(), answers.end(),
            [](const HttpAnswer& a, const HttpAnswer& b) { return a.status < b.status; });
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_EQ(answers[1].Error(), "400 auth_token_limit");
  EXPECT_TRUE(
      absl::StrContains(TextIn(answers[1], "message"), "more than one upload using auth token"));
  ASSERT_EQ(PostAdmin("settings", R"({"latencyMs":0})").status, 200);
  EXPECT_EQ(Send(to, UploadHeaders("after", "x"), "x").status, 200);
}

TEST_F(NativeSwitchTest, TwoUploadTokensServeTwoUploadsAtATime) {
  UploadUrl urls[] = {GetUploadUrl(bucket_), GetUploadUrl(bucket_)};
  ASSERT_EQ(PostAdmin("settings", R"({"latencyMs":100})").status, 200);
  std::vector<long> statuses(2);
  InParallel(2, [&](int i) {
    statuses[static_cast<size_t>(i)] =
        Send(urls[i], UploadHeaders(absl::StrCat("f", i), "x"), "x").status;
  });
  EXPECT_EQ(statuses, std::vector<long>({200, 200}));
}

}  // namespace
}  // namespace annofs::testing
