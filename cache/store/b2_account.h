// What b2_authorize_account answers, and what the key may do. Values and pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/json.h"
#include "cache/store/url.h"

namespace annofs {

struct B2Bucket {
  std::string id;
  std::string name;  // "" if the server does not tell (a deleted bucket)
};

struct B2Account {
  std::string account_id;
  std::string api_url;       // without a final slash
  std::string download_url;  // likewise
  std::string token;
  std::vector<std::string> capabilities;
  std::optional<std::vector<B2Bucket>> buckets;  // nothing: the key is for all
  std::string name_prefix;                       // "" = all names
  std::optional<absl::Time> expires;             // of the key; nothing: never

  bool Can(absl::string_view capability) const;
};

// Reads the answer of v4, v3 or v2, told apart by shape (reference/b2.md §1.3). kDataLoss:
// malformed. kPermissionDenied: a returned URL that CheckReturnedUrl() refuses.
absl::StatusOr<B2Account> ParseB2Account(JsonValue answer, absl::string_view endpoint,
                                         PlainHttp plain = PlainHttp::kThisMachine);

// kPermissionDenied that names the first capability that the key lacks of those that reading needs:
// listFiles, readFiles.
absl::Status CheckCapabilities(const B2Account& account);

// What the keys of the source b2://`bucket`/`prefix` are relative to: `prefix`; but with "" the
// directory part of the names that the key may read, up to their last '/'. kPermissionDenied that
// says what to name instead if the key may not read `prefix` (reference/b2.md §1.4, §10).
absl::StatusOr<std::string> B2Root(const B2Account& account, absl::string_view bucket,
                                   absl::string_view prefix);

// The id of `bucket` if the answer gives it, so that nothing need be asked; else "".
std::string KnownBucketId(const B2Account& account, absl::string_view bucket);
// The buckets that the key is for, and whose names the answer does not give.
std::vector<std::string> NamelessBuckets(const B2Account& account);
// kPermissionDenied: the key is for other buckets, which are named.
absl::Status NotForBucket(const B2Account& account, absl::string_view bucket);

// Lines of the log about what the owner of the key may want to change: it expires within the hour,
// or it may do more than reading.
void LogExpiry(const B2Account& account, absl::Time now);
void LogRights(const B2Account& account);

}  // namespace annofs
