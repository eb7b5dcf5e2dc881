// A scripted S3 for tests: one bucket with one file; refuses what is not signed with its key, and
// answers well until a test says otherwise. Thread safe once it serves; set the members before.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/sigv4.h"
#include "cache/base/text.h"
#include "cache/store/stores.h"
#include "tests/testing/scripted_server.h"

namespace annofs::testing {

inline ScriptedReply XmlReply(int status, absl::string_view body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/xml"}},
          .body = absl::StrCat(R"(<?xml version="1.0" encoding="UTF-8"?>)", body)};
}

inline ScriptedReply S3ErrorReply(int status, absl::string_view code,
                                  absl::string_view message = "", absl::string_view more = "") {
  return XmlReply(status, absl::StrCat("<Error><Code>", code, "</Code><Message>", message,
                                       "</Message>", more, "</Error>"));
}

// A page of ListObjectsV2 that holds `elements`.
inline std::string S3ListBody(absl::string_view elements, bool truncated = false) {
  return absl::StrCat(R"(<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)",
                      "<Name>bucket</Name><IsTruncated>", truncated ? "true" : "false",
                      "</IsTruncated>", elements, "</ListBucketResult>");
}

inline std::string S3Contents(absl::string_view key, absl::string_view etag = "0a1b", int size = 1,
                              absl::string_view modified = "2024-05-01T10:00:00.000Z") {
  return absl::StrCat("<Contents><Key>", key, "</Key><LastModified>", modified,
                      "</LastModified><ETag>&quot;", etag, "&quot;</ETag><Size>", size,
                      "</Size><StorageClass>STANDARD</StorageClass></Contents>");
}

// The query of a target, decoded.
inline NamesAndValues QueryOf(absl::string_view target) {
  NamesAndValues query;
  const size_t mark = target.find('?');
  if (mark == target.npos) return query;
  for (const absl::string_view pair : absl::StrSplit(target.substr(mark + 1), '&')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    query.emplace_back(PercentDecode(parts.first).value(), PercentDecode(parts.second).value());
  }
  return query;
}

inline std::string QueryValue(const ScriptedRequest& request, absl::string_view name) {
  for (const auto& [key, value] : QueryOf(request.target)) {
    if (key == name) return value;
  }
  return "(none)";
}

class S3Server {
 public:
  using Handler = ScriptedServer::Handler;

  S3Server() : server_([this](const ScriptedRequest& request) { return Answer(request); }) {}

  // What a call answers; unset: the honest answer.
  Handler list;
  Handler get;

  std::string content = "0123456789abcdefghijklmnopqrstuvwxyz";
  static constexpr char kEtag[] = "e5a55aac7d04ea7e9d4e8a7c6b1a2c3d";  // not its MD5: not checked
  static constexpr char kKeyId[] = "002keyid";
  static constexpr char kSecret[] = "K002secretsecretsecretsecret";

  ObjectVersion file() const { return {.key = "file", .version = kEtag, .size = content.size()}; }

  StoreOptions options() const {
    return {.endpoint = server_.url(),
            .s3 = {.access_key_id = kKeyId, .secret_access_key = kSecret}};
  }
  std::unique_ptr<ObjectStore> NewStore(std::string prefix = "") const {
    return NewStore(std::move(prefix), options());
  }
  std::unique_ptr<ObjectStore> NewStore(std::string prefix, const StoreOptions& options) const {
    return NewS3Store({.kind = SourceUrl::Kind::kS3, .bucket = "bucket", .prefix = prefix}, options,
                      counters_);
  }
  ScriptedServer& server() { return server_; }
  Counters& counters() { return counters_; }

  ScriptedReply HonestGet(const ScriptedRequest& request) const {
    const std::string range = request.headers.at("range").substr(sizeof("bytes=") - 1);
    const std::pair<std::string, std::string> ends = absl::StrSplit(range, '-');
    size_t first = 0;
    size_t last = 0;
    (void)absl::SimpleAtoi(ends.first, &first);
    (void)absl::SimpleAtoi(ends.second, &last);
    return {.status = 206,
            .headers = {{"Content-Range",
                         absl::StrCat("bytes ", first, "-", last, "/", content.size())},
                        {"ETag", absl::StrCat("\"", kEtag, "\"")}},
            .body = content.substr(first, last - first + 1)};
  }

  // Signed over what came, by the headers that the request says it signed.
  static std::string SignatureOf(const ScriptedRequest& request, absl::string_view secret,
                                 const SigV4Scope& scope) {
    const std::string& authorization = request.headers.at("authorization");
    const size_t begin = authorization.find("SignedHeaders=") + sizeof("SignedHeaders=") - 1;
    const std::string names = authorization.substr(begin, authorization.find(',', begin) - begin);
    SigV4Request signed_request{.method = request.method,
                                .path = request.target.substr(0, request.target.find('?')),
                                .query = QueryOf(request.target),
                                .payload_hash = request.headers.at("x-amz-content-sha256")};
    for (const absl::string_view name : absl::StrSplit(names, ';')) {
      signed_request.headers.emplace_back(name, request.headers.at(std::string(name)));
    }
    return SigV4Sign(SigV4Key(secret, scope),
                     SigV4StringToSign(request.headers.at("x-amz-date"), scope,
                                       CanonicalRequest(signed_request)));
  }

 private:
  ScriptedReply Answer(const ScriptedRequest& request) {
    if (!IsSigned(request)) return S3ErrorReply(403, "SignatureDoesNotMatch");
    if (absl::StrContains(request.target, "list-type=2") ||
        absl::StrContains(request.target, "versions=")) {
      return list ? list(request) : XmlReply(200, S3ListBody(""));
    }
    return get ? get(request) : HonestGet(request);
  }

  static bool IsSigned(const ScriptedRequest& request) {
    const auto authorization = request.headers.find("authorization");
    const auto date = request.headers.find("x-amz-date");
    if (authorization == request.headers.end() || date == request.headers.end()) return false;
    const std::vector<std::string> scope =
        absl::StrSplit(authorization->second.substr(0, authorization->second.find(',')), '/');
    if (scope.size() != 5 || scope[1] != date->second.substr(0, 8)) return false;
    const std::string signature = SignatureOf(request, kSecret, {scope[1], scope[2]});
    return absl::EndsWith(authorization->second, absl::StrCat("Signature=", signature));
  }

  mutable Counters counters_;
  ScriptedServer server_;
};

}  // namespace annofs::testing
