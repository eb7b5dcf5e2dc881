// What b2_authorize_account answers, and what the key may do. Values and pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"

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

  bool Can(absl::string_view capability) const;
};

// Reads the answer of v4, v3 or v2, told apart by shape (reference/b2.md §1.3). kDataLoss:
// malformed. kPermissionDenied: a returned URL that CheckReturnedUrl() refuses.
absl::StatusOr<B2Account> ParseB2Account(JsonValue answer, absl::string_view endpoint);

// kPermissionDenied that names the first thing the key lacks to read `prefix` of `bucket`:
// listFiles, readFiles, the bucket, the prefix.
absl::Status CheckB2Account(const B2Account& account, absl::string_view bucket,
                            absl::string_view prefix);

// The id of `bucket` if the answer gives it, so that nothing need be asked; else "".
std::string KnownBucketId(const B2Account& account, absl::string_view bucket);

}  // namespace annofs
