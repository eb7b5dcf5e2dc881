#include "cache/store/s3_listing.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/list_page.h"
#include "cache/store/s3_page.h"
#include "cache/store/s3_version.h"

namespace annofs {
namespace {

// The token of the next page; "" after the last.
absl::StatusOr<std::string> NextOf(const S3Page& page, const ListRequest& request) {
  if (!page.truncated) return "";
  if (page.next_token.empty()) return MalformedListing("there is more, but no token for it");
  if (page.next_token == request.start) {
    return MalformedListing("the next page begins where this one does");
  }
  return page.next_token;
}

}  // namespace

NamesAndValues S3ListQuery(const ListRequest& request, absl::string_view store_prefix) {
  NamesAndValues query = {
      {"list-type", "2"},
      {"encoding-type", "url"},
      {"max-keys", absl::StrCat(std::clamp<uint32_t>(request.max, 1, kMaxS3Names))},
      {"prefix", absl::StrCat(store_prefix, request.prefix)}};
  if (!request.recursive) query.emplace_back("delimiter", "/");
  if (!request.start.empty()) {
    query.emplace_back("continuation-token", request.start);
  } else if (!request.after.empty()) {
    query.emplace_back("start-after", absl::StrCat(store_prefix, request.after));
  }
  return query;
}

absl::StatusOr<ListPage> ParseS3Listing(absl::string_view body, const ListRequest& request,
                                        absl::string_view store_prefix) {
  ASSIGN_OR_RETURN(const S3Page answer, ParseS3Page(body, "ListBucketResult"));
  const S3Names names = S3NamesOf(request, store_prefix);
  ListPage page;
  for (const S3Entry& entry : answer.entries) {
    RETURN_IF_ERROR(AddS3Object(entry, S3VersionText({.etag = entry.etag}), names, page));
  }
  for (const std::string& name : answer.prefixes) {
    RETURN_IF_ERROR(AddS3Directory(name, names, page));
  }
  SortByBytes(page);
  ASSIGN_OR_RETURN(page.next, NextOf(answer, request));
  return page;
}

}  // namespace annofs
