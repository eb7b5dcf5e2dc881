#include "tools/emulator/api_form.h"

#include "absl/strings/str_cat.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {

absl::string_view ApiName(Api api) {
  switch (api) {
    case Api::kNative:
    case Api::kDownload:
      return "native";
    case Api::kAdmin:
      return "admin";
    default:
      return "unknown";
  }
}

Reply ErrorReplyOf(Api, int status, absl::string_view code, absl::string_view message) {
  return ErrorReply(status, code.empty() ? UsualCode(status) : code, message);
}

Reply RateReplyOf(Api api, int retry_after) {
  Reply reply = ErrorReplyOf(api, 429, "", "too many requests");
  if (retry_after > 0) reply.headers.emplace_back("Retry-After", absl::StrCat(retry_after));
  return reply;
}

}  // namespace annofs::emulator
