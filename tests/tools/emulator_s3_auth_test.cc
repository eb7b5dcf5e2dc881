// Who may ask the emulator's S3 endpoint: signatures of every kind, right and wrong.
#include <cstdlib>

#include "tests/tools/s3_client.h"

namespace annofs::testing {
namespace {

class S3AuthTest : public S3Test {
 protected:
  S3AuthTest() { Write("a.txt", "hello"); }
};

TEST_F(S3AuthTest, ASignedRequestIsServed) {
  EXPECT_EQ(Send({.path = "/photos/a.txt"}).body, "hello");
}

TEST_F(S3AuthTest, ARequestThatCurlSignedIsServed) {
  std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  std::string url = Url("/photos/a.txt");
  std::string user = absl::StrCat(kKeyId, ":", kKeySecret);
  HttpAnswer answer;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
      curl_slist_append(nullptr, "x-amz-content-sha256: UNSIGNED-PAYLOAD"), curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(curl.get(), CURLOPT_AWS_SIGV4, "aws:amz:us-west-002:s3");
  curl_easy_setopt(curl.get(), CURLOPT_USERPWD, user.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  ASSERT_EQ(curl_easy_perform(curl.get()), CURLE_OK);
  EXPECT_EQ(answer.body, "hello");
}

TEST_F(S3AuthTest, VirtualHostStyleNamesTheBucket) {
  for (std::string host : {"photos.localhost:1", "photos.127.0.0.1:80", "photos.localhost",
                           "photos.s3.us-west-002.example.com"}) {
    EXPECT_EQ(Send({.path = "/a.txt", .host = host}).body, "hello") << host;
  }
}

TEST_F(S3AuthTest, TheEndpointsOwnHostNamesNoBucket) {
  EXPECT_EQ(Send({.path = "/photos/a.txt", .host = "s3.us-west-002.localhost"}).body, "hello");
}

TEST_F(S3AuthTest, WrongSignaturesAreRefused) {
  S3Question wrong_secret{.path = "/photos/a.txt"};
  wrong_secret.key.secret[5] ^= 1;
  EXPECT_EQ(S3ErrorText(Send(wrong_secret)), "403 SignatureDoesNotMatch");
  EXPECT_EQ(S3ErrorText(Send({.path = "/photos/a.txt", .region = "us-east-1"})),
            "403 SignatureDoesNotMatch");
  EXPECT_EQ(S3ErrorText(Send({.path = "/photos/a.txt", .service = "sqs"})),
            "400 AuthorizationHeaderMalformed");
}

TEST_F(S3AuthTest, WhatWasSignedMayNotBeChanged) {
  HttpQuestion question = Signed(emulator_->url(), {.path = "/photos/a.txt"});
  for (std::string target : {"/photos/b.txt", "/photos/a.txt?versionId=x", "/photos/a.txt?acl"}) {
    question.request_target = target;
    EXPECT_EQ(S3ErrorText(Ask(question)), "403 SignatureDoesNotMatch") << target;
  }
  question = Signed(emulator_->url(), {.path = "/photos/a.txt"});
  question.method = "DELETE";
  EXPECT_EQ(S3ErrorText(Ask(question)), "403 SignatureDoesNotMatch");
}

TEST_F(S3AuthTest, AHeaderOfS3ThatIsNotSignedIsRefused) {
  EXPECT_EQ(S3ErrorText(Send({.path = "/photos/a.txt", .added_headers = {"x-amz-acl: private"}})),
            "403 AccessDenied");
}

TEST_F(S3AuthTest, OddNamesAndQueriesAreSignedAsTheyAre) {
  for (std::string key : {"a b+c", "ä/ö//x/", "%25", "a?b#c&d=e", "~'()*!;:@$,"}) {
    ASSERT_EQ(PutObject(key, key).status, 200) << key;
    EXPECT_EQ(GetObject(key).body, key);
    EXPECT_EQ(XmlText(ListBucket({{"prefix", key}}).body, "Key"), key);
  }
}

TEST_F(S3AuthTest, ClocksMayDifferByAQuarterOfAnHour) {
  EXPECT_EQ(Send({.path = "/photos/a.txt", .time = absl::Now() - absl::Minutes(14)}).status, 200);
  EXPECT_EQ(Send({.path = "/photos/a.txt", .time = absl::Now() + absl::Minutes(14)}).status, 200);
  for (absl::Duration skew : {absl::Minutes(16), -absl::Minutes(16), absl::Hours(24)}) {
    EXPECT_EQ(S3ErrorText(Send({.path = "/photos/a.txt", .time = absl::Now() + skew})),
              "403 RequestTimeTooSkewed");
  }
}

TEST_F(S3AuthTest, UnknownAndMasterKeysAreRefused) {
  S3Question question{.path = "/photos/a.txt"};
  question.key.id = "002d2e6b27577ea0000000fff";
  EXPECT_EQ(S3ErrorText(Send(question)), "403 InvalidAccessKeyId");
  question.key.id = kAccountId;
  HttpAnswer answer = Send(question);
  EXPECT_EQ(S3ErrorText(answer), "403 InvalidAccessKeyId");
  EXPECT_EQ(XmlText(answer.body, "Message"), "Malformed Access Key Id");
}

TEST_F(S3AuthTest, SessionTokensAreRefused) {
  EXPECT_EQ(
      S3ErrorText(Send({.path = "/photos/a.txt", .headers = {{"x-amz-security-token", "t"}}})),
      "400 InvalidToken");
}

TEST_F(S3AuthTest, OldSignaturesAreRefused) {
  HttpAnswer header =
      Ask({.url = Url("/photos/a.txt"), .headers = {"Authorization: AWS id:c2lnbmF0dXJl"}});
  EXPECT_EQ(S3ErrorText(header), "400 InvalidRequest");
  HttpAnswer query = Ask({.url = Url("/photos/a.txt?AWSAccessKeyId=i&Expires=9&Signature=s")});
  EXPECT_EQ(S3ErrorText(query), "400 InvalidRequest");
}

TEST_F(S3AuthTest, BrokenAuthorizationsAreRefused) {
  auto code = [this](std::string authorization) {
    return S3ErrorText(Ask({.url = Url("/photos/a.txt"),
                            .headers = {absl::StrCat("Authorization: ", authorization),
                                        absl::StrCat("x-amz-date: ", SigV4Time(absl::Now())),
                                        "x-amz-content-sha256: UNSIGNED-PAYLOAD"}}));
  };
  EXPECT_EQ(code("Bearer x"), "400 InvalidArgument");
  EXPECT_EQ(code("AWS4-HMAC-SHA256"), "400 AuthorizationHeaderMalformed");
  EXPECT_EQ(code("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0"),
            "400 AuthorizationHeaderMalformed");
  EXPECT_EQ(code(absl::StrCat("AWS4-HMAC-SHA256 Credential=", kKeyId,
                              "/20200101/us-west-002/s3/aws4_request, SignedHeaders=host, "
                              "Signature=0")),
            "400 AuthorizationHeaderMalformed");
}

TEST_F(S3AuthTest, TheHostMustBeSigned) {
  S3Question question{.path = "/photos/a.txt"};
  HttpQuestion http = Signed(emulator_->url(), question);
  for (std::string& header : http.headers) {
    header = absl::StrReplaceAll(header, {{"SignedHeaders=host;", "SignedHeaders="}});
  }
  EXPECT_EQ(S3ErrorText(Ask(http)), "403 AccessDenied");
}

TEST_F(S3AuthTest, APresignedAddressNeedsNoHeader) {
  EXPECT_EQ(Ask(Presigned(emulator_->url(), {.path = "/photos/a.txt"}, absl::Minutes(1))).body,
            "hello");
  HttpAnswer put =
      Ask(Presigned(emulator_->url(), {.method = "PUT", .path = "/test-bucket/up", .body = "bytes"},
                    absl::Minutes(1)));
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(GetObject("up").body, "bytes");
}

TEST_F(S3AuthTest, APresignedAddressExpires) {
  S3Question question{.path = "/photos/a.txt", .time = absl::Now() - absl::Minutes(5)};
  EXPECT_EQ(S3ErrorText(Ask(Presigned(emulator_->url(), question, absl::Minutes(4)))),
            "403 AccessDenied");
  EXPECT_EQ(Ask(Presigned(emulator_->url(), question, absl::Minutes(6))).status, 200);
  question.time = absl::Now() + absl::Hours(1);
  EXPECT_EQ(S3ErrorText(Ask(Presigned(emulator_->url(), question, absl::Minutes(4)))),
            "403 AccessDenied");
}

TEST_F(S3AuthTest, APresignedAddressLivesForAWeekAtMost) {
  S3Question question{.path = "/photos/a.txt"};
  EXPECT_EQ(Ask(Presigned(emulator_->url(), question, absl::Hours(168))).status, 200);
  EXPECT_EQ(S3ErrorText(Ask(Presigned(emulator_->url(), question, absl::Hours(169)))),
            "400 InvalidArgument");
}

TEST_F(S3AuthTest, ThePayloadMustBeTheOneThatWasSigned) {
  S3Question question{.method = "PUT", .path = "/test-bucket/x", .body = "right"};
  HttpQuestion http = Signed(emulator_->url(), question);
  http.body = "wrong";
  EXPECT_EQ(S3ErrorText(Ask(http)), "400 XAmzContentSHA256Mismatch");
  question.payload_hash = kUnsignedPayload;
  http = Signed(emulator_->url(), question);
  http.body = "other";
  EXPECT_EQ(Ask(http).status, 200);
}

TEST_F(S3AuthTest, ThePayloadsHashIsRequired) {
  S3Question question{.path = "/photos/a.txt"};
  question.headers.emplace_back("x-amz-date", SigV4Time(question.time));
  question.payload_hash = kEmptyPayload;
  SigV4Request request = ToSign(question, HostOf(emulator_->url(), question));
  HttpQuestion http = Unsigned(emulator_->url(), question);
  http.headers.push_back(absl::StrCat("Authorization: AWS4-HMAC-SHA256 Credential=", kKeyId, "/",
                                      ScopeOf(question).Text(), ",SignedHeaders=host;x-amz-date",
                                      ",Signature=", SignatureOf(question, request)));
  EXPECT_EQ(S3ErrorText(Ask(http)), "400 InvalidRequest");
}

// A body in chunks of these sizes, each signed.
std::string SignedChunks(const S3Question& question, absl::string_view signature,
                         const std::vector<std::string>& chunks) {
  SigV4Scope scope = ScopeOf(question);
  std::string key = SigV4Key(question.key.secret, scope);
  std::string previous(signature);
  std::string body;
  std::vector<std::string> all = chunks;
  all.push_back("");
  for (const std::string& chunk : all) {
    previous =
        SigV4Sign(key, SigV4ChunkStringToSign(SigV4Time(question.time), scope, previous, chunk));
    absl::StrAppend(&body, absl::Hex(chunk.size()), ";chunk-signature=", previous, "\r\n", chunk,
                    "\r\n");
  }
  return body;
}

HttpQuestion Streaming(const std::string& url, const std::vector<std::string>& chunks) {
  size_t size = 0;
  for (const std::string& chunk : chunks) size += chunk.size();
  S3Question question{.method = "PUT",
                      .path = "/test-bucket/stream",
                      .headers = {{"Content-Encoding", "aws-chunked,gzip"},
                                  {"x-amz-decoded-content-length", absl::StrCat(size)}},
                      .body = "",
                      .payload_hash = kStreamingPayload};
  HttpQuestion http = Signed(url, question);
  size_t at = http.headers.back().find("Signature=");
  at = http.headers.back().rfind("Signature=");
  http.body = SignedChunks(question, http.headers.back().substr(at + 10), chunks);
  return http;
}

TEST_F(S3AuthTest, ABodyInSignedChunksIsJoined) {
  HttpQuestion http = Streaming(emulator_->url(), {std::string(65536, 'a'), "b\r\n0;", "c"});
  ASSERT_EQ(Ask(http).status, 200);
  HttpAnswer answer = GetObject("stream");
  EXPECT_EQ(answer.body, absl::StrCat(std::string(65536, 'a'), "b\r\n0;", "c"));
  EXPECT_EQ(answer.headers["content-encoding"], "gzip");
}

TEST_F(S3AuthTest, AChunkThatWasChangedIsRefused) {
  HttpQuestion http = Streaming(emulator_->url(), {"first", "second"});
  http.body = absl::StrReplaceAll(*http.body, {{"second", "seconD"}});
  EXPECT_EQ(S3ErrorText(Ask(http)), "403 SignatureDoesNotMatch");
}

TEST_F(S3AuthTest, ABodyInChunksThatEndsEarlyIsRefused) {
  HttpQuestion http = Streaming(emulator_->url(), {"first", "second"});
  http.body = http.body->substr(0, http.body->find("second"));
  EXPECT_EQ(S3ErrorText(Ask(http)), "400 IncompleteBody");
}

TEST_F(S3AuthTest, WithoutASignatureOnlyPublicObjectsAreRead) {
  EXPECT_EQ(S3ErrorText(Ask({.url = Url("/photos/a.txt")})), "403 AccessDenied");
  ASSERT_EQ(Send({.method = "PUT",
                  .path = "/photos",
                  .query = {{"acl", ""}},
                  .headers = {{"x-amz-acl", "public-read"}},
                  .body = ""})
                .status,
            200);
  EXPECT_EQ(Ask({.url = Url("/photos/a.txt")}).body, "hello");
  EXPECT_EQ(Ask({.url = Url("/photos/a.txt"), .method = "HEAD"}).status, 200);
  EXPECT_EQ(S3ErrorText(Ask({.url = Url("/photos")})), "403 AccessDenied");
  EXPECT_EQ(S3ErrorText(Ask({.url = Url("/photos/a.txt?response-expires=x")})),
            "400 InvalidRequest");
  EXPECT_EQ(S3ErrorText(Ask({.url = Url("/photos/new"), .method = "PUT", .body = "x"})),
            "403 AccessDenied");
}

TEST_F(S3AuthTest, NoSecretIsInTheLog) {
  Ask(Presigned(emulator_->url(), {.path = "/photos/a.txt"}, absl::Minutes(1)));
  HttpAnswer log = Admin("log");
  EXPECT_TRUE(absl::StrContains(log.body, "s3_get_object")) << log.body;
  EXPECT_FALSE(absl::StrContains(log.body, kKeySecret));
  HttpQuestion presigned = Presigned(emulator_->url(), {.path = "/photos/a.txt"}, absl::Minutes(1));
  std::string signature =
      presigned.request_target.substr(presigned.request_target.find("X-Amz-Signature=") + 16);
  Ask(presigned);
  EXPECT_FALSE(absl::StrContains(Admin("log").body, signature));
}

}  // namespace
}  // namespace annofs::testing
