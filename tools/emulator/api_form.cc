#include "tools/emulator/api_form.h"

#include "absl/strings/str_cat.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/s3_error.h"

namespace annofs::emulator {

absl::string_view ApiName(Api api) {
  switch (api) {
    case Api::kNative:
    case Api::kDownload:
      return "native";
    case Api::kS3:
      return "s3";
    case Api::kAdmin:
      return "admin";
    default:
      return "unknown";
  }
}

Reply ErrorReplyOf(Api api, int status, absl::string_view code, absl::string_view message) {
  if (api == Api::kS3) return S3ErrorReply(status, code, message);
  return ErrorReply(status, code.empty() ? UsualCode(status) : code, message);
}

Reply CapReplyOf(Api api, absl::string_view code, absl::string_view message) {
  return ErrorReplyOf(api, 403, api == Api::kS3 ? "AccessDenied" : code, message);
}

// S3 has no 429 (reference/b2.md §3.2).
Reply RateReplyOf(Api api, int retry_after) {
  Reply reply = api == Api::kS3
                    ? ErrorReplyOf(api, 503, "SlowDown", "Please reduce your request rate.")
                    : ErrorReplyOf(api, 429, "", "too many requests");
  if (retry_after > 0) reply.headers.emplace_back("Retry-After", absl::StrCat(retry_after));
  return reply;
}

}  // namespace annofs::emulator
