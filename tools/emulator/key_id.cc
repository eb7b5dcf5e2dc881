#include "tools/emulator/key_id.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace annofs::emulator {
namespace {

constexpr absl::string_view kCredential = "Credential=";

// Before the separator; "" without one, for then the text may be anything.
std::string Before(char separator, absl::string_view text) {
  size_t end = text.find(separator);
  return std::string(end == absl::string_view::npos ? "" : text.substr(0, end));
}

}  // namespace

std::string NamedKeyId(const Request& request) {
  absl::string_view header = FindSentHeader(request, "Authorization").value_or("");
  if (absl::ConsumePrefix(&header, "Basic ")) {
    std::string decoded;
    return absl::Base64Unescape(header, &decoded) ? Before(':', decoded) : "";
  }
  size_t credential = header.find(kCredential);
  if (absl::StartsWith(header, "AWS4-") && credential != absl::string_view::npos) {
    return Before('/', header.substr(credential + kCredential.size()));
  }
  return Before('/', FindParameter(request.target.query, "X-Amz-Credential").value_or(""));
}

}  // namespace annofs::emulator
