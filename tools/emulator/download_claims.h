// What a token of b2_get_download_authorization allows (reference/b2.md §1.8, §1.13), and the query
// parameters that set headers of a download. Values and pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs::emulator {

struct DownloadOverride {
  absl::string_view parameter;
  absl::string_view header;
  absl::string_view info;  // the file info that is sent as this header
};
inline constexpr DownloadOverride kDownloadOverrides[] = {
    {"b2ContentDisposition", "content-disposition", "b2-content-disposition"},
    {"b2ContentLanguage", "content-language", "b2-content-language"},
    {"b2Expires", "expires", "b2-expires"},
    {"b2CacheControl", "cache-control", "b2-cache-control"},
    {"b2ContentEncoding", "content-encoding", "b2-content-encoding"},
    {"b2ContentType", "content-type", ""},
};

struct DownloadClaims {
  std::string key_id;  // of who asked for the token, which dies with the key
  std::string bucket_id;
  std::string prefix;
  // By parameter: what a download with this token must ask for.
  std::map<std::string, std::string> overrides;
};

std::string ToText(const DownloadClaims& claims);
// Nothing for a text that ToText() did not make.
std::optional<DownloadClaims> ParseDownloadClaims(absl::string_view text);

}  // namespace annofs::emulator
