// b2_authorize_account, in the shapes of its four versions.
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/file_id.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kSmallestPart = 5'000'000;

void WriteCapabilities(const ApplicationKey& key, JsonWriter& json) {
  json.Key("capabilities").BeginArray();
  for (const std::string& capability : key.capabilities) json.String(capability);
  json.EndArray();
}

void WriteUrls(const ApiContext& context, JsonWriter& json) {
  for (absl::string_view key : {"apiUrl", "downloadUrl", "s3ApiUrl"})
    json.Key(key).String(context.url);
  json.Key("absoluteMinimumPartSize").Int(kSmallestPart);
  json.Key("recommendedPartSize").Int(static_cast<int64_t>(kLargeFileBytes));
}

// A bucket that has been deleted has no name.
std::string NameOfBucket(const ApiContext& context, absl::string_view id) {
  BucketPointer bucket = context.store.FindById(id);
  return bucket == nullptr ? "" : bucket->name();
}

// Versions 1 to 3: one bucket or none.
void WriteBucketRestriction(const ApiContext& context, const ApplicationKey& key,
                            JsonWriter& json) {
  std::string id = key.bucket_ids ? key.bucket_ids->front() : "";
  WriteText("bucketId", id, json);
  WriteText("bucketName", id.empty() ? "" : NameOfBucket(context, id), json);
  WriteText("namePrefix", key.prefix, json);
}

// Versions 1 and 2: everything at the top.
void WriteFlat(const Call& call, const ApplicationKey& key, JsonWriter& json) {
  WriteUrls(call.context, json);
  if (call.route.version == 1) {
    json.Key("minimumPartSize").Int(static_cast<int64_t>(kLargeFileBytes));
  }
  json.Key("allowed").BeginObject();
  WriteCapabilities(key, json);
  WriteBucketRestriction(call.context, key, json);
  json.EndObject();
}

void WriteAllowed(const ApiContext& context, const ApplicationKey& key, JsonWriter& json) {
  json.Key("allowed").BeginObject().Key("buckets");
  if (key.bucket_ids) {
    json.BeginArray();
    for (const std::string& id : *key.bucket_ids) {
      json.BeginObject().Key("id").String(id);
      WriteText("name", NameOfBucket(context, id), json);
      json.EndObject();
    }
    json.EndArray();
  } else {
    json.Null();
  }
  WriteCapabilities(key, json);
  WriteText("namePrefix", key.prefix, json);
  json.EndObject();
}

// Version 3 on: one object per API; version 4 moves the restrictions into an object of their own.
void WriteNested(const Call& call, const ApplicationKey& key, JsonWriter& json) {
  json.Key("applicationKeyExpirationTimestamp");
  if (key.expires) {
    json.Int(absl::ToUnixMillis(*key.expires));
  } else {
    json.Null();
  }
  json.Key("apiInfo").BeginObject().Key("storageApi").BeginObject();
  WriteUrls(call.context, json);
  json.Key("infoType").String("storageApi");
  if (call.route.version == 3) {
    WriteCapabilities(key, json);
    WriteBucketRestriction(call.context, key, json);
  } else {
    WriteAllowed(call.context, key, json);
  }
  json.EndObject().EndObject();
}

Reply Refused(const absl::Status& error) {
  Reply reply = ErrorReply(error);
  reply.headers.emplace_back("WWW-Authenticate", "BASIC realm=\"authorize_account\"");
  return reply;
}

}  // namespace

absl::StatusOr<Reply> AuthorizeAccount(const Call& call) {
  const ApiContext& context = call.context;
  absl::string_view header = FindHeader(call.request.headers, "Authorization").value_or("");
  absl::StatusOr<KeyPointer> key = context.account.CheckBasic(header, call.now());
  if (!key.ok()) return Refused(key.status());
  const ApplicationKey& found = **key;
  if (call.route.version <= 3 && found.bucket_ids && found.bucket_ids->size() > 1) {
    return Refused(B2Error(401, "unsupported", "a key for several buckets needs version 4"));
  }
  JsonWriter json;
  json.BeginObject().Key("accountId").String(context.account.id());
  json.Key("authorizationToken").String(context.account.NewToken(found, call.TokenEnd()));
  if (call.route.version <= 2) {
    WriteFlat(call, found, json);
  } else {
    WriteNested(call, found, json);
  }
  json.EndObject();
  return JsonReply(200, json.Take());
}

}  // namespace annofs::emulator
