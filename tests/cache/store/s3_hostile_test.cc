// Answers of S3 with bytes changed, lost and doubled at random: an answer is read or refused.
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "cache/store/s3_errors.h"
#include "cache/store/s3_listing.h"
#include "cache/store/s3_versions.h"
#include "gtest/gtest.h"
#include "tests/cache/store/s3_server.h"

namespace annofs::testing {
namespace {

constexpr int kRounds = 5'000;
const ListRequest kAnyTime{.at = absl::InfiniteFuture()};

std::string Mutated(std::string text, std::mt19937& random) {
  for (unsigned count = 1 + random() % 3; count > 0 && !text.empty(); --count) {
    const size_t at = random() % text.size();
    const size_t length = random() % 20;
    switch (random() % 4) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), length));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

// What holds of every page that is accepted.
void CheckPage(const absl::StatusOr<ListPage>& page, const std::string& body) {
  if (!page.ok()) {
    // What has no version ids any more is of a service that keeps no versions.
    EXPECT_TRUE(absl::IsDataLoss(page.status()) || absl::IsUnimplemented(page.status()))
        << page.status() << "\n"
        << body;
    return;
  }
  std::string last;
  for (const ObjectVersion& object : page->objects) {
    EXPECT_FALSE(object.key.empty()) << body;
    EXPECT_LE(last, object.key) << body;
    last = object.key;
    for (const char c : object.version) EXPECT_TRUE(c >= ' ' && c < 127) << body;
  }
  for (const std::string& directory : page->directories) EXPECT_EQ(directory.back(), '/') << body;
}

TEST(S3HostileTest, AMutatedListingIsReadOrDataLoss) {
  std::mt19937 random(1);
  const std::string good = S3ListBody(
      "<EncodingType>url</EncodingType><NextContinuationToken>t</NextContinuationToken>" +
          S3Contents("p/a%20b") + S3Contents("p/c+d") +
          "<CommonPrefixes><Prefix>p/d%2F</Prefix></CommonPrefixes>",
      true);
  ASSERT_TRUE(ParseS3Listing(good, {}, "p/").ok());
  for (int i = 0; i < kRounds; ++i) {
    const std::string body = Mutated(good, random);
    CheckPage(ParseS3Listing(body, {}, "p/"), body);
  }
}

TEST(S3HostileTest, AMutatedListingOfVersionsIsReadOrDataLoss) {
  std::mt19937 random(2);
  const auto fields = [](absl::string_view name, absl::string_view time) {
    return absl::StrCat("<Key>", name, "</Key><VersionId>v", time, "</VersionId><LastModified>",
                        "2024-05-01T10:00:", time, "Z</LastModified>");
  };
  const std::string good = absl::StrCat(
      "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>p/b</NextKeyMarker>",
      "<Version>", fields("p/a", "30"), "<ETag>e</ETag><Size>1</Size></Version><DeleteMarker>",
      fields("p/b", "20"), "</DeleteMarker><Version>", fields("p/b", "10"),
      "<ETag>e</ETag><Size>1</Size></Version></ListVersionsResult>");
  ASSERT_TRUE(ParseS3Versions(good, kAnyTime, "p/").ok());
  for (int i = 0; i < kRounds; ++i) {
    const std::string body = Mutated(good, random);
    const absl::StatusOr<ListPage> page = ParseS3Versions(body, kAnyTime, "p/");
    CheckPage(page, body);
    if (!page.ok()) continue;
    EXPECT_TRUE(S3VersionsQuery({.start = page->next}, "p/").ok()) << body;
  }
}

TEST(S3HostileTest, AMutatedErrorIsAnErrorOfOneLine) {
  std::mt19937 random(3);
  const std::string good = S3ErrorReply(403, "AccessDenied", "Denied.", "<Region>x</Region>").body;
  for (int i = 0; i < kRounds; ++i) {
    const HttpResponse response{.status = 403, .body = Mutated(good, random)};
    const absl::Status status =
        S3ListError(response, S3ListCall::kVersions, {.bucket = "b"}, {.host = "h"});
    EXPECT_FALSE(status.ok());
    for (const char c : status.message()) EXPECT_FALSE(c >= 0 && c < ' ') << status;
  }
}

}  // namespace
}  // namespace annofs::testing
