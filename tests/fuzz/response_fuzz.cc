#include "tests/fuzz/response_fuzz.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/store/b2_account.h"
#include "cache/store/b2_errors.h"
#include "cache/store/b2_listing.h"
#include "cache/store/b2_versions.h"
#include "cache/store/range_download.h"
#include "cache/store/s3_errors.h"
#include "cache/store/s3_listing.h"
#include "cache/store/s3_version.h"
#include "cache/store/s3_versions.h"
#include "cache/store/service_errors.h"
#include "cache/store/url.h"

namespace annofs::testing {
namespace {

constexpr char kRealm[] = "https://api.backblazeb2.com";
constexpr char kRoot[] = "photos/";
constexpr size_t kLongestMessage = 4096;
const absl::Time kAt = absl::FromUnixSeconds(1'800'000'000);

thread_local absl::string_view current_input;

void Promise(bool kept, const char* promise) {
  if (kept) return;
  fprintf(stderr, "broken promise: %s, by the input \"%s\"\n", promise,
          absl::CEscape(current_input).c_str());
  abort();
}

void CheckMessage(const absl::Status& status) {
  Promise(!status.ok(), "an error is an error");
  Promise(status.message().size() <= kLongestMessage, "messages are bounded");
  Promise(std::none_of(status.message().begin(), status.message().end(),
                       [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }),
          "messages are one line");
}

void CheckPage(const ListPage& page, const ListRequest& request) {
  const auto by_key = [](const ObjectVersion& a, const ObjectVersion& b) { return a.key < b.key; };
  Promise(std::is_sorted(page.objects.begin(), page.objects.end(), by_key), "objects are sorted");
  Promise(std::is_sorted(page.directories.begin(), page.directories.end()),
          "directories are sorted");
  for (const ObjectVersion& object : page.objects) {
    Promise(!object.key.empty() && absl::StartsWith(object.key, request.prefix),
            "keys were asked for");
    Promise(!object.version.empty(), "objects have versions");
  }
  for (const std::string& name : page.directories) {
    Promise(name.size() > 1 && name.back() == '/', "directories end with a slash");
    Promise(absl::StartsWith(name, request.prefix), "directories were asked for");
  }
  Promise(page.next.empty() || page.next != request.start, "a listing gets on");
}

void Account(absl::string_view text) {
  const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
  if (!json.ok()) return CheckMessage(json.status());
  const absl::StatusOr<B2Account> account = ParseB2Account(json->root(), kRealm);
  if (!account.ok()) return CheckMessage(account.status());
  Promise(CheckReturnedUrl(account->api_url, kRealm).ok(), "apiUrl is of the service");
  Promise(CheckReturnedUrl(account->download_url, kRealm).ok(), "downloadUrl is of the service");
  Promise(!account->token.empty() &&
              std::all_of(account->token.begin(), account->token.end(),
                          [](char c) { return absl::ascii_isgraph(static_cast<uint8_t>(c)); }),
          "a token is fit for a header");
  CheckCapabilities(*account).IgnoreError();
  KnownBucketId(*account, "bucket");
  NamelessBuckets(*account);
  CheckMessage(NotForBucket(*account, "bucket"));
  for (const char* prefix : {"", "photos/", "photos/2024/"}) {
    const absl::StatusOr<std::string> root = B2Root(*account, "bucket", prefix);
    if (!root.ok()) CheckMessage(root.status());
    Promise(!root.ok() || root->empty() || root->back() == '/', "a root is a directory");
  }
}

// "STATUS\nNAME: VALUE\n…\n\nBODY", and without headers "STATUS\nBODY".
HttpResponse ErrorOf(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('\n', 1));
  HttpResponse response;
  if (!absl::SimpleAtoi(parts.first, &response.status) || response.ok()) response.status = 500;
  response.body = std::string(parts.second.substr(0, kMaxHttpErrorBytes));
  return response;
}
HttpResponse AnswerOf(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits("\n\n", 1));
  HttpResponse response;
  response.body = std::string(parts.second);
  for (const absl::string_view line : absl::StrSplit(parts.first, '\n')) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    response.headers.emplace_back(absl::AsciiStrToLower(pair.first),
                                  absl::StripAsciiWhitespace(pair.second));
  }
  if (!absl::SimpleAtoi(response.headers[0].first, &response.status)) response.status = 0;
  return response;
}

void B2ErrorAnswer(absl::string_view text) {
  const HttpResponse response = ErrorOf(text);
  IsDeadToken(ParseB2Error(response));
  for (const ServiceCall call :
       {ServiceCall::kAuthorize, ServiceCall::kApi, ServiceCall::kDownload}) {
    CheckMessage(B2ErrorToStatus(response, call));
  }
}

void B2Listing(absl::string_view text) {
  const ListRequest request;
  const B2ListQuery query{.request = request, .bucket_id = "b", .prefix = kRoot, .root = kRoot};
  const absl::StatusOr<B2ListAnswer> answer = ParseB2Listing(text, query);
  if (!answer.ok()) return CheckMessage(answer.status());
  CheckPage(answer->page, request);
  Promise(answer->page.objects.size() + answer->page.directories.size() <= answer->names,
          "no name is made up");
}

void B2Versions(absl::string_view text) {
  ListRequest request{.at = kAt};
  const B2ListQuery query{.request = request, .bucket_id = "b", .prefix = kRoot, .root = kRoot};
  const absl::StatusOr<B2ListAnswer> answer = ParseB2Versions(text, query);
  if (!answer.ok()) return CheckMessage(answer.status());
  CheckPage(answer->page, request);
  if (answer->page.next.empty()) return;
  request.start = answer->page.next;
  Promise(B2VersionsBody(query).ok(), "a token is understood");
  ParseB2Versions(text, query).IgnoreError();
}

void S3ErrorAnswer(absl::string_view text) {
  const HttpResponse response = ErrorOf(text);
  ParseS3Error(response);
  CheckMessage(S3DownloadError(response));
  CheckMessage(S3ListError(response, S3ListCall::kVersions,
                           {.kind = SourceUrl::Kind::kS3, .bucket = "bucket"},
                           {.origin = "https://s3.example.com",
                            .host = "s3.example.com",
                            .path = "/bucket",
                            .region = "us-east-1"}));
}

void S3Listing(absl::string_view text) {
  const ListRequest request;
  const absl::StatusOr<ListPage> page = ParseS3Listing(text, request, kRoot);
  if (!page.ok()) return CheckMessage(page.status());
  CheckPage(*page, request);
  for (const ObjectVersion& object : page->objects) {
    Promise(ParseS3Version(object.version).has_value(), "a version is understood");
  }
}

void S3Versions(absl::string_view text) {
  ListRequest request{.at = kAt};
  const absl::StatusOr<ListPage> page = ParseS3Versions(text, request, kRoot);
  if (!page.ok()) return CheckMessage(page.status());
  CheckPage(*page, request);
  for (const ObjectVersion& object : page->objects) {
    const auto version = ParseS3Version(object.version);
    Promise(version.has_value() && !version->id.empty(), "a version has its id");
  }
  if (page->next.empty()) return;
  request.start = page->next;
  Promise(S3VersionsQuery(request, kRoot).ok(), "a token is understood");
  ParseS3Versions(text, request, kRoot).IgnoreError();
}

void Download(absl::string_view text) {
  const HttpResponse response = AnswerOf(text);
  const ObjectVersion version{.key = "file", .version = "4_zf", .size = 10};
  for (const ByteRange range : {ByteRange{5, 4}, ByteRange{0, 10}}) {
    uint64_t given = 0;
    const auto sink = [&](absl::string_view data) {
      given += data.size();
      return absl::OkStatus();
    };
    RangeDownload download(version, range, sink);
    absl::Status status = download.Accept(response);
    for (size_t at = 0; status.ok() && at < response.body.size(); at += 3) {
      status = download.Data(absl::string_view(response.body).substr(at, 3));
    }
    if (status.ok()) status = download.Complete();
    Promise(given <= range.length, "never a byte too many");
    Promise(!status.ok() || given == range.length, "never a byte too few");
    if (!status.ok()) CheckMessage(status);
  }
  ParseS3Etag(response.Header("etag"));
}

void RetryAfterOf(absl::string_view text) {
  HttpResponse response = AnswerOf(text);
  if (response.ok()) response.status = 503;
  const absl::Status status =
      ServiceErrorToStatus({.status = response.status}, ServiceCall::kApi, response);
  CheckMessage(status);
  const std::optional<absl::Duration> delay = RetryAfter(status);
  Promise(!delay.has_value() || (*delay >= absl::ZeroDuration() && *delay <= absl::Hours(24)),
          "a wait is of a day at most");
}

using Parser = void (*)(absl::string_view);
constexpr Parser kParsers[] = {Account,   B2ErrorAnswer, B2Listing, B2Versions,  S3ErrorAnswer,
                               S3Listing, S3Versions,    Download,  RetryAfterOf};

}  // namespace

void FuzzResponse(absl::string_view input) {
  if (input.empty()) return;
  current_input = input;
  const auto choice = static_cast<uint8_t>(input[0] - 'a');
  kParsers[choice % std::size(kParsers)](input.substr(1));
}

}  // namespace annofs::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  annofs::testing::FuzzResponse({reinterpret_cast<const char*>(data), size});
  return 0;
}
