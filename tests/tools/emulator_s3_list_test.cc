// Listings at the emulator's S3 endpoint: against a plain model, over random names, delimiters,
// markers and page sizes.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "cache/base/text.h"
#include "gmock/gmock.h"
#include "tests/tools/s3_client.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a listing shows in the end: keys and folders, each in order.
struct Seen {
  std::vector<std::string> keys;
  std::vector<std::string> folders;
  friend bool operator==(const Seen&, const Seen&) = default;
};
void PrintTo(const Seen& seen, std::ostream* out) {
  *out << ::testing::PrintToString(seen.keys) << " " << ::testing::PrintToString(seen.folders);
}

// The listing by its definition.
Seen Model(const std::set<std::string>& names, const std::string& prefix,
           const std::string& delimiter, const std::string& after) {
  Seen seen;
  for (const std::string& name : names) {
    if (!absl::StartsWith(name, prefix)) continue;
    size_t cut = delimiter.empty() ? name.npos : name.find(delimiter, prefix.size());
    if (cut == name.npos) {
      if (name > after) seen.keys.push_back(name);
      continue;
    }
    std::string folder = name.substr(0, cut + delimiter.size());
    bool known = !seen.folders.empty() && seen.folders.back() == folder;
    if (folder > after && !known) seen.folders.push_back(folder);
  }
  return seen;
}

void AddPage(const HttpAnswer& answer, Seen& seen) {
  EXPECT_EQ(answer.status, 200) << answer.body;
  for (std::string& key : XmlTexts(answer.body, "Key")) seen.keys.push_back(std::move(key));
  std::string folders;
  for (std::string& group : XmlTexts(answer.body, "CommonPrefixes")) {
    seen.folders.push_back(XmlText(group, "Prefix"));
  }
}

class S3ListTest : public S3Test {
 protected:
  void PutAll(const std::set<std::string>& names) {
    for (const std::string& name : names) ASSERT_EQ(PutObject(name, name).status, 200);
  }

  // All pages of ListObjectsV2.
  Seen ListV2(NamesAndValues query, int page) {
    Seen seen;
    query.emplace_back("list-type", "2");
    query.emplace_back("max-keys", absl::StrCat(page));
    std::string token;
    for (bool more = true; more;) {
      NamesAndValues asked = query;
      if (!token.empty()) asked.emplace_back("continuation-token", token);
      HttpAnswer answer = ListBucket(asked);
      size_t before = seen.keys.size() + seen.folders.size();
      AddPage(answer, seen);
      size_t count = seen.keys.size() + seen.folders.size() - before;
      EXPECT_EQ(XmlText(answer.body, "KeyCount"), absl::StrCat(count));
      EXPECT_LE(count, static_cast<size_t>(page));
      token = XmlText(answer.body, "NextContinuationToken");
      more = XmlText(answer.body, "IsTruncated") == "true";
      EXPECT_EQ(more, !token.empty());
    }
    return seen;
  }

  // All pages of ListObjects, as a client of AWS goes on: by NextMarker, else by the last key.
  Seen ListV1(NamesAndValues query, const std::string& after, int page) {
    Seen seen;
    query.emplace_back("max-keys", absl::StrCat(page));
    std::string marker = after;
    for (bool more = true; more;) {
      NamesAndValues asked = query;
      if (!marker.empty()) asked.emplace_back("marker", marker);
      HttpAnswer answer = ListBucket(asked);
      AddPage(answer, seen);
      marker = XmlText(answer.body, "NextMarker");
      if (marker.empty() && !seen.keys.empty()) marker = seen.keys.back();
      more = XmlText(answer.body, "IsTruncated") == "true";
    }
    return seen;
  }
};

TEST_F(S3ListTest, AListingShowsWhatIsKnownOfAnObject) {
  PutObject("a&b<c>", "hello");
  std::string xml = ListBucket({{"list-type", "2"}}).body;
  EXPECT_EQ(XmlText(xml, "Name"), "test-bucket");
  EXPECT_EQ(XmlText(xml, "Key"), "a&b<c>");
  EXPECT_EQ(XmlText(xml, "Size"), "5");
  EXPECT_EQ(XmlText(xml, "ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_EQ(XmlText(xml, "StorageClass"), "STANDARD");
  EXPECT_EQ(XmlText(xml, "LastModified").size(),
            absl::string_view("2026-01-02T03:04:05.678Z").size());
  EXPECT_THAT(XmlTexts(xml, "Owner"), IsEmpty());
  EXPECT_EQ(XmlText(ListBucket({{"list-type", "2"}, {"fetch-owner", "true"}}).body, "ID"),
            kAccountId);
  EXPECT_EQ(XmlText(ListBucket({}).body, "ID"), kAccountId);
}

TEST_F(S3ListTest, HiddenObjectsAreNotListed) {
  PutAll({"a", "b/1", "c"});
  DeleteObject("b/1");
  EXPECT_EQ(ListV2({}, 1000), (Seen{{"a", "c"}, {}}));
  EXPECT_EQ(ListV2({{"delimiter", "/"}}, 1000), (Seen{{"a", "c"}, {}}));
}

TEST_F(S3ListTest, NamesAreEncodedIfAsked) {
  PutObject("a b/ü+", "x");
  std::string xml =
      ListBucket({{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", "a b"}}).body;
  EXPECT_EQ(XmlText(xml, "Key"), "a%20b/%C3%BC%2B");
  EXPECT_EQ(XmlText(xml, "Prefix"), "a%20b");
  EXPECT_EQ(XmlText(xml, "EncodingType"), "url");
  EXPECT_EQ(S3ErrorText(ListBucket({{"encoding-type", "base64"}})), "400 InvalidArgument");
}

TEST_F(S3ListTest, AThousandIsTheMost) {
  EXPECT_EQ(XmlText(ListBucket({{"max-keys", "5000"}}).body, "MaxKeys"), "1000");
  EXPECT_EQ(S3ErrorText(ListBucket({{"max-keys", "-1"}})), "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(ListBucket({{"max-keys", "many"}})), "400 InvalidArgument");
}

TEST_F(S3ListTest, NoKeysAreAPageToo) {
  PutAll({"a"});
  HttpAnswer answer = ListBucket({{"list-type", "2"}, {"max-keys", "0"}});
  EXPECT_EQ(XmlText(answer.body, "KeyCount"), "0");
  EXPECT_EQ(XmlText(answer.body, "IsTruncated"), "false");
}

TEST_F(S3ListTest, TokensAreNotMadeByClients) {
  EXPECT_EQ(S3ErrorText(ListBucket({{"list-type", "2"}, {"continuation-token", "a"}})),
            "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(ListBucket({{"list-type", "2"}, {"continuation-token", ""}})),
            "400 InvalidArgument");
  EXPECT_EQ(S3ErrorText(ListBucket({{"list-type", "3"}})), "400 InvalidArgument");
}

TEST_F(S3ListTest, TheFilesOfADirectoryAreListed) {
  Write("dir/b", "1");
  Write("a", "2");
  std::string xml = Send({.path = "/photos", .query = {{"delimiter", "/"}}}).body;
  EXPECT_THAT(XmlTexts(xml, "Key"), ElementsAre("a"));
  EXPECT_EQ(XmlText(XmlText(xml, "CommonPrefixes"), "Prefix"), "dir/");
}

// Short names over few letters meet in every way there is.
TEST_F(S3ListTest, RandomListingsAreWhatTheModelSays) {
  std::mt19937 random(20260101);
  auto letters = [&random](size_t most) {
    static const std::vector<std::string> kPieces = {"a", "b", "/", "-", "ä", "\xF0\x9F\x98\x80",
                                                     "~"};
    std::string text;
    size_t size = random() % (most + 1);
    for (size_t i = 0; i < size; ++i) text += kPieces[random() % kPieces.size()];
    return text;
  };
  std::set<std::string> names;
  while (names.size() < 60) {
    std::string name = letters(5);
    if (!name.empty()) names.insert(name);
  }
  PutAll(names);
  const std::vector<std::string> delimiters = {"", "/", "/", "a", "-b", "ä"};
  for (int round = 0; round < 120; ++round) {
    std::string prefix = random() % 2 == 0 ? "" : letters(2);
    std::string delimiter = delimiters[random() % delimiters.size()];
    std::string after = random() % 2 == 0 ? "" : letters(3);
    int page = 1 + static_cast<int>(random() % 9);
    NamesAndValues query = {{"prefix", prefix}};
    if (!delimiter.empty()) query.emplace_back("delimiter", delimiter);
    Seen expected = Model(names, prefix, delimiter, after);
    SCOPED_TRACE(absl::StrCat("prefix ", prefix, " delimiter ", delimiter, " after ", after,
                              " page ", page));
    EXPECT_EQ(ListV1(query, after, page), expected);
    if (!after.empty()) query.emplace_back("start-after", after);
    EXPECT_EQ(ListV2(query, page), expected);
  }
}

struct SeenVersion {
  std::string key;
  std::string id;
  bool latest = false;
  bool marker = false;
  friend bool operator==(const SeenVersion&, const SeenVersion&) = default;
};

// In the order of the document: versions and markers are mixed.
std::vector<SeenVersion> VersionsIn(const std::string& xml) {
  std::vector<SeenVersion> versions;
  for (size_t at = 0; at < xml.size();) {
    size_t version = xml.find("<Version>", at);
    size_t marker = xml.find("<DeleteMarker>", at);
    size_t next = std::min(version, marker);
    if (next == xml.npos) break;
    at = next + 1;
    std::string rest = xml.substr(next);
    versions.push_back({XmlText(rest, "Key"), XmlText(rest, "VersionId"),
                        XmlText(rest, "IsLatest") == "true", marker < version});
  }
  return versions;
}

class S3VersionsTest : public S3ListTest {
 protected:
  std::vector<SeenVersion> ListVersions(int page, NamesAndValues query = {}) {
    std::vector<SeenVersion> all;
    std::string key;
    std::string id;
    for (bool more = true; more;) {
      NamesAndValues asked = query;
      asked.emplace_back("versions", "");
      asked.emplace_back("max-keys", absl::StrCat(page));
      if (!key.empty()) asked.emplace_back("key-marker", key);
      if (!id.empty()) asked.emplace_back("version-id-marker", id);
      HttpAnswer answer = ListBucket(asked);
      std::vector<SeenVersion> part = VersionsIn(answer.body);
      EXPECT_LE(part.size(), static_cast<size_t>(page));
      all.insert(all.end(), part.begin(), part.end());
      key = XmlText(answer.body, "NextKeyMarker");
      id = XmlText(answer.body, "NextVersionIdMarker");
      more = XmlText(answer.body, "IsTruncated") == "true";
    }
    return all;
  }
};

TEST_F(S3VersionsTest, PagesOfAnySizeShowAllVersionsNewestFirst) {
  std::map<std::string, std::vector<SeenVersion>> model;  // newest first
  std::mt19937 random(7);
  const std::vector<std::string> keys = {"a", "a/b", "b", "c/d/e", "ä"};
  for (int i = 0; i < 40; ++i) {
    std::string key = keys[random() % keys.size()];
    bool marker = random() % 3 == 0;
    HttpAnswer answer = marker ? DeleteObject(key) : PutObject(key, absl::StrCat(i));
    std::vector<SeenVersion>& versions = model[key];
    if (!versions.empty()) versions[0].latest = false;
    versions.insert(versions.begin(), {key, answer.headers["x-amz-version-id"], true, marker});
  }
  std::vector<SeenVersion> expected;
  for (const auto& [key, versions] : model) {
    expected.insert(expected.end(), versions.begin(), versions.end());
  }
  for (int page : {1, 2, 3, 7, 1000}) EXPECT_TRUE(ListVersions(page) == expected) << page;
}

TEST_F(S3VersionsTest, UnfinishedUploadsAreNoVersions) {
  Send({.method = "POST", .path = "/test-bucket/up", .query = {{"uploads", ""}}, .body = ""});
  EXPECT_THAT(ListVersions(10), IsEmpty());
}

TEST_F(S3VersionsTest, AMarkerThatIsDeletedMeanwhileLosesNothing) {
  std::string oldest = PutObject("a", "1").headers["x-amz-version-id"];
  PutObject("a", "2");
  std::string newest = PutObject("a", "3").headers["x-amz-version-id"];
  DeleteObject("a", {{"versionId", newest}});
  std::string xml =
      ListBucket({{"versions", ""}, {"key-marker", "a"}, {"version-id-marker", newest}}).body;
  EXPECT_EQ(VersionsIn(xml).size(), 2u);
  EXPECT_EQ(VersionsIn(xml).back().id, oldest);
}

TEST_F(S3VersionsTest, AVersionMarkerNeedsAKey) {
  EXPECT_EQ(S3ErrorText(ListBucket({{"versions", ""}, {"version-id-marker", "x"}})),
            "400 InvalidArgument");
}

TEST_F(S3VersionsTest, FoldersAreCountedLikeVersions) {
  PutAll({"a/1", "a/2", "b", "c/1"});
  std::string xml = ListBucket({{"versions", ""}, {"delimiter", "/"}, {"max-keys", "2"}}).body;
  EXPECT_EQ(XmlText(XmlText(xml, "CommonPrefixes"), "Prefix"), "a/");
  EXPECT_EQ(VersionsIn(xml).size(), 1u);
  EXPECT_EQ(XmlText(xml, "NextKeyMarker"), "b");
  EXPECT_EQ(XmlText(xml, "IsTruncated"), "true");
}

}  // namespace
}  // namespace annofs::testing
