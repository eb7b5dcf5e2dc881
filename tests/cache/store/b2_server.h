// A scripted B2 for tests: one bucket with one file; every call answers well until a test says
// otherwise. Thread safe once it serves; set the members before.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/store/stores.h"
#include "tests/testing/scripted_server.h"

namespace annofs::testing {

inline ScriptedReply JsonReply(int status, std::string body) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = body};
}

inline ScriptedReply ErrorReply(int status, absl::string_view code,
                                absl::string_view message = "") {
  return JsonReply(status, absl::StrCat("{\"code\":\"", code, "\",\"message\":\"", message,
                                        "\",\"status\":", status, "}"));
}

class B2Server {
 public:
  using Handler = ScriptedServer::Handler;

  B2Server() : server_([this](const ScriptedRequest& request) { return Answer(request); }) {}

  // What a call answers; "" of a test means the honest answer. Unset: the honest one.
  Handler authorize;
  Handler list_buckets;
  Handler list_files;
  Handler list_versions;
  Handler download;

  std::string content = "0123456789abcdefghijklmnopqrstuvwxyz";
  static constexpr char kToken[] = "4_token_that_nobody_may_see";
  static constexpr char kKey[] = "K002secretsecretsecretsecret";

  ObjectVersion file() const {
    return {.key = "file", .version = "4_zfile", .size = content.size()};
  }

  StoreOptions options() const {
    return {.endpoint = server_.url(), .b2 = {.key_id = "002keyid", .key = kKey}};
  }
  std::unique_ptr<ObjectStore> NewStore(std::string prefix = "") const {
    return NewB2Store({.kind = SourceUrl::Kind::kB2, .bucket = "bucket", .prefix = prefix},
                      options(), counters_);
  }
  ScriptedServer& server() { return server_; }
  int Count(absl::string_view call) const { return server_.CountRequests(call); }

  // `allowed` as JSON; "$URL" elsewhere is this server.
  std::string V4(absl::string_view allowed, std::string token = kToken) const {
    return absl::StrCat(R"({"accountId":"acc","authorizationToken":")", token,
                        R"(","apiInfo":{"storageApi":{"apiUrl":")", server_.url(),
                        R"(","downloadUrl":")", server_.url(), R"(","allowed":)", allowed, "}}}");
  }
  static constexpr char kAllAllowed[] =
      R"({"buckets":null,"capabilities":["listBuckets","listFiles","readFiles"],"namePrefix":null})";

  ScriptedReply HonestDownload(const ScriptedRequest& request) const {
    const std::string range = request.headers.at("range").substr(sizeof("bytes=") - 1);
    const std::pair<std::string, std::string> ends = absl::StrSplit(range, '-');
    size_t first = 0;
    size_t last = 0;
    (void)absl::SimpleAtoi(ends.first, &first);
    (void)absl::SimpleAtoi(ends.second, &last);
    return {.status = 206,
            .headers = {{"Content-Range",
                         absl::StrCat("bytes ", first, "-", last, "/", content.size())},
                        {"x-bz-file-id", "4_zfile"}},
            .body = content.substr(first, last - first + 1)};
  }

 private:
  ScriptedReply Answer(const ScriptedRequest& request) {
    if (absl::StrContains(request.target, "b2_authorize_account")) {
      return authorize ? authorize(request) : JsonReply(200, V4(kAllAllowed));
    }
    if (absl::StrContains(request.target, "b2_list_buckets")) {
      return list_buckets
                 ? list_buckets(request)
                 : JsonReply(200, R"({"buckets":[{"bucketId":"bid","bucketName":"bucket"}]})");
    }
    if (absl::StrContains(request.target, "b2_list_file_names")) {
      return list_files ? list_files(request)
                        : JsonReply(200, R"({"files":[],"nextFileName":null})");
    }
    if (absl::StrContains(request.target, "b2_list_file_versions")) {
      return list_versions ? list_versions(request)
                           : JsonReply(200, R"({"files":[],"nextFileName":null})");
    }
    if (absl::StrContains(request.target, "b2_download_file_by_id")) {
      return download ? download(request) : HonestDownload(request);
    }
    return ErrorReply(404, "not_found");
  }

  mutable Counters counters_;
  ScriptedServer server_;
};

}  // namespace annofs::testing
