#include "cache/store/b2_entry.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/store/list_page.h"

namespace annofs {
namespace {

constexpr size_t kMaxFileId = 1024;  // documented: 200
// 2100-01-01: a modification time beyond it is a mistake of the uploader.
constexpr int64_t kLatestSaneMillis = 4'102'444'800'000;

// Digits only: "-1", "1e3", " 5" and the like are not times.
std::optional<int64_t> SaneMillis(absl::string_view text) {
  int64_t millis = 0;
  const bool digits = absl::c_all_of(
      text, [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  if (!digits || !absl::SimpleAtoi(text, &millis) || millis > kLatestSaneMillis) {
    return std::nullopt;
  }
  return millis;
}

absl::Time ModifiedOf(JsonValue entry) {
  const auto source = SaneMillis(entry["fileInfo"].StringOr("src_last_modified_millis", ""));
  return absl::FromUnixMillis(source.has_value() ? *source : entry.IntOr("uploadTimestamp", 0));
}

// SHA-1 as the server or the uploader knows it; large files have at most MD5, mostly nothing.
Digest DigestOfEntry(JsonValue entry) {
  absl::string_view sha1 = entry.StringOr("contentSha1", "");
  absl::ConsumePrefix(&sha1, "unverified:");  // not compared at upload, but the server's own sum
  for (const absl::string_view hex : {sha1, entry["fileInfo"].StringOr("large_file_sha1", "")}) {
    const Digest digest = DigestFromHex(DigestKind::kSha1, hex);
    if (digest.kind != DigestKind::kNone) return digest;
  }
  return DigestFromHex(DigestKind::kMd5, entry.StringOr("contentMd5", ""));
}

}  // namespace

absl::StatusOr<ObjectVersion> ParseB2Object(JsonValue entry, absl::string_view key) {
  const int64_t size = entry.IntOr("contentLength", entry.IntOr("size", -1));
  const absl::string_view id = entry.StringOr("fileId", "");
  if (size < 0) return MalformedListing(absl::StrCat(key, " without a size"));
  if (id.empty() || id.size() > kMaxFileId)
    return MalformedListing(absl::StrCat(key, " without a fileId"));
  return ObjectVersion{.key = std::string(key),
                       .version = std::string(id),
                       .size = static_cast<uint64_t>(size),
                       .modified = ModifiedOf(entry),
                       .digest = DigestOfEntry(entry)};
}

}  // namespace annofs
