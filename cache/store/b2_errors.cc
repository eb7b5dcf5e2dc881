#include "cache/store/b2_errors.h"

#include <string>

#include "absl/status/statusor.h"
#include "cache/base/json.h"

namespace annofs {

ServiceError ParseB2Error(const HttpResponse& response) {
  ServiceError error{.status = response.status};
  const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(response.body);
  if (!json.ok() || !json->root().is_object()) return error;
  error.code = std::string(json->root().StringOr("code", ""));
  error.message = std::string(json->root().StringOr("message", ""));
  return error;
}

bool IsDeadToken(const ServiceError& error) {
  return error.status == 401 && (error.code.empty() || error.code == "bad_auth_token" ||
                                 error.code == "expired_auth_token");
}

absl::Status B2ErrorToStatus(const HttpResponse& response, ServiceCall call) {
  return ServiceErrorToStatus(ParseB2Error(response), call, response);
}

}  // namespace annofs
