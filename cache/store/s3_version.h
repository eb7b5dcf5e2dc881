// The text of ObjectVersion::version of an S3 object: its ETag, and the version id where the
// listing gave one. Opaque to everybody else. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "cache/base/digest.h"

namespace annofs {

struct S3Version {
  std::string etag;  // without quotes
  std::string id;    // "" = the ETag alone tells
};

// "ETAG" or "ETAG ID": an ETag holds no space.
std::string S3VersionText(const S3Version& version);
// Nothing if the text is not one of those: it would not be safe in a header.
std::optional<S3Version> ParseS3Version(absl::string_view text);

// `"abc"` -> `abc`; nothing if the rest is empty, too long, or no ETag.
std::optional<std::string> ParseS3Etag(absl::string_view text);
// The ETag of an object that came in one piece is its MD5 (reference/b2.md §4.3), but for some
// encryptions of AWS; "MD5-PARTS" is not.
Digest DigestOfS3Etag(absl::string_view etag);

}  // namespace annofs
