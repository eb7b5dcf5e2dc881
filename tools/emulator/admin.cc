#include "tools/emulator/admin.h"

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

absl::StatusOr<Fault> FaultOf(const Request& request) {
  if (request.body_too_large) return BadRequest("the request body is too large");
  absl::StatusOr<JsonDocument> body = JsonDocument::Parse(request.body);
  if (!body.ok()) return B2Error(400, "bad_json", body.status().message());
  return ParseFault(body->root());
}

}  // namespace

Reply Admin::Answer(const Route& route, const Request& request) {
  const std::string& path = route.operation;
  bool reading = path == "counters" || path == "log";
  bool changing = path == "reset" || path == "faults" || path == "faults/clear";
  if (!reading && !changing) return ErrorReply(NotFound(absl::StrCat("no admin path ", path)));
  if (request.method != (reading ? "GET" : "POST")) {
    return ErrorReply(405, "method_not_allowed", absl::StrCat("no method ", request.method));
  }
  if (path == "counters") return JsonReply(200, traffic_.CountersJson(gate_.stalled()));
  if (path == "log") return JsonReply(200, traffic_.LogJson());
  if (path == "faults") return AddFault(request);
  if (path == "faults/clear") return ClearFaults();
  traffic_.Reset();
  return JsonReply(200, "{}");
}

Reply Admin::AddFault(const Request& request) {
  absl::StatusOr<Fault> fault = FaultOf(request);
  if (!fault.ok()) return ErrorReply(fault.status());
  faults_.Add(*std::move(fault));
  return FaultsReply();
}

Reply Admin::ClearFaults() {
  faults_.Clear();
  gate_.Release();
  return FaultsReply();
}

Reply Admin::FaultsReply() const {
  JsonWriter json;
  json.BeginObject().Key("faults").Int(static_cast<int64_t>(faults_.size())).EndObject();
  return JsonReply(200, json.Take());
}

}  // namespace annofs::emulator
