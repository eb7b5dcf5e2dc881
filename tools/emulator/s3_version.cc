#include "tools/emulator/s3_version.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/emulator/file_id.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_request.h"
#include "tools/emulator/s3_time.h"

namespace annofs::emulator {
namespace {

// A list of ETags, quoted or not, or "*".
bool NamesEtag(absl::string_view list, absl::string_view etag) {
  for (absl::string_view item : absl::StrSplit(list, ',')) {
    item = absl::StripAsciiWhitespace(item);
    absl::ConsumePrefix(&item, "W/");
    absl::ConsumePrefix(&item, "\"");
    absl::ConsumeSuffix(&item, "\"");
    if (item == "*" || item == etag) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<VersionPointer> FindVersion(const Bucket& bucket, absl::string_view key,
                                           absl::string_view version_id) {
  if (version_id.empty()) {
    VersionPointer newest = bucket.Newest(key);
    if (newest == nullptr || !newest->is_upload()) return S3Error("NoSuchKey");
    return newest;
  }
  std::optional<FileIdParts> parts = ParseFileId(version_id);
  if (!parts) return S3Error("InvalidArgument", "Invalid version id specified");
  VersionPointer version = bucket.FindById(version_id);
  if (version == nullptr || version->name != key || version->action == Action::kStart) {
    return S3Error("NoSuchVersion");
  }
  if (!version->is_upload()) return S3Error("MethodNotAllowed");
  return version;
}

// A condition by ETag outweighs the one by date of its kind (RFC 9110 §13.2.2).
Condition CheckConditions(const Request& request, absl::string_view prefix,
                          const FileVersion& version) {
  auto header = [&](absl::string_view name) {
    return FindHeader(request.headers, absl::StrCat(prefix, name));
  };
  absl::Time modified = absl::FromUnixSeconds(version.upload_millis / 1000);
  if (auto match = header("If-Match")) {
    if (!NamesEtag(*match, version.etag)) return Condition::kFailed;
  } else if (auto since = ParseHttpTime(header("If-Unmodified-Since").value_or(""))) {
    if (modified > *since) return Condition::kFailed;
  }
  if (auto none_match = header("If-None-Match")) {
    if (NamesEtag(*none_match, version.etag)) return Condition::kNotModified;
  } else if (auto since = ParseHttpTime(header("If-Modified-Since").value_or(""))) {
    if (modified <= *since) return Condition::kNotModified;
  }
  return Condition::kHolds;
}

}  // namespace annofs::emulator
