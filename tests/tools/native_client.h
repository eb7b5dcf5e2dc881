// What the tests of the native API ask for again and again: a bucket in memory, calls with JSON,
// uploads.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "cache/base/digest.h"
#include "tests/tools/emulator_client.h"

namespace annofs::testing {

// The value of a member of a request: text is quoted, Raw is JSON already.
struct Raw {
  std::string json;
};
class Field {
 public:
  Field(const char* text) : Field(absl::string_view(text)) {}
  Field(const std::string& text) : Field(absl::string_view(text)) {}
  Field(absl::string_view text) {
    JsonWriter json;
    json.String(text);
    json_ = json.Take();
  }
  Field(int number) : json_(absl::StrCat(number)) {}
  Field(int64_t number) : json_(absl::StrCat(number)) {}
  Field(bool flag) : json_(flag ? "true" : "false") {}
  Field(Raw raw) : json_(std::move(raw.json)) {}
  const std::string& json() const { return json_; }

 private:
  std::string json_;
};

using Fields = std::map<std::string, Field>;

inline std::string ToJson(const Fields& fields) {
  std::string json = "{";
  for (const auto& [name, field] : fields) {
    absl::StrAppend(&json, json.size() > 1 ? "," : "", "\"", name, "\":", field.json());
  }
  return absl::StrCat(json, "}");
}
inline Raw Object(const Fields& fields) { return Raw{ToJson(fields)}; }
inline Raw Texts(const std::vector<std::string>& texts) {
  std::string json;
  for (const std::string& text : texts) {
    absl::StrAppend(&json, json.empty() ? "[" : ",", Field(text).json());
  }
  return Raw{absl::StrCat(json.empty() ? "[" : json, "]")};
}

inline std::string Sha1(absl::string_view text) { return DigestOf(DigestKind::kSha1, text).Hex(); }

// A member of a JSON answer; "" if it is none or no text.
inline std::string TextIn(const HttpAnswer& answer, absl::string_view member) {
  return std::string(answer.Json().root().StringOr(member, ""));
}

struct UploadUrl {
  std::string url;
  std::string token;
};

// An emulator with a bucket "memory" that was made by a call.
class NativeTest : public EmulatorTest {
 protected:
  NativeTest() : bucket_(CreateBucket("memory")) {}

  // A call of this version of the API; the token of the first key unless another one is given.
  HttpAnswer CallOf(int version, absl::string_view operation, const Fields& fields,
                    absl::string_view token = "") {
    return Ask({.url = Url(absl::StrCat("/b2api/v", version, "/", operation)),
                .method = "POST",
                .headers = {token.empty() ? TokenHeader() : absl::StrCat("Authorization: ", token)},
                .body = ToJson(fields)});
  }
  HttpAnswer Call(absl::string_view operation, const Fields& fields, absl::string_view token = "") {
    return CallOf(2, operation, fields, token);
  }

  std::string CreateBucket(absl::string_view name, Fields more = {}) {
    more.insert({{"accountId", kAccountId}, {"bucketName", name}});
    more.insert({"bucketType", "allPrivate"});
    HttpAnswer answer = Call("b2_create_bucket", more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return TextIn(answer, "bucketId");
  }

  UploadUrl GetUploadUrl(absl::string_view bucket, absl::string_view token = "") {
    HttpAnswer answer = Call("b2_get_upload_url", {{"bucketId", bucket}}, token);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return {.url = TextIn(answer, "uploadUrl"), .token = TextIn(answer, "authorizationToken")};
  }

  // An upload whose headers are all given but the token and the length.
  static HttpAnswer Send(const UploadUrl& to, std::vector<std::string> headers, std::string body) {
    headers.push_back(absl::StrCat("Authorization: ", to.token));
    headers.push_back("Expect:");
    return Ask({.url = to.url, .method = "POST", .headers = headers, .body = std::move(body)});
  }
  // A good upload; `more` comes on top, and replaces headers of the same name.
  HttpAnswer Upload(absl::string_view bucket, absl::string_view name, absl::string_view content,
                    std::vector<std::string> more = {}) {
    return Send(GetUploadUrl(bucket), UploadHeaders(name, content, std::move(more)),
                std::string(content));
  }
  static std::vector<std::string> UploadHeaders(absl::string_view name, absl::string_view content,
                                                std::vector<std::string> more = {}) {
    for (const std::string& header : {absl::StrCat("X-Bz-File-Name: ", PercentEncode(name)),
                                      absl::StrCat("X-Bz-Content-Sha1: ", Sha1(content)),
                                      std::string("Content-Type: b2/x-auto")}) {
      std::string start = header.substr(0, header.find(':') + 1);
      bool given = std::any_of(more.begin(), more.end(), [&start](const std::string& other) {
        return absl::StartsWithIgnoreCase(other, start);
      });
      if (!given) more.push_back(header);
    }
    return more;
  }
  // The id of a good upload.
  std::string Put(absl::string_view name, absl::string_view content = "x",
                  std::vector<std::string> more = {}) {
    return PutIn(bucket_, name, content, std::move(more));
  }
  std::string PutIn(absl::string_view bucket, absl::string_view name, absl::string_view content,
                    std::vector<std::string> more = {}) {
    HttpAnswer answer = Upload(bucket, name, content, std::move(more));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return TextIn(answer, "fileId");
  }

  HttpAnswer Hide(absl::string_view name) {
    return Call("b2_hide_file", {{"bucketId", bucket_}, {"fileName", name}});
  }
  HttpAnswer Delete(absl::string_view name, absl::string_view id) {
    return Call("b2_delete_file_version", {{"fileName", name}, {"fileId", id}});
  }
  HttpAnswer StartLarge(absl::string_view name, Fields more = {}) {
    more.insert({{"bucketId", bucket_}, {"fileName", name}});
    more.insert({"contentType", "application/octet-stream"});
    return Call("b2_start_large_file", more);
  }
  std::string StartedLarge(absl::string_view name) {
    HttpAnswer answer = StartLarge(name);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return TextIn(answer, "fileId");
  }
  UploadUrl GetPartUrl(absl::string_view file_id) {
    HttpAnswer answer = Call("b2_get_upload_part_url", {{"fileId", file_id}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return {.url = TextIn(answer, "uploadUrl"), .token = TextIn(answer, "authorizationToken")};
  }
  HttpAnswer SendPart(absl::string_view file_id, int number, const std::string& bytes) {
    return Send(GetPartUrl(file_id),
                {absl::StrCat("X-Bz-Part-Number: ", number),
                 absl::StrCat("X-Bz-Content-Sha1: ", Sha1(bytes))},
                bytes);
  }

  // "action name" of each entry of one page, in order.
  std::vector<std::string> Entries(absl::string_view operation, Fields fields = {}) {
    fields.insert({{"bucketId", bucket_}, {"maxFileCount", 1000}});
    HttpAnswer answer = Call(operation, fields);
    EXPECT_EQ(answer.status, 200) << answer.body;
    JsonDocument json = answer.Json();
    JsonValue files = json.root()["files"];
    std::vector<std::string> entries;
    for (size_t i = 0; i < files.size(); ++i) {
      entries.push_back(
          absl::StrCat(files[i].StringOr("action", ""), " ", files[i].StringOr("fileName", "")));
    }
    return entries;
  }
  std::vector<std::string> Names(Fields fields = {}) {
    return Entries("b2_list_file_names", std::move(fields));
  }
  std::vector<std::string> Versions(Fields fields = {}) {
    return Entries("b2_list_file_versions", std::move(fields));
  }

  // A new key, as b2_create_key answers it; `fields` without accountId and keyName.
  HttpAnswer CreateKey(Fields fields, int version = 2, absl::string_view token = "") {
    fields.insert({{"accountId", kAccountId}, {"keyName", "test"}});
    return CallOf(version, "b2_create_key", fields, token);
  }
  // An account token of that key.
  std::string Authorize(const HttpAnswer& key, int version = 4) {
    HttpAnswer answer = Ask({.url = Url(absl::StrCat("/b2api/v", version, "/b2_authorize_account")),
                             .user = absl::StrCat(TextIn(key, "applicationKeyId"), ":",
                                                  TextIn(key, "applicationKey"))});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return TextIn(answer, "authorizationToken");
  }
  // The token of a new key.
  std::string TokenOfKey(const std::vector<std::string>& capabilities, Fields more = {}) {
    more.insert({"capabilities", Texts(capabilities)});
    HttpAnswer key = CreateKey(std::move(more));
    EXPECT_EQ(key.status, 200) << key.body;
    return Authorize(key);
  }

  std::string bucket_;
};

}  // namespace annofs::testing
