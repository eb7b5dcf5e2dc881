// b2_authorize_account and b2_list_buckets.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/file_id.h"
#include "tools/emulator/native_calls.h"

namespace annofs::emulator {
namespace {

constexpr absl::string_view kBucketType = "allPrivate";
constexpr int64_t kSmallestPart = 5'000'000;
// What the emulator offers: reading.
constexpr absl::string_view kCapabilities[] = {"listBuckets", "listAllBucketNames", "readBuckets",
                                               "listFiles", "readFiles"};

void WriteCapabilities(JsonWriter& json) {
  json.Key("capabilities").BeginArray();
  for (absl::string_view capability : kCapabilities) json.String(capability);
  json.EndArray();
}

void WriteUrls(const NativeContext& context, JsonWriter& json) {
  for (absl::string_view key : {"apiUrl", "downloadUrl", "s3ApiUrl"})
    json.Key(key).String(context.url);
  json.Key("absoluteMinimumPartSize").Int(kSmallestPart);
  json.Key("recommendedPartSize").Int(static_cast<int64_t>(kLargeFileBytes));
}

void WriteNoBucket(JsonWriter& json) {
  for (absl::string_view key : {"bucketId", "bucketName", "namePrefix"}) json.Key(key).Null();
}

// Versions 1 and 2: everything at the top.
void WriteFlat(const NativeContext& context, int version, JsonWriter& json) {
  WriteUrls(context, json);
  if (version == 1) json.Key("minimumPartSize").Int(static_cast<int64_t>(kLargeFileBytes));
  json.Key("allowed").BeginObject();
  WriteCapabilities(json);
  WriteNoBucket(json);
  json.EndObject();
}

// Version 3 on: one object per API; version 4 moves the restrictions into an object of their own.
void WriteNested(const NativeContext& context, int version, JsonWriter& json) {
  json.Key("applicationKeyExpirationTimestamp").Null();
  json.Key("apiInfo").BeginObject().Key("storageApi").BeginObject();
  WriteUrls(context, json);
  if (version == 3) {
    json.Key("infoType").String("storageApi");
    WriteCapabilities(json);
    WriteNoBucket(json);
  } else {
    json.Key("allowed").BeginObject().Key("buckets").Null();
    WriteCapabilities(json);
    json.Key("namePrefix").Null().EndObject();
  }
  json.EndObject().EndObject();
}

Reply Refused(const absl::Status& error) {
  Reply reply = ErrorReply(error);
  reply.headers.emplace_back("WWW-Authenticate", "BASIC realm=\"authorize_account\"");
  return reply;
}

// A setting that the caller may read.
void BeginReadable(absl::string_view key, JsonWriter& json) {
  json.Key(key).BeginObject().Key("isClientAuthorizedToRead").Bool(true).Key("value");
}

void WriteBucket(const NativeContext& context, const Bucket& bucket, JsonWriter& json) {
  json.BeginObject();
  json.Key("accountId").String(context.account.id()).Key("bucketId").String(bucket.id());
  json.Key("bucketInfo").BeginObject().EndObject().Key("bucketName").String(bucket.name());
  json.Key("bucketType").String(kBucketType).Key("corsRules").BeginArray().EndArray();
  BeginReadable("defaultServerSideEncryption", json);
  json.BeginObject().Key("algorithm").Null().Key("mode").Null().EndObject().EndObject();
  BeginReadable("fileLockConfiguration", json);
  json.BeginObject().Key("defaultRetention").BeginObject().Key("mode").Null().Key("period").Null();
  json.EndObject().Key("isFileLockEnabled").Bool(false).EndObject().EndObject();
  json.Key("lifecycleRules").BeginArray().EndArray();
  json.Key("options").BeginArray().String("s3").EndArray();
  BeginReadable("replicationConfiguration", json);
  json.Null().EndObject().Key("revision").Int(2).EndObject();
}

struct BucketFilter {
  std::optional<std::string> id;
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> types;

  bool Takes(const Bucket& bucket) const {
    return (!id || *id == bucket.id()) && (!name || *name == bucket.name()) && TakesType();
  }
  bool TakesType() const {
    if (!types) return true;
    return std::any_of(types->begin(), types->end(), [](const std::string& type) {
      return type == "all" || type == kBucketType;
    });
  }
};

}  // namespace

absl::StatusOr<Reply> AuthorizeAccount(const NativeContext& context, const Call& call) {
  absl::string_view header = FindHeader(call.request.headers, "Authorization").value_or("");
  absl::Status key = context.account.CheckBasic(header);
  if (!key.ok()) return Refused(key);
  JsonWriter json;
  json.BeginObject().Key("accountId").String(context.account.id());
  json.Key("authorizationToken").String(context.account.NewToken());
  if (call.route.version <= 2) {
    WriteFlat(context, call.route.version, json);
  } else {
    WriteNested(context, call.route.version, json);
  }
  json.EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> ListBuckets(const NativeContext& context, const Call& call) {
  ASSIGN_OR_RETURN(std::string account_id, call.params.Required("accountId"));
  if (account_id != context.account.id()) {
    return BadRequest(absl::StrCat("Account ", account_id, " does not exist"));
  }
  BucketFilter filter;
  ASSIGN_OR_RETURN(filter.id, call.params.Text("bucketId"));
  ASSIGN_OR_RETURN(filter.name, call.params.Text("bucketName"));
  ASSIGN_OR_RETURN(filter.types, call.params.List("bucketTypes"));
  JsonWriter json;
  json.BeginObject().Key("buckets").BeginArray();
  for (const auto& bucket : context.store.buckets()) {
    if (filter.Takes(*bucket)) WriteBucket(context, *bucket, json);
  }
  json.EndArray().EndObject();
  return JsonReply(200, json.Take());
}

}  // namespace annofs::emulator
