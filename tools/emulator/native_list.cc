// b2_list_file_names and b2_list_file_versions.
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/native_access.h"
#include "tools/emulator/native_json.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kDefaultPage = 100;
constexpr int64_t kLargestPage = 10'000;

absl::StatusOr<size_t> PageSizeOf(const Call& call) {
  ASSIGN_OR_RETURN(std::optional<int64_t> count, call.params.Int("maxFileCount"));
  int64_t size = count.value_or(0) == 0 ? kDefaultPage : *count;
  if (size < 0 || size > kLargestPage) {
    return B2Error(400, "out_of_range", absl::StrCat("maxFileCount out of range: ", size));
  }
  return static_cast<size_t>(call.PageSize(size));
}

absl::StatusOr<ListQuery> QueryOf(const Call& call, ListQuery::Scope scope) {
  ListQuery query{.scope = scope};
  ASSIGN_OR_RETURN(query.prefix, call.params.TextOr("prefix", ""));
  ASSIGN_OR_RETURN(query.delimiter, call.params.TextOr("delimiter", ""));
  ASSIGN_OR_RETURN(query.start, call.params.TextOr("startFileName", ""));
  ASSIGN_OR_RETURN(query.limit, PageSizeOf(call));
  RETURN_IF_ERROR(CheckName(call, query.prefix));
  return query;
}

absl::StatusOr<std::string> StartIdOf(const Params& params, const ListQuery& query) {
  ASSIGN_OR_RETURN(std::string id, params.TextOr("startFileId", ""));
  if (id.empty()) return id;
  if (query.start.empty()) return BadRequest("startFileId needs startFileName");
  if (ParseFileId(id)) return id;
  return B2Error(400, "invalid_file_id", absl::StrCat("Invalid fileId: ", id));
}

void WriteEntries(const EntryStyle& style, const EntryPage& page, JsonWriter& json) {
  json.Key("files").BeginArray();
  for (const ListedEntry& entry : page.entries) {
    if (entry.version != nullptr) {
      WriteEntry(style, *entry.version, json);
    } else {
      WriteFolder(style, entry.name, json);
    }
  }
  json.EndArray();
}

// A name behind the page that no entry of it has and none of the next needs to have. Versions of
// one name are told apart by their ids alone.
std::string OpaqueNext(const ListedEntry& last, const ListedEntry& next) {
  if (last.name == next.name) return next.name;
  if (last.version != nullptr) return absl::StrCat(last.name, " ");
  // Behind everything in the folder: "dir0" for "dir/".
  std::string after = last.name;
  if (after.back() < ' ' || after.back() >= '~') return next.name;
  ++after.back();
  return after;
}

std::string NextNameOf(const Call& call, const EntryPage& page) {
  if (!page.next) return "";
  if (!call.context.settings.Now().opaque_next) return page.next->name;
  return OpaqueNext(page.entries.back(), *page.next);
}

Reply PageReply(const Call& call, const Bucket& bucket, const ListQuery& query) {
  EntryPage page = bucket.List(query);
  EntryStyle style = StyleOf(call, bucket);
  JsonWriter json;
  json.BeginObject();
  WriteEntries(style, page, json);
  if (query.scope == ListQuery::Scope::kVersions) {
    bool version = page.next && page.next->version != nullptr;
    WriteText("nextFileId", version ? page.next->version->file_id : "", json);
  }
  WriteText("nextFileName", NextNameOf(call, page), json);
  json.EndObject();
  return JsonReply(200, json.Take());
}

}  // namespace

absl::StatusOr<Reply> ListFileNames(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  ASSIGN_OR_RETURN(ListQuery query, QueryOf(call, ListQuery::Scope::kNames));
  return PageReply(call, *bucket, query);
}

absl::StatusOr<Reply> ListFileVersions(const Call& call) {
  ASSIGN_OR_RETURN(BucketPointer bucket, BucketOfCall(call));
  ASSIGN_OR_RETURN(ListQuery query, QueryOf(call, ListQuery::Scope::kVersions));
  ASSIGN_OR_RETURN(query.start_id, StartIdOf(call.params, query));
  return PageReply(call, *bucket, query);
}

}  // namespace annofs::emulator
