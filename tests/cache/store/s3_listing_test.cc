// What pages of ListObjectsV2 say, also pages that no honest service writes.
#include "cache/store/s3_listing.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/s3_server.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

constexpr char kEncoded[] = "<EncodingType>url</EncodingType>";

std::string PrefixElement(absl::string_view prefix) {
  return absl::StrCat("<CommonPrefixes><Prefix>", prefix, "</Prefix></CommonPrefixes>");
}

absl::StatusOr<ListPage> Parse(absl::string_view elements, const ListRequest& request = {},
                               absl::string_view store_prefix = "") {
  return ParseS3Listing(S3ListBody(elements), request, store_prefix);
}

// The only object of a page.
ObjectVersion Only(absl::string_view elements, const ListRequest& request = {}) {
  const absl::StatusOr<ListPage> page = Parse(elements, request);
  EXPECT_TRUE(page.ok()) << page.status();
  if (!page.ok() || page->objects.size() != 1) return {};
  return page->objects[0];
}

TEST(S3ListingTest, AQueryAsksForOneDirectoryInPercentEncoding) {
  EXPECT_EQ(SigV4Query(S3ListQuery({.prefix = "a b/", .max = 10000}, "p/")),
            "delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=p%2Fa%20b%2F");
  EXPECT_EQ(SigV4Query(S3ListQuery({.recursive = true, .start = "1/x==", .max = 5}, "")),
            "continuation-token=1%2Fx%3D%3D&encoding-type=url&list-type=2&max-keys=5&prefix=");
}

TEST(S3ListingTest, TheKeyIsSentWithTheFirstPageOnlyTheOthersHaveTheirToken) {
  ListRequest request{.recursive = true, .after = "k", .max = 5};
  EXPECT_EQ(SigV4Query(S3ListQuery(request, "p/")),
            "encoding-type=url&list-type=2&max-keys=5&prefix=p%2F&start-after=p%2Fk");
  request.start = "t";
  EXPECT_EQ(SigV4Query(S3ListQuery(request, "p/")),
            "continuation-token=t&encoding-type=url&list-type=2&max-keys=5&prefix=p%2F");
}

TEST(S3ListingTest, AServiceThatDoesNotKnowWhereToBeginIsReadAllTheSame) {
  const absl::StatusOr<ListPage> page =
      Parse(S3Contents("a") + S3Contents("b") + S3Contents("c"), {.recursive = true, .after = "b"});
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "c");
}

TEST(S3ListingTest, AnObjectHasKeySizeTimeEtagAndMd5) {
  const ObjectVersion object =
      Only(S3Contents("a.jpg", "900150983cd24fb0d6963f7d28e17f72", 3, "2009-10-12T17:50:30.250Z"));
  EXPECT_EQ(object.key, "a.jpg");
  EXPECT_EQ(object.version, "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(object.size, 3u);
  EXPECT_EQ(object.modified, absl::FromUnixMillis(1255369830250));
  EXPECT_EQ(object.digest, DigestOf(DigestKind::kMd5, "abc"));
}

TEST(S3ListingTest, TheEtagOfAnUploadInPartsIsNoDigest) {
  const ObjectVersion object = Only(S3Contents("a", "900150983cd24fb0d6963f7d28e17f72-2"));
  EXPECT_EQ(object.version, "900150983cd24fb0d6963f7d28e17f72-2");
  EXPECT_EQ(object.digest, Digest());
}

TEST(S3ListingTest, NamesAreDecodedWhereverTheServerSaysSo) {
  const std::string contents = S3Contents("a%20b+c%2Bd%01%C3%BC%26") + PrefixElement("dir%0A%2F");
  for (const std::string& elements : {kEncoded + contents, contents + kEncoded}) {
    const absl::StatusOr<ListPage> page = Parse(elements);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->objects.size(), 1u);
    EXPECT_EQ(page->objects[0].key, "a b c+d\x01\xc3\xbc&");
    EXPECT_THAT(page->directories, ElementsAre("dir\n/"));
  }
}

TEST(S3ListingTest, NamesAreAsTheyAreWhereTheServerDoesNotEncode) {
  EXPECT_EQ(Only(S3Contents("a%20b+c&amp;&#xFC;")).key, "a%20b+c&\xc3\xbc");
}

TEST(S3ListingTest, ATokenIsNeverDecoded) {
  const absl::StatusOr<ListPage> page = ParseS3Listing(
      S3ListBody(absl::StrCat(kEncoded, "<NextContinuationToken>1a+%2F=</NextContinuationToken>"),
                 true),
      {}, "");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->next, "1a+%2F=");
}

TEST(S3ListingTest, NamespacesMayBeThereOrNot) {
  for (const char* body :
       {"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key><ETag>e</ETag>"
        "<LastModified>2024-05-01T10:00:00Z</LastModified><Size>1</Size></Contents>"
        "</ListBucketResult>",
        "<s3:ListBucketResult xmlns:s3='x'><s3:IsTruncated>false</s3:IsTruncated><s3:Contents>"
        "<s3:Key>k</s3:Key><s3:ETag>e</s3:ETag><s3:Size>1</s3:Size>"
        "<s3:LastModified>2024-05-01T10:00:00Z</s3:LastModified></s3:Contents>"
        "</s3:ListBucketResult>"}) {
    const absl::StatusOr<ListPage> page = ParseS3Listing(body, {}, "");
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->objects.size(), 1u);
    EXPECT_EQ(page->objects[0].key, "k");
    EXPECT_EQ(page->objects[0].version, "e");
  }
}

TEST(S3ListingTest, UnknownElementsAreSkipped) {
  EXPECT_EQ(
      Only("<New><Key>x</Key></New>" + S3Contents("k</Key><Owner><Key>no</Key></Owner><Key>k")).key,
      "k");
}

TEST(S3ListingTest, KeysAndDirectoriesAreBelowTheStoresPrefix) {
  const absl::StatusOr<ListPage> page =
      Parse(S3Contents("p/") + S3Contents("p/b") + PrefixElement("p/d/"), {}, "p/");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->objects.size(), 1u);  // without the marker of the store's own root
  EXPECT_EQ(page->objects[0].key, "b");
  EXPECT_THAT(page->directories, ElementsAre("d/"));
  EXPECT_EQ(page->next, "");
}

TEST(S3ListingTest, AMarkerOfTheListedDirectoryIsAnObject) {
  EXPECT_EQ(Only(S3Contents("d/"), {.prefix = "d/"}).key, "d/");
}

TEST(S3ListingTest, PagesAreInByteOrderWhateverTheServerDoes) {
  const absl::StatusOr<ListPage> page =
      Parse(S3Contents("b") + S3Contents("A") + PrefixElement("z/") + PrefixElement("Y/"));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->objects[0].key, "A");
  EXPECT_THAT(page->directories, ElementsAre("Y/", "z/"));
}

TEST(S3ListingTest, NamesThatWereNotAskedForAreDataLoss) {
  const ListRequest shallow{.prefix = "d/"};
  const ListRequest deep{.prefix = "d/", .recursive = true};
  for (const auto& [elements, request] :
       std::vector<std::pair<std::string, ListRequest>>{{S3Contents("e/a"), shallow},
                                                        {S3Contents("e/a"), deep},
                                                        {S3Contents("d/e/a"), shallow},
                                                        {PrefixElement("e/"), shallow},
                                                        {PrefixElement("d/"), shallow},
                                                        {PrefixElement("d/x"), shallow},
                                                        {PrefixElement("d/x/y/"), shallow},
                                                        {PrefixElement("d/x/"), deep}}) {
    EXPECT_TRUE(absl::IsDataLoss(Parse(elements, request).status())) << elements;
  }
  EXPECT_EQ(Only(S3Contents("d/e/a"), deep).key, "d/e/a");
}

TEST(S3ListingTest, WhatIsNoListingIsDataLoss) {
  const std::string good = S3ListBody(S3Contents("a"));
  for (const std::string& body :
       {std::string(), std::string("<html></html>"), good.substr(0, good.size() - 3), good + "x",
        std::string("<Error><Code>InternalError</Code></Error>"), std::string("{\"files\":[]}"),
        std::string("<ListBucketResult></ListBucketResult>"),
        std::string("<ListVersionsResult><IsTruncated>false</IsTruncated></ListVersionsResult>"),
        std::string("<ListBucketResult><IsTruncated>maybe</IsTruncated></ListBucketResult>"),
        "<!DOCTYPE x [<!ENTITY a \"b\">]>" + good}) {
    EXPECT_TRUE(absl::IsDataLoss(ParseS3Listing(body, {}, "").status())) << body;
  }
}

TEST(S3ListingTest, EntriesThatLackSomethingAreDataLoss) {
  const std::string time = "<LastModified>2024-05-01T10:00:00Z</LastModified>";
  for (const std::string& fields :
       {"<ETag>e</ETag><Size>1</Size>" + time, "<Key>k</Key><Size>1</Size>" + time,
        "<Key>k</Key><ETag>e</ETag>" + time, "<Key>k</Key><ETag>e</ETag><Size>-1</Size>" + time,
        "<Key>k</Key><ETag>e</ETag><Size>99999999999999999999</Size>" + time,
        std::string("<Key>k</Key><ETag>e</ETag><Size>1</Size>"),
        std::string("<Key>k</Key><ETag>e</ETag><Size>1</Size><LastModified>now</LastModified>"),
        "<Key>k</Key><ETag>\"\"</ETag><Size>1</Size>" + time,
        "<Key>k</Key><ETag>a b</ETag><Size>1</Size>" + time,
        "<Key>k</Key><ETag>a\nX-Evil: 1</ETag><Size>1</Size>" + time,
        "<Key>k</Key><ETag>a\"b</ETag><Size>1</Size>" + time}) {
    EXPECT_TRUE(absl::IsDataLoss(Parse("<Contents>" + fields + "</Contents>").status())) << fields;
  }
}

TEST(S3ListingTest, AnEntryDoesNotInheritFromTheOneBefore) {
  EXPECT_TRUE(
      absl::IsDataLoss(Parse(S3Contents("a") + "<Contents><Key>b</Key></Contents>").status()));
}

TEST(S3ListingTest, ABrokenEscapeIsDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(Parse(kEncoded + S3Contents("a%2")).status()));
}

TEST(S3ListingTest, ATruncatedPageWithoutAWayOnIsDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(ParseS3Listing(S3ListBody("", true), {}, "").status()));
  const std::string same = S3ListBody("<NextContinuationToken>t</NextContinuationToken>", true);
  EXPECT_TRUE(absl::IsDataLoss(ParseS3Listing(same, {.start = "t"}, "").status()));
  EXPECT_EQ(ParseS3Listing(same, {.start = "s"}, "")->next, "t");
}

}  // namespace
}  // namespace annofs::testing
