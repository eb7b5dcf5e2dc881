#include "tools/emulator/b2_error.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"

namespace annofs::emulator {
namespace {

constexpr char kPayload[] = "annofs/b2-error";  // "404 not_found"

}  // namespace

absl::Status B2Error(int http_status, absl::string_view code, absl::string_view message) {
  absl::Status status(absl::StatusCode::kUnknown, message);
  status.SetPayload(kPayload, absl::Cord(absl::StrCat(http_status, " ", code)));
  return status;
}

absl::Status LockDenied() { return B2Error(403, "access_denied", "Access Denied"); }

absl::Status BadRequest(absl::string_view message) { return B2Error(400, "bad_request", message); }
absl::Status NotFound(absl::string_view message) { return B2Error(404, "not_found", message); }
absl::Status BadAuthToken() {
  return B2Error(401, "bad_auth_token", "Invalid authorization token");
}

ErrorCode CodeOf(const absl::Status& error) {
  std::string text(error.GetPayload(kPayload).value_or(absl::Cord()));
  std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, ' ');
  int http_status = 500;
  if (!absl::SimpleAtoi(parts.first, &http_status)) return {500, "internal_error"};
  return {http_status, std::string(parts.second)};
}

Reply ErrorReply(const absl::Status& error) {
  ErrorCode code = CodeOf(error);
  bool known = error.GetPayload(kPayload).has_value();
  return ErrorReply(code.http_status, code.code, known ? error.message() : error.ToString());
}

Reply ErrorReply(int http_status, absl::string_view code, absl::string_view message) {
  JsonWriter json;
  json.BeginObject().Key("code").String(code).Key("message").String(message);
  json.Key("status").Int(http_status).EndObject();
  Reply reply = JsonReply(http_status, json.Take());
  reply.headers[0].second = "application/json;charset=utf-8";
  return reply;
}

absl::string_view UsualCode(int http_status) {
  switch (http_status) {
    case 400:
      return "bad_request";
    case 401:
      return "unauthorized";
    case 403:
      return "access_denied";
    case 404:
      return "not_found";
    case 405:
      return "method_not_allowed";
    case 408:
      return "request_timeout";
    case 409:
      return "conflict";
    case 416:
      return "range_not_satisfiable";
    case 429:
      return "too_many_requests";
    case 503:
      return "service_unavailable";
    default:
      return "internal_error";
  }
}

}  // namespace annofs::emulator
