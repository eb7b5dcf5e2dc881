// What entries of files say of settings that b2sdk's integration tests look at.
#include "absl/strings/str_cat.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {
namespace {

class NativeEntryTest : public EmulatorTest {
 protected:
  HttpAnswer Call(absl::string_view operation, std::string json) {
    HttpAnswer answer = Post(absl::StrCat("/b2api/v2/", operation), std::move(json));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer;
  }
  void Replicate(absl::string_view rules) {
    Call("b2_update_bucket",
         absl::StrCat(R"({"accountId":")", kAccountId, R"(","bucketId":")", BucketId(),
                      R"(","replicationConfiguration":{"asReplicationSource":{)",
                      R"("sourceApplicationKeyId":"k","replicationRules":)", rules, "}}}"));
  }
  // The entry that the upload is answered.
  JsonDocument Upload(absl::string_view name, std::vector<std::string> headers = {}) {
    HttpAnswer place =
        Call("b2_get_upload_url", absl::StrCat(R"({"bucketId":")", BucketId(), "\"}"));
    JsonDocument json = place.Json();
    headers.push_back(
        absl::StrCat("Authorization: ", json.root().StringOr("authorizationToken", "")));
    headers.push_back(absl::StrCat("X-Bz-File-Name: ", name));
    headers.push_back("Content-Type: text/plain");
    headers.push_back("X-Bz-Content-Sha1: do_not_verify");
    HttpAnswer answer = Ask({.url = std::string(json.root().StringOr("uploadUrl", "")),
                             .method = "POST",
                             .headers = std::move(headers),
                             .body = "x"});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.Json();
  }
};

TEST_F(NativeEntryTest, AFileUnderAnEnabledReplicationRuleIsPending) {
  Replicate(R"([{"fileNamePrefix":"copied/","isEnabled":true},)"
            R"({"fileNamePrefix":"off/","isEnabled":false}])");
  EXPECT_EQ(Upload("copied/a").root().StringOr("replicationStatus", ""), "pending");
  EXPECT_TRUE(Upload("off/a").root()["replicationStatus"].is_null());
  EXPECT_TRUE(Upload("other").root()["replicationStatus"].is_null());
}

TEST_F(NativeEntryTest, AFileOfACustomersKeyIsNotReplicated) {
  Replicate(R"([{"fileNamePrefix":"","isEnabled":true}])");
  constexpr char kKey[] = "X-Bz-Server-Side-Encryption-Customer-";
  JsonDocument entry =
      Upload("a", {absl::StrCat(kKey, "Algorithm: AES256"),
                   absl::StrCat(kKey, "Key: KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio="),
                   absl::StrCat(kKey, "Key-Md5: SaaDheEjzuynJH8eW6AEpQ==")});
  EXPECT_TRUE(entry.root()["replicationStatus"].is_null());
}

TEST_F(NativeEntryTest, ReplicationOfNeitherSourceNorDestinationIsTakenAway) {
  Replicate(R"([{"fileNamePrefix":"","isEnabled":true}])");
  HttpAnswer bucket =
      Call("b2_update_bucket",
           absl::StrCat(R"({"accountId":")", kAccountId, R"(","bucketId":")", BucketId(),
                        R"(","replicationConfiguration":{)", R"("asReplicationSource":null,)",
                        R"("asReplicationDestination":null}})"));
  JsonDocument json = bucket.Json();
  EXPECT_TRUE(json.root()["replicationConfiguration"]["value"].is_null()) << bucket.body;
  EXPECT_TRUE(Upload("a").root()["replicationStatus"].is_null());
}

TEST_F(NativeEntryTest, ASourceOfReplicationTakesNoLocks) {
  Replicate("[]");
  HttpAnswer answer = Post("/b2api/v2/b2_update_bucket",
                           absl::StrCat(R"({"accountId":")", kAccountId, R"(","bucketId":")",
                                        BucketId(), R"(","fileLockEnabled":true})"));
  EXPECT_EQ(answer.Error(), "400 source_replication_conflict");
}

TEST_F(NativeEntryTest, AStartedLargeFileNamesTheMd5OfItsCustomersKey) {
  HttpAnswer answer =
      Call("b2_start_large_file",
           absl::StrCat(R"({"bucketId":")", BucketId(),
                        R"(","fileName":"a","contentType":"text/plain",)",
                        R"("serverSideEncryption":{"mode":"SSE-C","algorithm":"AES256",)"
                        R"("customerKey":"KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio=",)"
                        R"("customerKeyMd5":"SaaDheEjzuynJH8eW6AEpQ=="}})"));
  JsonDocument json = answer.Json();
  JsonValue encryption = json.root()["serverSideEncryption"];
  EXPECT_EQ(encryption.StringOr("customerKeyMd5", ""), "SaaDheEjzuynJH8eW6AEpQ==");
  EXPECT_EQ(encryption.StringOr("mode", ""), "SSE-C");
}

}  // namespace
}  // namespace annofs::testing
