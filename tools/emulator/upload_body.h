// The bytes of an upload and the SHA-1 that goes with them, in its three forms (reference/b2.md
// §1.9).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/emulator/http.h"
#include "tools/emulator/object_store.h"

namespace annofs::emulator {

// Uploads are posted, with their length (reference/b2.md §1.1). 405 method_not_allowed, 400
// bad_request.
absl::Status CheckIsUpload(const Request& request);

struct UploadBody {
  std::shared_ptr<const std::string> bytes;
  std::string sha1;  // as listings show it: hex, or "unverified:" and hex
};

// Takes the body out of the request. 400 bad_request: no X-Bz-Content-Sha1, one of no form, or one
// that does not match; 403 storage_cap_exceeded.
absl::StatusOr<UploadBody> TakeUploadBody(ObjectStore& store, Request& request);

}  // namespace annofs::emulator
