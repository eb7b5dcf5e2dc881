// What an error of B2 means to us: one table (reference/b2.md §2). Pure functions.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/store/http.h"

namespace annofs {

// What was asked: the same answer can mean different things.
enum class B2Call { kAuthorize, kApi, kDownload };

// The error object of an answer. An answer without one has its status only.
struct B2Error {
  int status = 0;
  std::string code;     // "" = none
  std::string message;  // printable, bounded, secrets redacted
};
B2Error ParseB2Error(const HttpResponse& response);

// True if the authorization token is dead, and a new one may help: 401 with bad_auth_token,
// expired_auth_token or no code.
bool IsDeadToken(const B2Error& error);

// The status of an answer that is not 2xx; "STATUS CODE: message", Retry-After attached.
absl::Status B2ErrorToStatus(const HttpResponse& response, B2Call call);

}  // namespace annofs
