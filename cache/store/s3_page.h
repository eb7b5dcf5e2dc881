// The answer of S3's two list calls, read and checked, before anything is made of it. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/store/object_store.h"

namespace annofs {

struct S3Entry {
  std::string name;  // with the store's prefix
  std::string version_id;
  std::string etag;  // without quotes; "" of a delete marker
  uint64_t size = 0;
  absl::Time modified;
  bool is_delete_marker = false;
};

struct S3Page {
  std::vector<S3Entry> entries;  // in the order of the answer
  std::vector<std::string> prefixes;
  bool truncated = false;
  std::string next_token;           // ListObjectsV2
  std::string next_key_marker;      // ListObjectVersions
  std::string next_version_marker;  // ListObjectVersions; "" = none
};

// `root` is "ListBucketResult" or "ListVersionsResult". kDataLoss: malformed, another document, an
// entry without name, size, time or ETag, or no word on whether there is more.
absl::StatusOr<S3Page> ParseS3Page(absl::string_view body, absl::string_view root);

// What was asked: which names an answer may hold.
struct S3Names {
  std::string store_prefix;  // what keys do not have
  std::string prefix;        // what all names begin with: store_prefix and that of the request
  std::string after;         // what all keys come after
  bool recursive = false;
};
S3Names S3NamesOf(const ListRequest& request, absl::string_view store_prefix);

// An object or a directory of the page. kDataLoss: a name that was not asked for. What stands for
// the store's own root is left out, and keys that are not after the one that was asked. `version`
// is the text of ObjectVersion::version.
absl::Status AddS3Object(const S3Entry& entry, std::string version, const S3Names& names,
                         ListPage& page);
absl::Status AddS3Directory(absl::string_view name, const S3Names& names, ListPage& page);

}  // namespace annofs
