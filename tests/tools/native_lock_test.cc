// Locks of files: retention, legal hold, what they keep from happening (reference/b2.md §1.14).
#include "tests/tools/native_client.h"

namespace annofs::testing {
namespace {

constexpr int64_t kSoon = 4'000'000'000'000;   // ms; in the year 2096
constexpr int64_t kLater = 4'100'000'000'000;  // ms

class NativeLockTest : public NativeTest {
 protected:
  NativeLockTest() { locked_ = CreateBucket("locked-bucket", {{"fileLockEnabled", true}}); }

  std::string PutLocked(absl::string_view name, std::vector<std::string> headers = {}) {
    return PutIn(locked_, name, "x", std::move(headers));
  }
  static std::vector<std::string> Retained(absl::string_view mode, int64_t until = kSoon) {
    return {absl::StrCat("X-Bz-File-Retention-Mode: ", mode),
            absl::StrCat("X-Bz-File-Retention-Retain-Until-Timestamp: ", until)};
  }
  HttpAnswer SetRetention(absl::string_view id, Fields retention, Fields more = {}) {
    more.insert({{"fileId", id}, {"fileName", "a"}});
    more.insert({"fileRetention", Object(retention)});
    return Call("b2_update_file_retention", more);
  }
  HttpAnswer SetHold(absl::string_view id, absl::string_view hold) {
    return Call("b2_update_file_legal_hold",
                {{"fileId", id}, {"fileName", "a"}, {"legalHold", hold}});
  }
  HttpAnswer DeleteBypassing(absl::string_view id) {
    return Call("b2_delete_file_version",
                {{"fileName", "a"}, {"fileId", id}, {"bypassGovernance", true}});
  }
  static Fields Until(absl::string_view mode, int64_t until) {
    return {{"mode", mode}, {"retainUntilTimestamp", until}};
  }

  std::string locked_;
};

TEST_F(NativeLockTest, ABucketWithoutLocksTakesNone) {
  std::string id = Put("a");
  EXPECT_EQ(SetRetention(id, Until("governance", kSoon)).Error(), "400 bucket_missing_file_lock");
  EXPECT_EQ(TextIn(SetHold(id, "on"), "message"), "The bucket is not file lock enabled");
  EXPECT_EQ(Upload(bucket_, "b", "x", Retained("governance")).Error(),
            "400 bucket_missing_file_lock");
  EXPECT_EQ(Upload(bucket_, "b", "x", {"X-Bz-File-Legal-Hold: on"}).Error(),
            "400 bucket_missing_file_lock");
}

TEST_F(NativeLockTest, LocksComeWithUploadsAndAreShown) {
  std::vector<std::string> headers = Retained("governance");
  headers.push_back("X-Bz-File-Legal-Hold: on");
  std::string id = PutLocked("a", headers);
  JsonDocument json = Call("b2_get_file_info", {{"fileId", id}}).Json();
  JsonValue retention = json.root()["fileRetention"]["value"];
  EXPECT_EQ(retention.StringOr("mode", ""), "governance");
  EXPECT_EQ(retention.IntOr("retainUntilTimestamp", 0), kSoon);
  EXPECT_EQ(json.root()["legalHold"].StringOr("value", ""), "on");
  HttpAnswer download = Get("/file/locked-bucket/a");
  EXPECT_EQ(download.headers["x-bz-file-retention-mode"], "governance");
  EXPECT_EQ(download.headers["x-bz-file-retention-retain-until-timestamp"], absl::StrCat(kSoon));
  EXPECT_EQ(download.headers["x-bz-file-legal-hold"], "on");
  EXPECT_EQ(download.headers.count("x-bz-client-unauthorized-to-read"), 0u);
}

TEST_F(NativeLockTest, LocksAreWithheldFromWhoMayNotReadThem) {
  std::vector<std::string> headers = Retained("governance");
  headers.push_back("X-Bz-File-Legal-Hold: on");
  std::string id = PutLocked("a", headers);
  std::string token = TokenOfKey({"readFiles"});
  JsonDocument json = Call("b2_get_file_info", {{"fileId", id}}, token).Json();
  for (absl::string_view member : {"fileRetention", "legalHold"}) {
    EXPECT_FALSE(json.root()[member].BoolOr("isClientAuthorizedToRead", true));
    EXPECT_TRUE(json.root()[member].is_object() && json.root()[member]["value"].is_null());
  }
  HttpAnswer download = Ask(
      {.url = Url("/file/locked-bucket/a"), .headers = {absl::StrCat("Authorization: ", token)}});
  EXPECT_EQ(download.headers.count("x-bz-file-retention-mode"), 0u);
  EXPECT_EQ(download.headers.count("x-bz-file-legal-hold"), 0u);
  std::string withheld = download.headers["x-bz-client-unauthorized-to-read"];
  EXPECT_TRUE(absl::StrContains(withheld, "x-bz-file-retention-mode")) << withheld;
  EXPECT_TRUE(absl::StrContains(withheld, "x-bz-file-legal-hold")) << withheld;
}

TEST_F(NativeLockTest, RetentionHasAModeAndATime) {
  for (const std::vector<std::string>& headers :
       {std::vector<std::string>{"X-Bz-File-Retention-Mode: governance"},
        {"X-Bz-File-Retention-Retain-Until-Timestamp: 4000000000000"},
        Retained("forever")}) {
    EXPECT_EQ(Upload(locked_, "a", "x", headers).Error(), "400 bad_request");
  }
  std::string id = PutLocked("a");
  EXPECT_EQ(SetRetention(id, {{"mode", "governance"}}).Error(), "400 bad_request");
  EXPECT_EQ(SetRetention(id, Until("forever", kSoon)).Error(), "400 bad_request");
  EXPECT_EQ(SetHold(id, "maybe").Error(), "400 bad_request");
}

TEST_F(NativeLockTest, RetentionEndsInTheFuture) {
  std::string id = PutLocked("a");
  EXPECT_EQ(SetRetention(id, Until("governance", 1'000'000)).Error(),
            "400 retain_until_timestamp_must_be_in_future");
  EXPECT_EQ(Upload(locked_, "a", "x", Retained("governance", 1'000'000)).Error(),
            "400 retain_until_timestamp_must_be_in_future");
}

TEST_F(NativeLockTest, GovernanceKeepsAFileFromBeingDeletedUnlessBypassed) {
  std::string id = PutLocked("a", Retained("governance"));
  EXPECT_EQ(Delete("a", id).Error(), "401 unauthorized");
  std::string cannot = TokenOfKey({"deleteFiles"});
  EXPECT_EQ(Call("b2_delete_file_version",
                 {{"fileName", "a"}, {"fileId", id}, {"bypassGovernance", true}}, cannot)
                .Error(),
            "401 unauthorized");
  EXPECT_EQ(DeleteBypassing(id).status, 200);
}

TEST_F(NativeLockTest, ComplianceIsNotBypassed) {
  std::string id = PutLocked("a", Retained("compliance"));
  EXPECT_EQ(Delete("a", id).Error(), "401 unauthorized");
  EXPECT_EQ(DeleteBypassing(id).Error(), "401 unauthorized");
}

TEST_F(NativeLockTest, ALegalHoldKeepsAFileUntilItIsOff) {
  std::string id = PutLocked("a");
  HttpAnswer on = SetHold(id, "on");
  EXPECT_EQ(TextIn(on, "legalHold"), "on");
  EXPECT_EQ(DeleteBypassing(id).Error(), "401 unauthorized");
  EXPECT_EQ(TextIn(SetHold(id, "off"), "legalHold"), "off");
  EXPECT_EQ(Delete("a", id).status, 200);
}

TEST_F(NativeLockTest, ALockedFileMayBeHiddenAndOverwritten) {
  std::string id = PutLocked("a", Retained("compliance"));
  PutLocked("a");
  EXPECT_EQ(Call("b2_hide_file", {{"bucketId", locked_}, {"fileName", "a"}}).status, 200);
  EXPECT_EQ(Get(absl::StrCat("/b2api/v2/b2_download_file_by_id?fileId=", id)).body, "x");
}

TEST_F(NativeLockTest, GovernanceIsWeakenedOnlyByBypassing) {
  std::string id = PutLocked("a", Retained("governance", kLater));
  Fields bypass = {{"bypassGovernance", true}};
  EXPECT_EQ(SetRetention(id, Until("governance", kSoon)).Error(), "403 access_denied");
  Raw none{R"({"mode":null,"retainUntilTimestamp":null})"};
  Fields call = {{"fileId", id}, {"fileName", "a"}, {"fileRetention", none}};
  EXPECT_EQ(Call("b2_update_file_retention", call).Error(), "403 access_denied");
  EXPECT_EQ(SetRetention(id, Until("governance", kSoon), bypass).status, 200);
  EXPECT_EQ(SetRetention(id, Until("governance", kLater)).status, 200);
  EXPECT_EQ(SetRetention(id, Until("compliance", kLater)).status, 200);
}

TEST_F(NativeLockTest, ComplianceIsNeverWeakened) {
  std::string id = PutLocked("a", Retained("compliance"));
  Fields bypass = {{"bypassGovernance", true}};
  EXPECT_EQ(SetRetention(id, Until("compliance", kSoon - 1), bypass).Error(), "403 access_denied");
  EXPECT_EQ(SetRetention(id, Until("governance", kLater), bypass).Error(), "403 access_denied");
  HttpAnswer longer = SetRetention(id, Until("compliance", kLater));
  ASSERT_EQ(longer.status, 200);
  EXPECT_EQ(longer.Json().root()["fileRetention"].IntOr("retainUntilTimestamp", 0), kLater);
}

TEST_F(NativeLockTest, ALockIsOfTheVersionThatNameAndIdName) {
  std::string b = PutLocked("b");
  EXPECT_EQ(SetRetention(b, Until("governance", kSoon)).Error(), "400 file_not_present");
  EXPECT_EQ(SetHold(b, "on").Error(), "400 file_not_present");
  EXPECT_EQ(SetHold("bad-id", "on").Error(), "400 bad_request");
}

TEST_F(NativeLockTest, AMarkerHasNoLock) {
  PutLocked("a");
  std::string marker =
      TextIn(Call("b2_hide_file", {{"bucketId", locked_}, {"fileName", "a"}}), "fileId");
  EXPECT_EQ(SetHold(marker, "on").Error(), "400 bad_request");
  EXPECT_EQ(SetRetention(marker, Until("governance", kSoon)).Error(), "400 bad_request");
}

TEST_F(NativeLockTest, ABucketsDefaultIsOfNewFiles) {
  auto update = [this](Raw retention) {
    return Call(
        "b2_update_bucket",
        {{"accountId", kAccountId}, {"bucketId", locked_}, {"defaultRetention", retention}});
  };
  Raw period{R"({"mode":"governance","period":{"duration":7,"unit":"days"}})"};
  HttpAnswer updated = update(period);
  ASSERT_EQ(updated.status, 200) << updated.body;
  JsonDocument bucket = updated.Json();
  JsonValue settings = bucket.root()["fileLockConfiguration"]["value"]["defaultRetention"];
  EXPECT_EQ(settings["period"].IntOr("duration", 0), 7);
  JsonDocument file = Upload(locked_, "a", "x").Json();
  JsonValue retention = file.root()["fileRetention"]["value"];
  EXPECT_EQ(retention.StringOr("mode", ""), "governance");
  absl::Time until = absl::FromUnixMillis(retention.IntOr("retainUntilTimestamp", 0));
  EXPECT_LT(absl::AbsDuration(until - absl::Now() - absl::Hours(7 * 24)), absl::Minutes(1));
  EXPECT_EQ(
      update(Raw{R"({"mode":"governance","period":{"duration":3001,"unit":"days"}})"}).Error(),
      "400 bad_request");
  EXPECT_EQ(update(Raw{R"({"mode":"governance","period":{"duration":9,"unit":"years"}})"}).Error(),
            "400 bad_request");
  EXPECT_EQ(update(Raw{R"({"mode":"governance"})"}).Error(), "400 bad_request");
  EXPECT_EQ(update(Raw{R"({"mode":null})"}).status, 200);
}

TEST_F(NativeLockTest, ADefaultNeedsABucketWithLocks) {
  Raw period{R"({"mode":"governance","period":{"duration":7,"unit":"days"}})"};
  EXPECT_EQ(Call("b2_update_bucket",
                 {{"accountId", kAccountId}, {"bucketId", bucket_}, {"defaultRetention", period}})
                .Error(),
            "400 bucket_missing_file_lock");
}

}  // namespace
}  // namespace annofs::testing
