// A plain HTTP client (libcurl) and a running emulator for the emulator's tests: sends what it is
// told, also what a good client would not.
#pragma once

#include <curl/curl.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "cache/base/json.h"
#include "cache/base/text.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/emulator/emulator.h"

namespace annofs::testing {

inline constexpr char kKeyId[] = "002d2e6b27577ea000000000c";
inline constexpr char kKeySecret[] = "K0029r3hpMfUhncpS7uLYuIkg3FCMlo";
inline constexpr char kAccountId[] = "d2e6b27577ea";

struct HttpAnswer {
  CURLcode curl = CURLE_OK;
  long status = 0;
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
  absl::Duration took;

  // The body as JSON; empty if it is none.
  JsonDocument Json() const {
    absl::StatusOr<JsonDocument> parsed = JsonDocument::Parse(body);
    EXPECT_TRUE(parsed.ok()) << parsed.status() << "\n" << body;
    return parsed.ok() ? *std::move(parsed) : *JsonDocument::Parse("{}");
  }
  // Of an error: "404 not_found" if status line and body agree.
  std::string Error() const {
    JsonDocument json = Json();
    EXPECT_EQ(json.root().IntOr("status", 0), status);
    EXPECT_FALSE(json.root()["message"].is_null());
    return absl::StrCat(status, " ", json.root().StringOr("code", ""));
  }
};

struct HttpQuestion {
  std::string url;
  std::string method = "GET";
  std::vector<std::string> headers;  // "Name: value"
  std::optional<std::string> body;
  std::string user;            // "id:key": basic authentication
  std::string request_target;  // replaces what follows from the URL
  bool whole_path = true;      // leaves ".." as it is
  absl::Duration timeout = absl::Seconds(30);
};

inline size_t TakeBody(char* data, size_t, size_t size, void* body) {
  static_cast<std::string*>(body)->append(data, size);
  return size;
}

inline size_t TakeHeader(char* data, size_t, size_t size, void* answer) {
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(absl::string_view(data, size), absl::MaxSplits(':', 1));
  auto& headers = static_cast<HttpAnswer*>(answer)->headers;
  headers[absl::AsciiStrToLower(parts.first)] =
      std::string(absl::StripAsciiWhitespace(parts.second));
  return size;
}

inline void SetQuestion(CURL* curl, const HttpQuestion& question) {
  curl_easy_setopt(curl, CURLOPT_URL, question.url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(question.timeout)));
  if (question.whole_path) curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  if (!question.user.empty()) curl_easy_setopt(curl, CURLOPT_USERPWD, question.user.c_str());
  if (!question.request_target.empty()) {
    curl_easy_setopt(curl, CURLOPT_REQUEST_TARGET, question.request_target.c_str());
  }
  if (question.body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(question.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, question.body->data());
  }
  if (question.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, question.method.c_str());
  }
}

// One request on a connection of its own.
inline HttpAnswer Ask(const HttpQuestion& question) {
  HttpAnswer answer;
  std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_slist* list = nullptr;
  for (const std::string& header : question.headers) list = curl_slist_append(list, header.c_str());
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list, curl_slist_free_all);
  SetQuestion(curl.get(), question);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &answer);
  absl::Time start = absl::Now();
  answer.curl = curl_easy_perform(curl.get());
  answer.took = absl::Now() - start;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

// An emulator in this process with one bucket "photos", authorized.
class EmulatorTest : public ::testing::Test {
 protected:
  EmulatorTest() { Restart({}); }

  // With these options; buckets and key are set here.
  void Restart(emulator::EmulatorOptions options) {
    emulator_.reset();
    options.buckets = {{.name = "photos", .directory = directory_.path()}};
    options.key = {.id = kKeyId, .secret = kKeySecret};
    auto started = emulator::StartEmulator(options);
    ASSERT_TRUE(started.ok()) << started.status();
    emulator_ = *std::move(started);
    token_.clear();
  }

  std::string Url(absl::string_view path) const { return absl::StrCat(emulator_->url(), path); }

  // The token, authorized for at first use.
  const std::string& Token() {
    if (token_.empty()) {
      HttpAnswer answer = Ask({.url = Url("/b2api/v2/b2_authorize_account"),
                               .user = absl::StrCat(kKeyId, ":", kKeySecret)});
      token_ = std::string(answer.Json().root().StringOr("authorizationToken", ""));
    }
    return token_;
  }
  // As a client whose token has expired.
  void Reauthorize() { token_.clear(); }
  std::string TokenHeader() { return absl::StrCat("Authorization: ", Token()); }

  HttpAnswer Get(absl::string_view path, std::vector<std::string> headers = {}) {
    headers.push_back(TokenHeader());
    return Ask({.url = Url(path), .headers = std::move(headers)});
  }
  HttpAnswer Post(absl::string_view path, std::string body) {
    return Ask(
        {.url = Url(path), .method = "POST", .headers = {TokenHeader()}, .body = std::move(body)});
  }
  HttpAnswer Admin(absl::string_view path) {
    return Ask({.url = Url(absl::StrCat("/__emu/", path))});
  }
  HttpAnswer PostAdmin(absl::string_view path, std::string body = "") {
    return Ask(
        {.url = Url(absl::StrCat("/__emu/", path)), .method = "POST", .body = std::move(body)});
  }

  std::string BucketId() {
    HttpAnswer answer = Get(absl::StrCat("/b2api/v2/b2_list_buckets?accountId=", kAccountId));
    return std::string(answer.Json().root()["buckets"][0].StringOr("bucketId", ""));
  }
  // The fileId that a listing gives the name.
  std::string FileIdOf(absl::string_view name) {
    HttpAnswer answer =
        Get(absl::StrCat("/b2api/v2/b2_list_file_names?maxFileCount=1&bucketId=", BucketId(),
                         "&prefix=", PercentEncode(name)));
    return std::string(answer.Json().root()["files"][0].StringOr("fileId", ""));
  }

  void Write(absl::string_view name, absl::string_view content) {
    absl::Status written = WriteFile(directory_ / name, content);
    ASSERT_TRUE(written.ok()) << written;
  }

  TempDir directory_;
  std::unique_ptr<emulator::Emulator> emulator_;

 private:
  std::string token_;
};

// Runs `call(i)` for i in 0..count-1 at once, each in a thread, and gives the time until all are
// done.
template <typename Call>
absl::Duration InParallel(int count, Call call) {
  absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(call, i);
  for (std::thread& thread : threads) thread.join();
  return absl::Now() - start;
}

}  // namespace annofs::testing
