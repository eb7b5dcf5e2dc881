#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/stores.h"

namespace annofs {
namespace {

constexpr size_t kMaxBucketName = 63;  // B2 allows 6 to 63 characters
constexpr size_t kMaxPrefix = 1024;    // of a name in B2 or S3

absl::Status Refuse(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      what,
      "; a source is b2://BUCKET, b2://BUCKET/PREFIX, s3://BUCKET, s3://BUCKET/PREFIX, "
      "file:///DIRECTORY or the path of a directory"));
}

bool IsBucketName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxBucketName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' ||
                  c == '_';
         });
}

bool HasControlByte(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); });
}

struct BucketAndPrefix {
  absl::string_view bucket;
  absl::string_view prefix;
};

absl::StatusOr<BucketAndPrefix> SplitBucket(absl::string_view rest) {
  const size_t slash = rest.find('/');
  const absl::string_view bucket = rest.substr(0, slash);
  if (!IsBucketName(bucket)) {
    return Refuse("not the name of a bucket (letters, digits, '-', '.', '_')");
  }
  return BucketAndPrefix{bucket, slash == rest.npos ? "" : rest.substr(slash + 1)};
}

absl::StatusOr<SourceUrl> ParseB2(absl::string_view rest) {
  ASSIGN_OR_RETURN(const BucketAndPrefix parts, SplitBucket(rest));
  const absl::string_view prefix = absl::StripSuffix(parts.prefix, "/");
  if (prefix.size() >= kMaxPrefix || HasControlByte(prefix) || !IsValidUtf8(prefix) ||
      absl::StartsWith(prefix, "/") || absl::StrContains(prefix, "//")) {
    return Refuse(
        "no B2 name has such a prefix (an empty part, a control character, invalid UTF-8, or too "
        "long)");
  }
  return SourceUrl{.kind = SourceUrl::Kind::kB2,
                   .bucket = std::string(parts.bucket),
                   .prefix = prefix.empty() ? "" : absl::StrCat(prefix, "/")};
}

// S3 names may hold anything: what is no control character is kept, "//" too.
absl::StatusOr<SourceUrl> ParseS3(absl::string_view rest) {
  ASSIGN_OR_RETURN(const BucketAndPrefix parts, SplitBucket(rest));
  SourceUrl url{.kind = SourceUrl::Kind::kS3, .bucket = std::string(parts.bucket)};
  url.prefix = std::string(parts.prefix);
  if (!url.prefix.empty() && url.prefix.back() != '/') url.prefix.push_back('/');
  if (url.prefix.size() > kMaxPrefix || HasControlByte(url.prefix)) {
    return Refuse("no S3 name has such a prefix (a control character, or too long)");
  }
  return url;
}

// "/a/./b/../c/" -> "/a/c". Text only: the directory need not exist.
absl::StatusOr<SourceUrl> ParsePath(absl::string_view path) {
  if (path.empty() || absl::StrContains(path, absl::string_view("\0", 1))) {
    return Refuse("not a path");
  }
  std::error_code error;
  const std::filesystem::path absolute =
      std::filesystem::absolute(std::filesystem::path(std::string(path)), error);
  if (error) return Refuse(absl::StrCat("no working directory (", error.message(), ")"));
  std::string normal = absolute.lexically_normal().string();
  if (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return SourceUrl{.kind = SourceUrl::Kind::kDirectory, .path = std::move(normal)};
}

// The path byte for byte: no percent decoding, as a directory may be named "100%".
absl::StatusOr<SourceUrl> ParseFileUrl(absl::string_view rest) {
  absl::ConsumePrefix(&rest, "localhost");
  if (!absl::StartsWith(rest, "/")) return Refuse("file:// names no host: file:///DIRECTORY");
  return ParsePath(rest);
}

// The scheme of "scheme://rest", "" of anything else.
absl::string_view SchemeOf(absl::string_view source) {
  const size_t end = source.find("://");
  if (end == source.npos) return "";
  const absl::string_view scheme = source.substr(0, end);
  const bool plain = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.';
  });
  return plain ? scheme : "";
}

}  // namespace

absl::StatusOr<SourceUrl> ParseSourceUrl(absl::string_view source) {
  const absl::string_view scheme = SchemeOf(source);
  if (scheme.empty()) return ParsePath(source);
  const absl::string_view rest = source.substr(scheme.size() + 3);
  if (scheme == "b2") return ParseB2(rest);
  if (scheme == "file") return ParseFileUrl(rest);
  if (scheme == "s3") return ParseS3(rest);
  return Refuse(absl::StrCat(scheme, ":// is not known"));
}

}  // namespace annofs
