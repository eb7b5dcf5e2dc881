// Keys that may do little: what they mount, and that no call is made that they may not make. The
// server answers 401 to all other calls, as B2 does (reference/b2.md §1.4).
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/store/b2_account.h"
#include "cache/store/b2_listing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/b2_server.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Quoted(const std::vector<std::string>& texts) {
  return absl::StrCat("[\"", absl::StrJoin(texts, "\",\""), "\"]");
}

class B2RestrictedKeyTest : public ::testing::Test {
 protected:
  B2RestrictedKeyTest() {
    context_.deadline = absl::Now() + absl::Seconds(30);
    server_.authorize = [this](const ScriptedRequest&) {
      return JsonReply(200, server_.V4(absl::StrCat("{\"buckets\":", buckets_,
                                                    ",\"capabilities\":", Quoted(capabilities_),
                                                    ",\"namePrefix\":\"", prefix_, "\"}")));
    };
    server_.list_files = [this](const ScriptedRequest& request) { return List(request); };
    server_.list_buckets = [this](const ScriptedRequest& request) { return Buckets(request); };
  }

  // What is asked of the server is what it was asked in this order: bodies of calls.
  std::vector<std::string> Listed() {
    std::vector<std::string> prefixes;
    for (const ScriptedRequest& request : server_.server().requests()) {
      if (absl::StrContains(request.target, "b2_list_file_names")) {
        prefixes.push_back(Member(request, "prefix"));
      }
    }
    return prefixes;
  }
  std::unique_ptr<ObjectStore> NewStore(std::string prefix = "") {
    return server_.NewStore(std::move(prefix));
  }

  std::string buckets_ = R"([{"id":"bid","name":"bucket"}])";
  std::vector<std::string> capabilities_ = {"listFiles", "readFiles"};
  std::string prefix_;
  // The names of the bucket at the present level, as b2_list_file_names answers them.
  std::vector<std::string> names_ = {"logs/2024-1", "logs/2024-2/", "logs/2025"};
  std::string nameless_id_;  // a bucket that only b2_list_buckets names "bucket"
  int refused_ = 0;

  B2Server server_;
  CallContext context_;

 private:
  static std::string Member(const ScriptedRequest& request, absl::string_view name) {
    const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(request.body);
    return json.ok() ? std::string(json->root().StringOr(name, "")) : "";
  }
  ScriptedReply Refuse() {
    ++refused_;
    return ErrorReply(401, "unauthorized");
  }
  ScriptedReply List(const ScriptedRequest& request) {
    const std::string prefix = Member(request, "prefix");
    if (!absl::StartsWith(prefix, prefix_)) return Refuse();
    std::vector<std::string> files;
    for (const std::string& name : names_) {
      if (!absl::StartsWith(name, prefix)) continue;
      const char* action = absl::EndsWith(name, "/") ? "folder" : "upload";
      files.push_back(absl::StrCat("{\"fileName\":\"", name, "\",\"action\":\"", action,
                                   "\",\"fileId\":\"i\",\"contentLength\":1}"));
    }
    return JsonReply(200, absl::StrCat("{\"files\":[", absl::StrJoin(files, ","), "]}"));
  }
  ScriptedReply Buckets(const ScriptedRequest& request) {
    const std::string id = Member(request, "bucketId");
    const bool may = capabilities_.front() == "listBuckets" && !id.empty() &&
                     absl::StrContains(buckets_, absl::StrCat("\"", id, "\""));
    if (!may) return Refuse();
    if (id != nameless_id_) return ErrorReply(400, "bad_bucket_id");
    return JsonReply(
        200, absl::StrCat("{\"buckets\":[{\"bucketId\":\"", id, "\",\"bucketName\":\"bucket\"}]}"));
  }
};

std::vector<std::string> KeysOf(const absl::StatusOr<ListPage>& page) {
  std::vector<std::string> keys = {page.status().ToString()};
  if (!page.ok()) return keys;
  keys = page->directories;
  for (const ObjectVersion& object : page->objects) keys.push_back(object.key);
  return keys;
}

TEST_F(B2RestrictedKeyTest, ASourceWithoutPrefixIsWhatTheKeyReads) {
  prefix_ = "logs/";
  const auto store = NewStore();
  EXPECT_EQ(store->name(), "b2://bucket");  // not known before the first contact
  ASSERT_EQ(store->Connect(context_), absl::OkStatus());
  EXPECT_EQ(store->name(), "b2://bucket/logs");
  EXPECT_THAT(KeysOf(store->List({}, context_)), ElementsAre("2024-2/", "2024-1", "2025"));
  EXPECT_THAT(Listed(), ElementsAre("logs/"));
  EXPECT_EQ(refused_, 0);
}

TEST_F(B2RestrictedKeyTest, APrefixThatIsNoDirectoryShowsOnlyItsNamesAtTheRoot) {
  prefix_ = "logs/2024-";
  const auto store = NewStore();
  EXPECT_THAT(KeysOf(store->List({}, context_)), ElementsAre("2024-2/", "2024-1"));
  EXPECT_EQ(store->name(), "b2://bucket/logs");
  EXPECT_TRUE(store->List({.prefix = "2024-2/"}, context_).ok());
  EXPECT_THAT(Listed(), ElementsAre("logs/2024-", "logs/2024-2/"));
  EXPECT_EQ(refused_, 0);
}

TEST_F(B2RestrictedKeyTest, APrefixAtTheTopLeavesTheRootWhereItIs) {
  prefix_ = "team";
  names_ = {"team-a", "team/"};
  const auto store = NewStore();
  EXPECT_THAT(KeysOf(store->List({}, context_)), ElementsAre("team/", "team-a"));
  EXPECT_EQ(store->name(), "b2://bucket");
}

TEST_F(B2RestrictedKeyTest, ADirectoryThatTheKeyCannotSeeIsEmptyWithoutARequest) {
  prefix_ = "logs/2024-";
  const auto store = NewStore();
  const absl::StatusOr<ListPage> page = store->List({.prefix = "2025/"}, context_);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(page->objects.empty() && page->directories.empty() && page->next.empty());
  EXPECT_EQ(server_.Count("b2_list_file_names"), 0);
}

TEST_F(B2RestrictedKeyTest, ASourceWithinThePrefixIsItsOwnRoot) {
  prefix_ = "logs/2024-";
  const auto store = NewStore("logs/2024-2/");
  ASSERT_TRUE(store->List({}, context_).ok());
  EXPECT_EQ(store->name(), "b2://bucket/logs/2024-2");
  EXPECT_THAT(Listed(), ElementsAre("logs/2024-2/"));
}

TEST_F(B2RestrictedKeyTest, TheRootOfTheKeyMayBeNamed) {
  prefix_ = "logs/2024-";
  const auto store = NewStore("logs/");
  EXPECT_THAT(KeysOf(store->List({}, context_)), ElementsAre("2024-2/", "2024-1"));
  EXPECT_EQ(refused_, 0);
}

TEST_F(B2RestrictedKeyTest, ASourceOutsideThePrefixIsToldWhatToMount) {
  prefix_ = "logs/2024-";
  for (const char* outside : {"other/", "logs/2025/", "log/"}) {
    const absl::Status status = NewStore(outside)->Connect(context_);
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr("'logs/2024-'"), HasSubstr("name b2://bucket to mount")));
  }
}

TEST_F(B2RestrictedKeyTest, ABucketThatTheKeyNamesIsNeverAsked) {
  buckets_ =
      R"([{"id":"gone","name":null},{"id":"x","name":"other"},{"id":"bid","name":"bucket"}])";
  ASSERT_EQ(NewStore()->Connect(context_), absl::OkStatus());
  EXPECT_EQ(server_.server().requests().size(), 1u);
}

TEST_F(B2RestrictedKeyTest, ABucketKnownByItsIdOnlyIsAskedByItsId) {
  buckets_ = R"([{"id":"gone","name":null},{"id":"bid","name":null}])";
  nameless_id_ = "bid";
  capabilities_ = {"listBuckets", "listFiles", "readFiles"};
  EXPECT_EQ(NewStore()->Connect(context_), absl::OkStatus());
  EXPECT_EQ(server_.Count("b2_list_buckets"), 2);
  EXPECT_EQ(refused_, 0);
}

TEST_F(B2RestrictedKeyTest, ABucketKnownByItsIdOnlyNeedsListBuckets) {
  buckets_ = R"([{"id":"bid","name":null}])";
  const absl::Status status = NewStore()->Connect(context_);
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("capability listBuckets"));
  EXPECT_EQ(server_.server().requests().size(), 1u);
}

TEST_F(B2RestrictedKeyTest, ABucketThatIsNotOfTheKeyIsNotFoundByAskingEither) {
  buckets_ = R"([{"id":"gone","name":null},{"id":"x","name":"other"}])";
  capabilities_ = {"listBuckets", "listFiles", "readFiles"};
  const absl::Status status = NewStore()->Connect(context_);
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("'other'"));
  EXPECT_EQ(refused_, 0);
}

TEST_F(B2RestrictedKeyTest, AMissingCapabilityIsSaidAtTheFirstContactAndNothingElseIsAsked) {
  for (const std::vector<std::string>& lacking :
       {std::vector<std::string>{"listFiles"}, {"readFiles"}, {"listBuckets", "writeFiles"}}) {
    capabilities_ = lacking;
    const absl::Status status = NewStore()->List({}, context_).status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    const char* missing = lacking.front() == "listFiles" ? "readFiles" : "listFiles";
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("capability ", missing)));
  }
  EXPECT_EQ(server_.server().requests().size(), 3u);
}

// Older servers.

class B2ApiVersionTest : public ::testing::Test {
 protected:
  // v4 and, if `oldest` says so, v3 are answered with `status`.
  B2ApiVersionTest() {
    context_.deadline = absl::Now() + absl::Seconds(30);
    server_.authorize = [this](const ScriptedRequest& request) {
      const bool known = absl::StrContains(request.target, absl::StrCat("/", version_, "/"));
      return known ? JsonReply(200, server_.V4(B2Server::kAllAllowed))
                   : ErrorReply(status_, "bad_request", "no such version");
    };
  }

  std::string version_ = "v4";
  int status_ = 404;
  B2Server server_;
  CallContext context_;
};

TEST_F(B2ApiVersionTest, AServerWithoutV4IsSpokenToInTheVersionThatItKnows) {
  for (const int status : {400, 404}) {
    for (const char* version : {"v3", "v2"}) {
      version_ = version;
      status_ = status;
      const auto store = server_.NewStore();
      EXPECT_TRUE(store->List({}, context_).ok());
      EXPECT_THAT(server_.server().requests().back().target,
                  HasSubstr(absl::StrCat("/b2api/", version, "/b2_list_file_names")));
    }
  }
}

TEST_F(B2ApiVersionTest, EachVersionIsTriedOnce) {
  version_ = "v1";
  EXPECT_FALSE(server_.NewStore()->Connect(context_).ok());
  EXPECT_EQ(server_.Count("b2_authorize_account"), 3);
}

TEST_F(B2ApiVersionTest, ARefusalIsFinalInAnyVersion) {
  status_ = 401;
  version_ = "v2";
  EXPECT_TRUE(absl::IsUnauthenticated(server_.NewStore()->Connect(context_)));
  EXPECT_EQ(server_.Count("b2_authorize_account"), 1);
}

TEST_F(B2ApiVersionTest, ANewTokenIsAskedInTheVersionThatIsKnown) {
  version_ = "v2";
  int lists = 0;
  server_.list_files = [&](const ScriptedRequest&) {
    return ++lists == 1 ? ErrorReply(401, "expired_auth_token") : JsonReply(200, R"({"files":[]})");
  };
  EXPECT_TRUE(server_.NewStore()->List({}, context_).ok());
  EXPECT_EQ(server_.Count("b2_authorize_account"), 4);
}

// What the log says about a key.

class B2KeyLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(StartLog({.file = directory_ / "log", .level = LogLevel::kInfo}), absl::OkStatus());
  }
  ~B2KeyLogTest() override { (void)StartLog({.level = LogLevel::kWarning}); }

  std::string Log() { return ReadFile(directory_ / "log").value_or("no log"); }

  TempDir directory_;
  const absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
};

TEST_F(B2KeyLogTest, AKeyThatExpiresWithinTheHourIsWarnedOf) {
  LogExpiry({.expires = now_ + absl::Minutes(59)}, now_);
  EXPECT_THAT(Log(), AllOf(HasSubstr("warning the application key expires at "
                                     "2023-11-14T23:12:20Z")));
}

TEST_F(B2KeyLogTest, AKeyThatHasExpiredIsWarnedOf) {
  LogExpiry({.expires = now_ - absl::Minutes(1)}, now_);
  EXPECT_THAT(Log(), HasSubstr("warning the application key expired at"));
}

TEST_F(B2KeyLogTest, OtherKeysAreNotWarnedOf) {
  LogExpiry({}, now_);
  LogExpiry({.expires = now_ + absl::Hours(2)}, now_);
  EXPECT_EQ(Log(), "");
}

TEST_F(B2KeyLogTest, AKeyThatMayWriteIsMentionedOnceWhateverItsRights) {
  LogRights({.capabilities = {"readFiles", "writeFiles", "deleteFiles"}});
  EXPECT_THAT(Log(), HasSubstr("info this key may also write; a read-only key is enough"));
  const std::string once = Log();
  LogRights({.capabilities = {"listBuckets", "listFiles", "readFiles", "shareFiles"}});
  EXPECT_EQ(Log(), once);
}

TEST_F(B2KeyLogTest, TheExpiryIsReadFromTheAuthorisation) {
  B2Server server;
  server.authorize = [&](const ScriptedRequest&) {
    std::string body = server.V4(B2Server::kAllAllowed);
    return JsonReply(200, body.insert(1, "\"applicationKeyExpirationTimestamp\":1000,"));
  };
  ASSERT_EQ(server.NewStore()->Connect({.deadline = absl::Now() + absl::Seconds(30)}),
            absl::OkStatus());
  EXPECT_THAT(Log(), HasSubstr("expired at 1970-01-01T00:00:01Z"));
  EXPECT_THAT(Log(), Not(HasSubstr("may also write")));
}

}  // namespace
}  // namespace annofs::testing
