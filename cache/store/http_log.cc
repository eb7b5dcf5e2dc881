#include "cache/store/http_log.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/log.h"

namespace annofs {
namespace {

constexpr char kBlank[] = "[redacted]";
constexpr absl::string_view kSecretWords[] = {"authorization", "authenticate", "token", "signature",
                                              "credential",    "key",          "cookie"};

bool IsSecret(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  return absl::c_any_of(kSecretWords,
                        [&](absl::string_view word) { return absl::StrContains(lower, word); });
}

// "?a=1&X-Amz-Signature=2 HTTP/1.1" -> "?a=1&X-Amz-Signature=[redacted] HTTP/1.1".
std::string BlankParameters(absl::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("?&; "), text.size());
    const absl::string_view part = text.substr(0, end);
    const size_t equals = part.find('=');
    if (equals != part.npos && IsSecret(part.substr(0, equals))) {
      absl::StrAppend(&out, part.substr(0, equals + 1), kBlank);
    } else {
      absl::StrAppend(&out, part);
    }
    absl::StrAppend(&out, text.substr(end, 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

int OnDebug(CURL*, curl_infotype type, char* data, size_t size, void* host) {
  if (type != CURLINFO_HEADER_IN && type != CURLINFO_HEADER_OUT) return 0;
  const char* direction = type == CURLINFO_HEADER_OUT ? " > " : " < ";
  for (absl::string_view line : absl::StrSplit(absl::string_view(data, size), '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    LogDebug(absl::StrCat(static_cast<const char*>(host), direction, HeaderLineForLog(line)));
  }
  return 0;
}

}  // namespace

void LogHttpHeaders(CURL* handle, const char* host) {
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, &OnDebug);
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, const_cast<char*>(host));
}

std::string HeaderLineForLog(absl::string_view line) {
  const size_t colon = line.find(':');
  // A request line has a blank before its first colon, a header's name has none.
  const bool header = colon != line.npos && !absl::StrContains(line.substr(0, colon), ' ');
  if (header && IsSecret(line.substr(0, colon))) {
    return absl::StrCat(line.substr(0, colon), ": ", kBlank);
  }
  return BlankParameters(line);
}

}  // namespace annofs
