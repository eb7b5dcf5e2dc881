#include "cache/store/b2_listing.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/store/b2_entry.h"
#include "cache/store/list_page.h"

namespace annofs {
namespace {

constexpr int64_t kMaxNames = 10'000;  // of one b2_list_file_names
absl::Status AddEntry(JsonValue entry, const B2ListQuery& query, ListPage& page) {
  const auto name = entry["fileName"].AsString();
  if (!name.has_value()) return MalformedListing("an entry without fileName");
  if (!absl::StartsWith(*name, query.prefix))
    return MalformedListing("a name outside the asked prefix");
  const absl::string_view key = name->substr(query.root.size());
  const absl::string_view action = entry.StringOr("action", "");
  // A marker of the store's own root, or what is not asked for.
  if (key.empty() || key <= query.request.after) return absl::OkStatus();
  if (action == "folder") {
    if (!absl::EndsWith(key, "/")) return MalformedListing("a folder that does not end with '/'");
    page.directories.emplace_back(key);
  } else if (action == "upload") {
    ASSIGN_OR_RETURN(page.objects.emplace_back(), ParseB2Object(entry, key));
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<std::string> B2ListPrefix(absl::string_view root, absl::string_view wanted,
                                        absl::string_view name_prefix) {
  std::string full = absl::StrCat(root, wanted);
  if (absl::StartsWith(full, name_prefix)) return full;
  if (absl::StartsWith(name_prefix, full)) return std::string(name_prefix);
  return std::nullopt;
}

std::string B2ListBody(const B2ListQuery& query) {
  const ListRequest& request = query.request;
  JsonWriter json;
  json.BeginObject();
  json.Key("bucketId").String(query.bucket_id);
  json.Key("prefix").String(query.prefix);
  json.Key("maxFileCount").Int(std::clamp<int64_t>(request.max, 1, kMaxNames));
  if (!request.recursive) json.Key("delimiter").String("/");
  const std::string& begin = request.start.empty() ? query.begin : request.start;
  if (!begin.empty()) json.Key("startFileName").String(begin);
  json.EndObject();
  return json.Take();
}

absl::StatusOr<B2ListAnswer> ParseB2Listing(absl::string_view body, const B2ListQuery& query) {
  const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(body);
  if (!json.ok()) return MalformedListing(json.status().message());
  const JsonValue files = json->root()["files"];
  if (!files.is_array()) return MalformedListing("no list of files");
  B2ListAnswer answer{.names = files.size()};
  ListPage& page = answer.page;
  for (size_t i = 0; i < files.size(); ++i) RETURN_IF_ERROR(AddEntry(files[i], query, page));
  SortByBytes(page);
  page.next = std::string(json->root().StringOr("nextFileName", ""));
  if (!page.next.empty() && page.next == query.request.start) {
    return MalformedListing("the next page begins where this one does");
  }
  return answer;
}

}  // namespace annofs
