#include "tools/emulator/s3_lock.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_settings.h"
#include "tools/emulator/s3_time.h"
#include "tools/emulator/s3_version.h"
#include "tools/emulator/xml_tree.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kMostDays = 3000;  // of a default retention
constexpr int64_t kDaysOfYear = 365;

constexpr char kMode[] = "x-amz-object-lock-mode";
constexpr char kUntil[] = "x-amz-object-lock-retain-until-date";
constexpr char kLegalHold[] = "x-amz-object-lock-legal-hold";

absl::Status NoLocks() {
  return S3Error("InvalidRequest", "Bucket is missing Object Lock Configuration");
}

absl::StatusOr<Retention> ParseRetention(absl::string_view mode, absl::string_view until,
                                         absl::Time now) {
  std::optional<int64_t> millis = ParseXmlTime(until);
  if ((mode != "GOVERNANCE" && mode != "COMPLIANCE") || !millis) {
    return S3Error("InvalidArgument",
                   "A retention needs a mode GOVERNANCE or COMPLIANCE and a date");
  }
  if (absl::FromUnixMillis(*millis) <= now) {
    return S3Error("InvalidArgument", "The retain until date must be in the future!");
  }
  return Retention{.mode = absl::AsciiStrToLower(mode), .until_millis = *millis};
}

int64_t Days(const DefaultRetention& retention) {
  return retention.unit == "years" ? retention.duration * kDaysOfYear : retention.duration;
}

absl::StatusOr<DefaultRetention> ParseDefaultRetention(const XmlNode& node) {
  DefaultRetention retention{.mode = absl::AsciiStrToLower(node["Mode"].text)};
  bool years = node.Has("Years");
  retention.unit = years ? "years" : "days";
  const std::string& duration = node[years ? "Years" : "Days"].text;
  bool mode = retention.mode == "governance" || retention.mode == "compliance";
  bool number = absl::SimpleAtoi(duration, &retention.duration) && retention.duration > 0 &&
                retention.duration <= kMostDays;
  if (!mode || !number || years == node.Has("Days")) return S3Error("MalformedXML");
  if (Days(retention) > kMostDays) {
    return S3Error("InvalidArgument", "Default retention period is too long");
  }
  return retention;
}

Bucket::Bypass BypassOf(const S3Call& call) {
  return BypassesGovernance(call) ? Bucket::Bypass::kGovernance : Bucket::Bypass::kNo;
}

// The version that a request for a lock is about, in a bucket that has locks.
absl::StatusOr<VersionPointer> LockedVersion(const S3Call& call) {
  if (!call.bucket->settings().has_locks) return NoLocks();
  return FindVersion(*call.bucket, call.place.key, ParameterOf(call.request, "versionId"));
}

}  // namespace

bool BypassesGovernance(const S3Call& call) {
  return absl::EqualsIgnoreCase(HeaderOf(call.request, "x-amz-bypass-governance-retention"),
                                "true") &&
         call.Can("bypassGovernance");
}

absl::Status ReadLockHeaders(const S3Call& call, const BucketSettings& settings,
                             NewVersion& object) {
  absl::string_view mode = HeaderOf(call.request, kMode);
  absl::string_view until = HeaderOf(call.request, kUntil);
  absl::string_view hold = HeaderOf(call.request, kLegalHold);
  bool retained = !mode.empty() || !until.empty();
  if ((retained || !hold.empty()) && !settings.has_locks) return NoLocks();
  if (retained && !call.Can("writeFileRetentions")) return S3Error("AccessDenied");
  if (!hold.empty() && !call.Can("writeFileLegalHolds")) return S3Error("AccessDenied");
  if (!hold.empty() && hold != "ON" && hold != "OFF") {
    return S3Error("InvalidArgument", "Legal Hold must be either of 'ON' or 'OFF'");
  }
  object.legal_hold = absl::AsciiStrToLower(hold);
  if (retained) {
    ASSIGN_OR_RETURN(object.retention, ParseRetention(mode, until, call.now));
  } else if (settings.has_locks && !settings.default_retention.mode.empty()) {
    absl::Time end = call.now + Days(settings.default_retention) * absl::Hours(24);
    object.retention = {.mode = settings.default_retention.mode,
                        .until_millis = absl::ToUnixMillis(end)};
  }
  return absl::OkStatus();
}

void DescribeLock(const S3Call& call, const FileVersion& version, Reply& reply) {
  if (!version.retention.mode.empty() && call.Can("readFileRetentions")) {
    reply.headers.emplace_back(kMode, absl::AsciiStrToUpper(version.retention.mode));
    reply.headers.emplace_back(kUntil, XmlTime(version.retention.until_millis));
  }
  if (!version.legal_hold.empty() && call.Can("readFileLegalHolds")) {
    reply.headers.emplace_back(kLegalHold, absl::AsciiStrToUpper(version.legal_hold));
  }
}

absl::StatusOr<Reply> S3GetObjectLockConfiguration(S3Call& call) {
  BucketSettings settings = call.bucket->settings();
  if (!settings.has_locks) return S3Error("ObjectLockConfigurationNotFoundError");
  XmlWriter xml;
  xml.OpenAnswer("ObjectLockConfiguration").Text("ObjectLockEnabled", "Enabled");
  const DefaultRetention& retention = settings.default_retention;
  if (!retention.mode.empty()) {
    xml.Open("Rule").Open("DefaultRetention");
    xml.Text("Mode", absl::AsciiStrToUpper(retention.mode));
    xml.Int(retention.unit == "years" ? "Years" : "Days", retention.duration);
  }
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3PutObjectLockConfiguration(S3Call& call) {
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(call.body, "ObjectLockConfiguration"));
  if (root["ObjectLockEnabled"].text != "Enabled") return S3Error("MalformedXML");
  BucketSettings settings = call.bucket->settings();
  settings.has_locks = true;
  settings.default_retention = {};
  if (root.Has("Rule")) {
    ASSIGN_OR_RETURN(settings.default_retention,
                     ParseDefaultRetention(root["Rule"]["DefaultRetention"]));
  }
  RETURN_IF_ERROR(ChangeSettings(*call.bucket, std::move(settings)));
  return Reply();
}

absl::StatusOr<Reply> S3GetObjectRetention(S3Call& call) {
  ASSIGN_OR_RETURN(VersionPointer version, LockedVersion(call));
  if (version->retention.mode.empty()) return S3Error("NoSuchObjectLockConfiguration");
  XmlWriter xml;
  xml.OpenAnswer("Retention").Text("Mode", absl::AsciiStrToUpper(version->retention.mode));
  xml.Text("RetainUntilDate", XmlTime(version->retention.until_millis));
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3PutObjectRetention(S3Call& call) {
  ASSIGN_OR_RETURN(VersionPointer version, LockedVersion(call));
  Retention retention;
  // An empty body takes the retention away, which only governance lets happen.
  if (!call.body.empty()) {
    ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(call.body, "Retention"));
    if (root.Has("Mode") || root.Has("RetainUntilDate")) {
      ASSIGN_OR_RETURN(retention,
                       ParseRetention(root["Mode"].text, root["RetainUntilDate"].text, call.now));
    }
  }
  RETURN_IF_ERROR(
      call.bucket
          ->SetRetention(version->name, version->file_id, retention, BypassOf(call), call.now)
          .status());
  return Reply();
}

absl::StatusOr<Reply> S3GetObjectLegalHold(S3Call& call) {
  ASSIGN_OR_RETURN(VersionPointer version, LockedVersion(call));
  if (version->legal_hold.empty()) return S3Error("NoSuchObjectLockConfiguration");
  XmlWriter xml;
  xml.OpenAnswer("LegalHold").Text("Status", absl::AsciiStrToUpper(version->legal_hold));
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3PutObjectLegalHold(S3Call& call) {
  ASSIGN_OR_RETURN(VersionPointer version, LockedVersion(call));
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(call.body, "LegalHold"));
  const std::string& status = root["Status"].text;
  if (status != "ON" && status != "OFF") return S3Error("MalformedXML");
  RETURN_IF_ERROR(
      call.bucket->SetLegalHold(version->name, version->file_id, absl::AsciiStrToLower(status))
          .status());
  return Reply();
}

}  // namespace annofs::emulator
