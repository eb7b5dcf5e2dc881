#include "cache/store/s3_errors.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "gtest/gtest.h"
#include "tests/cache/store/s3_server.h"

namespace annofs::testing {
namespace {

using Code = absl::StatusCode;

HttpResponse Answer(int status, absl::string_view code, absl::string_view more = "") {
  return {.status = status, .body = S3ErrorReply(status, code, "Server text.", more).body};
}

absl::Status ListError(const HttpResponse& response, S3ListCall call = S3ListCall::kNames) {
  return S3ListError(response, call,
                     {.kind = SourceUrl::Kind::kS3, .bucket = "photos", .prefix = "a/b/"},
                     {.host = "s3.example.com", .region = "us-east-1"});
}

struct Meaning {
  int status;
  const char* code;
  Code list;
  Code get;
};

TEST(S3ErrorsTest, EachCodeHasItsMeaning) {
  for (const Meaning& row : std::vector<Meaning>{
           {404, "NoSuchKey", Code::kNotFound, Code::kAborted},
           {404, "NoSuchVersion", Code::kNotFound, Code::kAborted},
           {404, "NoSuchBucket", Code::kNotFound, Code::kNotFound},
           {403, "AccessDenied", Code::kPermissionDenied, Code::kPermissionDenied},
           {403, "AllAccessDisabled", Code::kPermissionDenied, Code::kPermissionDenied},
           {403, "InvalidAccessKeyId", Code::kUnauthenticated, Code::kUnauthenticated},
           {403, "SignatureDoesNotMatch", Code::kUnauthenticated, Code::kUnauthenticated},
           {403, "RequestTimeTooSkewed", Code::kUnauthenticated, Code::kUnauthenticated},
           {400, "ExpiredToken", Code::kUnauthenticated, Code::kUnauthenticated},
           {400, "InvalidToken", Code::kUnauthenticated, Code::kUnauthenticated},
           {416, "InvalidRange", Code::kInvalidArgument, Code::kAborted},
           {412, "PreconditionFailed", Code::kInvalidArgument, Code::kAborted},
           {403, "InvalidObjectState", Code::kPermissionDenied, Code::kPermissionDenied},
           {503, "SlowDown", Code::kUnavailable, Code::kUnavailable},
           {503, "ServiceUnavailable", Code::kUnavailable, Code::kUnavailable},
           {500, "InternalError", Code::kUnavailable, Code::kUnavailable},
           {400, "RequestTimeout", Code::kUnavailable, Code::kUnavailable},
           {301, "PermanentRedirect", Code::kInvalidArgument, Code::kInvalidArgument},
           {307, "TemporaryRedirect", Code::kInvalidArgument, Code::kInvalidArgument},
           {400, "AuthorizationHeaderMalformed", Code::kInvalidArgument, Code::kInvalidArgument},
           {403, "QuotaExceeded", Code::kResourceExhausted, Code::kResourceExhausted},
           {304, "", Code::kDataLoss, Code::kDataLoss},
           {501, "NotImplemented", Code::kInvalidArgument, Code::kInvalidArgument}}) {
    const HttpResponse answer = Answer(row.status, row.code);
    EXPECT_EQ(ListError(answer).code(), row.list) << row.status << " " << row.code;
    EXPECT_EQ(S3DownloadError(answer).code(), row.get) << row.status << " " << row.code;
  }
}

TEST(S3ErrorsTest, TheTextOfTheServerIsKept) {
  EXPECT_TRUE(absl::StrContains(ListError(Answer(503, "SlowDown")).message(),
                                "503 SlowDown: Server text."));
}

TEST(S3ErrorsTest, AnAnswerWithoutADocumentHasItsStatus) {
  for (const char* body : {"", "<html><Code>x</Code></html>", "nonsense"}) {
    const S3Error error = ParseS3Error({.status = 502, .body = body});
    EXPECT_EQ(error.service.status, 502);
    EXPECT_EQ(error.service.code, "");
  }
}

TEST(S3ErrorsTest, ADocumentThatBreaksOffHasWhatCame) {
  const S3Error error =
      ParseS3Error({.status = 403, .body = "<Error><Code>AccessDenied</Code><Me"});
  EXPECT_EQ(error.service.code, "AccessDenied");
}

TEST(S3ErrorsTest, ARefusedListingNamesTheSourceAndHowToNameThePrefixOfAKey) {
  for (const char* code : {"AccessDenied", ""}) {
    const std::string text(ListError(Answer(403, code)).message());
    EXPECT_TRUE(absl::StrContains(text, "may not list s3://photos/a/b/")) << text;
    EXPECT_TRUE(absl::StrContains(text, "listFiles")) << text;
    EXPECT_TRUE(absl::StrContains(text, "s3://photos/PREFIX")) << text;
  }
}

TEST(S3ErrorsTest, AnUnknownKeySaysThatAMasterKeyIsRefused) {
  const std::string text(ListError(Answer(403, "InvalidAccessKeyId")).message());
  EXPECT_TRUE(absl::StrContains(text, "AWS_ACCESS_KEY_ID")) << text;
  EXPECT_TRUE(absl::StrContains(text, "application key")) << text;
}

TEST(S3ErrorsTest, AWrongSignatureNamesSecretAndRegion) {
  const std::string text(ListError(Answer(403, "SignatureDoesNotMatch")).message());
  EXPECT_TRUE(absl::StrContains(text, "AWS_SECRET_ACCESS_KEY")) << text;
  EXPECT_TRUE(absl::StrContains(text, "--region (used: us-east-1)")) << text;
}

TEST(S3ErrorsTest, AMissingBucketIsNamedWithItsHost) {
  const std::string text(ListError(Answer(404, "NoSuchBucket")).message());
  EXPECT_TRUE(absl::StrContains(text, "'photos' at s3.example.com")) << text;
}

TEST(S3ErrorsTest, AWrongClockIsNamed) {
  EXPECT_TRUE(absl::StrContains(ListError(Answer(403, "RequestTimeTooSkewed")).message(), "clock"));
}

TEST(S3ErrorsTest, AnExpiredSessionIsNamed) {
  EXPECT_TRUE(
      absl::StrContains(ListError(Answer(400, "ExpiredToken")).message(), "AWS_SESSION_TOKEN"));
}

TEST(S3ErrorsTest, AServiceWithoutVersionsIsToldFromOneWithoutTheApi) {
  const absl::Status versions = ListError(Answer(501, "NotImplemented"), S3ListCall::kVersions);
  EXPECT_TRUE(absl::IsUnimplemented(versions)) << versions;
  EXPECT_TRUE(absl::StrContains(versions.message(), "does not list versions")) << versions;
  const absl::Status names = ListError(Answer(501, "NotImplemented"));
  EXPECT_TRUE(absl::IsInvalidArgument(names)) << names;
  EXPECT_TRUE(absl::StrContains(names.message(), "--endpoint")) << names;
}

TEST(S3ErrorsTest, AKeyThatMayNotListVersionsIsToldTheRightThatItLacks) {
  const absl::Status status = ListError(Answer(403, "AccessDenied"), S3ListCall::kVersions);
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "the versions of s3://photos/a/b/")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "s3:ListBucketVersions")) << status;
}

TEST(S3ErrorsTest, AnotherRegionIsNamedWhereverTheAnswerGivesIt) {
  HttpResponse redirect = Answer(301, "PermanentRedirect");
  redirect.headers = {{"x-amz-bucket-region", "eu-west-3"}};
  for (const HttpResponse& answer :
       {Answer(400, "AuthorizationHeaderMalformed", "<Region>eu-west-3</Region>"), redirect}) {
    EXPECT_TRUE(absl::StrContains(ListError(answer).message(), "--region eu-west-3"))
        << ListError(answer);
  }
}

TEST(S3ErrorsTest, ARedirectWithoutARegionNamesWhatWasUsed) {
  const std::string text(ListError(Answer(301, "PermanentRedirect")).message());
  EXPECT_TRUE(absl::StrContains(text, "s3.example.com in region us-east-1")) << text;
}

TEST(S3ErrorsTest, ARegionThatIsNoWordIsNotRepeated) {
  const absl::Status status =
      ListError(Answer(400, "AuthorizationHeaderMalformed", "<Region>x; rm -rf /</Region>"));
  EXPECT_FALSE(absl::StrContains(status.message(), "rm -rf")) << status;
}

TEST(S3ErrorsTest, AnArchivedObjectSaysSo) {
  EXPECT_TRUE(absl::StrContains(S3DownloadError(Answer(403, "InvalidObjectState")).message(),
                                "archived; restore it"));
}

TEST(S3ErrorsTest, ARetryAfterTravelsWithTheStatus) {
  HttpResponse answer = Answer(503, "SlowDown");
  answer.headers = {{"retry-after", "7"}};
  EXPECT_EQ(RetryAfter(ListError(answer)), absl::Seconds(7));
  EXPECT_EQ(RetryAfter(S3DownloadError(answer)), absl::Seconds(7));
}

}  // namespace
}  // namespace annofs::testing
