// Object lock at the emulator's S3 endpoint.
#include "tests/tools/s3_client.h"

namespace annofs::testing {
namespace {

constexpr char kLocked[] = "/locked-bucket/a";

class S3LockTest : public S3Test {
 protected:
  S3LockTest() {
    Send({.method = "PUT",
          .path = "/locked-bucket",
          .headers = {{"x-amz-bucket-object-lock-enabled", "true"}},
          .body = ""});
  }

  static std::string In(absl::Duration duration) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now() + duration, absl::UTCTimeZone());
  }
  HttpAnswer Put(NamesAndValues headers = {}, S3Key key = {}) {
    return Send({.method = "PUT",
                 .path = kLocked,
                 .headers = std::move(headers),
                 .body = "x",
                 .key = std::move(key)});
  }
  HttpAnswer Ask(absl::string_view method, NamesAndValues query, NamesAndValues headers = {}) {
    return Send({.method = std::string(method),
                 .path = kLocked,
                 .query = std::move(query),
                 .headers = std::move(headers)});
  }
  static std::string RetentionXml(absl::string_view mode, absl::Duration duration) {
    return absl::StrCat("<Retention><Mode>", mode, "</Mode><RetainUntilDate>", In(duration),
                        "</RetainUntilDate></Retention>");
  }
};

TEST_F(S3LockTest, ARetainedVersionIsNotDeleted) {
  HttpAnswer put = Put({{"x-amz-object-lock-mode", "GOVERNANCE"},
                        {"x-amz-object-lock-retain-until-date", In(absl::Hours(24))}});
  ASSERT_EQ(put.status, 200) << put.body;
  std::string id = put.headers["x-amz-version-id"];
  EXPECT_EQ(Ask("HEAD", {}).headers["x-amz-object-lock-mode"], "GOVERNANCE");
  EXPECT_EQ(S3ErrorText(Ask("DELETE", {{"versionId", id}})), "403 AccessDenied");
  EXPECT_EQ(
      Ask("DELETE", {{"versionId", id}}, {{"x-amz-bypass-governance-retention", "true"}}).status,
      204);
}

TEST_F(S3LockTest, ComplianceIsNotPassedOver) {
  std::string id = Put({{"x-amz-object-lock-mode", "COMPLIANCE"},
                        {"x-amz-object-lock-retain-until-date", In(absl::Hours(24))}})
                       .headers["x-amz-version-id"];
  EXPECT_EQ(S3ErrorText(Ask("DELETE", {{"versionId", id}},
                            {{"x-amz-bypass-governance-retention", "true"}})),
            "403 AccessDenied");
}

TEST_F(S3LockTest, ALegalHoldIsSetAndReleased) {
  std::string id = Put().headers["x-amz-version-id"];
  EXPECT_EQ(S3ErrorText(Ask("GET", {{"legal-hold", ""}})), "404 NoSuchObjectLockConfiguration");
  EXPECT_EQ(PutXml(kLocked, "legal-hold", "<LegalHold><Status>ON</Status></LegalHold>").status,
            200);
  EXPECT_EQ(XmlText(Ask("GET", {{"legal-hold", ""}}).body, "Status"), "ON");
  EXPECT_EQ(S3ErrorText(Ask("DELETE", {{"versionId", id}})), "403 AccessDenied");
  EXPECT_EQ(PutXml(kLocked, "legal-hold", "<LegalHold><Status>OFF</Status></LegalHold>").status,
            200);
  EXPECT_EQ(Ask("DELETE", {{"versionId", id}}).status, 204);
  EXPECT_EQ(S3ErrorText(PutXml(kLocked, "legal-hold", "<LegalHold/>")), "404 NoSuchKey");
}

TEST_F(S3LockTest, ARetentionIsSetAndRead) {
  Put();
  EXPECT_EQ(S3ErrorText(Ask("GET", {{"retention", ""}})), "404 NoSuchObjectLockConfiguration");
  EXPECT_EQ(PutXml(kLocked, "retention", RetentionXml("GOVERNANCE", absl::Hours(48))).status, 200);
  EXPECT_EQ(XmlText(Ask("GET", {{"retention", ""}}).body, "Mode"), "GOVERNANCE");
  EXPECT_EQ(S3ErrorText(PutXml(kLocked, "retention", RetentionXml("GOVERNANCE", absl::Hours(1)))),
            "403 AccessDenied");
  EXPECT_EQ(S3ErrorText(PutXml(kLocked, "retention", RetentionXml("GOVERNANCE", -absl::Hours(1)))),
            "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(PutXml(kLocked, "retention", RetentionXml("FOREVER", absl::Hours(99)))),
            "400 InvalidArgument");
}

TEST_F(S3LockTest, ABucketsDefaultHoldsForNewObjects) {
  EXPECT_EQ(S3ErrorText(Send({.path = "/test-bucket", .query = {{"object-lock", ""}}})),
            "404 ObjectLockConfigurationNotFoundError");
  std::string xml =
      "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
      "<DefaultRetention><Mode>GOVERNANCE</Mode><Days>3</Days></DefaultRetention></Rule>"
      "</ObjectLockConfiguration>";
  ASSERT_EQ(PutXml("/locked-bucket", "object-lock", xml).status, 200);
  HttpAnswer config = Send({.path = "/locked-bucket", .query = {{"object-lock", ""}}});
  EXPECT_EQ(XmlText(config.body, "Days"), "3");
  Put();
  EXPECT_EQ(Ask("HEAD", {}).headers["x-amz-object-lock-mode"], "GOVERNANCE");
}

TEST_F(S3LockTest, ABucketWithoutLocksTakesNone) {
  PutObject("a", "x");
  EXPECT_EQ(S3ErrorText(PutObject("a", "x", {{"x-amz-object-lock-legal-hold", "ON"}})),
            "400 InvalidRequest");
  EXPECT_EQ(S3ErrorText(GetObject("a", {}, {{"retention", ""}})), "400 InvalidRequest");
}

TEST_F(S3LockTest, LockingNeedsItsCapability) {
  S3Key key = NewKey("\"readFiles\",\"writeFiles\"");
  EXPECT_EQ(S3ErrorText(Put({{"x-amz-object-lock-legal-hold", "ON"}}, key)), "403 AccessDenied");
  EXPECT_EQ(S3ErrorText(Put({{"x-amz-object-lock-mode", "GOVERNANCE"},
                             {"x-amz-object-lock-retain-until-date", In(absl::Hours(24))}},
                            key)),
            "403 AccessDenied");
  EXPECT_EQ(Put({}, key).status, 200);
}

}  // namespace
}  // namespace annofs::testing
