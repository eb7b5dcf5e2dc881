// Credentials, tokens and what a key may do, against a scripted server.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/store/b2_account.h"
#include "gtest/gtest.h"
#include "tests/cache/store/b2_server.h"

namespace annofs::testing {
namespace {

class B2SessionTest : public ::testing::Test {
 protected:
  B2SessionTest() { context_.deadline = absl::Now() + absl::Seconds(30); }

  absl::Status Connect(std::string prefix = "") {
    return server_.NewStore(std::move(prefix))->Connect(context_);
  }
  absl::Status ConnectWith(absl::string_view allowed, std::string prefix = "") {
    const std::string answer = server_.V4(allowed);
    server_.authorize = [answer](const ScriptedRequest&) { return JsonReply(200, answer); };
    return Connect(std::move(prefix));
  }

  B2Server server_;
  CallContext context_;
};

bool Says(const absl::Status& status, absl::StatusCode code, absl::string_view text) {
  return status.code() == code && absl::StrContains(status.message(), text);
}

TEST_F(B2SessionTest, ConnectIsTwoRequestsAndTheFirstCallNoMore) {
  const auto store = server_.NewStore();
  EXPECT_EQ(store->Connect(context_), absl::OkStatus());
  EXPECT_EQ(server_.server().requests().size(), 2u);
  EXPECT_TRUE(store->List({}, context_).ok());
  EXPECT_EQ(server_.server().requests().size(), 3u);
}

TEST_F(B2SessionTest, AuthorisesWithTheKeyAndCallsWithTheToken) {
  ASSERT_TRUE(server_.NewStore()->List({}, context_).ok());
  const std::vector<ScriptedRequest> requests = server_.server().requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].target, "/b2api/v4/b2_authorize_account");
  EXPECT_EQ(requests[0].headers.at("authorization"),
            "Basic MDAya2V5aWQ6SzAwMnNlY3JldHNlY3JldHNlY3JldHNlY3JldA==");
  EXPECT_EQ(requests[2].method, "POST");
  EXPECT_EQ(requests[2].headers.at("authorization"), B2Server::kToken);
  EXPECT_TRUE(
      absl::StartsWith(requests[2].headers.at("user-agent"), "annofs/" ANNOFS_VERSION " libcurl/"));
}

TEST_F(B2SessionTest, ADeadTokenIsReplacedOnceForAllCallers) {
  std::atomic<int> authorisations{0};
  server_.authorize = [&](const ScriptedRequest&) {
    absl::SleepFor(absl::Milliseconds(100));  // all callers gather
    return JsonReply(
        200, server_.V4(B2Server::kAllAllowed, absl::StrCat("token-number-", ++authorisations)));
  };
  server_.list_files = [&](const ScriptedRequest& request) {
    const bool dead = request.headers.at("authorization") == "token-number-1";
    return dead ? ErrorReply(401, "expired_auth_token") : JsonReply(200, R"({"files":[]})");
  };
  const auto store = server_.NewStore();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { good += store->List({}, context_).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 16);
  EXPECT_EQ(authorisations, 2);
  EXPECT_EQ(server_.Count("b2_list_buckets"), 1);
}

TEST_F(B2SessionTest, EachFormOfADeadTokenIsReplaced) {
  for (const char* body : {R"({"code":"bad_auth_token","message":"","status":401})",
                           R"({"code":"expired_auth_token","message":"","status":401})", ""}) {
    B2Server server;
    std::atomic<int> calls{0};
    server.list_files = [&](const ScriptedRequest&) {
      return ++calls == 1 ? JsonReply(401, body) : JsonReply(200, R"({"files":[]})");
    };
    EXPECT_TRUE(server.NewStore()->List({}, context_).ok()) << body;
    EXPECT_EQ(server.Count("b2_authorize_account"), 2) << body;
  }
}

TEST_F(B2SessionTest, ATokenThatStaysDeadEndsAfterOneReplacement) {
  server_.list_files = [](const ScriptedRequest&) { return ErrorReply(401, "bad_auth_token"); };
  EXPECT_TRUE(absl::IsUnauthenticated(server_.NewStore()->List({}, context_).status()));
  EXPECT_EQ(server_.Count("b2_authorize_account"), 2);
  EXPECT_EQ(server_.Count("b2_list_file_names"), 2);
}

TEST_F(B2SessionTest, AMissingRightIsNotTriedWithANewToken) {
  server_.list_files = [](const ScriptedRequest&) { return ErrorReply(401, "unauthorized", "no"); };
  EXPECT_TRUE(absl::IsPermissionDenied(server_.NewStore()->List({}, context_).status()));
  EXPECT_EQ(server_.Count("b2_authorize_account"), 1);
}

TEST_F(B2SessionTest, ARefusedKeySaysWhatToCheck) {
  server_.authorize = [](const ScriptedRequest&) { return ErrorReply(401, "bad_auth_token"); };
  EXPECT_TRUE(Says(Connect(), absl::StatusCode::kUnauthenticated, "B2_APPLICATION_KEY_ID"));
  EXPECT_EQ(server_.Count("b2_authorize_account"), 1);
}

TEST_F(B2SessionTest, MissingCredentialsAskNothing) {
  StoreOptions options = server_.options();
  options.b2.key = "";
  Counters counters;
  const auto store =
      NewB2Store({.kind = SourceUrl::Kind::kB2, .bucket = "bucket"}, options, counters);
  EXPECT_TRUE(absl::IsUnauthenticated(store->Connect(context_)));
  EXPECT_TRUE(server_.server().requests().empty());
}

TEST_F(B2SessionTest, ABucketThatIsNotThereIsNamed) {
  server_.list_buckets = [](const ScriptedRequest&) { return JsonReply(200, R"({"buckets":[]})"); };
  EXPECT_TRUE(Says(Connect(), absl::StatusCode::kNotFound, "bucket 'bucket' does not exist"));
}

TEST_F(B2SessionTest, ARestrictedKeyFindsItsBucketWithoutAsking) {
  EXPECT_EQ(ConnectWith(R"({"buckets":[{"id":"x","name":"other"},{"id":"bid","name":"bucket"}],
                            "capabilities":["listFiles","readFiles"],"namePrefix":null})"),
            absl::OkStatus());
  EXPECT_EQ(server_.server().requests().size(), 1u);
}

TEST_F(B2SessionTest, AKeyForAnotherBucketIsRefusedByName) {
  const absl::Status status =
      ConnectWith(R"({"buckets":[{"id":"x","name":"other"},{"id":"gone","name":null}],
                      "capabilities":["listBuckets","listFiles","readFiles"]})");
  EXPECT_TRUE(Says(status, absl::StatusCode::kPermissionDenied, "'bucket'")) << status;
  EXPECT_TRUE(Says(status, absl::StatusCode::kPermissionDenied, "'other'")) << status;
}

TEST_F(B2SessionTest, AMissingCapabilityIsNamed) {
  EXPECT_TRUE(Says(ConnectWith(R"({"capabilities":["listBuckets","listFiles"]})"),
                   absl::StatusCode::kPermissionDenied, "readFiles"));
  EXPECT_TRUE(Says(ConnectWith(R"({"capabilities":["listBuckets","readFiles"]})"),
                   absl::StatusCode::kPermissionDenied, "capability listFiles"));
  EXPECT_TRUE(Says(ConnectWith(R"({"capabilities":["listFiles","readFiles"]})"),
                   absl::StatusCode::kPermissionDenied, "capability listBuckets"));
  EXPECT_EQ(server_.Count("b2_list_buckets"), 0);
}

TEST_F(B2SessionTest, APrefixOfTheKeyMustCoverThePrefixOfTheSource) {
  const char* allowed = R"({"buckets":[{"id":"bid","name":"bucket"}],
                            "capabilities":["listFiles","readFiles"],"namePrefix":"team/a"})";
  EXPECT_EQ(ConnectWith(allowed, "team/a/"), absl::OkStatus());
  EXPECT_EQ(ConnectWith(allowed, "team/a/sub/"), absl::OkStatus());
  const absl::Status status = ConnectWith(allowed, "team/b/");
  EXPECT_TRUE(Says(status, absl::StatusCode::kPermissionDenied, "'team/a'")) << status;
  EXPECT_TRUE(Says(status, absl::StatusCode::kPermissionDenied, "'team/b/'")) << status;
}

TEST_F(B2SessionTest, AForeignApiUrlIsRefusedByNameAndNeverAsked) {
  server_.authorize = [](const ScriptedRequest&) {
    return JsonReply(200, R"({"accountId":"a","authorizationToken":"ttttttttt",
        "apiInfo":{"storageApi":{"apiUrl":"https://api.evil.example","downloadUrl":"https://x",
        "allowed":{"capabilities":["listFiles","readFiles"]}}}})");
  };
  EXPECT_TRUE(Says(Connect(), absl::StatusCode::kPermissionDenied, "api.evil.example"));
}

TEST_F(B2SessionTest, MalformedAuthorisationsAreDataLoss) {
  const std::string url = server_.server().url();
  for (const std::string& body :
       {std::string("garbage"), std::string(""), std::string("[]"), std::string("{}"),
        std::string(100000, '['),
        std::string(R"({"accountId":"a","authorizationToken":"t\r\nX: y"})"),
        absl::StrCat(R"({"accountId":"a","authorizationToken":"ttttttttt","apiUrl":")", url,
                     "\"}")}) {
    server_.authorize = [&](const ScriptedRequest&) { return JsonReply(200, body); };
    EXPECT_TRUE(absl::IsDataLoss(Connect())) << body.substr(0, 80);
  }
}

TEST_F(B2SessionTest, SecretsAreRedactedFromTheLogAndFromErrors) {
  server_.list_files = [](const ScriptedRequest& request) {
    return ErrorReply(400, "bad_request",
                      absl::StrCat("echo ", request.headers.at("authorization")));
  };
  const absl::Status status = server_.NewStore()->List({}, context_).status();
  EXPECT_FALSE(absl::StrContains(status.message(), B2Server::kToken)) << status;
  EXPECT_FALSE(absl::StrContains(Redact(absl::StrCat("x ", B2Server::kKey)), B2Server::kKey));
}

// The three shapes of an authorisation.

B2Account ParseShape(const std::string& json) {
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(json);
  EXPECT_TRUE(document.ok()) << document.status();
  absl::StatusOr<B2Account> account =
      ParseB2Account(document->root(), "https://api.backblazeb2.com");
  EXPECT_TRUE(account.ok()) << account.status();
  return account.ok() ? *account : B2Account();
}

void ExpectRestricted(const B2Account& account) {
  EXPECT_EQ(account.api_url, "https://api002.backblazeb2.com");
  EXPECT_EQ(account.download_url, "https://f002.backblazeb2.com");
  EXPECT_EQ(account.token, "tttttttttt");
  EXPECT_TRUE(account.Can("listFiles"));
  EXPECT_FALSE(account.Can("writeFiles"));
  EXPECT_EQ(account.name_prefix, "p/");
  EXPECT_EQ(KnownBucketId(account, "bucket"), "bid");
}

TEST(B2AccountTest, ATokenThatIsRefusedIsNotKeptForTheLog) {
  const std::string token(5000, 'x');
  const absl::StatusOr<JsonDocument> json =
      JsonDocument::Parse(absl::StrCat(R"({"accountId":"a","authorizationToken":")", token, "\"}"));
  EXPECT_TRUE(absl::IsDataLoss(ParseB2Account(json->root(), "https://h.example").status()));
  EXPECT_EQ(Redact(token), token);
}

TEST(B2AccountTest, ReadsTheShapeOfV2) {
  ExpectRestricted(ParseShape(
      R"({"accountId":"a","authorizationToken":"tttttttttt","apiUrl":"https://api002.backblazeb2.com",
          "downloadUrl":"https://f002.backblazeb2.com","allowed":{"bucketId":"bid","bucketName":"bucket",
          "capabilities":["listFiles"],"namePrefix":"p/"}})"));
}

TEST(B2AccountTest, ReadsTheShapeOfV3) {
  ExpectRestricted(ParseShape(
      R"({"accountId":"a","authorizationToken":"tttttttttt","apiInfo":{"storageApi":{
          "apiUrl":"https://api002.backblazeb2.com","downloadUrl":"https://f002.backblazeb2.com/",
          "bucketId":"bid","bucketName":"bucket","capabilities":["listFiles"],"namePrefix":"p/"}}})"));
}

TEST(B2AccountTest, ReadsTheShapeOfV4) {
  ExpectRestricted(ParseShape(
      R"({"accountId":"a","authorizationToken":"tttttttttt","new":[1],"apiInfo":{"storageApi":{
          "apiUrl":"https://api002.backblazeb2.com","downloadUrl":"https://f002.backblazeb2.com",
          "allowed":{"buckets":[{"id":"bid","name":"bucket"}],"capabilities":["listFiles"],
          "namePrefix":"p/"}}}})"));
}

}  // namespace
}  // namespace annofs::testing
