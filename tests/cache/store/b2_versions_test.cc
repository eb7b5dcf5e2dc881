// Names as they were at a time, from a server that lists all versions in pages of any size.
#include "cache/store/b2_versions.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/b2_server.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Version {
  std::string name;
  int64_t millis;
  std::string action = "upload";
};

std::string IdOf(const Version& version) { return absl::StrCat(version.name, "#", version.millis); }

std::string EntryOf(const Version& version) {
  return absl::StrCat("{\"fileName\":\"", version.name, "\",\"action\":\"", version.action,
                      "\",\"fileId\":\"", IdOf(version),
                      "\",\"contentLength\":1,\"uploadTimestamp\":", version.millis, "}");
}

class B2VersionsTest : public ::testing::Test {
 protected:
  B2VersionsTest() { context_.deadline = absl::Now() + absl::Seconds(30); }

  // All keys of all pages as "key version", and directories as they are.
  std::vector<std::string> NamesAt(int64_t millis, bool recursive, int page_size,
                                   std::string prefix = "") {
    B2Server server;
    server.list_versions = [&](const ScriptedRequest& request) { return Page(request, page_size); };
    const auto store = server.NewStore(prefix);
    std::vector<std::string> names;
    ListRequest request{.recursive = recursive, .at = absl::FromUnixMillis(millis)};
    do {
      const absl::StatusOr<ListPage> page = store->List(request, context_);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const ObjectVersion& object : page->objects) {
        names.push_back(absl::StrCat(object.key, " ", object.version));
      }
      names.insert(names.end(), page->directories.begin(), page->directories.end());
      request.start = page->next;
    } while (!request.start.empty());
    EXPECT_EQ(server.Count("b2_list_file_names"), 0);
    std::sort(names.begin(), names.end());
    return names;
  }

  // Name ascending, newest first, as the server lists them.
  std::vector<Version> versions_;
  CallContext context_;

 private:
  // The entries with folders folded.
  std::vector<Version> Folded(const std::string& prefix, bool folds) const {
    std::vector<Version> entries;
    for (const Version& version : versions_) {
      if (!absl::StartsWith(version.name, prefix)) continue;
      const size_t slash = version.name.find('/', prefix.size());
      if (!folds || slash == version.name.npos) {
        entries.push_back(version);
        continue;
      }
      const Version folder{version.name.substr(0, slash + 1), 0, "folder"};
      if (entries.empty() || entries.back().name != folder.name) entries.push_back(folder);
    }
    return entries;
  }
  ScriptedReply Page(const ScriptedRequest& request, int size) const {
    const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(request.body);
    const JsonValue root = json->root();
    const auto entries =
        Folded(std::string(root.StringOr("prefix", "")), !root.StringOr("delimiter", "").empty());
    const absl::string_view name = root.StringOr("startFileName", "");
    const absl::string_view id = root.StringOr("startFileId", "");
    auto at = std::find_if(entries.begin(), entries.end(), [&](const Version& entry) {
      return id.empty() ? entry.name >= name : IdOf(entry) == id;
    });
    std::vector<std::string> files;
    while (at != entries.end() && static_cast<int>(files.size()) < size) {
      files.push_back(EntryOf(*at++));
    }
    const std::string next =
        at == entries.end()
            ? "\"nextFileName\":null,\"nextFileId\":null"
            : absl::StrCat("\"nextFileName\":\"", at->name, "\",\"nextFileId\":",
                           at->action == "folder" ? "null" : absl::StrCat("\"", IdOf(*at), "\""));
    return JsonReply(200, absl::StrCat("{\"files\":[", absl::StrJoin(files, ","), "],", next, "}"));
  }
};

TEST_F(B2VersionsTest, TheNewestUploadNotLaterThanTheTimeIsTheObject) {
  versions_ = {{"a", 30}, {"a", 20}, {"a", 10}};
  for (const int size : {1, 2, 3, 4}) {
    EXPECT_THAT(NamesAt(9, true, size), IsEmpty());
    EXPECT_THAT(NamesAt(10, true, size), ElementsAre("a a#10"));
    EXPECT_THAT(NamesAt(29, true, size), ElementsAre("a a#20"));
    EXPECT_THAT(NamesAt(1000, true, size), ElementsAre("a a#30"));
  }
}

TEST_F(B2VersionsTest, AHiddenNameIsNoObjectUntilItIsUploadedAgain) {
  versions_ = {{"a", 30}, {"a", 20, "hide"}, {"a", 10}};
  for (const int size : {1, 2, 3}) {
    EXPECT_THAT(NamesAt(15, true, size), ElementsAre("a a#10"));
    EXPECT_THAT(NamesAt(25, true, size), IsEmpty());
    EXPECT_THAT(NamesAt(35, true, size), ElementsAre("a a#30"));
  }
}

TEST_F(B2VersionsTest, UnfinishedLargeFilesAreLeftOut) {
  versions_ = {{"a", 30, "start"}, {"a", 10}, {"b", 5, "start"}};
  for (const int size : {1, 2, 3}) {
    EXPECT_THAT(NamesAt(50, true, size), ElementsAre("a a#10"));
  }
}

TEST_F(B2VersionsTest, EachNameComesOnceWhateverTheSizeOfThePages) {
  for (const char* name : {"a", "b", "c"}) {
    for (int64_t millis = 50; millis > 0; millis -= 10) versions_.push_back({name, millis});
  }
  for (int size = 1; size <= 16; ++size) {
    EXPECT_THAT(NamesAt(35, true, size), ElementsAre("a a#30", "b b#30", "c c#30")) << size;
  }
}

TEST_F(B2VersionsTest, ADirectoryOfAnotherTimeMayAppear) {
  versions_ = {{"a", 10}, {"d/x", 90}, {"d/y", 90}, {"e", 10}};
  for (const int size : {1, 2, 3, 4}) {
    EXPECT_THAT(NamesAt(50, false, size), ElementsAre("a a#10", "d/", "e e#10"));
    EXPECT_THAT(NamesAt(50, true, size), ElementsAre("a a#10", "e e#10"));
  }
}

TEST_F(B2VersionsTest, KeysAreRelativeToTheSource) {
  versions_ = {{"p/", 10}, {"p/a", 10}, {"p/b/c", 10}, {"q", 10}};
  EXPECT_THAT(NamesAt(50, false, 2, "p/"), ElementsAre("a p/a#10", "b/"));
}

TEST_F(B2VersionsTest, ARefusalNamesTheCapability) {
  B2Server server;
  server.list_versions = [](const ScriptedRequest&) { return ErrorReply(401, "unauthorized"); };
  const auto store = server.NewStore();
  const absl::Status status = store->List({.at = absl::Now()}, context_).status();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "listFiles")) << status;
  EXPECT_TRUE(store->List({}, context_).ok()) << "names as they are need no more";
}

// Answers that are wrong.

absl::StatusOr<B2ListAnswer> Parse(absl::string_view body, ListRequest request = {},
                                   std::string prefix = "") {
  request.at = absl::InfiniteFuture();
  return ParseB2Versions(body, {.request = request, .prefix = prefix, .root = prefix});
}

TEST(B2VersionsAnswerTest, GarbageIsDataLoss) {
  for (const char* body :
       {"", "garbage", "[]", "{}", R"({"files":[{}]})",
        R"({"files":[{"action":"folder","fileName":"a"}]})",
        R"({"files":[{"action":"upload","fileName":"a","contentLength":1}]})",
        R"({"files":[{"action":"upload","fileName":"a","fileId":"i","contentLength":-1}]})"}) {
    EXPECT_TRUE(absl::IsDataLoss(Parse(body).status())) << body;
  }
}

TEST(B2VersionsAnswerTest, ANameOutsideThePrefixIsDataLoss) {
  const char* body = R"({"files":[{"fileName":"q/a","fileId":"1","action":"hide"}]})";
  EXPECT_TRUE(absl::IsDataLoss(Parse(body, {}, "p/").status()));
}

TEST(B2VersionsAnswerTest, APageThatDoesNotAdvanceIsDataLoss) {
  const char* body = R"({"files":[],"nextFileName":"x","nextFileId":"1"})";
  const absl::StatusOr<B2ListAnswer> first = Parse(body);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(absl::IsDataLoss(Parse(body, {.start = first->page.next}).status()));
}

TEST(B2VersionsAnswerTest, ATokenOfSomethingElseIsRefused) {
  for (const char* token : {"x", "decided\n", "open\nid\n"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Parse(R"({"files":[]})", {.start = token}).status()));
  }
}

// What a page costs, of either listing (reference/b2.md §3.1).

TEST(B2ListCostTest, ThousandNamesAreOneTransactionOfClassC) {
  for (const auto& [names, cost] :
       std::vector<std::pair<int, uint64_t>>{{0, 1}, {1, 1}, {1000, 1}, {1001, 2}, {10000, 10}}) {
    B2Server server;
    server.list_files = [&, count = names](const ScriptedRequest&) {
      std::vector<std::string> files;
      for (int i = 0; i < count; ++i) files.push_back(EntryOf({absl::StrCat("n", i), 1}));
      return JsonReply(200, absl::StrCat("{\"files\":[", absl::StrJoin(files, ","), "]}"));
    };
    Counters counters;
    const auto store =
        NewB2Store({.kind = SourceUrl::Kind::kB2, .bucket = "bucket"}, server.options(), counters);
    const CallContext context{.deadline = absl::Now() + absl::Seconds(30)};
    ASSERT_EQ(store->Connect(context), absl::OkStatus());
    const uint64_t before = counters.Get("store.transactions.c").value();
    ASSERT_TRUE(store->List({}, context).ok());
    EXPECT_EQ(counters.Get("store.transactions.c").value() - before, cost) << names;
  }
}

}  // namespace
}  // namespace annofs::testing
