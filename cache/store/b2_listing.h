// The body and the answer of b2_list_file_names (reference/b2.md §1.5, §1.6). Pure functions.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/store/object_store.h"

namespace annofs {

// The JSON to send. `store_prefix` is the part of the names that keys do not have.
std::string B2ListBody(const ListRequest& request, absl::string_view bucket_id,
                       absl::string_view store_prefix);

// The page that an answer holds: uploads are objects, folders are directories, the rest is skipped.
// kDataLoss: malformed, a name outside the prefix, or a `nextFileName` that does not advance.
absl::StatusOr<ListPage> ParseB2Listing(absl::string_view body, const ListRequest& request,
                                        absl::string_view store_prefix);

}  // namespace annofs
