// Errors as B2 gives them (reference/b2.md §2), carried by absl::Status through the emulator. A
// status without a B2 error in it is a bug of the emulator and becomes a 500.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

// An error that reaches the client as this HTTP status with {"code","message","status"}.
absl::Status B2Error(int http_status, absl::string_view code, absl::string_view message);

// Of a change to a file's lock: unlike other rights, one that is lacking is a 403. The CLI's tests.
absl::Status LockDenied();
absl::Status BadRequest(absl::string_view message);  // 400 bad_request
absl::Status NotFound(absl::string_view message);    // 404 not_found
absl::Status BadAuthToken();                         // 401 bad_auth_token

// The HTTP status and code that an error carries; 500 internal_error if it carries none.
struct ErrorCode {
  int http_status = 500;
  std::string code;
};
ErrorCode CodeOf(const absl::Status& error);

// The reply for a failed status.
Reply ErrorReply(const absl::Status& error);
Reply ErrorReply(int http_status, absl::string_view code, absl::string_view message);

// The code that B2 sends most often with an HTTP status: 503 -> "service_unavailable".
absl::string_view UsualCode(int http_status);

}  // namespace annofs::emulator
