// Buckets at the emulator's S3 endpoint, and what is set about them.
#include "gmock/gmock.h"
#include "tests/tools/s3_client.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

class S3BucketTest : public S3Test {
 protected:
  HttpAnswer Create(absl::string_view name, NamesAndValues headers = {}, std::string body = "") {
    return Send({.method = "PUT",
                 .path = absl::StrCat("/", name),
                 .headers = std::move(headers),
                 .body = std::move(body)});
  }
  HttpAnswer Ask(absl::string_view method, absl::string_view sub) {
    return Send(
        {.method = std::string(method), .path = "/test-bucket", .query = {{std::string(sub), ""}}});
  }
};

TEST_F(S3BucketTest, BucketsAreListedByName) {
  Create("another-bucket");
  HttpAnswer answer = Send({});
  EXPECT_THAT(XmlTexts(answer.body, "Name"),
              ElementsAre("another-bucket", "photos", "test-bucket"));
  EXPECT_EQ(XmlText(answer.body, "ID"), kAccountId);
  EXPECT_EQ(XmlTexts(answer.body, "CreationDate").size(), 3u);
}

TEST_F(S3BucketTest, ABucketIsTheSameForBothApis) {
  EXPECT_EQ(BucketIdOf("test-bucket").size(), 24u);
  Post("/b2api/v2/b2_create_bucket",
       absl::StrCat("{\"accountId\":\"", kAccountId,
                    "\",\"bucketName\":\"native-bucket\",\"bucketType\":\"allPublic\"}"));
  EXPECT_EQ(Send({.method = "HEAD", .path = "/native-bucket"}).status, 200);
}

TEST_F(S3BucketTest, NamesOfBucketsAreChecked) {
  const std::vector<std::string> names = {
      "short",    "UPPER-case", "under_score",       "b2-bucket",
      "-leading", "trailing-",  std::string(64, 'a')};
  for (const std::string& name : names) {
    EXPECT_EQ(S3ErrorText(Create(name)), "400 InvalidBucketName") << name;
  }
}

TEST_F(S3BucketTest, ABucketIsCreatedOnce) {
  EXPECT_EQ(S3ErrorText(Create("test-bucket")), "409 BucketAlreadyOwnedByYou");
}

TEST_F(S3BucketTest, ABucketIsInTheRegionOfTheEndpoint) {
  auto body = [](absl::string_view region) {
    return absl::StrCat("<CreateBucketConfiguration><LocationConstraint>", region,
                        "</LocationConstraint></CreateBucketConfiguration>");
  };
  EXPECT_EQ(Create("bucket-here", {}, body(kS3Region)).status, 200);
  EXPECT_EQ(S3ErrorText(Create("bucket-there", {}, body("eu-central-003"))),
            "400 InvalidLocationConstraint");
  EXPECT_EQ(S3ErrorText(Create("bucket-what", {}, "<a>")), "400 MalformedXML");
  EXPECT_TRUE(absl::StrContains(Ask("GET", "location").body, ">us-west-002</LocationConstraint>"));
}

TEST_F(S3BucketTest, OnlyAnEmptyBucketIsDeleted) {
  PutObject("a", "1");
  EXPECT_EQ(S3ErrorText(Send({.method = "DELETE", .path = "/test-bucket"})), "409 BucketNotEmpty");
  std::string version = Head("a").headers["x-amz-version-id"];
  DeleteObject("a", {{"versionId", version}});
  EXPECT_EQ(Send({.method = "DELETE", .path = "/test-bucket"}).status, 204);
  EXPECT_EQ(S3ErrorText(Ask("GET", "location")), "404 NoSuchBucket");
}

TEST_F(S3BucketTest, ABucketThatIsNotThereIsNotFound) {
  EXPECT_EQ(S3ErrorText(Send({.path = "/no-such-bucket"})), "404 NoSuchBucket");
  EXPECT_EQ(S3ErrorText(Send({.path = "/no-such-bucket/key"})), "404 NoSuchBucket");
  HttpAnswer head = Send({.method = "HEAD", .path = "/no-such-bucket"});
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.body, "");
}

TEST_F(S3BucketTest, VersioningIsAlwaysOn) {
  EXPECT_EQ(XmlText(Ask("GET", "versioning").body, "Status"), "Enabled");
  auto body = [](absl::string_view status) {
    return absl::StrCat("<VersioningConfiguration><Status>", status,
                        "</Status></VersioningConfiguration>");
  };
  EXPECT_EQ(PutXml("/test-bucket", "versioning", body("Enabled")).status, 200);
  EXPECT_EQ(S3ErrorText(PutXml("/test-bucket", "versioning", body("Suspended"))),
            "501 NotImplemented");
}

TEST_F(S3BucketTest, AnAclIsPrivateOrPublicRead) {
  EXPECT_THAT(XmlTexts(Ask("GET", "acl").body, "Permission"), ElementsAre("FULL_CONTROL"));
  HttpAnswer put = Send({.method = "PUT",
                         .path = "/test-bucket",
                         .query = {{"acl", ""}},
                         .headers = {{"x-amz-acl", "public-read"}},
                         .body = ""});
  EXPECT_EQ(put.status, 200);
  std::string acl = Ask("GET", "acl").body;
  EXPECT_THAT(XmlTexts(acl, "Permission"), ElementsAre("FULL_CONTROL", "READ"));
  ASSERT_EQ(PutXml("/test-bucket", "acl", acl).status, 200);
  EXPECT_EQ(Ask("GET", "acl").body, acl);
  EXPECT_EQ(
      S3ErrorText(PutXml("/test-bucket", "acl", absl::StrReplaceAll(acl, {{">READ<", ">WRITE<"}}))),
      "501 NotImplemented");
  EXPECT_EQ(S3ErrorText(Create("bucket-open", {{"x-amz-acl", "public-read-write"}})),
            "400 InvalidArgument");
}

TEST_F(S3BucketTest, CorsRulesAreKept) {
  EXPECT_EQ(S3ErrorText(Ask("GET", "cors")), "404 NoSuchCORSConfiguration");
  std::string rule =
      "<CORSRule><ID>r</ID><AllowedOrigin>https://s3_x.org</AllowedOrigin>"
      "<AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>"
      "<AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>"
      "<MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>";
  std::string xml = absl::StrCat("<CORSConfiguration>", rule, "</CORSConfiguration>");
  ASSERT_EQ(PutXml("/test-bucket", "cors", xml).status, 200);
  EXPECT_TRUE(absl::StrContains(Ask("GET", "cors").body, rule)) << Ask("GET", "cors").body;
  EXPECT_EQ(Ask("DELETE", "cors").status, 204);
  EXPECT_EQ(S3ErrorText(Ask("GET", "cors")), "404 NoSuchCORSConfiguration");
  EXPECT_EQ(S3ErrorText(PutXml("/test-bucket", "cors", "<CORSConfiguration/>")),
            "400 MalformedXML");
}

TEST_F(S3BucketTest, LifecycleRulesAreTheNativeOnes) {
  EXPECT_EQ(S3ErrorText(Ask("GET", "lifecycle")), "404 NoSuchLifecycleConfiguration");
  std::string xml =
      "<LifecycleConfiguration><Rule><ID>x</ID><Filter><Prefix>logs/</Prefix></Filter>"
      "<Status>Enabled</Status><Expiration><Days>7</Days></Expiration>"
      "<NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays>"
      "</NoncurrentVersionExpiration></Rule></LifecycleConfiguration>";
  ASSERT_EQ(PutXml("/test-bucket", "lifecycle", xml).status, 200);
  EXPECT_EQ(XmlText(Ask("GET", "lifecycle").body, "Days"), "7");
  HttpAnswer native = Get(
      absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId, "&bucketName=test-bucket"));
  JsonDocument json = native.Json();
  JsonValue rule = json.root()["buckets"][0]["lifecycleRules"][0];
  EXPECT_EQ(rule.StringOr("fileNamePrefix", ""), "logs/");
  EXPECT_EQ(rule.IntOr("daysFromUploadingToHiding", 0), 7);
  EXPECT_EQ(rule.IntOr("daysFromHidingToDeleting", 0), 2);
  EXPECT_EQ(Ask("DELETE", "lifecycle").status, 204);
  EXPECT_EQ(S3ErrorText(Ask("GET", "lifecycle")), "404 NoSuchLifecycleConfiguration");
}

TEST_F(S3BucketTest, EncryptionIsSetForNewObjects) {
  EXPECT_EQ(S3ErrorText(Ask("GET", "encryption")),
            "404 ServerSideEncryptionConfigurationNotFoundError");
  std::string xml =
      "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
      "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
      "</ServerSideEncryptionConfiguration>";
  ASSERT_EQ(PutXml("/test-bucket", "encryption", xml).status, 200);
  EXPECT_EQ(XmlText(Ask("GET", "encryption").body, "SSEAlgorithm"), "AES256");
  EXPECT_EQ(PutObject("a", "1").headers["x-amz-server-side-encryption"], "AES256");
  EXPECT_EQ(Ask("DELETE", "encryption").status, 204);
  EXPECT_EQ(PutObject("a", "1").headers.count("x-amz-server-side-encryption"), 0u);
  EXPECT_EQ(S3ErrorText(PutXml("/test-bucket", "encryption",
                               absl::StrReplaceAll(xml, {{"AES256", "aws:kms"}}))),
            "501 NotImplemented");
}

TEST_F(S3BucketTest, ThereIsNoBucketPolicy) {
  EXPECT_EQ(S3ErrorText(Ask("GET", "policy")), "404 NoSuchBucketPolicy");
  EXPECT_EQ(S3ErrorText(PutXml("/test-bucket", "policy", "{}")), "501 NotImplemented");
}

TEST_F(S3BucketTest, WhatIsNotOfferedIsSaidToBe) {
  for (std::string sub : {"tagging", "website", "notification", "inventory", "replication",
                          "accelerate", "requestPayment", "logging", "analytics", "metrics",
                          "ownershipControls", "publicAccessBlock", "policyStatus"}) {
    EXPECT_EQ(S3ErrorText(Ask("GET", sub)), "501 NotImplemented") << sub;
  }
  PutObject("a", "1");
  for (std::string sub : {"tagging", "torrent", "attributes"}) {
    EXPECT_EQ(S3ErrorText(GetObject("a", {}, {{sub, ""}})), "501 NotImplemented") << sub;
  }
  EXPECT_EQ(S3ErrorText(Send({.method = "POST", .path = "/test-bucket", .body = "form"})),
            "501 NotImplemented");
}

TEST_F(S3BucketTest, AMethodThatNothingHasIsRefused) {
  EXPECT_EQ(S3ErrorText(Send({.method = "PATCH", .path = "/test-bucket/a"})),
            "405 MethodNotAllowed");
  EXPECT_EQ(S3ErrorText(Send({.method = "DELETE", .path = "/"})), "405 MethodNotAllowed");
}

TEST_F(S3BucketTest, HostileXmlIsMalformed) {
  std::string bomb =
      "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"aaaa\">]>"
      "<VersioningConfiguration><Status>&a;</Status></VersioningConfiguration>";
  EXPECT_EQ(S3ErrorText(PutXml("/test-bucket", "versioning", bomb)), "400 MalformedXML");
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<VersioningConfiguration>";
  EXPECT_EQ(S3ErrorText(PutXml("/test-bucket", "versioning", deep)), "400 MalformedXML");
  EXPECT_EQ(S3ErrorText(PutXml("/test-bucket", "versioning", "<Other/>")), "400 MalformedXML");
}

TEST_F(S3BucketTest, RequestsAreCountedByOperation) {
  Ask("GET", "location");
  HttpAnswer counters = Admin("counters");
  EXPECT_EQ(counters.Json().root()["requests"].IntOr("s3_get_bucket_location", 0), 1);
  EXPECT_EQ(counters.Json().root()["requests"].IntOr("s3_create_bucket", 0), 1);
}

TEST_F(S3BucketTest, WhoIsOverTheRateIsToldToSlowDown) {
  Restart({.settings = {.rate = 1}});
  Ask("GET", "location");
  HttpAnswer answer = Ask("GET", "location");
  EXPECT_EQ(S3ErrorText(answer), "503 SlowDown");
  EXPECT_EQ(answer.headers["retry-after"], "1");
}

TEST_F(S3BucketTest, FaultsSpeakTheLanguageOfS3) {
  PostAdmin("faults", R"({"op":"s3_get_object","status":503})");
  EXPECT_EQ(S3ErrorText(GetObject("a")), "503 ServiceUnavailable");
  PostAdmin("faults", R"({"op":"s3_get_object","status":503,"code":"SlowDown"})");
  EXPECT_EQ(S3ErrorText(GetObject("a")), "503 SlowDown");
}

}  // namespace
}  // namespace annofs::testing
