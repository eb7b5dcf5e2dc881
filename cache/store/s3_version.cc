#include "cache/store/s3_version.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

constexpr size_t kMaxEtag = 1024;
constexpr size_t kMaxId = 1024;

// The characters of RFC 9110's etagc, but for those beyond ASCII, which no service has.
bool IsWord(absl::string_view text, size_t max) {
  return !text.empty() && text.size() <= max && absl::c_all_of(text, [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '"';
  });
}

}  // namespace

std::string S3VersionText(const S3Version& version) {
  return version.id.empty() ? version.etag : absl::StrCat(version.etag, " ", version.id);
}

std::optional<S3Version> ParseS3Version(absl::string_view text) {
  const size_t space = text.find(' ');
  const absl::string_view etag = text.substr(0, space);
  const absl::string_view id = space == text.npos ? "" : text.substr(space + 1);
  if (!IsWord(etag, kMaxEtag) || (space != text.npos && !IsWord(id, kMaxId))) return std::nullopt;
  return S3Version{.etag = std::string(etag), .id = std::string(id)};
}

std::optional<std::string> ParseS3Etag(absl::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  if (!IsWord(text, kMaxEtag)) return std::nullopt;
  return std::string(text);
}

Digest DigestOfS3Etag(absl::string_view etag) { return DigestFromHex(DigestKind::kMd5, etag); }

}  // namespace annofs
