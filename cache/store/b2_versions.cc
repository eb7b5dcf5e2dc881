#include "cache/store/b2_versions.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/store/b2_entry.h"
#include "cache/store/list_page.h"

namespace annofs {
namespace {

constexpr int64_t kMaxVersions = 10'000;  // of one b2_list_file_versions

// Where a page begins.
struct Place {
  bool decided = false;  // newer versions of `name` were seen, and what counts is known
  std::string file_id;   // "" = the newest version
  std::string name;
};

// The name comes last: it may hold anything.
std::string TokenOf(const Place& place) {
  return absl::StrCat(place.decided ? "decided" : "open", "\n", place.file_id, "\n", place.name);
}

absl::StatusOr<Place> PlaceOf(const B2ListQuery& query) {
  const std::string& token = query.request.start;
  if (token.empty()) return Place{.name = query.begin};
  const std::vector<std::string> parts = absl::StrSplit(token, absl::MaxSplits('\n', 2));
  if (parts.size() != 3 || parts[2].empty()) {
    return absl::InvalidArgumentError("not the token of a page of versions");
  }
  return Place{.decided = parts[0] == "decided", .file_id = parts[1], .name = parts[2]};
}

// Goes through the versions of a page, newest first within each name.
class Names {
 public:
  Names(const B2ListQuery& query, const Place& begin)
      : query_(query), at_(*query.request.at), name_(begin.name), decided_(begin.decided) {}

  absl::Status Add(JsonValue entry) {
    const auto name = entry["fileName"].AsString();
    if (!name.has_value()) return MalformedListing("an entry without fileName");
    if (!absl::StartsWith(*name, query_.prefix)) {
      return MalformedListing("a name outside the asked prefix");
    }
    if (entry.StringOr("action", "") == "folder") return AddDirectory(*name);
    if (*name != name_) decided_ = false;
    name_ = std::string(*name);
    return decided_ ? absl::OkStatus() : Decide(entry);
  }

  bool decided(absl::string_view name) const { return decided_ && name == name_; }
  ListPage& page() { return page_; }

 private:
  absl::Status AddDirectory(absl::string_view name) {
    if (!absl::EndsWith(name, "/")) return MalformedListing("a folder that does not end with '/'");
    if (name.size() > query_.root.size()) page_.directories.emplace_back(KeyOf(name));
    return absl::OkStatus();
  }

  absl::Status Decide(JsonValue entry) {
    const absl::string_view action = entry.StringOr("action", "");
    if (action != "upload" && action != "hide") return absl::OkStatus();
    if (absl::FromUnixMillis(entry.IntOr("uploadTimestamp", 0)) > at_) return absl::OkStatus();
    decided_ = true;
    const absl::string_view key = KeyOf(name_);
    if (action == "hide" || key.empty() || key <= query_.request.after) return absl::OkStatus();
    ASSIGN_OR_RETURN(page_.objects.emplace_back(), ParseB2Object(entry, key));
    return absl::OkStatus();
  }

  absl::string_view KeyOf(absl::string_view name) const { return name.substr(query_.root.size()); }

  const B2ListQuery& query_;
  const absl::Time at_;
  std::string name_;  // of the version before
  bool decided_;
  ListPage page_;
};

}  // namespace

absl::StatusOr<std::string> B2VersionsBody(const B2ListQuery& query) {
  ASSIGN_OR_RETURN(const Place begin, PlaceOf(query));
  JsonWriter json;
  json.BeginObject();
  json.Key("bucketId").String(query.bucket_id);
  json.Key("prefix").String(query.prefix);
  json.Key("maxFileCount").Int(std::clamp<int64_t>(query.request.max, 1, kMaxVersions));
  if (!query.request.recursive) json.Key("delimiter").String("/");
  if (!begin.name.empty()) json.Key("startFileName").String(begin.name);
  if (!begin.file_id.empty()) json.Key("startFileId").String(begin.file_id);
  json.EndObject();
  return json.Take();
}

absl::StatusOr<B2ListAnswer> ParseB2Versions(absl::string_view body, const B2ListQuery& query) {
  ASSIGN_OR_RETURN(const Place begin, PlaceOf(query));
  const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(body);
  if (!json.ok()) return MalformedListing(json.status().message());
  const JsonValue files = json->root()["files"];
  if (!files.is_array()) return MalformedListing("no list of files");
  Names names(query, begin);
  for (size_t i = 0; i < files.size(); ++i) RETURN_IF_ERROR(names.Add(files[i]));
  B2ListAnswer answer{.page = std::move(names.page()), .names = files.size()};
  SortByBytes(answer.page);
  const Place next{.file_id = std::string(json->root().StringOr("nextFileId", "")),
                   .name = std::string(json->root().StringOr("nextFileName", ""))};
  if (next.name.empty()) return answer;
  if (next.name == begin.name && next.file_id == begin.file_id) {
    return MalformedListing("the next page begins where this one does");
  }
  answer.page.next = TokenOf({names.decided(next.name), next.file_id, next.name});
  return answer;
}

}  // namespace annofs
