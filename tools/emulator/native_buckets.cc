// Buckets: list, create, update, delete, and their notification rules.
#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"

namespace annofs::emulator {
namespace {

constexpr size_t kShortestName = 6;
constexpr size_t kLongestName = 63;

struct BucketFilter {
  std::optional<std::string> id;
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> types;

  bool Takes(const Bucket& bucket) const {
    return (!id || *id == bucket.id()) && (!name || *name == bucket.name()) && TakesType(bucket);
  }
  bool TakesType(const Bucket& bucket) const {
    if (!types) return true;
    std::string type_of = bucket.settings().type;
    return absl::c_any_of(
        *types, [&type_of](const std::string& type) { return type == "all" || type == type_of; });
  }
};

absl::StatusOr<BucketFilter> FilterOf(const Call& call) {
  BucketFilter filter;
  ASSIGN_OR_RETURN(filter.id, call.params.Text("bucketId"));
  ASSIGN_OR_RETURN(filter.name, call.params.Text("bucketName"));
  ASSIGN_OR_RETURN(filter.types, call.params.List("bucketTypes"));
  return filter;
}

// A restricted key sees its buckets only, and only if it asks for one of them (§1.4).
absl::Status CheckRestriction(const Call& call, const BucketFilter& filter) {
  if (!call.key->bucket_ids) return absl::OkStatus();
  for (const std::string& id : *call.key->bucket_ids) {
    BucketPointer bucket = call.context.store.FindById(id);
    if (filter.id && *filter.id == id) return absl::OkStatus();
    if (filter.name && bucket != nullptr && *filter.name == bucket->name()) return absl::OkStatus();
  }
  return Unauthorized();
}

bool IsNameByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
}

bool IsIpAddress(absl::string_view name) {
  std::vector<absl::string_view> parts = absl::StrSplit(name, '.');
  return parts.size() == 4 && absl::c_all_of(parts, [](absl::string_view part) {
           return !part.empty() && absl::c_all_of(part, absl::ascii_isdigit);
         });
}

// A hyphen at the end is fine with the real service: b2sdk's own tests make such names by chance.
absl::Status CheckBucketName(absl::string_view name) {
  bool good = name.size() >= kShortestName && name.size() <= kLongestName &&
              absl::c_all_of(name, IsNameByte) && !absl::StartsWithIgnoreCase(name, "b2-") &&
              !IsIpAddress(name) && absl::ascii_isalnum(static_cast<unsigned char>(name.front())) &&
              name.back() != '.';
  if (good) return absl::OkStatus();
  return BadRequest(absl::StrCat("Invalid bucket name: ", name));
}

Reply BucketReply(const Call& call, const Bucket& bucket) {
  JsonWriter json;
  WriteBucket(call.context.account.id(), bucket, *call.key, json);
  return JsonReply(200, json.Take());
}

// What a member of the request needs besides writeBuckets.
absl::Status CheckMembers(const Call& call) {
  struct Need {
    absl::string_view member;
    absl::string_view capability;
  };
  constexpr Need kNeeds[] = {
      {"defaultServerSideEncryption", "writeBucketEncryption"},
      {"defaultRetention", "writeBucketRetentions"},
      {"fileLockEnabled", "writeBucketRetentions"},
      {"lifecycleRules", "writeBucketLifecycleRules"},
      {"replicationConfiguration", "writeBucketReplications"},
  };
  for (const Need& need : kNeeds) {
    if (call.params.Value(need.member).is_null()) continue;
    RETURN_IF_ERROR(CheckCapability(*call.key, need.capability));
  }
  return absl::OkStatus();
}

Reply RulesReply(const Bucket& bucket, const std::string& rules) {
  return JsonReply(200, absl::StrCat("{\"bucketId\":\"", bucket.id(),
                                     "\",\"eventNotificationRules\":", rules, "}"));
}

constexpr absl::string_view kEventTypes[] = {
    "b2:ObjectCreated:*",
    "b2:ObjectCreated:Upload",
    "b2:ObjectCreated:MultipartUpload",
    "b2:ObjectCreated:Copy",
    "b2:ObjectCreated:Replica",
    "b2:ObjectCreated:MultipartReplica",
    "b2:ObjectDeleted:*",
    "b2:ObjectDeleted:Delete",
    "b2:ObjectDeleted:LifecycleRule",
    "b2:HideMarkerCreated:*",
    "b2:HideMarkerCreated:Hide",
    "b2:HideMarkerCreated:LifecycleRule",
    "b2:MultipartUploadCreated:*",
    "b2:MultipartUploadCreated:LiveRead",
};

absl::Status CheckRule(JsonValue rule) {
  constexpr int64_t kMostEvents = 50;  // of one delivery
  if (rule.StringOr("name", "").empty() || rule["eventTypes"].size() == 0 ||
      rule["targetConfiguration"].StringOr("url", "").empty()) {
    return BadRequest("a notification rule needs name, eventTypes and targetConfiguration.url");
  }
  for (size_t i = 0; i < rule["eventTypes"].size(); ++i) {
    absl::string_view type = rule["eventTypes"][i].AsString().value_or("");
    if (!absl::c_linear_search(kEventTypes, type)) {
      return BadRequest(absl::StrCat("unknown event type ", type));
    }
  }
  int64_t events = rule.IntOr("maxEventsPerBatch", 1);
  if (events >= 1 && events <= kMostEvents) return absl::OkStatus();
  return BadRequest(absl::StrCat("maxEventsPerBatch must be 1 to ", kMostEvents));
}

absl::Status CheckRules(JsonValue rules) {
  absl::flat_hash_set<absl::string_view> names;
  for (size_t i = 0; i < rules.size(); ++i) {
    RETURN_IF_ERROR(CheckRule(rules[i]));
    if (!names.insert(rules[i].StringOr("name", "")).second) {
      return BadRequest("two notification rules have one name");
    }
  }
  return absl::OkStatus();
}

// A rule as it is kept: with the members that the service adds.
void WriteRule(JsonValue rule, JsonWriter& json) {
  json.BeginObject();
  rule.ForEachMember([&json](absl::string_view name, JsonValue value) {
    if (name == "isSuspended" || name == "suspensionReason") return;
    json.Key(name);
    WriteValue(value, json);
  });
  json.Key("isSuspended").Bool(false).Key("suspensionReason").String("").EndObject();
}

}  // namespace

absl::StatusOr<Reply> ListBuckets(const Call& call) {
  RETURN_IF_ERROR(CheckAccount(call));
  ASSIGN_OR_RETURN(BucketFilter filter, FilterOf(call));
  RETURN_IF_ERROR(CheckRestriction(call, filter));
  JsonWriter json;
  json.BeginObject().Key("buckets").BeginArray();
  for (const BucketPointer& bucket : call.context.store.buckets()) {
    if (!filter.Takes(*bucket)) continue;
    WriteBucket(call.context.account.id(), *bucket, *call.key, json);
  }
  json.EndArray().EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> CreateBucket(const Call& call) {
  RETURN_IF_ERROR(CheckAccount(call));
  if (call.key->bucket_ids) return Unauthorized();
  RETURN_IF_ERROR(CheckMembers(call));
  ASSIGN_OR_RETURN(std::string name, call.params.Required("bucketName"));
  RETURN_IF_ERROR(CheckBucketName(name));
  RETURN_IF_ERROR(call.params.Required("bucketType").status());
  BucketSettings settings;
  ASSIGN_OR_RETURN(settings.has_locks, call.params.BoolOr("fileLockEnabled", false));
  RETURN_IF_ERROR(ReadBucketSettings(call.params, settings));
  ASSIGN_OR_RETURN(BucketPointer bucket, call.context.store.Create(name, std::move(settings)));
  return BucketReply(call, *bucket);
}

absl::StatusOr<Reply> UpdateBucket(const Call& call) {
  RETURN_IF_ERROR(CheckAccount(call));
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  RETURN_IF_ERROR(CheckMembers(call));
  BucketSettings settings = bucket->settings();
  ASSIGN_OR_RETURN(bool locks, call.params.BoolOr("fileLockEnabled", settings.has_locks));
  if (settings.has_locks && !locks) {
    return B2Error(400, "file_lock_conflict", "file lock cannot be turned off");
  }
  if (!settings.has_locks && locks && settings.is_replication_source) {
    return B2Error(400, "source_replication_conflict",
                   "Turning on file lock for an existing bucket having source replication "
                   "configuration is not allowed.");
  }
  settings.has_locks = locks;
  RETURN_IF_ERROR(ReadBucketSettings(call.params, settings));
  ASSIGN_OR_RETURN(std::optional<int64_t> revision, call.params.Int("ifRevisionIs"));
  // Whoever says nothing of the revision changes what was read above, or nothing.
  const int64_t read = settings.revision;
  RETURN_IF_ERROR(bucket->Update(std::move(settings), revision.value_or(read)).status());
  return BucketReply(call, *bucket);
}

absl::StatusOr<Reply> DeleteBucket(const Call& call) {
  RETURN_IF_ERROR(CheckAccount(call));
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  RETURN_IF_ERROR(call.context.store.Delete(*bucket));
  return BucketReply(call, *bucket);
}

absl::StatusOr<Reply> GetNotificationRules(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  return RulesReply(*bucket, bucket->settings().notification_rules);
}

absl::StatusOr<Reply> SetNotificationRules(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  JsonValue rules = call.params.Value("eventNotificationRules");
  if (!rules.is_array()) return BadRequest("Required field eventNotificationRules is missing");
  RETURN_IF_ERROR(CheckRules(rules));
  JsonWriter json;
  json.BeginArray();
  for (size_t i = 0; i < rules.size(); ++i) WriteRule(rules[i], json);
  json.EndArray();
  BucketSettings settings = bucket->settings();
  settings.notification_rules = json.Take();
  const int64_t read = settings.revision;
  ASSIGN_OR_RETURN(settings, bucket->Update(std::move(settings), read));
  return RulesReply(*bucket, settings.notification_rules);
}

}  // namespace annofs::emulator
