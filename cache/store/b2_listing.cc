#include "cache/store/b2_listing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/list_page.h"

namespace annofs {
namespace {

constexpr int64_t kMaxNames = 10'000;  // of one b2_list_file_names
constexpr size_t kMaxFileId = 1024;    // documented: 200
// 2100-01-01: a modification time beyond it is a mistake of the uploader.
constexpr int64_t kLatestSaneMillis = 4'102'444'800'000;

absl::Status Malformed(absl::string_view what) {
  return absl::DataLossError(Redact(absl::StrCat("malformed listing: ", what)));
}

// Digits only: "-1", "1e3", " 5" and the like are not times.
std::optional<int64_t> SaneMillis(absl::string_view text) {
  int64_t millis = 0;
  const bool digits = absl::c_all_of(
      text, [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  if (!digits || !absl::SimpleAtoi(text, &millis) || millis > kLatestSaneMillis) {
    return std::nullopt;
  }
  return millis;
}

absl::Time ModifiedOf(JsonValue entry) {
  const auto source = SaneMillis(entry["fileInfo"].StringOr("src_last_modified_millis", ""));
  return absl::FromUnixMillis(source.has_value() ? *source : entry.IntOr("uploadTimestamp", 0));
}

// SHA-1 as the server or the uploader knows it; large files have at most MD5, mostly nothing.
Digest DigestOfEntry(JsonValue entry) {
  absl::string_view sha1 = entry.StringOr("contentSha1", "");
  absl::ConsumePrefix(&sha1, "unverified:");  // not compared at upload, but the server's own sum
  for (const absl::string_view hex : {sha1, entry["fileInfo"].StringOr("large_file_sha1", "")}) {
    const Digest digest = DigestFromHex(DigestKind::kSha1, hex);
    if (digest.kind != DigestKind::kNone) return digest;
  }
  return DigestFromHex(DigestKind::kMd5, entry.StringOr("contentMd5", ""));
}

absl::StatusOr<ObjectVersion> ParseObject(JsonValue entry, absl::string_view key) {
  const int64_t size = entry.IntOr("contentLength", entry.IntOr("size", -1));
  const absl::string_view id = entry.StringOr("fileId", "");
  if (size < 0) return Malformed(absl::StrCat(key, " without a size"));
  if (id.empty() || id.size() > kMaxFileId)
    return Malformed(absl::StrCat(key, " without a fileId"));
  return ObjectVersion{.key = std::string(key),
                       .version = std::string(id),
                       .size = static_cast<uint64_t>(size),
                       .modified = ModifiedOf(entry),
                       .digest = DigestOfEntry(entry)};
}

absl::Status AddEntry(JsonValue entry, const B2ListQuery& query, ListPage& page) {
  const auto name = entry["fileName"].AsString();
  if (!name.has_value()) return Malformed("an entry without fileName");
  if (!absl::StartsWith(*name, query.prefix)) return Malformed("a name outside the asked prefix");
  const absl::string_view key = name->substr(query.root.size());
  const absl::string_view action = entry.StringOr("action", "");
  if (key.empty()) return absl::OkStatus();  // a marker of the store's own root
  if (action == "folder") {
    if (!absl::EndsWith(key, "/")) return Malformed("a folder that does not end with '/'");
    page.directories.emplace_back(key);
  } else if (action == "upload") {
    ASSIGN_OR_RETURN(page.objects.emplace_back(), ParseObject(entry, key));
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
  if (!request.start.empty()) json.Key("startFileName").String(request.start);
  json.EndObject();
  return json.Take();
}

absl::StatusOr<ListPage> ParseB2Listing(absl::string_view body, const B2ListQuery& query) {
  const absl::StatusOr<JsonDocument> json = JsonDocument::Parse(body);
  if (!json.ok()) return Malformed(json.status().message());
  const JsonValue files = json->root()["files"];
  if (!files.is_array()) return Malformed("no list of files");
  ListPage page;
  for (size_t i = 0; i < files.size(); ++i) RETURN_IF_ERROR(AddEntry(files[i], query, page));
  SortByBytes(page);
  page.next = std::string(json->root().StringOr("nextFileName", ""));
  if (!page.next.empty() && page.next == query.request.start) {
    return Malformed("the next page begins where this one does");
  }
  return page;
}

}  // namespace annofs
