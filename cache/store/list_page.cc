#include "cache/store/list_page.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/store/excerpt.h"

namespace annofs {

absl::Status CheckAfter(const ListRequest& request) {
  if (request.after.empty() || request.recursive) return absl::OkStatus();
  return absl::InvalidArgumentError("only a recursive listing begins after a key");
}

absl::Status MalformedListing(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("malformed listing: ", Excerpt(what)));
}

void SortByBytes(ListPage& page) {
  if (!absl::c_is_sorted(page.directories)) absl::c_sort(page.directories);
  const auto by_key = [](const ObjectVersion& a, const ObjectVersion& b) { return a.key < b.key; };
  if (!absl::c_is_sorted(page.objects, by_key)) absl::c_sort(page.objects, by_key);
}

}  // namespace annofs
