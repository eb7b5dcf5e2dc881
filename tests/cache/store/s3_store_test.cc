// The S3 store on the wire: what it sends, and what it makes of answers that are wrong, cut, late
// or hostile.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/http.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/store/s3_server.h"
#include "tests/testing/fake_clock.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class S3StoreTest : public ::testing::Test {
 protected:
  S3StoreTest() { context_.deadline = absl::Now() + absl::Seconds(30); }

  absl::Status Get(ObjectStore& store, ByteRange range) {
    return Get(store, server_.file(), range);
  }
  absl::Status Get(ObjectStore& store, const ObjectVersion& version, ByteRange range) {
    return store.Get(
        version, range,
        [this](absl::string_view data) {
          absl::StrAppend(&got_, data);
          return absl::OkStatus();
        },
        context_);
  }
  // The outcome of a download whose honest answer is changed by `spoil`.
  absl::Status GetSpoiled(ByteRange range, std::function<void(ScriptedReply&)> spoil) {
    server_.get = [=, this](const ScriptedRequest& request) {
      ScriptedReply reply = server_.HonestGet(request);
      spoil(reply);
      return reply;
    };
    return Get(*server_.NewStore(), range);
  }
  absl::Status GetAnswered(ScriptedReply reply) {
    server_.get = [=](const ScriptedRequest&) { return reply; };
    return Get(*server_.NewStore(), {0, 36});
  }
  ScriptedRequest LastRequest() { return server_.server().requests().back(); }

  S3Server server_;
  CallContext context_;
  std::string got_;
};

TEST_F(S3StoreTest, AListingIsOneSignedRequest) {
  server_.list = [](const ScriptedRequest&) {
    return XmlReply(200, S3ListBody(S3Contents("p/a b/x")));
  };
  const absl::StatusOr<ListPage> page = server_.NewStore("p/")->List({.prefix = "a b/"}, context_);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].key, "a b/x");
  EXPECT_EQ(server_.server().requests().size(), 1u);
  EXPECT_EQ(LastRequest().method, "GET");
  EXPECT_EQ(
      LastRequest().target,
      "/bucket?delimiter=%2F&encoding-type=url&list-type=2&max-keys=1000&prefix=p%2Fa%20b%2F");
}

TEST_F(S3StoreTest, ATokenGoesBackAsItCame) {
  server_.list = [](const ScriptedRequest& request) {
    return QueryValue(request, "continuation-token") == "1+/=&x"
               ? XmlReply(200, S3ListBody(S3Contents("b")))
               : XmlReply(200, S3ListBody("<NextContinuationToken>1+/=&amp;x"
                                          "</NextContinuationToken>" +
                                              S3Contents("a"),
                                          true));
  };
  const auto store = server_.NewStore();
  const absl::StatusOr<ListPage> first = store->List({}, context_);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::StatusOr<ListPage> second = store->List({.start = first->next}, context_);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->objects[0].key, "b");
  EXPECT_EQ(second->next, "");
}

TEST_F(S3StoreTest, ADownloadAsksTheExactRangeOfTheExactVersion) {
  ASSERT_EQ(Get(*server_.NewStore("p/"), {10, 5}), absl::OkStatus());
  EXPECT_EQ(got_, "abcde");
  EXPECT_EQ(LastRequest().method, "GET");
  EXPECT_EQ(LastRequest().target, "/bucket/p/file");
  EXPECT_EQ(LastRequest().headers.at("range"), "bytes=10-14");
  EXPECT_EQ(LastRequest().headers.at("if-match"), absl::StrCat("\"", S3Server::kEtag, "\""));
}

// curl takes names below "localhost" for this machine without asking for them.
TEST_F(S3StoreTest, ABucketInTheHostIsSignedThere) {
  StoreOptions options = server_.options();
  options.endpoint = absl::StrCat("http://localhost:", server_.server().port());
  options.addressing = S3Addressing::kVirtualHost;
  options.plain_http = StoreOptions::PlainHttp::kAnywhere;
  const auto store = server_.NewStore("p/", options);
  ASSERT_EQ(store->Connect(context_), absl::OkStatus());
  EXPECT_EQ(LastRequest().target, "/?encoding-type=url&list-type=2&max-keys=1&prefix=p%2F");
  EXPECT_EQ(LastRequest().headers.at("host"),
            absl::StrCat("bucket.localhost:", server_.server().port()));
  ASSERT_EQ(Get(*store, {0, 1}), absl::OkStatus());
  EXPECT_EQ(LastRequest().target, "/p/file");
}

TEST_F(S3StoreTest, ANameMayHoldAnyByte) {
  ObjectVersion file = server_.file();
  file.key = "a/../b//./c d+%2F?#&\"<\xc3\xbc\xff\x01";
  ASSERT_EQ(Get(*server_.NewStore(), file, {0, 1}), absl::OkStatus());
  EXPECT_EQ(LastRequest().target, "/bucket/a/../b//./c%20d%2B%252F%3F%23%26%22%3C%C3%BC%FF%01");
}

TEST_F(S3StoreTest, NothingIsSentThatIsNotSignedButWhatCurlAdds) {
  StoreOptions options = server_.options();
  options.s3.session_token = "session/token+1==";
  const auto store = server_.NewStore("", options);
  ASSERT_EQ(Get(*store, {0, 1}), absl::OkStatus());
  const ScriptedRequest request = LastRequest();
  EXPECT_EQ(request.headers.at("x-amz-security-token"), "session/token+1==");
  EXPECT_THAT(request.headers.at("authorization"),
              HasSubstr("SignedHeaders=host;if-match;range;x-amz-content-sha256;x-amz-date;"
                        "x-amz-security-token,"));
  EXPECT_EQ(request.headers.size(), 9u);  // and Authorization, Accept, User-Agent
}

TEST_F(S3StoreTest, NoChecksumOrSdkHeaderIsSent) {
  const auto store = server_.NewStore();
  ASSERT_TRUE(store->List({}, context_).ok());
  ASSERT_EQ(Get(*store, {0, 1}), absl::OkStatus());
  for (const ScriptedRequest& request : server_.server().requests()) {
    for (const auto& [name, value] : request.headers) {
      EXPECT_FALSE(absl::StartsWith(name, "x-amz-checksum")) << name;
      EXPECT_FALSE(absl::StartsWith(name, "x-amz-sdk")) << name;
    }
  }
}

TEST_F(S3StoreTest, SignsForTheRegionAndTheTimeOfTheCallsClock) {
  FakeClock clock(absl::FromUnixSeconds(1369353600));
  StoreOptions options = server_.options();
  options.region = "eu-central-003";
  ASSERT_TRUE(server_.NewStore("", options)->List({}, {.clock = &clock}).ok());
  EXPECT_EQ(LastRequest().headers.at("x-amz-date"), "20130524T000000Z");
  EXPECT_THAT(LastRequest().headers.at("authorization"),
              HasSubstr("Credential=002keyid/20130524/eu-central-003/s3/aws4_request"));
}

TEST_F(S3StoreTest, AWrongSecretIsRefusedAndExplained) {
  StoreOptions options = server_.options();
  options.s3.secret_access_key = "another-secret-of-nobody";
  const absl::Status status = server_.NewStore("", options)->Connect(context_);
  EXPECT_TRUE(absl::IsUnauthenticated(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("AWS_SECRET_ACCESS_KEY"));
}

TEST_F(S3StoreTest, TheFirstContactIsOneListRequestForOneName) {
  ASSERT_EQ(server_.NewStore("p/")->Connect(context_), absl::OkStatus());
  ASSERT_EQ(server_.server().requests().size(), 1u);
  EXPECT_EQ(LastRequest().target, "/bucket?encoding-type=url&list-type=2&max-keys=1&prefix=p%2F");
}

TEST_F(S3StoreTest, TheFirstContactExplainsARefusal) {
  server_.list = [](const ScriptedRequest&) { return S3ErrorReply(403, "AccessDenied"); };
  const absl::Status status = server_.NewStore("p/")->Connect(context_);
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("s3://bucket/p/"));
}

TEST_F(S3StoreTest, AServiceThatSpeaksNoS3IsDataLoss) {
  server_.list = [](const ScriptedRequest&) { return ScriptedReply{.body = "<html>hello</html>"}; };
  EXPECT_TRUE(absl::IsDataLoss(server_.NewStore()->Connect(context_)));
}

TEST_F(S3StoreTest, WithoutCredentialsNothingIsAsked) {
  for (const S3Credentials& credentials :
       {S3Credentials{}, S3Credentials{.access_key_id = "id"},
        S3Credentials{.secret_access_key = "secretsecret"},
        S3Credentials{.access_key_id = "id\r\nX-Evil: 1", .secret_access_key = "secretsecret"},
        S3Credentials{.access_key_id = "id", .secret_access_key = "s", .session_token = "a\nb"}}) {
    StoreOptions options = server_.options();
    options.s3 = credentials;
    const auto store = server_.NewStore("", options);
    EXPECT_TRUE(absl::IsUnauthenticated(store->Connect(context_)));
    EXPECT_TRUE(absl::IsUnauthenticated(store->List({}, context_).status()));
    EXPECT_TRUE(absl::IsUnauthenticated(Get(*store, {0, 1})));
  }
  EXPECT_TRUE(server_.server().requests().empty());
}

TEST_F(S3StoreTest, MissingCredentialsNameTheVariables) {
  StoreOptions options = server_.options();
  options.s3 = {};
  const std::string text(server_.NewStore("", options)->Connect(context_).message());
  EXPECT_THAT(text, HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(text, HasSubstr("AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(text, HasSubstr("--credentials"));
}

TEST_F(S3StoreTest, AnEndpointThatIsRefusedIsTheAnswerOfEveryCall) {
  StoreOptions options = server_.options();
  options.endpoint = "http://s3.example.com";
  EXPECT_TRUE(absl::IsInvalidArgument(server_.NewStore("", options)->Connect(context_)));
}

TEST_F(S3StoreTest, AContentThatChangedIsAborted) {
  for (const auto& [status, code] :
       std::vector<std::pair<int, std::string>>{{412, "PreconditionFailed"},
                                                {404, "NoSuchKey"},
                                                {404, "NoSuchVersion"},
                                                {416, "InvalidRange"}}) {
    EXPECT_TRUE(absl::IsAborted(GetAnswered(S3ErrorReply(status, code)))) << code;
  }
  EXPECT_EQ(got_, "");
}

TEST_F(S3StoreTest, AnAnswerWithAnotherOrNoEtagIsDataLossAndGivesNoByte) {
  for (const char* etag : {"\"0000aaac7d04ea7e9d4e8a7c6b1a2c3d\"", "", "\"\"",
                           "W/\"e5a55aac7d04ea7e9d4e8a7c6b1a2c3d\""}) {
    EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({10, 5}, [=](ScriptedReply& reply) {
      reply.headers[1].second = etag;
    }))) << etag;
  }
  EXPECT_TRUE(absl::IsDataLoss(
      GetSpoiled({10, 5}, [](ScriptedReply& reply) { reply.headers.pop_back(); })));
  EXPECT_EQ(got_, "");
}

TEST_F(S3StoreTest, AnEtagWithoutQuotesIsOne) {
  EXPECT_EQ(
      GetSpoiled({10, 5}, [](ScriptedReply& reply) { reply.headers[1].second = S3Server::kEtag; }),
      absl::OkStatus());
}

TEST_F(S3StoreTest, AWrongContentRangeIsDataLossAndGivesNoByte) {
  for (const char* value : {"bytes 0-4/36", "bytes 10-14/37", "bytes 10-15/36", "", "bytes */36"}) {
    EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({10, 5}, [=](ScriptedReply& reply) {
      reply.headers[0].second = value;
    }))) << value;
  }
  EXPECT_EQ(got_, "");
}

TEST_F(S3StoreTest, AnIgnoredRangeIsDataLossUnlessTheWholeWasAsked) {
  const auto whole = [this](ScriptedReply& reply) {
    reply.status = 200;
    reply.body = server_.content;
  };
  EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({0, 5}, whole)));
  EXPECT_EQ(got_, "");
  EXPECT_EQ(GetSpoiled({0, 36}, whole), absl::OkStatus());
  EXPECT_EQ(got_, server_.content);
}

TEST_F(S3StoreTest, AWrongLengthIsDataLoss) {
  EXPECT_TRUE(
      absl::IsDataLoss(GetSpoiled({0, 5}, [](ScriptedReply& reply) { reply.body = "012345"; })));
  EXPECT_EQ(got_, "");
}

TEST_F(S3StoreTest, AnErrorsBodyIsNeverData) {
  for (const int status : {204, 301, 304, 400, 403, 404, 412, 416, 500, 503}) {
    EXPECT_FALSE(GetAnswered(S3ErrorReply(status, "Whatever", server_.content)).ok()) << status;
  }
  EXPECT_EQ(got_, "");
}

TEST_F(S3StoreTest, ARedirectIsNotFollowed) {
  ScriptedServer elsewhere([](const ScriptedRequest&) { return ScriptedReply(); });
  const ScriptedReply redirect = {.status = 307,
                                  .headers = {{"Location", elsewhere.url() + "/bucket/file"}}};
  EXPECT_FALSE(GetAnswered(redirect).ok());
  server_.list = [=](const ScriptedRequest&) { return redirect; };
  EXPECT_FALSE(server_.NewStore()->List({}, context_).ok());
  EXPECT_TRUE(elsewhere.requests().empty());
}

// One read that breaks off and goes on: by the same If-Match, so that a name put again meanwhile
// cannot give the rest.
TEST_F(S3StoreTest, AReadThatGoesOnAsksForTheSameVersion) {
  int calls = 0;
  server_.get = [&](const ScriptedRequest& request) {
    ScriptedReply reply = server_.HonestGet(request);
    if (calls++ == 0) reply.cut_after = 10;
    return reply;
  };
  FakeClock clock;
  context_ = {.clock = &clock};
  const auto store = NewRetryingStore(server_.NewStore());
  ASSERT_EQ(Get(*store, {0, 36}), absl::OkStatus());
  EXPECT_EQ(got_, server_.content);
  const std::vector<ScriptedRequest> requests = server_.server().requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[1].headers.at("range"), "bytes=10-35");
  EXPECT_EQ(requests[1].headers.at("if-match"), requests[0].headers.at("if-match"));
}

TEST_F(S3StoreTest, ANameThatIsPutAgainMidwayIsAborted) {
  int calls = 0;
  server_.get = [&](const ScriptedRequest& request) {
    if (calls++ > 0) return S3ErrorReply(412, "PreconditionFailed");
    ScriptedReply reply = server_.HonestGet(request);
    reply.cut_after = 10;
    return reply;
  };
  FakeClock clock;
  context_ = {.clock = &clock};
  EXPECT_TRUE(absl::IsAborted(Get(*NewRetryingStore(server_.NewStore()), {0, 36})));
  EXPECT_EQ(got_, server_.content.substr(0, 10));
}

TEST_F(S3StoreTest, AVersionThatWasNotListedIsAbortedAndNotAsked) {
  const auto store = server_.NewStore();
  for (const char* version : {"", "a\r\nX-Evil: 1", "a\"b", "a b c", "a "}) {
    ObjectVersion file = server_.file();
    file.version = version;
    EXPECT_TRUE(absl::IsAborted(Get(*store, file, {0, 1}))) << version;
  }
  EXPECT_TRUE(server_.server().requests().empty());
}

TEST_F(S3StoreTest, NamesAtATimeAreListedAndReadByVersion) {
  absl::Time at;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, "2024-05-01T12:00:00+02:00", &at, nullptr));
  server_.list = [](const ScriptedRequest&) {
    const auto version = [](absl::string_view id, absl::string_view time) {
      return absl::StrCat("<Version><Key>file</Key><VersionId>", id, "</VersionId><LastModified>",
                          time, "</LastModified><ETag>\"", S3Server::kEtag,
                          "\"</ETag><Size>36</Size></Version>");
    };
    return XmlReply(
        200, absl::StrCat("<ListVersionsResult><IsTruncated>false</IsTruncated>",
                          version("new", "2024-05-01T10:00:01Z"),
                          version("id+1/=", "2024-05-01T10:00:00Z"), "</ListVersionsResult>"));
  };
  const auto store = server_.NewStore();
  const absl::StatusOr<ListPage> page = store->List({.at = at}, context_);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(LastRequest().target,
            "/bucket?delimiter=%2F&encoding-type=url&max-keys=1000&prefix=&versions=");
  ASSERT_EQ(page->objects.size(), 1u);
  ASSERT_EQ(Get(*store, page->objects[0], {0, 3}), absl::OkStatus());
  EXPECT_EQ(got_, "012");
  EXPECT_EQ(LastRequest().target, "/bucket/file?versionId=id%2B1%2F%3D");
}

TEST_F(S3StoreTest, WithoutVersionsNamesAtATimeAreRefusedAndNamesAsTheyAreAreNot) {
  ScriptedReply versions;
  server_.list = [&](const ScriptedRequest& request) {
    return absl::StrContains(request.target, "versions=") ? versions
                                                          : XmlReply(200, S3ListBody(""));
  };
  const auto store = server_.NewStore();
  const auto code_of = [&](ScriptedReply reply) {
    versions = std::move(reply);
    return store->List({.at = absl::Now()}, context_).status().code();
  };
  EXPECT_EQ(code_of(S3ErrorReply(403, "AccessDenied")), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code_of(S3ErrorReply(501, "NotImplemented")), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(code_of(XmlReply(200, S3ListBody(S3Contents("a")))), absl::StatusCode::kUnimplemented);
  EXPECT_TRUE(store->List({}, context_).ok());
}

// What a listing of versions gives where versioning was never on.
TEST_F(S3StoreTest, TheNullVersionIsReadAsSuch) {
  ObjectVersion file = server_.file();
  file.version = absl::StrCat(S3Server::kEtag, " null");
  ASSERT_EQ(Get(*server_.NewStore(), file, {0, 3}), absl::OkStatus());
  EXPECT_EQ(LastRequest().target, "/bucket/file?versionId=null");
}

TEST_F(S3StoreTest, StoresAreNamedBySourceAndNoTwoAlike) {
  EXPECT_EQ(server_.NewStore()->name(), "s3://bucket");
  EXPECT_EQ(server_.NewStore("a/b/")->name(), "s3://bucket/a/b");
  EXPECT_EQ(server_.NewStore("/")->name(), "s3://bucket/");
  EXPECT_EQ(server_.NewStore("a//")->name(), "s3://bucket/a/");
}

TEST_F(S3StoreTest, RequestsAreCountedByTheirClass) {
  const auto store = server_.NewStore();
  ASSERT_EQ(store->Connect(context_), absl::OkStatus());
  ASSERT_TRUE(store->List({}, context_).ok());
  ASSERT_EQ(Get(*store, {0, 1}), absl::OkStatus());
  EXPECT_EQ(server_.counters().Get("store.transactions.c").value(), 2u);
  EXPECT_EQ(server_.counters().Get("store.transactions.b").value(), 1u);
  EXPECT_EQ(server_.counters().Get("store.transactions.a").value(), 0u);
}

TEST_F(S3StoreTest, AnEtagIsADigestUntilAnAnswerShowsThatItIsNone) {
  ObjectVersion file = server_.file();
  file.digest = DigestOf(DigestKind::kMd5, server_.content);
  for (const auto& [name, value, is_md5] : std::vector<std::tuple<std::string, std::string, bool>>{
           {"x-amz-server-side-encryption", "AES256", true},
           {"x-amz-server-side-encryption", "aws:kms", false},
           {"x-amz-server-side-encryption", "aws:kms:dsse", false},
           {"x-amz-server-side-encryption-customer-algorithm", "AES256", false}}) {
    server_.get = [&, header = std::pair(name, value)](const ScriptedRequest& request) {
      ScriptedReply reply = server_.HonestGet(request);
      reply.headers.push_back(header);
      return reply;
    };
    const auto store = server_.NewStore();
    EXPECT_EQ(store->DigestToCheck(file), file.digest);
    ASSERT_EQ(Get(*store, {0, 36}), absl::OkStatus());
    EXPECT_EQ(store->DigestToCheck(file), is_md5 ? file.digest : Digest()) << name << value;
  }
}

TEST_F(S3StoreTest, AListingBeyondTheBoundIsDataLoss) {
  server_.list = [](const ScriptedRequest&) {
    return ScriptedReply{.body = std::string(kMaxHttpBodyBytes + 1, ' ')};
  };
  EXPECT_TRUE(absl::IsDataLoss(server_.NewStore()->List({}, context_).status()));
}

TEST_F(S3StoreTest, TooManyHeadersAreDataLoss) {
  EXPECT_TRUE(absl::IsDataLoss(GetSpoiled({0, 5}, [](ScriptedReply& reply) {
    for (int i = 0; i < 100; ++i) reply.headers.push_back({"X-Filler", std::string(1000, 'x')});
  })));
  EXPECT_EQ(got_, "");
}

TEST_F(S3StoreTest, NoMessageShowsASecret) {
  StoreOptions options = server_.options();
  options.s3.session_token = "a-session-token-of-some-length";
  // A server that repeats what it was told, as AWS does for a signature that does not match.
  server_.list = [](const ScriptedRequest& request) {
    return S3ErrorReply(403, "SignatureDoesNotMatch",
                        absl::StrCat(S3Server::kSecret, " ", request.headers.at("authorization"),
                                     " ", request.headers.at("x-amz-security-token")));
  };
  const std::string text(server_.NewStore("", options)->Connect(context_).message());
  const std::string authorization = LastRequest().headers.at("authorization");
  EXPECT_THAT(text, HasSubstr("SignatureDoesNotMatch"));
  EXPECT_THAT(text, Not(HasSubstr(S3Server::kSecret)));
  EXPECT_THAT(text, Not(HasSubstr(options.s3.session_token)));
  EXPECT_THAT(text, Not(HasSubstr(authorization.substr(authorization.find("Signature=") + 10))));
}

TEST_F(S3StoreTest, TheFastLaneNeverWaits) {
  const auto store = server_.NewStore();
  context_.lane = Lane::kFast;
  EXPECT_TRUE(IsWouldBlock(store->List({}, context_).status()));
  EXPECT_TRUE(IsWouldBlock(Get(*store, {0, 1})));
  EXPECT_TRUE(IsWouldBlock(store->Connect(context_)));
  EXPECT_TRUE(server_.server().requests().empty());
}

}  // namespace
}  // namespace annofs::testing
