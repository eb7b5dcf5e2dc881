// What an error of B2 or S3 means to us: one table for both (reference/b2.md §2, §4.3), from status
// and code to an absl code. cache/base/status.h is the other half: errno, and whether to try again,
// follow from the absl code. Pure functions.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "cache/store/http.h"

namespace annofs {

// What was asked: the same answer can mean different things.
enum class ServiceCall { kAuthorize, kApi, kDownload };

// The error object of an answer that is not 2xx, as the service wrote it. An answer without one has
// its status only.
struct ServiceError {
  int status = 0;
  std::string code;  // "" = none
  std::string message;
};

// "the server answers STATUS CODE: MESSAGE": on one line, bounded, secrets redacted. The
// Retry-After of `response` is attached, at most a day; 429, 503 and SlowDown are Throttled().
absl::Status ServiceErrorToStatus(const ServiceError& error, ServiceCall call,
                                  const HttpResponse& response);

}  // namespace annofs
