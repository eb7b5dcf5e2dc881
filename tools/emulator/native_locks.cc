// Locks of new files, and the calls that change them.
#include "tools/emulator/native_locks.h"

#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"

namespace annofs::emulator {
namespace {

absl::Status CheckHasLocks(const BucketSettings& settings) {
  if (settings.has_locks) return absl::OkStatus();
  return B2Error(400, "bucket_missing_file_lock", "The bucket is not file lock enabled");
}

Retention DefaultOf(const DefaultRetention& retention, absl::Time now) {
  if (retention.mode.empty()) return {};
  absl::Time until = now + retention.days() * absl::Hours(24);
  return {.mode = retention.mode, .until_millis = absl::ToUnixMillis(until)};
}

absl::Status CheckFuture(const Retention& retention, absl::Time now) {
  if (retention.mode.empty() || retention.Holds(now)) return absl::OkStatus();
  return BadRequest("retainUntilTimestamp must be in the future");
}

// The version that the call names, by both its id and its name.
absl::StatusOr<Found> LockedFile(const Call& call) {
  ASSIGN_OR_RETURN(Found found, FindFile(call));
  ASSIGN_OR_RETURN(std::string name, call.params.Required("fileName"));
  if (name != found.version->name) {
    return B2Error(400, "file_not_present", "the file id is of another name");
  }
  RETURN_IF_ERROR(CheckHasLocks(found.bucket->settings()));
  return found;
}

}  // namespace

absl::Status SetLock(const Call& call, const BucketSettings& settings, Retention retention,
                     absl::string_view legal_hold, NewVersion& version) {
  if (!retention.mode.empty()) {
    RETURN_IF_ERROR(CheckHasLocks(settings));
    RETURN_IF_ERROR(CheckCapability(*call.key, "writeFileRetentions"));
    RETURN_IF_ERROR(CheckFuture(retention, call.now()));
  }
  if (!legal_hold.empty()) {
    RETURN_IF_ERROR(CheckHasLocks(settings));
    RETURN_IF_ERROR(CheckCapability(*call.key, "writeFileLegalHolds"));
    if (legal_hold != "on" && legal_hold != "off") return BadRequest("legalHold is on or off");
  }
  if (retention.mode.empty()) retention = DefaultOf(settings.default_retention, call.now());
  version.retention = std::move(retention);
  version.legal_hold = std::string(legal_hold);
  return absl::OkStatus();
}

absl::StatusOr<Reply> UpdateFileRetention(const Call& call) {
  ASSIGN_OR_RETURN(Found found, LockedFile(call));
  ASSIGN_OR_RETURN(Retention retention, ReadRetention(call.params.Value("fileRetention")));
  RETURN_IF_ERROR(CheckFuture(retention, call.now()));
  ASSIGN_OR_RETURN(bool bypass, call.params.BoolOr("bypassGovernance", false));
  if (bypass) RETURN_IF_ERROR(CheckCapability(*call.key, "bypassGovernance"));
  ASSIGN_OR_RETURN(VersionPointer version,
                   found.bucket->SetRetention(
                       found.version->name, found.version->file_id, retention,
                       bypass ? Bucket::Bypass::kGovernance : Bucket::Bypass::kNo, call.now()));
  JsonWriter json;
  json.BeginObject().Key("fileId").String(version->file_id);
  json.Key("fileName").String(version->name).Key("fileRetention").BeginObject();
  WriteText("mode", version->retention.mode, json);
  json.Key("retainUntilTimestamp");
  if (version->retention.mode.empty()) {
    json.Null();
  } else {
    json.Int(version->retention.until_millis);
  }
  json.EndObject().EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> UpdateFileLegalHold(const Call& call) {
  ASSIGN_OR_RETURN(Found found, LockedFile(call));
  ASSIGN_OR_RETURN(std::string hold, call.params.Required("legalHold"));
  if (hold != "on" && hold != "off") return BadRequest("legalHold is on or off");
  ASSIGN_OR_RETURN(VersionPointer version,
                   found.bucket->SetLegalHold(found.version->name, found.version->file_id, hold));
  JsonWriter json;
  json.BeginObject().Key("fileId").String(version->file_id).Key("fileName").String(version->name);
  json.Key("legalHold").String(version->legal_hold).EndObject();
  return JsonReply(200, json.Take());
}

}  // namespace annofs::emulator
