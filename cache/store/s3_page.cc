#include "cache/store/s3_page.h"

#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/list_page.h"
#include "cache/store/s3_version.h"
#include "cache/store/s3_xml.h"

namespace annofs {
namespace {

// The texts of an entry as they came.
struct RawEntry {
  std::string name;
  std::string version_id;
  std::string etag;
  std::string size;
  std::string modified;
};

// Reads one answer. Names wait for the end: the element that says how they are encoded may be the
// last.
class PageReader {
 public:
  explicit PageReader(absl::string_view root) : root_(root) {}

  absl::StatusOr<S3Page> Read(absl::string_view body) {
    const absl::Status status =
        ReadS3Xml(body, [this](absl::string_view path, absl::string_view text) {
          if (path == root_) is_complete_ = true;
          return absl::ConsumePrefix(&path, absl::StrCat(root_, "/")) ? OnElement(path, text)
                                                                      : absl::OkStatus();
        });
    if (absl::IsInvalidArgument(status)) return MalformedListing(status.message());
    RETURN_IF_ERROR(status);
    if (!is_complete_) return MalformedListing(absl::StrCat("no ", root_));
    if (!says_truncated_) return MalformedListing("it does not say whether there is more");
    RETURN_IF_ERROR(DecodeNames());
    return std::move(page_);
  }

 private:
  absl::Status OnElement(absl::string_view path, absl::string_view text) {
    if (path == "Contents" || path == "Version") return AddObject();
    if (path == "DeleteMarker") return AddDeleteMarker();
    if (absl::ConsumePrefix(&path, "Contents/") || absl::ConsumePrefix(&path, "Version/") ||
        absl::ConsumePrefix(&path, "DeleteMarker/")) {
      OnField(path, text);
    } else if (path == "CommonPrefixes/Prefix") {
      page_.prefixes.emplace_back(text);
    } else {
      return OnPageField(path, text);
    }
    return absl::OkStatus();
  }

  void OnField(absl::string_view field, absl::string_view text) {
    if (field == "Key") raw_.name = std::string(text);
    if (field == "VersionId") raw_.version_id = std::string(text);
    if (field == "ETag") raw_.etag = std::string(text);
    if (field == "Size") raw_.size = std::string(text);
    if (field == "LastModified") raw_.modified = std::string(text);
  }

  absl::Status OnPageField(absl::string_view field, absl::string_view text) {
    if (field == "IsTruncated") return OnTruncated(text);
    if (field == "EncodingType") is_encoded_ = absl::EqualsIgnoreCase(text, "url");
    if (field == "NextContinuationToken") page_.next_token = std::string(text);
    if (field == "NextKeyMarker") page_.next_key_marker = std::string(text);
    if (field == "NextVersionIdMarker") page_.next_version_marker = std::string(text);
    return absl::OkStatus();
  }

  absl::Status OnTruncated(absl::string_view text) {
    says_truncated_ = absl::SimpleAtob(absl::StripAsciiWhitespace(text), &page_.truncated);
    return says_truncated_ ? absl::OkStatus() : MalformedListing("IsTruncated is no truth value");
  }

  absl::Status AddObject() {
    RETURN_IF_ERROR(AddEntry());
    S3Entry& entry = page_.entries.back();
    if (!absl::SimpleAtoi(raw_.size, &entry.size)) {
      return MalformedListing(absl::StrCat(raw_.name, " without a size"));
    }
    std::optional<std::string> etag = ParseS3Etag(raw_.etag);
    if (!etag.has_value()) return MalformedListing(absl::StrCat(raw_.name, " without an ETag"));
    entry.etag = *std::move(etag);
    raw_ = {};
    return absl::OkStatus();
  }

  absl::Status AddDeleteMarker() {
    RETURN_IF_ERROR(AddEntry());
    page_.entries.back().is_delete_marker = true;
    raw_ = {};
    return absl::OkStatus();
  }

  absl::Status AddEntry() {
    if (raw_.name.empty()) return MalformedListing("an entry without a name");
    S3Entry& entry = page_.entries.emplace_back();
    entry.name = raw_.name;
    entry.version_id = raw_.version_id;
    std::string error;
    if (absl::ParseTime(absl::RFC3339_full, raw_.modified, &entry.modified, &error)) {
      return absl::OkStatus();
    }
    return MalformedListing(absl::StrCat(raw_.name, " without a time"));
  }

  // A server may not know encoding-type: then names are as they are.
  absl::Status DecodeNames() {
    if (!is_encoded_) return absl::OkStatus();
    RETURN_IF_ERROR(Decode(page_.next_key_marker));
    for (std::string& prefix : page_.prefixes) RETURN_IF_ERROR(Decode(prefix));
    for (S3Entry& entry : page_.entries) RETURN_IF_ERROR(Decode(entry.name));
    return absl::OkStatus();
  }

  static absl::Status Decode(std::string& name) {
    absl::StatusOr<std::string> decoded = PercentDecode(name);
    if (!decoded.ok()) return MalformedListing("a broken percent escape");
    name = *std::move(decoded);
    return absl::OkStatus();
  }

  const absl::string_view root_;
  RawEntry raw_;
  S3Page page_;
  bool is_complete_ = false;
  bool says_truncated_ = false;
  bool is_encoded_ = false;
};

// What of `name` is below the listed directory. kDataLoss if it is not.
absl::StatusOr<absl::string_view> Below(absl::string_view name, const S3Names& names) {
  if (absl::ConsumePrefix(&name, names.prefix)) return name;
  return MalformedListing("a name outside the asked prefix");
}

}  // namespace

absl::StatusOr<S3Page> ParseS3Page(absl::string_view body, absl::string_view root) {
  return PageReader(root).Read(body);
}

S3Names S3NamesOf(const ListRequest& request, absl::string_view store_prefix) {
  return {.store_prefix = std::string(store_prefix),
          .prefix = absl::StrCat(store_prefix, request.prefix),
          .after = request.after,
          .recursive = request.recursive};
}

absl::Status AddS3Object(const S3Entry& entry, std::string version, const S3Names& names,
                         ListPage& page) {
  ASSIGN_OR_RETURN(const absl::string_view rest, Below(entry.name, names));
  const size_t slash = rest.find('/');
  if (!names.recursive && slash != rest.npos && slash + 1 != rest.size()) {
    return MalformedListing("a name of a deeper directory");
  }
  std::string key = entry.name.substr(names.store_prefix.size());
  // A marker of the store's own root, or what is not asked for: some services begin at the marker.
  if (key.empty() || key <= names.after) return absl::OkStatus();
  page.objects.push_back({.key = std::move(key),
                          .version = std::move(version),
                          .size = entry.size,
                          .modified = entry.modified,
                          .digest = DigestOfS3Etag(entry.etag)});
  return absl::OkStatus();
}

absl::Status AddS3Directory(absl::string_view name, const S3Names& names, ListPage& page) {
  ASSIGN_OR_RETURN(const absl::string_view rest, Below(name, names));
  if (names.recursive || rest.empty() || rest.find('/') + 1 != rest.size()) {
    return MalformedListing("a common prefix that is no directory");
  }
  page.directories.emplace_back(name.substr(names.store_prefix.size()));
  return absl::OkStatus();
}

}  // namespace annofs
