// Who may call what: capabilities, buckets and prefixes of keys, for every operation
// (reference/b2.md §1.4).
#include <set>

#include "tests/tools/native_client.h"
#include "tools/emulator/key.h"
#include "tools/emulator/native_api.h"

namespace annofs::testing {
namespace {

using Strings = std::vector<std::string>;

struct AccessCase {
  absl::string_view operation;
  Strings capabilities;  // all of them are needed
  Fields fields;
};

// Two of everything: inside and outside of what a key may have.
struct Things {
  std::string bucket;
  std::string name;
  std::string file;
  std::string large;
};

class NativeAccessTest : public NativeTest {
 protected:
  Things Make(const std::string& bucket, const std::string& name) {
    Things things{.bucket = bucket, .name = name, .file = PutIn(bucket, name, "x"), .large = {}};
    things.large =
        TextIn(StartLarge(absl::StrCat(name, ".large"), {{"bucketId", bucket}}), "fileId");
    return things;
  }

  // Calls about these things. What a key may do is seen from the answer's not being a 401.
  std::vector<AccessCase> FileCases(const Things& of) {
    Field retention = Object({{"mode", "governance"}, {"retainUntilTimestamp", 4'000'000'000'000}});
    return {
        {"b2_list_file_names", {"listFiles"}, {{"bucketId", of.bucket}, {"prefix", of.name}}},
        {"b2_list_file_versions", {"listFiles"}, {{"bucketId", of.bucket}, {"prefix", of.name}}},
        {"b2_list_unfinished_large_files",
         {"listFiles"},
         {{"bucketId", of.bucket}, {"namePrefix", of.name}}},
        {"b2_get_file_info", {"readFiles"}, {{"fileId", of.file}}},
        {"b2_download_file_by_id", {"readFiles"}, {{"fileId", of.file}}},
        {"b2_get_download_authorization",
         {"shareFiles"},
         {{"bucketId", of.bucket}, {"fileNamePrefix", of.name}, {"validDurationInSeconds", 60}}},
        {"b2_start_large_file",
         {"writeFiles"},
         {{"bucketId", of.bucket}, {"fileName", of.name}, {"contentType", "x/y"}}},
        {"b2_get_upload_part_url", {"writeFiles"}, {{"fileId", of.large}}},
        {"b2_list_parts", {"listFiles"}, {{"fileId", of.large}}},
        {"b2_list_parts", {"writeFiles"}, {{"fileId", of.large}}},
        {"b2_copy_part",
         {"readFiles", "writeFiles"},
         {{"sourceFileId", of.file}, {"largeFileId", of.large}, {"partNumber", 1}}},
        {"b2_copy_file",
         {"readFiles", "writeFiles"},
         {{"sourceFileId", of.file}, {"fileName", absl::StrCat(of.name, ".copy")}}},
        {"b2_finish_large_file",
         {"writeFiles"},
         {{"fileId", of.large}, {"partSha1Array", Texts({"x"})}}},
        {"b2_update_file_legal_hold",
         {"writeFileLegalHolds"},
         {{"fileId", of.file}, {"fileName", of.name}, {"legalHold", "off"}}},
        {"b2_update_file_retention",
         {"writeFileRetentions"},
         {{"fileId", of.file}, {"fileName", of.name}, {"fileRetention", retention}}},
        {"b2_hide_file", {"writeFiles"}, {{"bucketId", of.bucket}, {"fileName", of.name}}},
        {"b2_cancel_large_file", {"writeFiles"}, {{"fileId", of.large}}},
        {"b2_delete_file_version", {"deleteFiles"}, {{"fileId", of.file}, {"fileName", of.name}}},
    };
  }

  std::vector<AccessCase> BucketCases(const std::string& bucket) {
    return {
        {"b2_list_buckets", {"listBuckets"}, {{"accountId", kAccountId}, {"bucketId", bucket}}},
        {"b2_list_buckets",
         {"listAllBucketNames"},
         {{"accountId", kAccountId}, {"bucketId", bucket}}},
        {"b2_get_upload_url", {"writeFiles"}, {{"bucketId", bucket}}},
        {"b2_get_bucket_notification_rules", {"readBucketNotifications"}, {{"bucketId", bucket}}},
        {"b2_set_bucket_notification_rules",
         {"writeBucketNotifications"},
         {{"bucketId", bucket}, {"eventNotificationRules", Raw{"[]"}}}},
    };
  }

  static Fields UpdateOf(const std::string& bucket, const std::string& member, Field value) {
    return {{"accountId", kAccountId}, {"bucketId", bucket}, {member, std::move(value)}};
  }

  // Calls that a key for one bucket can never make.
  std::vector<AccessCase> AccountCases(const std::string& bucket) {
    Field encryption = Object({{"mode", "SSE-B2"}, {"algorithm", "AES256"}});
    return {
        {"b2_create_bucket", {"writeBuckets"}, {{"accountId", kAccountId}, {"bucketName", "x"}}},
        {"b2_update_bucket", {"writeBuckets"}, UpdateOf(bucket, "bucketType", "allPrivate")},
        {"b2_update_bucket",
         {"writeBuckets", "writeBucketEncryption"},
         UpdateOf(bucket, "defaultServerSideEncryption", encryption)},
        {"b2_update_bucket",
         {"writeBuckets", "writeBucketRetentions"},
         UpdateOf(bucket, "fileLockEnabled", true)},
        {"b2_update_bucket",
         {"writeBuckets", "writeBucketRetentions"},
         UpdateOf(bucket, "defaultRetention", Object({{"mode", "none"}}))},
        {"b2_update_bucket",
         {"writeBuckets", "writeBucketReplications"},
         UpdateOf(bucket, "replicationConfiguration", Raw{"{}"})},
        {"b2_update_bucket",
         {"writeBuckets", "writeBucketLifecycleRules"},
         UpdateOf(bucket, "lifecycleRules", Raw{"[]"})},
        {"b2_delete_bucket", {"deleteBuckets"}, {{"accountId", kAccountId}, {"bucketId", bucket}}},
        {"b2_create_key",
         {"writeKeys"},
         {{"accountId", kAccountId}, {"keyName", "k"}, {"capabilities", Texts({"writeKeys"})}}},
        {"b2_list_keys", {"listKeys"}, {{"accountId", kAccountId}}},
        {"b2_delete_key", {"deleteKeys"}, {{"applicationKeyId", "none"}}},
    };
  }

  std::vector<AccessCase> AllCases() {
    std::vector<AccessCase> cases = FileCases(Make(bucket_, "a"));
    for (AccessCase& each : BucketCases(bucket_)) cases.push_back(std::move(each));
    for (AccessCase& each : AccountCases(bucket_)) cases.push_back(std::move(each));
    return cases;
  }

  void ExpectRefused(const AccessCase& each, const std::string& token,
                     absl::string_view error = "401 unauthorized") {
    HttpAnswer answer = Call(each.operation, each.fields, token);
    EXPECT_EQ(answer.status / 100 == 4 ? answer.Error() : absl::StrCat(answer.status, answer.body),
              error)
        << each.operation << ToJson(each.fields);
  }
  void ExpectAllowed(const AccessCase& each, const std::string& token) {
    HttpAnswer answer = Call(each.operation, each.fields, token);
    EXPECT_NE(answer.status, 401) << each.operation << ToJson(each.fields) << answer.body;
  }
};

TEST_F(NativeAccessTest, EveryOperationNeedsItsCapabilitiesAndNoOthers) {
  for (const AccessCase& each : AllCases()) {
    for (const std::string& missing : each.capabilities) {
      Strings all_but = emulator::AllCapabilities();
      std::erase(all_but, missing);
      if (each.operation == "b2_list_parts") all_but = {"readFiles", "deleteFiles"};
      if (each.operation == "b2_list_buckets") all_but = {"readBuckets", "listFiles"};
      bool changes_lock = absl::StartsWith(each.operation, "b2_update_file_");
      ExpectRefused(each, TokenOfKey(all_but),
                    changes_lock ? "403 access_denied" : "401 unauthorized");
    }
    ExpectAllowed(each, TokenOfKey(each.capabilities));
  }
}

// So that an operation that is new is not forgotten above.
TEST_F(NativeAccessTest, TheCasesAreAllOperationsThatTakeAnAccountToken) {
  std::set<absl::string_view> covered = {"b2_authorize_account", "b2_download_file_by_name",
                                         "b2_upload_file", "b2_upload_part"};
  for (const AccessCase& each : AllCases()) covered.insert(each.operation);
  for (absl::string_view operation : emulator::NativeApi::Operations()) {
    EXPECT_TRUE(covered.contains(operation)) << operation;
  }
}

TEST_F(NativeAccessTest, DownloadsByNameNeedReadFiles) {
  Put("a");
  auto status = [this](const std::string& token) {
    return Ask({.url = Url("/file/memory/a"), .headers = {absl::StrCat("Authorization: ", token)}})
        .status;
  };
  EXPECT_EQ(status(TokenOfKey({"readFiles"})), 200);
  EXPECT_EQ(status(TokenOfKey({"listFiles", "shareFiles", "writeFiles"})), 401);
}

TEST_F(NativeAccessTest, ASourceInAPublicBucketIsCopiedWithoutReadFiles) {
  std::string open = CreateBucket("open-bucket", {{"bucketType", "allPublic"}});
  Fields copy = {{"sourceFileId", PutIn(open, "a", "x")}, {"fileName", "b"}};
  EXPECT_EQ(Call("b2_copy_file", copy, TokenOfKey({"writeFiles"})).status, 200);
}

TEST_F(NativeAccessTest, AKeyForABucketCallsForNoOther) {
  std::string other = CreateBucket("another");
  Strings capabilities;
  for (const std::string& each : emulator::AllCapabilities()) {
    if (!absl::StrContains(each, "Keys") && each != "writeBuckets" && each != "deleteBuckets") {
      capabilities.push_back(each);
    }
  }
  std::string token = TokenOfKey(capabilities, {{"bucketId", bucket_}});
  for (const AccessCase& each : FileCases(Make(other, "a"))) ExpectRefused(each, token);
  for (const AccessCase& each : BucketCases(other)) ExpectRefused(each, token);
  for (const AccessCase& each : AccountCases(other)) ExpectRefused(each, token);
  for (const AccessCase& each : FileCases(Make(bucket_, "a"))) ExpectAllowed(each, token);
  for (const AccessCase& each : BucketCases(bucket_)) ExpectAllowed(each, token);
}

TEST_F(NativeAccessTest, AKeyForABucketCopiesIntoNoOther) {
  std::string other = CreateBucket("another");
  std::string token = TokenOfKey({"readFiles", "writeFiles"}, {{"bucketId", bucket_}});
  Fields copy = {{"sourceFileId", Put("a")}, {"fileName", "b"}, {"destinationBucketId", other}};
  EXPECT_EQ(Call("b2_copy_file", copy, token).Error(), "401 unauthorized");
}

TEST_F(NativeAccessTest, AKeyForAPrefixNamesNothingOutsideOfIt) {
  std::string token = TokenOfKey(emulator::AllCapabilities(), {{"namePrefix", "in/"}});
  for (absl::string_view name : {"out/a", "in", "i"}) {
    for (const AccessCase& each : FileCases(Make(bucket_, std::string(name)))) {
      ExpectRefused(each, token);
    }
  }
  for (const AccessCase& each : FileCases(Make(bucket_, "in/a"))) ExpectAllowed(each, token);
}

TEST_F(NativeAccessTest, AKeyForAPrefixListsNothingWithoutOne) {
  std::string token = TokenOfKey({"listFiles"}, {{"namePrefix", "in/"}});
  for (absl::string_view call :
       {"b2_list_file_names", "b2_list_file_versions", "b2_list_unfinished_large_files"}) {
    EXPECT_EQ(Call(call, {{"bucketId", bucket_}}, token).Error(), "401 unauthorized") << call;
  }
}

TEST_F(NativeAccessTest, AKeyForAPrefixUploadsAndDownloadsInIt) {
  Put("out/a");
  std::string token = TokenOfKey({"readFiles", "writeFiles"}, {{"namePrefix", "in/"}});
  UploadUrl to = GetUploadUrl(bucket_, token);
  EXPECT_EQ(Send(to, UploadHeaders("out/a", "x"), "x").Error(), "401 unauthorized");
  EXPECT_EQ(Send(to, UploadHeaders("in/a", "x"), "x").status, 200);
  auto status = [&](absl::string_view name) {
    return Ask({.url = Url(absl::StrCat("/file/memory/", name)),
                .headers = {absl::StrCat("Authorization: ", token)}})
        .status;
  };
  EXPECT_EQ(status("in/a"), 200);
  EXPECT_EQ(status("out/a"), 401);
  EXPECT_EQ(status("out/none"), 401);
}

TEST_F(NativeAccessTest, ACopyStaysInThePrefixOnBothSides) {
  std::string token = TokenOfKey({"readFiles", "writeFiles"}, {{"namePrefix", "in/"}});
  Fields out = {{"sourceFileId", Put("in/a")}, {"fileName", "out/a"}};
  EXPECT_EQ(Call("b2_copy_file", out, token).Error(), "401 unauthorized");
  Fields in = {{"sourceFileId", Put("out/a")}, {"fileName", "in/b"}};
  EXPECT_EQ(Call("b2_copy_file", in, token).Error(), "401 unauthorized");
}

TEST_F(NativeAccessTest, ALackingRightIsRefusedWithoutAWord) {
  Fields call = {{"fileName", "a"}, {"fileId", Put("a")}};
  HttpAnswer answer = Call("b2_delete_file_version", call, TokenOfKey({"readFiles"}));
  EXPECT_EQ(answer.Error(), "401 unauthorized");
  EXPECT_EQ(answer.Json().root().StringOr("message", "none"), "");
}

TEST_F(NativeAccessTest, LockedUploadsNeedTheCapabilityOfTheLock) {
  std::string locked = CreateBucket("locked-bucket", {{"fileLockEnabled", true}});
  UploadUrl to = GetUploadUrl(locked, TokenOfKey({"writeFiles"}));
  auto send = [&](std::vector<std::string> headers) {
    return Send(to, UploadHeaders("a", "x", std::move(headers)), "x");
  };
  EXPECT_EQ(send({"X-Bz-File-Legal-Hold: on"}).Error(), "401 unauthorized");
  EXPECT_EQ(send({"X-Bz-File-Retention-Mode: governance",
                  "X-Bz-File-Retention-Retain-Until-Timestamp: 4000000000000"})
                .Error(),
            "401 unauthorized");
  EXPECT_EQ(send({}).status, 200);
}

}  // namespace
}  // namespace annofs::testing
