#include "cache/store/s3_versions.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/list_page.h"
#include "cache/store/s3_listing.h"
#include "cache/store/s3_page.h"
#include "cache/store/s3_version.h"

namespace annofs {
namespace {

// Where a page begins, and what was found before it. As a token: the three texts escaped, with
// spaces between.
struct Cursor {
  std::string key_marker;
  std::string version_marker;
  std::string decided;  // the last name whose version (or absence) at the time is known

  std::string Token() const {
    return absl::StrCat(SigV4Escape(key_marker), " ", SigV4Escape(version_marker), " ",
                        SigV4Escape(decided));
  }
};

absl::StatusOr<Cursor> CursorOf(const ListRequest& request, absl::string_view store_prefix) {
  if (request.start.empty()) {
    // The marker itself does not come again; where it does for all that, it is left out.
    if (request.after.empty()) return Cursor();
    return Cursor{.key_marker = absl::StrCat(store_prefix, request.after)};
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(request.start, ' ');
  if (parts.size() != 3) return absl::InvalidArgumentError("not the token of a page");
  Cursor cursor;
  ASSIGN_OR_RETURN(cursor.key_marker, PercentDecode(parts[0]));
  ASSIGN_OR_RETURN(cursor.version_marker, PercentDecode(parts[1]));
  ASSIGN_OR_RETURN(cursor.decided, PercentDecode(parts[2]));
  return cursor;
}

absl::Status NoVersions() {
  return absl::UnimplementedError(
      "the service lists no versions of files: names as they were at a time need one that keeps "
      "and lists versions");
}

// A service that does not know the call takes it for a listing of names.
absl::StatusOr<S3Page> ReadPage(absl::string_view body) {
  absl::StatusOr<S3Page> page = ParseS3Page(body, "ListVersionsResult");
  return page.ok() || !ParseS3Page(body, "ListBucketResult").ok() ? page : NoVersions();
}

// By name, and within a name newest first: as most services list.
void PutInOrder(std::vector<S3Entry>& entries) {
  const auto by_name = [](const S3Entry& a, const S3Entry& b) { return a.name < b.name; };
  if (absl::c_is_sorted(entries, by_name)) return;
  absl::c_stable_sort(entries, [](const S3Entry& a, const S3Entry& b) {
    return std::tie(a.name, b.modified) < std::tie(b.name, a.modified);
  });
}

// Adds what was there at the time; `decided` goes on from the page before.
absl::Status AddNewest(const std::vector<S3Entry>& entries, const S3Names& names, absl::Time at,
                       std::string& decided, ListPage& page) {
  if (!entries.empty() && entries.front().name < decided) {
    return MalformedListing("a page that goes back to names of the page before");
  }
  for (const S3Entry& entry : entries) {
    if (entry.name == decided || entry.modified > at) continue;
    decided = entry.name;
    if (entry.is_delete_marker) continue;
    std::string version = S3VersionText({.etag = entry.etag, .id = entry.version_id});
    if (entry.version_id.empty()) return NoVersions();
    if (!ParseS3Version(version).has_value()) return MalformedListing("a version with a bad id");
    RETURN_IF_ERROR(AddS3Object(entry, std::move(version), names, page));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> NextOf(const S3Page& answer, const Cursor& sent, std::string decided) {
  if (!answer.truncated) return "";
  if (answer.next_key_marker.empty()) {
    return MalformedListing("there is more, but no marker for it");
  }
  if (answer.next_key_marker == sent.key_marker &&
      answer.next_version_marker == sent.version_marker) {
    return MalformedListing("the next page begins where this one does");
  }
  return Cursor{.key_marker = answer.next_key_marker,
                .version_marker = answer.next_version_marker,
                .decided = std::move(decided)}
      .Token();
}

}  // namespace

absl::StatusOr<NamesAndValues> S3VersionsQuery(const ListRequest& request,
                                               absl::string_view store_prefix) {
  ASSIGN_OR_RETURN(const Cursor cursor, CursorOf(request, store_prefix));
  NamesAndValues query = {
      {"versions", ""},
      {"encoding-type", "url"},
      {"max-keys", absl::StrCat(std::clamp<uint32_t>(request.max, 1, kMaxS3Names))},
      {"prefix", absl::StrCat(store_prefix, request.prefix)}};
  if (!request.recursive) query.emplace_back("delimiter", "/");
  if (!cursor.key_marker.empty()) query.emplace_back("key-marker", cursor.key_marker);
  if (!cursor.version_marker.empty()) {
    query.emplace_back("version-id-marker", cursor.version_marker);
  }
  return query;
}

absl::StatusOr<ListPage> ParseS3Versions(absl::string_view body, const ListRequest& request,
                                         absl::string_view store_prefix) {
  ASSIGN_OR_RETURN(const Cursor cursor, CursorOf(request, store_prefix));
  ASSIGN_OR_RETURN(S3Page answer, ReadPage(body));
  PutInOrder(answer.entries);
  const S3Names names = S3NamesOf(request, store_prefix);
  std::string decided = cursor.decided;
  ListPage page;
  RETURN_IF_ERROR(AddNewest(answer.entries, names, *request.at, decided, page));
  for (const std::string& name : answer.prefixes) {
    RETURN_IF_ERROR(AddS3Directory(name, names, page));
  }
  SortByBytes(page);
  ASSIGN_OR_RETURN(page.next, NextOf(answer, cursor, std::move(decided)));
  return page;
}

}  // namespace annofs
