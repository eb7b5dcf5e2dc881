// Application keys, and tokens for downloads by name.
#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/download_claims.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"

namespace annofs::emulator {
namespace {

constexpr size_t kLongestKeyName = 100;
constexpr int64_t kLongestKeyLife = 86'400'000;  // seconds
constexpr int64_t kLongestDownload = 604'800;    // seconds
constexpr int64_t kMostKeys = 10'000;
constexpr int64_t kDefaultKeys = 100;

// What a key for some buckets may not hold (§1.4).
constexpr absl::string_view kAccountWide[] = {"listKeys", "writeKeys", "deleteKeys", "writeBuckets",
                                              "deleteBuckets"};

constexpr absl::string_view kMoreThanHeld = "a key may not grant more than it holds";

absl::Status CheckCapabilities(const Call& call, const ApplicationKey& key) {
  if (key.capabilities.empty()) return BadRequest("a key needs at least one capability");
  if (!call.key->CoversName(key.prefix)) return Unauthorized(kMoreThanHeld);
  for (const std::string& capability : key.capabilities) {
    if (!absl::c_linear_search(AllCapabilities(), capability)) {
      return BadRequest(absl::StrCat("unknown capability ", capability));
    }
    if (!call.key->Can(capability)) {
      return Unauthorized(kMoreThanHeld);
    }
    if (key.bucket_ids && absl::c_linear_search(kAccountWide, capability)) {
      return BadRequest(absl::StrCat("a key for some buckets cannot have ", capability));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::vector<std::string>>> BucketsOf(const Call& call) {
  ASSIGN_OR_RETURN(std::optional<std::vector<std::string>> ids, call.params.List("bucketIds"));
  ASSIGN_OR_RETURN(std::optional<std::string> id, call.params.Text("bucketId"));
  // To overlook a restriction of the other form would make a key for everything.
  if (call.route.version <= 3 ? ids.has_value() : id.has_value()) {
    return BadRequest("versions up to 3 take bucketId, version 4 takes bucketIds");
  }
  if (!ids && id && !id->empty()) ids = {*id};
  if (ids && ids->empty()) ids = std::nullopt;
  for (const std::string& each : ids.value_or(std::vector<std::string>())) {
    if (call.context.store.FindById(each) == nullptr) {
      return B2Error(400, "bad_bucket_id", absl::StrCat("Bucket ", each, " does not exist"));
    }
  }
  return ids;
}

absl::StatusOr<absl::Duration> LifeOf(const Call& call, int64_t longest) {
  ASSIGN_OR_RETURN(std::optional<int64_t> seconds, call.params.Int("validDurationInSeconds"));
  if (!seconds) return absl::InfiniteDuration();
  if (*seconds >= 1 && *seconds <= longest) return absl::Seconds(*seconds);
  return B2Error(400, "out_of_range",
                 absl::StrCat("validDurationInSeconds must be 1 to ", longest));
}

absl::Status CheckKeyName(absl::string_view name) {
  bool good = !name.empty() && name.size() <= kLongestKeyName &&
              std::all_of(name.begin(), name.end(), [](char c) {
                return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
              });
  return good ? absl::OkStatus() : BadRequest(absl::StrCat("Invalid key name: ", name));
}

void WriteBuckets(const Call& call, const ApplicationKey& key, JsonWriter& json) {
  if (call.route.version <= 3) {
    WriteText("bucketId", key.bucket_ids ? key.bucket_ids->front() : "", json);
    return;
  }
  json.Key("bucketIds");
  if (!key.bucket_ids) {
    json.Null();
    return;
  }
  json.BeginArray();
  for (const std::string& id : *key.bucket_ids) json.String(id);
  json.EndArray();
}

enum class Secret { kShown, kNotShown };

void WriteKey(const Call& call, const ApplicationKey& key, Secret secret, JsonWriter& json) {
  json.BeginObject().Key("accountId").String(call.context.account.id());
  if (secret == Secret::kShown) json.Key("applicationKey").String(key.secret);
  json.Key("applicationKeyId").String(key.id);
  WriteBuckets(call, key, json);
  json.Key("capabilities").BeginArray();
  for (const std::string& capability : key.capabilities) json.String(capability);
  json.EndArray().Key("expirationTimestamp");
  if (key.expires) {
    json.Int(absl::ToUnixMillis(*key.expires));
  } else {
    json.Null();
  }
  json.Key("keyName").String(key.name);
  WriteText("namePrefix", key.prefix, json);
  json.Key("options").BeginArray().String("s3").EndArray().EndObject();
}

Reply KeyReply(const Call& call, const ApplicationKey& key, Secret secret) {
  JsonWriter json;
  WriteKey(call, key, secret, json);
  return JsonReply(200, json.Take());
}

}  // namespace

absl::StatusOr<Reply> CreateKey(const Call& call) {
  RETURN_IF_ERROR(CheckAccount(call));
  ApplicationKey key;
  ASSIGN_OR_RETURN(key.name, call.params.Required("keyName"));
  RETURN_IF_ERROR(CheckKeyName(key.name));
  ASSIGN_OR_RETURN(std::optional<std::vector<std::string>> capabilities,
                   call.params.List("capabilities"));
  key.capabilities = capabilities.value_or(std::vector<std::string>());
  ASSIGN_OR_RETURN(key.bucket_ids, BucketsOf(call));
  ASSIGN_OR_RETURN(key.prefix, call.params.TextOr("namePrefix", ""));
  RETURN_IF_ERROR(CheckCapabilities(call, key));
  ASSIGN_OR_RETURN(absl::Duration life, LifeOf(call, kLongestKeyLife));
  if (life != absl::InfiniteDuration()) key.expires = call.now() + life;
  return KeyReply(call, *call.context.account.CreateKey(std::move(key)), Secret::kShown);
}

absl::StatusOr<Reply> ListKeys(const Call& call) {
  RETURN_IF_ERROR(CheckAccount(call));
  ASSIGN_OR_RETURN(std::optional<int64_t> count, call.params.Int("maxKeyCount"));
  int64_t limit = count.value_or(kDefaultKeys);
  if (limit < 1 || limit > kMostKeys) return B2Error(400, "out_of_range", "maxKeyCount");
  limit = call.PageSize(limit);
  ASSIGN_OR_RETURN(std::string start, call.params.TextOr("startApplicationKeyId", ""));
  JsonWriter json;
  std::string next;
  json.BeginObject().Key("keys").BeginArray();
  for (const KeyPointer& key : call.context.account.ListKeys(call.now())) {
    if (key->id < start) continue;
    if (limit-- == 0) {
      next = key->id;
      break;
    }
    WriteKey(call, *key, Secret::kNotShown, json);
  }
  json.EndArray();
  WriteText("nextApplicationKeyId", next, json);
  json.EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> DeleteKey(const Call& call) {
  ASSIGN_OR_RETURN(std::string id, call.params.Required("applicationKeyId"));
  KeyPointer key = call.context.account.DeleteKey(id);
  if (key == nullptr) return BadRequest(absl::StrCat("Invalid applicationKeyId: ", id));
  return KeyReply(call, *key, Secret::kNotShown);
}

absl::StatusOr<Reply> GetDownloadAuthorization(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  DownloadClaims claims{.key_id = call.key->id, .bucket_id = bucket->id()};
  ASSIGN_OR_RETURN(claims.prefix, call.params.Required("fileNamePrefix"));
  RETURN_IF_ERROR(CheckName(call, claims.prefix));
  ASSIGN_OR_RETURN(absl::Duration life, LifeOf(call, kLongestDownload));
  if (life == absl::InfiniteDuration()) {
    return BadRequest("Required field validDurationInSeconds is missing");
  }
  for (const DownloadOverride& entry : kDownloadOverrides) {
    ASSIGN_OR_RETURN(std::optional<std::string> value, call.params.Text(entry.parameter));
    if (value) claims.overrides[std::string(entry.parameter)] = *value;
  }
  std::string token =
      call.context.account.tokens().New(Tokens::Kind::kDownload, ToText(claims), call.now() + life);
  JsonWriter json;
  json.BeginObject().Key("authorizationToken").String(token).Key("bucketId").String(bucket->id());
  json.Key("fileNamePrefix").String(claims.prefix).EndObject();
  return JsonReply(200, json.Take());
}

}  // namespace annofs::emulator
