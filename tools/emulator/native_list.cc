// b2_list_file_names, b2_list_file_versions and b2_get_file_info.
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/content_type.h"
#include "tools/emulator/native_calls.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kDefaultPage = 100;
constexpr int64_t kLargestPage = 10'000;

// What every entry of one answer has in common.
struct EntryStyle {
  absl::string_view account_id;
  absl::string_view bucket_id;
  int version = 0;  // 1 writes `size` as well, which rclone reads
};

void WriteLength(const EntryStyle& style, int64_t length, JsonWriter& json) {
  json.Key("contentLength").Int(length);
  if (style.version == 1) json.Key("size").Int(length);
}

void WriteText(absl::string_view key, const std::string& text, JsonWriter& json) {
  json.Key(key);
  if (text.empty()) {
    json.Null();
  } else {
    json.String(text);
  }
}

void WriteUnlocked(JsonWriter& json) {
  json.Key("fileRetention").BeginObject().Key("isClientAuthorizedToRead").Bool(true).Key("value");
  json.BeginObject().Key("mode").Null().Key("retainUntilTimestamp").Null().EndObject().EndObject();
  json.Key("legalHold").BeginObject().Key("isClientAuthorizedToRead").Bool(true);
  json.Key("value").Null().EndObject().Key("replicationStatus").Null();
  json.Key("serverSideEncryption").BeginObject().Key("algorithm").Null().Key("mode").Null();
  json.EndObject();
}

void WriteUpload(const EntryStyle& style, Bucket& bucket, const FileVersion& file,
                 JsonWriter& json) {
  std::optional<FileDigests> digests = bucket.DigestsOf(file);
  int64_t millis = MillisOf(file.stamp);
  json.BeginObject().Key("accountId").String(style.account_id).Key("action").String("upload");
  json.Key("bucketId").String(style.bucket_id);
  WriteLength(style, static_cast<int64_t>(file.stamp.size), json);
  WriteText("contentMd5", digests ? digests->md5 : "", json);
  json.Key("contentSha1").String(digests ? digests->sha1 : "none");
  json.Key("contentType").String(ContentTypeOf(file.name)).Key("fileId").String(file.file_id);
  json.Key("fileInfo").BeginObject();
  json.Key("src_last_modified_millis").String(absl::StrCat(millis)).EndObject();
  json.Key("fileName").String(file.name);
  WriteUnlocked(json);
  json.Key("uploadTimestamp").Int(millis).EndObject();
}

void WriteFolder(const EntryStyle& style, absl::string_view name, JsonWriter& json) {
  json.BeginObject().Key("accountId").String(style.account_id).Key("action").String("folder");
  json.Key("bucketId").String(style.bucket_id);
  WriteLength(style, 0, json);
  for (absl::string_view key : {"contentMd5", "contentSha1", "contentType", "fileId"}) {
    json.Key(key).Null();
  }
  json.Key("fileInfo").BeginObject().EndObject().Key("fileName").String(name);
  json.Key("uploadTimestamp").Int(0).EndObject();
}

void WriteEntries(const EntryStyle& style, Bucket& bucket, const EntryPage& page,
                  JsonWriter& json) {
  json.Key("files").BeginArray();
  for (const ListedEntry& entry : page.entries) {
    if (entry.version) {
      WriteUpload(style, bucket, *entry.version, json);
    } else {
      WriteFolder(style, entry.name, json);
    }
  }
  json.EndArray();
}

EntryStyle StyleOf(const NativeContext& context, const Call& call, const Bucket& bucket) {
  return {
      .account_id = context.account.id(), .bucket_id = bucket.id(), .version = call.route.version};
}

absl::StatusOr<Bucket*> BucketOfCall(const NativeContext& context, const Params& params) {
  ASSIGN_OR_RETURN(std::string id, params.Required("bucketId"));
  Bucket* bucket = context.store.FindById(id);
  if (bucket == nullptr) {
    return B2Error(400, "bad_bucket_id", absl::StrCat("Bucket ", id, " does not exist"));
  }
  return bucket;
}

absl::StatusOr<size_t> PageSizeOf(const Params& params) {
  ASSIGN_OR_RETURN(std::optional<int64_t> count, params.Int("maxFileCount"));
  int64_t size = count.value_or(0) == 0 ? kDefaultPage : *count;
  if (size < 0 || size > kLargestPage) {
    return B2Error(400, "out_of_range", absl::StrCat("maxFileCount out of range: ", size));
  }
  return static_cast<size_t>(size);
}

absl::StatusOr<NameQuery> QueryOf(const Params& params) {
  NameQuery query;
  ASSIGN_OR_RETURN(query.prefix, params.TextOr("prefix", ""));
  ASSIGN_OR_RETURN(query.delimiter, params.TextOr("delimiter", ""));
  ASSIGN_OR_RETURN(query.start, params.TextOr("startFileName", ""));
  ASSIGN_OR_RETURN(query.limit, PageSizeOf(params));
  return query;
}

// A pair of name and id names one version; with one version per name the name alone leads there.
absl::Status CheckStartFileId(const Params& params, const NameQuery& query) {
  ASSIGN_OR_RETURN(std::optional<std::string> id, params.Text("startFileId"));
  if (!id || id->empty()) return absl::OkStatus();
  if (query.start.empty()) return BadRequest("startFileId needs startFileName");
  if (ParseFileId(*id)) return absl::OkStatus();
  return B2Error(400, "invalid_file_id", absl::StrCat("Invalid fileId: ", *id));
}

void WriteNext(absl::string_view key, const std::optional<std::string>& next, JsonWriter& json) {
  WriteText(key, next.value_or(""), json);
}

// The id of the version under the next name: none for a folder.
std::optional<std::string> NextFileId(Bucket& bucket, const EntryPage& page) {
  if (!page.next) return std::nullopt;
  std::optional<FileVersion> version = bucket.Find(*page.next);
  if (!version) return std::nullopt;
  return version->file_id;
}

}  // namespace

absl::StatusOr<Bucket*> BucketOfFileId(const NativeContext& context, absl::string_view file_id) {
  std::optional<FileIdParts> parts = ParseFileId(file_id);
  Bucket* bucket = parts ? context.store.FindById(parts->bucket_id) : nullptr;
  if (bucket == nullptr) return BadRequest(absl::StrCat("Invalid fileId: ", file_id));
  return bucket;
}

absl::StatusOr<Reply> ListFileNames(const NativeContext& context, const Call& call) {
  ASSIGN_OR_RETURN(Bucket * bucket, BucketOfCall(context, call.params));
  ASSIGN_OR_RETURN(NameQuery query, QueryOf(call.params));
  EntryPage page = bucket->List(query);
  JsonWriter json;
  json.BeginObject();
  WriteEntries(StyleOf(context, call, *bucket), *bucket, page, json);
  WriteNext("nextFileName", page.next, json);
  json.EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> ListFileVersions(const NativeContext& context, const Call& call) {
  ASSIGN_OR_RETURN(Bucket * bucket, BucketOfCall(context, call.params));
  ASSIGN_OR_RETURN(NameQuery query, QueryOf(call.params));
  RETURN_IF_ERROR(CheckStartFileId(call.params, query));
  EntryPage page = bucket->List(query);
  JsonWriter json;
  json.BeginObject();
  WriteEntries(StyleOf(context, call, *bucket), *bucket, page, json);
  WriteNext("nextFileId", NextFileId(*bucket, page), json);
  WriteNext("nextFileName", page.next, json);
  json.EndObject();
  return JsonReply(200, json.Take());
}

absl::StatusOr<Reply> GetFileInfo(const NativeContext& context, const Call& call) {
  ASSIGN_OR_RETURN(std::string file_id, call.params.Required("fileId"));
  ASSIGN_OR_RETURN(Bucket * bucket, BucketOfFileId(context, file_id));
  std::optional<Bucket::OpenVersion> found = bucket->OpenById(file_id);
  if (!found) return NotFound(absl::StrCat("file_state_none: ", file_id));
  JsonWriter json;
  WriteUpload(StyleOf(context, call, *bucket), *bucket, found->version, json);
  return JsonReply(200, json.Take());
}

}  // namespace annofs::emulator
