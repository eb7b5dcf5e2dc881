#include "tools/emulator/native_access.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

constexpr size_t kLongestName = 1024;
constexpr size_t kLongestSegment = 250;

// A caller without a key is checked by whoever lets it in.
absl::Status CheckBucket(const Call& call, const Bucket& bucket) {
  if (call.key == nullptr || call.key->CoversBucket(bucket.id())) return absl::OkStatus();
  return Unauthorized();
}

absl::StatusOr<BucketPointer> BucketOfFileId(const Call& call, absl::string_view file_id) {
  BucketPointer bucket = call.context.store.OfFileId(file_id);
  if (bucket == nullptr) return BadRequest(absl::StrCat("Invalid fileId: ", file_id));
  RETURN_IF_ERROR(CheckBucket(call, *bucket));
  // Who downloads without an account token learns nothing of a private bucket; a download token is
  // for names only.
  if (call.key == nullptr && bucket->settings().type != "allPublic") return Unauthorized();
  return bucket;
}

}  // namespace

absl::Status Unauthorized(absl::string_view message) {
  return B2Error(401, "unauthorized", message);
}

absl::Status CheckAccount(const Call& call) {
  ASSIGN_OR_RETURN(std::string account_id, call.params.Required("accountId"));
  if (account_id == call.context.account.id()) return absl::OkStatus();
  return BadRequest(absl::StrCat("Account ", account_id, " does not exist"));
}

absl::Status CheckCapability(const ApplicationKey& key, absl::string_view capability) {
  if (key.Can(capability)) return absl::OkStatus();
  return Unauthorized(absl::StrCat("the key lacks the capability ", capability));
}

absl::Status CheckName(const Call& call, absl::string_view name) {
  if (call.key == nullptr || call.key->CoversName(name)) return absl::OkStatus();
  return Unauthorized();
}

absl::StatusOr<BucketPointer> BucketOfCall(const Call& call, absl::string_view argument) {
  ASSIGN_OR_RETURN(std::string id, call.params.Required(argument));
  BucketPointer bucket = call.context.store.FindById(id);
  if (bucket == nullptr) {
    return B2Error(400, "bad_bucket_id", absl::StrCat("Bucket ", id, " does not exist"));
  }
  RETURN_IF_ERROR(CheckBucket(call, *bucket));
  return bucket;
}

absl::StatusOr<Found> FindFile(const Call& call, absl::string_view argument) {
  ASSIGN_OR_RETURN(std::string file_id, call.params.Required(argument));
  Found found;
  ASSIGN_OR_RETURN(found.bucket, BucketOfFileId(call, file_id));
  found.version = found.bucket->FindById(file_id);
  if (found.version == nullptr) return NotFound(absl::StrCat("file_state_none: ", file_id));
  RETURN_IF_ERROR(CheckName(call, found.version->name));
  return found;
}

absl::StatusOr<Found> FindLargeFile(const Call& call, absl::string_view argument) {
  ASSIGN_OR_RETURN(std::string file_id, call.params.Required(argument));
  Found found;
  ASSIGN_OR_RETURN(found.bucket, BucketOfFileId(call, file_id));
  ASSIGN_OR_RETURN(found.version, found.bucket->FindUnfinished(file_id));
  RETURN_IF_ERROR(CheckName(call, found.version->name));
  return found;
}

std::string NewUploadToken(const Call& call, absl::string_view path) {
  return call.context.account.tokens().New(Tokens::Kind::kUpload,
                                           absl::StrCat(call.key->id, " ", path), call.TokenEnd());
}

absl::StatusOr<KeyPointer> CheckUploadToken(const ApiContext& context, const Request& request) {
  absl::Time now = context.clock.Now();
  absl::string_view token = FindHeader(request.headers, "Authorization").value_or("");
  ASSIGN_OR_RETURN(std::string claims,
                   context.account.tokens().Check(Tokens::Kind::kUpload, token, now));
  std::pair<std::string, std::string> parts = absl::StrSplit(claims, absl::MaxSplits(' ', 1));
  KeyPointer key = context.account.FindKey(parts.first, now);
  if (key == nullptr || parts.second != request.target.path) return BadAuthToken();
  return key;
}

std::optional<absl::string_view> TokenOfDownload(const Request& request) {
  std::optional<absl::string_view> token = FindHeader(request.headers, "Authorization");
  return token ? token : FindParameter(request.target.query, "Authorization");
}

absl::Status CheckFileName(absl::string_view name) {
  if (name.empty()) return BadRequest("File names must contain at least one character");
  if (absl::StartsWith(name, "/")) return BadRequest("File names must not start with '/'");
  if (absl::EndsWith(name, "/")) return BadRequest("File names must not end with '/'");
  if (absl::StrContains(name, "//")) return BadRequest("File names must not contain '//'");
  if (name == "." || name == "..") return BadRequest("File names must not be '.' or '..'");
  if (name.size() > kLongestName || !IsValidUtf8(name) ||
      absl::c_any_of(name, absl::ascii_iscntrl)) {
    return BadRequest("File names must be UTF-8 of at most 1024 bytes without control characters");
  }
  for (absl::string_view segment : absl::StrSplit(name, '/')) {
    if (segment.size() > kLongestSegment) {
      return BadRequest("File name segments must be at most 250 bytes");
    }
  }
  return absl::OkStatus();
}

}  // namespace annofs::emulator
