#include "tools/emulator/admin.h"

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/fault_json.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kLongestAdvance = int64_t{100} * 366 * 24 * 3600;

using Action = absl::StatusOr<std::string> (*)(const AdminContext&, const Request&);

absl::StatusOr<JsonDocument> BodyOf(const Request& request) {
  absl::StatusOr<JsonDocument> body = JsonDocument::Parse(request.body);
  if (!body.ok()) return B2Error(400, "bad_json", body.status().message());
  return body;
}

absl::StatusOr<std::string> Counters(const AdminContext& context, const Request&) {
  return context.traffic.CountersJson(context.gate.stalled());
}

absl::StatusOr<std::string> Log(const AdminContext& context, const Request&) {
  return context.traffic.LogJson();
}

absl::StatusOr<std::string> Reset(const AdminContext& context, const Request&) {
  context.traffic.Reset();
  context.caps.Reset();
  return "{}";
}

std::string FaultsJson(const AdminContext& context) {
  JsonWriter json;
  json.BeginObject().Key("faults").Int(static_cast<int64_t>(context.faults.size())).EndObject();
  return json.Take();
}

absl::StatusOr<std::string> AddFaults(const AdminContext& context, const Request& request) {
  ASSIGN_OR_RETURN(std::vector<Fault> faults, ParseFaults(request.body));
  context.faults.Add(std::move(faults));
  return FaultsJson(context);
}

absl::StatusOr<std::string> ClearFaults(const AdminContext& context, const Request&) {
  context.faults.Clear();
  context.gate.Release();
  return FaultsJson(context);
}

absl::StatusOr<std::string> ShowSettings(const AdminContext& context, const Request&) {
  return context.settings.Json();
}

// A cap is what is left from now on.
absl::StatusOr<std::string> ChangeSettings(const AdminContext& context, const Request& request) {
  ASSIGN_OR_RETURN(JsonDocument body, BodyOf(request));
  RETURN_IF_ERROR(context.settings.Change(body.root()));
  body.root().ForEachMember([&](absl::string_view name, JsonValue) {
    if (name == "caps" || name == "downloadCap") context.caps.Reset();
  });
  return context.settings.Json();
}

absl::StatusOr<std::string> AdvanceTime(const AdminContext& context, const Request& request) {
  ASSIGN_OR_RETURN(JsonDocument body, BodyOf(request));
  absl::StatusOr<int64_t> seconds = body.root().GetInt("seconds");
  if (!seconds.ok()) return BadRequest(seconds.status().message());
  if (*seconds < 0 || *seconds > kLongestAdvance) {
    return BadRequest(absl::StrCat("seconds: not within 0 and ", kLongestAdvance));
  }
  context.clock.Advance(absl::Seconds(*seconds));
  JsonWriter json;
  json.BeginObject().Key("time").Int(absl::ToUnixMillis(context.clock.Now())).EndObject();
  return json.Take();
}

struct Entry {
  absl::string_view path;
  absl::string_view method;
  Action action;
};
constexpr Entry kEntries[] = {
    {"counters", "GET", Counters},
    {"log", "GET", Log},
    {"reset", "POST", Reset},
    {"faults", "POST", AddFaults},
    {"faults/clear", "POST", ClearFaults},
    {"settings", "GET", ShowSettings},
    {"settings", "POST", ChangeSettings},
    {"advance-time", "POST", AdvanceTime},
};

absl::StatusOr<std::string> Run(const AdminContext& context, absl::string_view path,
                                const Request& request) {
  bool known = false;
  for (const Entry& entry : kEntries) {
    if (entry.path != path) continue;
    known = true;
    if (entry.method != request.method) continue;
    if (request.body_too_large) return BadRequest("the request body is too large");
    return entry.action(context, request);
  }
  if (!known) return NotFound(absl::StrCat("no admin path ", path));
  return B2Error(405, "method_not_allowed", absl::StrCat("no method ", request.method));
}

}  // namespace

Reply Admin::Answer(const Route& route, const Request& request) {
  absl::StatusOr<std::string> json = Run(context_, route.operation, request);
  return json.ok() ? JsonReply(200, *std::move(json)) : ErrorReply(json.status());
}

}  // namespace annofs::emulator
