// Names as they were: pages of ListObjectVersions, cut wherever a service may cut them.
#include "cache/store/s3_versions.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/s3_server.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;

absl::Time Second(int seconds) { return absl::FromUnixSeconds(1'700'000'000 + seconds); }

struct Version {
  int second = 0;
  bool deleted = false;
};

// Names and versions, and how a service lists them.
class History {
 public:
  // Versions are added in the order of time.
  void Put(const std::string& name, int second) { Add(name, {.second = second}); }
  void Delete(const std::string& name, int second) {
    Add(name, {.second = second, .deleted = true});
  }

  std::string Answer(const NamesAndValues& query) const {
    const std::map<std::string, std::string> asked(query.begin(), query.end());
    const std::string prefix = asked.at("prefix");
    const std::string marker = ValueOf(asked, "key-marker");
    const std::string version_marker = ValueOf(asked, "version-id-marker");
    int room = 0;
    EXPECT_TRUE(absl::SimpleAtoi(asked.at("max-keys"), &room));
    std::string elements;
    std::string last_name;
    std::string last_version;
    const auto end = [&](bool truncated) {
      return absl::StrCat("<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>",
                          truncated ? "true" : "false", "</IsTruncated>", elements,
                          truncated ? Marker(last_name, last_version) : "",
                          "</ListVersionsResult>");
    };
    for (const auto& [name, versions] : names_) {
      if (!absl::StartsWith(name, prefix)) continue;
      const size_t slash = name.find('/', prefix.size());
      if (asked.contains("delimiter") && slash != name.npos) {
        const std::string folder = name.substr(0, slash + 1);
        if (folder == last_name || folder <= marker) continue;
        if (room-- == 0) return end(true);
        absl::StrAppend(&elements, "<CommonPrefixes><Prefix>", SigV4Escape(folder),
                        "</Prefix></CommonPrefixes>");
        last_name = folder;
        last_version.clear();
        continue;
      }
      if (name < marker || (name == marker && version_marker.empty())) continue;
      bool after = name != marker;
      for (const Version& version : versions) {
        const std::string id = absl::StrCat("v", version.second);
        if (after) {
          if (room-- == 0) return end(true);
          absl::StrAppend(&elements, Element(name, id, version));
          last_name = name;
          last_version = id;
        }
        after = after || id == version_marker;
      }
    }
    return end(false);
  }

  // What was there, as "name@second".
  std::vector<std::string> TruthAt(int second) const {
    std::vector<std::string> truth;
    for (const auto& [name, versions] : names_) {
      const auto newest = std::find_if(versions.begin(), versions.end(),
                                       [&](const Version& v) { return v.second <= second; });
      if (newest == versions.end() || newest->deleted) continue;
      truth.push_back(absl::StrCat(name, "@", newest->second));
    }
    return truth;
  }

 private:
  void Add(const std::string& name, Version version) {
    std::vector<Version>& versions = names_[name];
    versions.insert(versions.begin(), version);
  }
  static std::string ValueOf(const std::map<std::string, std::string>& values,
                             const std::string& name) {
    return values.contains(name) ? values.at(name) : "";
  }
  static std::string Element(const std::string& name, const std::string& id, Version version) {
    const std::string fields = absl::StrCat(
        "<Key>", SigV4Escape(name), "</Key><VersionId>", id, "</VersionId>", "<LastModified>",
        absl::FormatTime(Second(version.second), absl::UTCTimeZone()), "</LastModified>");
    return version.deleted ? absl::StrCat("<DeleteMarker>", fields, "</DeleteMarker>")
                           : absl::StrCat("<Version>", fields, "<ETag>\"e", version.second,
                                          "\"</ETag><Size>1</Size></Version>");
  }
  static std::string Marker(const std::string& name, const std::string& version) {
    return absl::StrCat("<NextKeyMarker>", SigV4Escape(name), "</NextKeyMarker>",
                        "<NextVersionIdMarker>", version, "</NextVersionIdMarker>");
  }

  std::map<std::string, std::vector<Version>> names_;  // newest first
};

struct Listed {
  std::vector<std::string> objects;  // "name@second"
  std::vector<std::string> directories;
  int pages = 0;
};

// All pages; each name must come once, in the order of bytes over all pages.
Listed ListAll(const History& history, int second, ListRequest request) {
  request.at = Second(second);
  Listed listed;
  std::string last;
  do {
    const absl::StatusOr<NamesAndValues> query = S3VersionsQuery(request, "");
    EXPECT_TRUE(query.ok()) << query.status();
    const absl::StatusOr<ListPage> page = ParseS3Versions(history.Answer(*query), request, "");
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) break;
    std::vector<std::string> names = page->directories;
    for (const ObjectVersion& object : page->objects) {
      names.push_back(object.key);
      listed.objects.push_back(
          absl::StrCat(object.key, "@", object.version.substr(object.version.find(" v") + 2)));
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      EXPECT_LT(last, name);
      last = name;
    }
    listed.directories.insert(listed.directories.end(), page->directories.begin(),
                              page->directories.end());
    request.start = page->next;
  } while (++listed.pages < 1000 && !request.start.empty());
  return listed;
}

TEST(S3VersionsTest, AVersionIsItsEtagAndItsId) {
  History history;
  history.Put("a", 5);
  const absl::StatusOr<ListPage> page =
      ParseS3Versions(history.Answer(*S3VersionsQuery({}, "")), {.at = Second(5)}, "");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].version, "e5 v5");
  EXPECT_EQ(page->objects[0].modified, Second(5));
}

TEST(S3VersionsTest, TheNewestVersionOfThatTimeCounts) {
  History history;
  history.Put("a", 1);
  history.Put("a", 5);
  history.Put("a", 9);
  EXPECT_THAT(ListAll(history, 0, {}).objects, ElementsAre());
  EXPECT_THAT(ListAll(history, 1, {}).objects, ElementsAre("a@1"));
  EXPECT_THAT(ListAll(history, 8, {}).objects, ElementsAre("a@5"));
  EXPECT_THAT(ListAll(history, 9, {}).objects, ElementsAre("a@9"));
}

TEST(S3VersionsTest, ADeleteMarkerHidesUntilTheNextVersion) {
  History history;
  history.Put("a", 1);
  history.Delete("a", 5);
  history.Put("a", 9);
  EXPECT_THAT(ListAll(history, 4, {}).objects, ElementsAre("a@1"));
  EXPECT_THAT(ListAll(history, 5, {}).objects, ElementsAre());
  EXPECT_THAT(ListAll(history, 9, {}).objects, ElementsAre("a@9"));
}

TEST(S3VersionsTest, ADirectoryWithoutAFileAtThatTimeMayAppear) {
  History history;
  history.Put("d/a", 9);
  EXPECT_THAT(ListAll(history, 1, {}).directories, ElementsAre("d/"));
}

// Names with few and with many versions, of which the pages cut each in every place.
TEST(S3VersionsTest, PagesOfAnySizeGiveEachNameOnceAndRight) {
  std::mt19937 random(20240501);
  for (int round = 0; round < 4; ++round) {
    History history;
    int second = 0;
    const std::vector<std::string> names = {"a",     "a b",    "a/x", "a/y/z",
                                            "a\x01", "b+c%2F", "ü",   "z"};
    for (int event = 0; event < 40; ++event) {
      const std::string& name = names[random() % names.size()];
      ++second;
      if (random() % 4 == 0) {
        history.Delete(name, second);
      } else {
        history.Put(name, second);
      }
    }
    for (int at = 0; at <= second + 1; at += 5) {
      const std::vector<std::string> truth = history.TruthAt(at);
      std::vector<std::string> shallow;
      for (const std::string& name : truth) {
        if (!absl::StartsWith(name, "a/")) shallow.push_back(name);
      }
      for (const uint32_t max : {1u, 2u, 3u, 7u, 1000u}) {
        EXPECT_EQ(ListAll(history, at, {.recursive = true, .max = max}).objects, truth);
        EXPECT_EQ(ListAll(history, at, {.max = max}).objects, shallow);
        std::vector<std::string> below;
        for (const std::string& name : truth) {
          if (absl::StartsWith(name, "a/x")) below.push_back(name);
        }
        EXPECT_EQ(ListAll(history, at, {.prefix = "a/", .max = max}).objects, below);
      }
    }
  }
}

}  // namespace
}  // namespace annofs::testing
