// A signing S3 client over the emulator's HTTP client, for the emulator's tests: signs rightly
// unless a question says otherwise.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "cache/base/digest.h"
#include "cache/base/sigv4.h"
#include "gtest/gtest.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {

inline constexpr char kS3Region[] = "us-west-002";

struct S3Key {
  std::string id = kKeyId;
  std::string secret = kKeySecret;
};

struct S3Question {
  std::string method = "GET";
  std::string path = "/";  // decoded
  NamesAndValues query;
  NamesAndValues headers;           // signed
  std::optional<std::string> body;  // nothing: no Content-Length either
  S3Key key;
  std::string region = kS3Region;
  std::string service = "s3";
  absl::Time time = absl::Now();
  std::string payload_hash;                // "" = that of the body
  std::string host;                        // "" = the emulator's
  std::vector<std::string> added_headers;  // "Name: value", not signed
};

inline SigV4Scope ScopeOf(const S3Question& question) {
  return {.date = SigV4Date(question.time), .region = question.region, .service = question.service};
}

// What is signed, with `host` and the payload's hash among the headers.
inline SigV4Request ToSign(const S3Question& question, const std::string& host) {
  SigV4Request request{.method = question.method,
                       .path = SigV4Path(question.path),
                       .query = question.query,
                       .payload_hash = question.payload_hash};
  if (request.payload_hash.empty()) request.payload_hash = Sha256Hex(question.body.value_or(""));
  request.headers.emplace_back("host", host);
  for (const auto& [name, value] : question.headers) {
    request.headers.emplace_back(absl::AsciiStrToLower(name), value);
  }
  return request;
}

inline std::string SignatureOf(const S3Question& question, const SigV4Request& request) {
  SigV4Scope scope = ScopeOf(question);
  return SigV4Sign(SigV4Key(question.key.secret, scope),
                   SigV4StringToSign(SigV4Time(question.time), scope, CanonicalRequest(request)));
}

// The request with nothing of a signature.
inline HttpQuestion Unsigned(const std::string& url, const S3Question& question) {
  HttpQuestion http{.url = url,
                    .method = question.method,
                    .headers = question.added_headers,
                    .body = question.body};
  http.request_target = SigV4Path(question.path);
  if (!question.query.empty()) {
    absl::StrAppend(&http.request_target, "?", SigV4Query(question.query));
  }
  if (!question.host.empty()) http.headers.push_back(absl::StrCat("Host: ", question.host));
  bool typed = false;
  for (const auto& [name, value] : question.headers) {
    typed |= absl::EqualsIgnoreCase(name, "content-type");
    http.headers.push_back(absl::StrCat(name, ": ", value));
  }
  if (!typed) http.headers.push_back("Content-Type:");
  return http;
}

inline std::string HostOf(const std::string& url, const S3Question& question) {
  return question.host.empty() ? std::string(absl::StripPrefix(url, "http://")) : question.host;
}

// Signed by its Authorization header.
inline HttpQuestion Signed(const std::string& url, S3Question question) {
  std::string hash =
      question.payload_hash.empty() ? Sha256Hex(question.body.value_or("")) : question.payload_hash;
  question.headers.emplace_back("x-amz-content-sha256", hash);
  question.headers.emplace_back("x-amz-date", SigV4Time(question.time));
  SigV4Request request = ToSign(question, HostOf(url, question));
  HttpQuestion http = Unsigned(url, question);
  http.headers.push_back(
      absl::StrCat("Authorization: AWS4-HMAC-SHA256 Credential=", question.key.id, "/",
                   ScopeOf(question).Text(), ", SignedHeaders=", SignedHeaders(request.headers),
                   ", Signature=", SignatureOf(question, request)));
  return http;
}

// Signed in its address, for `life` from the question's time.
inline HttpQuestion Presigned(const std::string& url, S3Question question, absl::Duration life) {
  question.payload_hash = kUnsignedPayload;
  SigV4Request request = ToSign(question, HostOf(url, question));
  request.query.emplace_back("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
  request.query.emplace_back("X-Amz-Credential",
                             absl::StrCat(question.key.id, "/", ScopeOf(question).Text()));
  request.query.emplace_back("X-Amz-Date", SigV4Time(question.time));
  request.query.emplace_back("X-Amz-Expires", absl::StrCat(absl::ToInt64Seconds(life)));
  request.query.emplace_back("X-Amz-SignedHeaders", SignedHeaders(request.headers));
  question.query = request.query;
  question.query.emplace_back("X-Amz-Signature", SignatureOf(question, request));
  return Unsigned(url, question);
}

// The texts of all elements of that name, in order; entities decoded.
inline std::vector<std::string> XmlTexts(absl::string_view xml, absl::string_view element) {
  std::string start = absl::StrCat("<", element, ">");
  std::string end = absl::StrCat("</", element, ">");
  std::vector<std::string> texts;
  for (size_t at = xml.find(start); at != xml.npos; at = xml.find(start, at)) {
    at += start.size();
    size_t stop = xml.find(end, at);
    if (stop == xml.npos) break;
    texts.push_back(
        absl::StrReplaceAll(xml.substr(at, stop - at),
                            {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}}));
  }
  return texts;
}
// Of the first; "" if there is none.
inline std::string XmlText(absl::string_view xml, absl::string_view element) {
  std::vector<std::string> texts = XmlTexts(xml, element);
  return texts.empty() ? "" : texts[0];
}

// "404 NoSuchKey", of an error in the endpoint's form.
inline std::string S3ErrorText(const HttpAnswer& answer) {
  EXPECT_TRUE(absl::StrContains(answer.body, "standalone=\"yes\"?>\n<Error><Code>")) << answer.body;
  EXPECT_FALSE(XmlText(answer.body, "Message").empty());
  EXPECT_TRUE(answer.headers.contains("x-amz-request-id"));
  EXPECT_TRUE(answer.headers.contains("x-amz-id-2"));
  return absl::StrCat(answer.status, " ", XmlText(answer.body, "Code"));
}

inline std::string Md5Base64(absl::string_view text) {
  return absl::Base64Escape(DigestOf(DigestKind::kMd5, text).bytes);
}

// An emulator with the directory bucket "photos" and the bucket "test-bucket" in memory.
class S3Test : public EmulatorTest {
 protected:
  S3Test() { EXPECT_EQ(Send({.method = "PUT", .path = "/test-bucket", .body = ""}).status, 200); }

  HttpAnswer Send(S3Question question) {
    return Ask(Signed(emulator_->url(), std::move(question)));
  }
  // Of objects in test-bucket.
  HttpAnswer PutObject(absl::string_view key, std::string body, NamesAndValues headers = {}) {
    return Send({.method = "PUT",
                 .path = absl::StrCat("/test-bucket/", key),
                 .headers = std::move(headers),
                 .body = std::move(body)});
  }
  HttpAnswer GetObject(absl::string_view key, NamesAndValues headers = {},
                       NamesAndValues query = {}) {
    return Send({.path = absl::StrCat("/test-bucket/", key),
                 .query = std::move(query),
                 .headers = std::move(headers)});
  }
  HttpAnswer Head(absl::string_view key, NamesAndValues query = {}) {
    return Send(
        {.method = "HEAD", .path = absl::StrCat("/test-bucket/", key), .query = std::move(query)});
  }
  HttpAnswer DeleteObject(absl::string_view key, NamesAndValues query = {},
                          NamesAndValues headers = {}) {
    return Send({.method = "DELETE",
                 .path = absl::StrCat("/test-bucket/", key),
                 .query = std::move(query),
                 .headers = std::move(headers)});
  }
  HttpAnswer ListBucket(NamesAndValues query) {
    return Send({.path = "/test-bucket", .query = std::move(query)});
  }
  // A request with XML in it, for a sub-resource.
  HttpAnswer PutXml(absl::string_view path, absl::string_view query, std::string xml) {
    return Send({.method = "PUT",
                 .path = std::string(path),
                 .query = {{std::string(query), ""}},
                 .body = std::move(xml)});
  }
  HttpAnswer DeleteMany(const std::string& xml, S3Key key = {}) {
    return Send({.method = "POST",
                 .path = "/test-bucket",
                 .query = {{"delete", ""}},
                 .headers = {{"Content-MD5", Md5Base64(xml)}},
                 .body = xml,
                 .key = std::move(key)});
  }

  // A key made by the native API; `restrictions` are more members of the JSON.
  S3Key NewKey(absl::string_view capabilities, absl::string_view restrictions = "") {
    HttpAnswer answer =
        Post("/b2api/v2/b2_create_key", absl::StrCat("{\"accountId\":\"", kAccountId,
                                                     "\",\"keyName\":\"narrow\",\"capabilities\":[",
                                                     capabilities, "]", restrictions, "}"));
    JsonDocument json = answer.Json();
    return {std::string(json.root().StringOr("applicationKeyId", "")),
            std::string(json.root().StringOr("applicationKey", ""))};
  }
  std::string BucketIdOf(absl::string_view name) {
    HttpAnswer answer =
        Get(absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId, "&bucketName=", name));
    return std::string(answer.Json().root()["buckets"][0].StringOr("bucketId", ""));
  }
};

}  // namespace annofs::testing
