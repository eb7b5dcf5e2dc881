#include "tools/emulator/upload_body.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr size_t kHexSha1 = 40;

// Cuts the digest off the end of the body.
absl::StatusOr<std::string> TakeTrailingSha1(std::string& body) {
  if (body.size() < kHexSha1) return BadRequest("the body is shorter than its SHA-1");
  std::string sha1 = body.substr(body.size() - kHexSha1);
  body.resize(body.size() - kHexSha1);
  return sha1;
}

}  // namespace

absl::Status CheckIsUpload(const Request& request) {
  if (request.method != "POST") {
    return B2Error(405, "method_not_allowed", "an upload must be a POST");
  }
  if (FindHeader(request.headers, "Content-Length")) return absl::OkStatus();
  return BadRequest("Missing header: Content-Length");
}

absl::StatusOr<UploadBody> TakeUploadBody(ObjectStore& store, Request& request) {
  std::optional<std::string> form;
  if (auto header = FindHeader(request.headers, "X-Bz-Content-Sha1")) form = std::string(*header);
  if (!form) return BadRequest("Missing header: X-Bz-Content-Sha1");
  std::string body = std::move(request.body);
  std::string expected = absl::AsciiStrToLower(*form);
  if (expected == "hex_digits_at_end") {
    ASSIGN_OR_RETURN(expected, TakeTrailingSha1(body));
    expected = absl::AsciiStrToLower(expected);
  }
  std::string actual = DigestOf(DigestKind::kSha1, body).Hex();
  bool unverified = expected == "do_not_verify";
  if (!unverified && DigestFromHex(DigestKind::kSha1, expected).kind == DigestKind::kNone) {
    return BadRequest(absl::StrCat("Bad X-Bz-Content-Sha1: ", *form));
  }
  if (!unverified && expected != actual) return BadRequest("Sha1 did not match data received");
  UploadBody upload;
  ASSIGN_OR_RETURN(upload.bytes, store.Keep(std::move(body)));
  upload.sha1 = unverified ? absl::StrCat("unverified:", actual) : actual;
  return upload;
}

}  // namespace annofs::emulator
