// Buckets: list, create, update, delete, and their notification rules.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"

namespace annofs::emulator {
namespace {

constexpr size_t kShortestName = 6;
constexpr size_t kLongestName = 63;

absl::Status CheckAccount(const Call& call) {
  ASSIGN_OR_RETURN(std::string account_id, call.params.Required("accountId"));
  if (account_id == call.context.account.id()) return absl::OkStatus();
  return BadRequest(absl::StrCat("Account ", account_id, " does not exist"));
}

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
    return std::any_of(types->begin(), types->end(), [&type_of](const std::string& type) {
      return type == "all" || type == type_of;
    });
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

// A hyphen at the end is fine with the real service: b2sdk's own tests make such names by chance.
absl::Status CheckBucketName(absl::string_view name) {
  bool good = name.size() >= kShortestName && name.size() <= kLongestName &&
              std::all_of(name.begin(), name.end(), IsNameByte) && !absl::StartsWith(name, "b2-") &&
              absl::ascii_isalnum(static_cast<unsigned char>(name.front())) && name.back() != '.';
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

// A rule as it is kept: with the members that the service adds.
absl::Status WriteRule(JsonValue rule, JsonWriter& json) {
  if (rule.StringOr("name", "").empty() || !rule["eventTypes"].is_array() ||
      rule["targetConfiguration"].StringOr("url", "").empty()) {
    return BadRequest("a notification rule needs name, eventTypes and targetConfiguration.url");
  }
  json.BeginObject();
  rule.ForEachMember([&json](absl::string_view name, JsonValue value) {
    if (name == "isSuspended" || name == "suspensionReason") return;
    json.Key(name);
    WriteValue(value, json);
  });
  json.Key("isSuspended").Bool(false).Key("suspensionReason").String("").EndObject();
  return absl::OkStatus();
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
  settings.has_locks = locks;
  RETURN_IF_ERROR(ReadBucketSettings(call.params, settings));
  ASSIGN_OR_RETURN(std::optional<int64_t> revision, call.params.Int("ifRevisionIs"));
  RETURN_IF_ERROR(bucket->Update(std::move(settings), revision).status());
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
  JsonWriter json;
  json.BeginArray();
  for (size_t i = 0; i < rules.size(); ++i) RETURN_IF_ERROR(WriteRule(rules[i], json));
  json.EndArray();
  BucketSettings settings = bucket->settings();
  settings.notification_rules = json.Take();
  ASSIGN_OR_RETURN(settings, bucket->Update(std::move(settings), std::nullopt));
  return RulesReply(*bucket, settings.notification_rules);
}

}  // namespace annofs::emulator
