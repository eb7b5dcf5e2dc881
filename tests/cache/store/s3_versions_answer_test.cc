// What pages of ListObjectVersions say, also pages that no honest service writes.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/s3_versions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/s3_server.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

std::string Body(absl::string_view elements, bool truncated = false) {
  return absl::StrCat("<ListVersionsResult><IsTruncated>", truncated ? "true" : "false",
                      "</IsTruncated>", elements, "</ListVersionsResult>");
}

std::string VersionElement(absl::string_view name, absl::string_view id) {
  return absl::StrCat("<Version><Key>", name, "</Key>", id,
                      "<LastModified>2020-01-01T00:00:00Z</LastModified><ETag>e</ETag>"
                      "<Size>1</Size></Version>");
}

absl::Status Error(const std::string& body, ListRequest request = {}) {
  request.at = absl::Now();
  return ParseS3Versions(body, request, "").status();
}

TEST(S3VersionsAnswerTest, DeleteMarkersThatStandApartCountByTheirTime) {
  const auto version = [](absl::string_view name, absl::string_view time) {
    return absl::StrCat("<Version><Key>", name, "</Key><VersionId>", time,
                        "</VersionId><LastModified>2020-01-01T00:00:", time,
                        "Z</LastModified><ETag>e</ETag><Size>1</Size></Version>");
  };
  const std::string body = Body(
      version("a", "30") + version("a", "10") + version("b", "10") +
      "<DeleteMarker><Key>a</Key><LastModified>2020-01-01T00:00:20Z</LastModified></DeleteMarker>");
  const auto names_at = [&](int second) {
    const absl::StatusOr<ListPage> page =
        ParseS3Versions(body, {.at = absl::FromUnixSeconds(1577836800 + second)}, "");
    EXPECT_TRUE(page.ok()) << page.status();
    std::string names;
    for (const ObjectVersion& object : page->objects) {
      absl::StrAppend(&names, object.key, "@", object.version, " ");
    }
    return names;
  };
  EXPECT_EQ(names_at(9), "");
  EXPECT_EQ(names_at(10), "a@e 10 b@e 10 ");
  EXPECT_EQ(names_at(20), "b@e 10 ");
  EXPECT_EQ(names_at(30), "a@e 30 b@e 10 ");
}

TEST(S3VersionsAnswerTest, APageThatGoesBackIsDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(
      Error(Body(VersionElement("a", "<VersionId>1</VersionId>")), {.start = "b 1 b"})));
}

TEST(S3VersionsAnswerTest, AServiceThatKeepsNoVersionsIsSaidToKeepNone) {
  for (const std::string& body :
       {S3ListBody(""), S3ListBody(S3Contents("a")), Body(VersionElement("a", "")),
        Body(VersionElement("a", "<VersionId></VersionId>"))}) {
    const absl::Status status = Error(body);
    EXPECT_TRUE(absl::IsUnimplemented(status)) << status << body;
    EXPECT_TRUE(absl::StrContains(status.message(), "lists no versions")) << status;
  }
}

TEST(S3VersionsAnswerTest, WhereVersioningWasNeverOnTheOnlyVersionCounts) {
  const std::string body = Body(VersionElement("a", "<VersionId>null</VersionId>"));
  const absl::StatusOr<ListPage> page = ParseS3Versions(body, {.at = absl::Now()}, "");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].version, "e null");
  EXPECT_THAT(ParseS3Versions(body, {.at = absl::UnixEpoch()}, "")->objects, ElementsAre());
}

TEST(S3VersionsAnswerTest, AVersionWithABadIdIsDataLoss) {
  for (const char* id : {"<VersionId>a b</VersionId>", "<VersionId>a\nX-Evil: 1</VersionId>"}) {
    EXPECT_TRUE(absl::IsDataLoss(Error(Body(VersionElement("a", id))))) << id;
  }
}

TEST(S3VersionsAnswerTest, APageWithoutAWayOnIsDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(Error(Body("", true))));
  const std::string body =
      Body("<NextKeyMarker>k</NextKeyMarker><NextVersionIdMarker>1</NextVersionIdMarker>", true);
  EXPECT_TRUE(absl::IsDataLoss(Error(body, {.start = "k 1 "})));
  EXPECT_TRUE(Error(body, {.start = "k 2 "}).ok());
}

TEST(S3VersionsAnswerTest, AForeignTokenIsInvalid) {
  EXPECT_TRUE(absl::IsInvalidArgument(S3VersionsQuery({.start = "token"}, "").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(S3VersionsQuery({.start = "a% b c"}, "").status()));
}

TEST(S3VersionsAnswerTest, AnotherDocumentIsDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(Error("<Error><Code>x</Code></Error>")));
}

TEST(S3VersionsAnswerTest, AServiceThatListsTheMarkerItselfIsReadAllTheSame) {
  const std::string id = "<VersionId>1</VersionId>";
  const std::string body =
      Body(VersionElement("p/a", id) + VersionElement("p/b", id) + VersionElement("p/c", id));
  const ListRequest request{.recursive = true, .after = "b", .at = absl::Now()};
  const absl::StatusOr<ListPage> page = ParseS3Versions(body, request, "p/");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "c");
}

TEST(S3VersionsAnswerTest, TheKeyIsTheMarkerOfTheFirstPageAndTheTokenOfTheOthers) {
  ListRequest request{.recursive = true, .after = "k", .at = absl::Now()};
  EXPECT_EQ(SigV4Query(*S3VersionsQuery(request, "p/")),
            "encoding-type=url&key-marker=p%2Fk&max-keys=1000&prefix=p%2F&versions=");
  request.start = "p/x 1 ";
  EXPECT_EQ(SigV4Query(*S3VersionsQuery(request, "p/")),
            "encoding-type=url&key-marker=p%2Fx&max-keys=1000&prefix=p%2F&version-id-marker=1&"
            "versions=");
}

TEST(S3VersionsAnswerTest, APageAfterAKeyThatDoesNotAdvanceIsDataLoss) {
  const std::string body = Body("<NextKeyMarker>k</NextKeyMarker>", true);
  EXPECT_TRUE(absl::IsDataLoss(Error(body, {.recursive = true, .after = "k"})));
  EXPECT_EQ(Error(body, {.recursive = true, .after = "j"}), absl::OkStatus());
}

}  // namespace
}  // namespace annofs::testing
