// The error answers of B2 (reference/b2.md §2). What they mean is in service_errors.h. Pure
// functions.
#pragma once

#include "absl/status/status.h"
#include "cache/store/http.h"
#include "cache/store/service_errors.h"

namespace annofs {

// The error object of an answer; the status only where there is none, as with HEAD.
ServiceError ParseB2Error(const HttpResponse& response);

// True if the authorization token is dead, and a new one may help: 401 with bad_auth_token,
// expired_auth_token or no code.
bool IsDeadToken(const ServiceError& error);

// The status of an answer that is not 2xx.
absl::Status B2ErrorToStatus(const HttpResponse& response, ServiceCall call);

}  // namespace annofs
