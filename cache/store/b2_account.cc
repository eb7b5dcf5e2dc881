#include "cache/store/b2_account.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/excerpt.h"

namespace annofs {
namespace {

constexpr size_t kMaxToken = 4096;
constexpr int kMaxBucketsInMessage = 5;
constexpr size_t kMaxBucketName = 63;
constexpr absl::Duration kSoon = absl::Hours(1);

absl::Status Malformed(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("malformed answer to b2_authorize_account: ", what));
}

// The token goes into a header: a line break in it would be a header of the server's choice.
bool IsToken(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxToken && absl::c_all_of(text, [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
}

absl::StatusOr<std::string> CheckedUrl(JsonValue api, absl::string_view member,
                                       absl::string_view endpoint, PlainHttp plain) {
  absl::string_view url = api.StringOr(member, "");
  if (url.empty()) return Malformed(absl::StrCat("no ", member));
  RETURN_IF_ERROR(Annotate(CheckReturnedUrl(url, endpoint, plain), member));
  absl::ConsumeSuffix(&url, "/");
  return std::string(url);
}

// v4 gives a list, older versions one bucket in two members; null is no restriction.
std::optional<std::vector<B2Bucket>> ParseBuckets(JsonValue allowed) {
  const JsonValue list = allowed["buckets"];
  std::vector<B2Bucket> buckets;
  for (size_t i = 0; i < list.size(); ++i) {
    buckets.push_back({.id = std::string(list[i].StringOr("id", "")),
                       .name = std::string(list[i].StringOr("name", ""))});
  }
  if (list.is_array()) return buckets;
  const absl::string_view id = allowed.StringOr("bucketId", "");
  if (id.empty()) return std::nullopt;
  buckets.push_back(
      {.id = std::string(id), .name = std::string(allowed.StringOr("bucketName", ""))});
  return buckets;
}

std::vector<std::string> ParseStrings(JsonValue list) {
  std::vector<std::string> strings;
  for (size_t i = 0; i < list.size(); ++i) {
    if (const auto text = list[i].AsString()) strings.emplace_back(*text);
  }
  return strings;
}

std::string NamesOf(const std::vector<B2Bucket>& buckets) {
  std::vector<std::string> names;
  for (const B2Bucket& bucket : buckets) {
    if (names.size() == kMaxBucketsInMessage) {
      names.push_back("…");
      break;
    }
    if (!bucket.name.empty())
      names.push_back(absl::StrCat("'", Excerpt(bucket.name, kMaxBucketName), "'"));
  }
  return names.empty() ? "none that exists" : absl::StrJoin(names, ", ");
}

// Milliseconds; null: never.
std::optional<absl::Time> ParseExpiry(JsonValue answer) {
  const int64_t millis = answer.IntOr("applicationKeyExpirationTimestamp", -1);
  if (millis < 0) return std::nullopt;
  return absl::FromUnixMillis(millis);
}

absl::string_view DirectoryPart(absl::string_view prefix) {
  return prefix.substr(0, prefix.rfind('/') + 1);  // npos + 1 = 0
}

// Reading needs none of these.
bool IsWriting(absl::string_view capability) {
  return absl::StartsWith(capability, "write") || absl::StartsWith(capability, "delete") ||
         capability == "bypassGovernance";
}

}  // namespace

bool B2Account::Can(absl::string_view capability) const {
  return absl::c_linear_search(capabilities, capability);
}

absl::StatusOr<B2Account> ParseB2Account(JsonValue answer, absl::string_view endpoint,
                                         PlainHttp plain) {
  if (!answer.is_object()) return Malformed("not an object");
  const JsonValue storage = answer["apiInfo"]["storageApi"];
  const JsonValue api = storage.is_object() ? storage : answer;
  const JsonValue nested = api["allowed"];
  const JsonValue allowed = nested.is_object() ? nested : api;
  B2Account account{.account_id = std::string(answer.StringOr("accountId", "")),
                    .token = std::string(answer.StringOr("authorizationToken", "")),
                    .capabilities = ParseStrings(allowed["capabilities"]),
                    .buckets = ParseBuckets(allowed),
                    .name_prefix = std::string(allowed.StringOr("namePrefix", "")),
                    .expires = ParseExpiry(answer)};
  if (!IsToken(account.token)) return Malformed("no usable authorizationToken");
  RedactInLog(account.token);
  if (account.account_id.empty()) return Malformed("no accountId");
  ASSIGN_OR_RETURN(account.api_url, CheckedUrl(api, "apiUrl", endpoint, plain));
  ASSIGN_OR_RETURN(account.download_url, CheckedUrl(api, "downloadUrl", endpoint, plain));
  return account;
}

absl::Status CheckCapabilities(const B2Account& account) {
  for (const absl::string_view capability : {"listFiles", "readFiles"}) {
    if (account.Can(capability)) continue;
    return absl::PermissionDeniedError(absl::StrCat(
        "this key lacks the capability ", capability,
        "; a mount needs listFiles and readFiles (a read-only key of the bucket has them)"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> B2Root(const B2Account& account, absl::string_view bucket,
                                   absl::string_view prefix) {
  const absl::string_view own = DirectoryPart(account.name_prefix);
  if (prefix.empty()) return std::string(own);
  if (prefix == own || absl::StartsWith(prefix, account.name_prefix)) return std::string(prefix);
  return absl::PermissionDeniedError(Redact(absl::StrCat(
      "this key reads only names that begin with '", Excerpt(account.name_prefix), "', not '",
      prefix, "'; name b2://", bucket, " to mount what it reads, or a directory below")));
}

std::string KnownBucketId(const B2Account& account, absl::string_view bucket) {
  if (!account.buckets.has_value()) return "";
  for (const B2Bucket& known : *account.buckets) {
    if (known.name == bucket) return known.id;
  }
  return "";
}

std::vector<std::string> NamelessBuckets(const B2Account& account) {
  std::vector<std::string> ids;
  if (!account.buckets.has_value()) return ids;
  for (const B2Bucket& bucket : *account.buckets) {
    if (bucket.name.empty() && !bucket.id.empty()) ids.push_back(bucket.id);
  }
  return ids;
}

absl::Status NotForBucket(const B2Account& account, absl::string_view bucket) {
  const std::string names = account.buckets.has_value() ? NamesOf(*account.buckets) : "all";
  return absl::PermissionDeniedError(
      Redact(absl::StrCat("this key is not for bucket '", bucket, "' (it is for ", names, ")")));
}

void LogExpiry(const B2Account& account, absl::Time now) {
  if (!account.expires.has_value() || *account.expires - now > kSoon) return;
  LogWarning(
      absl::StrCat("the application key ", *account.expires <= now ? "expired" : "expires", " at ",
                   absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", *account.expires, absl::UTCTimeZone()),
                   "; what is not cached cannot be read afterwards"));
}

void LogRights(const B2Account& account) {
  if (!absl::c_any_of(account.capabilities, IsWriting)) return;
  LogInfo("this key may also write; a read-only key is enough");
}

}  // namespace annofs
