// Buckets: create, update, delete, settings, notification rules (reference/b2.md §1.12, §1.14).
#include <atomic>

#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

class NativeBucketTest : public NativeTest {
 protected:
  HttpAnswer Create(absl::string_view name, Fields more = {}) {
    more.insert({{"accountId", kAccountId}, {"bucketName", name}});
    more.insert({"bucketType", "allPrivate"});
    return Call("b2_create_bucket", more);
  }
  HttpAnswer Update(Fields more) {
    more.insert({{"accountId", kAccountId}, {"bucketId", bucket_}});
    return Call("b2_update_bucket", more);
  }
  HttpAnswer DeleteBucket(absl::string_view id) {
    return Call("b2_delete_bucket", {{"accountId", kAccountId}, {"bucketId", id}});
  }
  static Raw Rule(absl::string_view prefix, Fields days) {
    days.insert({"fileNamePrefix", prefix});
    return Object(days);
  }
  static Raw Rules(const std::vector<Raw>& rules) {
    std::string json;
    for (const Raw& rule : rules) absl::StrAppend(&json, json.empty() ? "[" : ",", rule.json);
    return Raw{absl::StrCat(json.empty() ? "[" : json, "]")};
  }
  static Raw Notification(absl::string_view name, Fields more = {}) {
    more.insert({{"name", name},
                 {"isEnabled", true},
                 {"objectNamePrefix", ""},
                 {"eventTypes", Texts({"b2:ObjectCreated:*"})}});
    more.insert({"targetConfiguration",
                 Object({{"targetType", "webhook"}, {"url", "https://example.com/hook"}})});
    return Object(more);
  }
  HttpAnswer SetNotifications(const std::vector<Raw>& rules) {
    return Call("b2_set_bucket_notification_rules",
                {{"bucketId", bucket_}, {"eventNotificationRules", Rules(rules)}});
  }
};

TEST_F(NativeBucketTest, ANewBucketHasTheFieldsOfTheService) {
  HttpAnswer answer = Create("new-bucket", {{"bucketInfo", Object({{"a", "b"}})}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  JsonDocument json = answer.Json();
  JsonValue bucket = json.root();
  EXPECT_EQ(bucket.StringOr("bucketName", ""), "new-bucket");
  EXPECT_EQ(bucket.StringOr("bucketType", ""), "allPrivate");
  EXPECT_EQ(bucket.StringOr("bucketId", "").size(), 24u);
  EXPECT_EQ(bucket["bucketInfo"].StringOr("a", ""), "b");
  EXPECT_TRUE(bucket["corsRules"].is_array());
  EXPECT_TRUE(bucket["lifecycleRules"].is_array());
  EXPECT_EQ(bucket["options"][0].AsString().value_or(""), "s3");
  EXPECT_TRUE(bucket["defaultServerSideEncryption"].BoolOr("isClientAuthorizedToRead", false));
  EXPECT_FALSE(bucket["fileLockConfiguration"]["value"].BoolOr("isFileLockEnabled", true));
  EXPECT_TRUE(bucket["replicationConfiguration"]["value"].is_null());
  EXPECT_EQ(bucket.IntOr("revision", 0), 2);
}

TEST_F(NativeBucketTest, NamesHaveAForm) {
  for (absl::string_view name : {"abcdef", "With-Capitals", "with.dots", "123456", "bucket-"}) {
    EXPECT_EQ(Create(name).status, 200) << name;
  }
  EXPECT_EQ(Create(std::string(63, 'n')).status, 200);
  EXPECT_EQ(Create(std::string(64, 'n')).Error(), "400 bad_request");
  for (absl::string_view name :
       {"short", "", "b2-bucket", "B2-bucket", "-bucket", "bucket.", ".bucket", "with_underscore",
        "with space", "büchse", "192.168.10.20"}) {
    EXPECT_EQ(Create(name).Error(), "400 bad_request") << name;
  }
}

TEST_F(NativeBucketTest, NamesAreUniqueWhateverTheirCase) {
  HttpAnswer again = Create("memory");
  EXPECT_EQ(again.Error(), "400 duplicate_bucket_name");
  EXPECT_EQ(TextIn(again, "message"), "Bucket name is already in use.");
  EXPECT_EQ(Create("Memory").Error(), "400 duplicate_bucket_name");
}

TEST_F(NativeBucketTest, AnAccountHasAHundredBuckets) {
  for (int i = 0; i < 98; ++i) ASSERT_EQ(Create(absl::StrCat("bucket-", i)).status, 200);
  EXPECT_EQ(Create("one-too-many").Error(), "400 too_many_buckets");
}

TEST_F(NativeBucketTest, WrongArgumentsAreRefused) {
  EXPECT_EQ(Create("new-bucket", {{"bucketType", "shared"}}).Error(), "400 bad_request");
  EXPECT_EQ(Create("new-bucket", {{"accountId", "000000000000"}}).Error(), "400 bad_request");
  Fields infos;
  for (int i = 0; i < 11; ++i) infos.insert({absl::StrCat("k", i), "v"});
  EXPECT_EQ(Create("new-bucket", {{"bucketInfo", Object(infos)}}).Error(), "400 bad_request");
  EXPECT_EQ(Update({{"bucketId", "1234567"}}).Error(), "400 bad_bucket_id");
}

TEST_F(NativeBucketTest, UpdatesChangeWhatTheyNameAndCountTheRevision) {
  Update({{"bucketInfo", Object({{"a", "b"}})}});
  HttpAnswer answer = Update({{"bucketType", "allPublic"}});
  JsonDocument json = answer.Json();
  EXPECT_EQ(json.root().StringOr("bucketType", ""), "allPublic");
  EXPECT_EQ(json.root()["bucketInfo"].StringOr("a", ""), "b");
  EXPECT_EQ(json.root().IntOr("revision", 0), 4);
}

TEST_F(NativeBucketTest, AnUpdateOfAnotherRevisionIsAConflict) {
  EXPECT_EQ(Update({{"ifRevisionIs", 2}, {"bucketType", "allPublic"}}).status, 200);
  HttpAnswer late = Update({{"ifRevisionIs", 2}, {"bucketType", "allPrivate"}});
  EXPECT_EQ(late.Error(), "409 conflict");
  EXPECT_EQ(TextIn(late, "message"), "simultaneous updates to bucket");
  EXPECT_EQ(TextIn(Update({{"ifRevisionIs", 3}}), "bucketType"), "allPublic");
}

TEST_F(NativeBucketTest, ABucketIsDeletedWhenItHoldsNoVersionAtAll) {
  std::string id = Put("a");
  std::string marker = TextIn(Hide("a"), "fileId");
  EXPECT_EQ(DeleteBucket(bucket_).Error(), "400 cannot_delete_non_empty_bucket");
  Delete("a", id);
  EXPECT_EQ(DeleteBucket(bucket_).Error(), "400 cannot_delete_non_empty_bucket");
  Delete("a", marker);
  std::string started = StartedLarge("b");
  EXPECT_EQ(DeleteBucket(bucket_).Error(), "400 cannot_delete_non_empty_bucket");
  Delete("b", started);
  HttpAnswer deleted = DeleteBucket(bucket_);
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(TextIn(deleted, "bucketId"), bucket_);
  EXPECT_EQ(DeleteBucket(bucket_).Error(), "400 bad_bucket_id");
  EXPECT_NE(CreateBucket("memory"), bucket_) << "another bucket of that name";
}

TEST_F(NativeBucketTest, LifecycleRulesAreKept) {
  HttpAnswer answer =
      Update({{"lifecycleRules", Rules({Rule("logs/", {{"daysFromHidingToDeleting", 5}}),
                                        Rule("tmp/", {{"daysFromUploadingToHiding", 7}})})}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  JsonDocument json = answer.Json();
  JsonValue rule = json.root()["lifecycleRules"][0];
  EXPECT_EQ(rule.StringOr("fileNamePrefix", ""), "logs/");
  EXPECT_EQ(rule.IntOr("daysFromHidingToDeleting", 0), 5);
  EXPECT_TRUE(rule["daysFromUploadingToHiding"].is_null());
  EXPECT_EQ(json.root()["lifecycleRules"].size(), 2u);
}

TEST_F(NativeBucketTest, LifecycleRulesHaveRules) {
  auto refused = [this](const std::vector<Raw>& rules) {
    return Update({{"lifecycleRules", Rules(rules)}}).Error();
  };
  Fields day = {{"daysFromHidingToDeleting", 1}};
  EXPECT_EQ(refused({Rule("", {})}), "400 bad_request");
  EXPECT_EQ(refused({Rule("", {{"daysFromHidingToDeleting", 0}})}), "400 bad_request");
  EXPECT_EQ(refused({Rule("a/", day), Rule("a/b/", day)}), "400 bad_request");
  std::vector<Raw> many;
  for (int i = 100; i < 201; ++i) many.push_back(Rule(absl::StrCat("p", i, "/"), day));
  EXPECT_EQ(refused(many), "400 bad_request");
  many.pop_back();
  EXPECT_EQ(Update({{"lifecycleRules", Rules(many)}}).status, 200);
}

TEST_F(NativeBucketTest, DefaultEncryptionIsOfNewFiles) {
  Update({{"defaultServerSideEncryption", Object({{"mode", "SSE-B2"}, {"algorithm", "AES256"}})}});
  JsonDocument json = Upload(bucket_, "a", "x").Json();
  EXPECT_EQ(json.root()["serverSideEncryption"].StringOr("mode", ""), "SSE-B2");
  EXPECT_EQ(StartLarge("b").Json().root()["serverSideEncryption"].StringOr("mode", ""), "SSE-B2");
}

TEST_F(NativeBucketTest, CorsAndReplicationAreKeptAsTheyWereSet) {
  Raw cors{R"([{"corsRuleName":"r","allowedOrigins":["*"],"maxAgeSeconds":3600}])"};
  Raw replication{R"({"asReplicationSource":{"replicationRules":[]}})"};
  JsonDocument json =
      Update({{"corsRules", cors}, {"replicationConfiguration", replication}}).Json();
  EXPECT_EQ(json.root()["corsRules"][0].IntOr("maxAgeSeconds", 0), 3600);
  EXPECT_TRUE(json.root()["replicationConfiguration"]["value"].is_object());
}

TEST_F(NativeBucketTest, FileLockIsTurnedOnButNotOff) {
  EXPECT_EQ(Update({{"fileLockEnabled", true}}).status, 200);
  EXPECT_EQ(Update({{"fileLockEnabled", false}}).Error(), "400 file_lock_conflict");
  EXPECT_EQ(Update({{"fileLockEnabled", true}}).status, 200);
}

TEST_F(NativeBucketTest, NotificationRulesAreReplacedAsAWhole) {
  ASSERT_EQ(SetNotifications({Notification("first"), Notification("second")}).status, 200);
  HttpAnswer set = SetNotifications({Notification("third", {{"maxEventsPerBatch", 50}})});
  ASSERT_EQ(set.status, 200) << set.body;
  HttpAnswer got =
      Get(absl::StrCat("/b2api/v4/b2_get_bucket_notification_rules?bucketId=", bucket_));
  EXPECT_EQ(got.body, set.body);
  JsonDocument json = got.Json();
  JsonValue rules = json.root()["eventNotificationRules"];
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_EQ(rules[0].StringOr("name", ""), "third");
  EXPECT_EQ(rules[0].IntOr("maxEventsPerBatch", 0), 50);
  EXPECT_FALSE(rules[0].BoolOr("isSuspended", true));
  EXPECT_EQ(rules[0].StringOr("suspensionReason", "?"), "");
  EXPECT_EQ(SetNotifications({}).status, 200);
}

TEST_F(NativeBucketTest, NotificationRulesHaveRules) {
  for (const Raw& rule :
       {Notification(""), Notification("r", {{"eventTypes", Texts({})}}),
        Notification("r", {{"eventTypes", Texts({"b2:Unheard:Of"})}}),
        Notification("r", {{"targetConfiguration", Object({{"targetType", "webhook"}})}}),
        Notification("r", {{"maxEventsPerBatch", 0}}),
        Notification("r", {{"maxEventsPerBatch", 51}})}) {
    EXPECT_EQ(SetNotifications({rule}).Error(), "400 bad_request") << rule.json;
  }
  EXPECT_EQ(SetNotifications({Notification("same"), Notification("same")}).Error(),
            "400 bad_request");
}

TEST_F(NativeBucketTest, FieldsThatAKeyMayNotReadAreWithheld) {
  std::string token = TokenOfKey({"listBuckets"});
  JsonDocument json =
      Call("b2_list_buckets", {{"accountId", kAccountId}, {"bucketId", bucket_}}, token).Json();
  JsonValue bucket = json.root()["buckets"][0];
  for (absl::string_view member :
       {"defaultServerSideEncryption", "fileLockConfiguration", "replicationConfiguration"}) {
    EXPECT_FALSE(bucket[member].BoolOr("isClientAuthorizedToRead", true)) << member;
    EXPECT_TRUE(bucket[member]["value"].is_null()) << member;
  }
}

TEST_F(NativeBucketTest, UpdatesAtOnceAreDoneOrRefusedAndNeverLost) {
  std::atomic<int> done = 0;
  InParallel(8, [&](int) {
    for (int i = 0; i < 20; ++i) {
      HttpAnswer answer =
          Call("b2_update_bucket",
               {{"accountId", kAccountId}, {"bucketId", bucket_}, {"bucketType", "allPrivate"}});
      EXPECT_TRUE(answer.status == 200 || answer.status == 409) << answer.body;
      if (answer.status == 200) ++done;
    }
  });
  JsonDocument json =
      Call("b2_list_buckets", {{"accountId", kAccountId}, {"bucketName", "memory"}}).Json();
  EXPECT_EQ(json.root()["buckets"][0].IntOr("revision", 0), 2 + done);
}

}  // namespace
}  // namespace annofs::testing
