// What a caller may do with which bucket and name (reference/b2.md §1.4). Errors are B2Error(): 401
// unauthorized for what the key does not cover.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/native_calls.h"
#include "tools/emulator/version.h"

namespace annofs::emulator {

absl::Status Unauthorized(absl::string_view message = "");
// The argument accountId names the account. 400 bad_request.
absl::Status CheckAccount(const Call& call);
absl::Status CheckCapability(const ApplicationKey& key, absl::string_view capability);
// The name, or the prefix of a listing, lies within the key's.
absl::Status CheckName(const Call& call, absl::string_view name);

// The bucket of the argument `bucketId`. 400 bad_bucket_id if there is none.
absl::StatusOr<BucketPointer> BucketOfCall(const Call& call,
                                           absl::string_view argument = "bucketId");

struct Found {
  BucketPointer bucket;
  VersionPointer version;
};
// The version of the argument. 400 bad_request "Invalid fileId: X" for a text that is no id of a
// bucket here, 404 file_state_none for a version that is not there.
absl::StatusOr<Found> FindFile(const Call& call, absl::string_view argument = "fileId");
// The unfinished large file of the argument. 400 bad_request for anything else.
absl::StatusOr<Found> FindLargeFile(const Call& call, absl::string_view argument = "fileId");

// The argument is the customer's key that the file is encrypted with, if it is (§1.8). 400
// bad_request without one, 403 access_denied for another.
absl::Status CheckKeyOf(const Call& call, absl::string_view argument, const FileVersion& file);

// The bytes of `sourceFileId`, or of its `range`: what a copy copies. 400 source_too_large.
absl::StatusOr<std::shared_ptr<const std::string>> ReadSource(const Call& call);

// A token for uploads to this path.
std::string NewUploadToken(const Call& call, absl::string_view path);
// The key that has the upload token of the request. 401 bad_auth_token, expired_auth_token.
absl::StatusOr<KeyPointer> CheckUploadToken(const ApiContext& context, const Request& request);
// From the header or the query (§1.8); nothing if there is none.
std::optional<absl::string_view> TokenOfDownload(const Request& request);

// A name that may be given to a file (reference/b2.md §1.15): also such as "a/../b", which no file
// of a directory has. 400 bad_request in the service's words.
absl::Status CheckFileName(absl::string_view name);

}  // namespace annofs::emulator
