// ListObjectsV2 (reference/b2.md §4.3): names as they are now. Pure functions.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/sigv4.h"
#include "cache/store/object_store.h"

namespace annofs {

inline constexpr uint32_t kMaxS3Names = 1000;  // of one answer, whatever is asked

// The query to send. `store_prefix` is the part of the names that keys do not have. Names are asked
// for in percent encoding: XML cannot hold every byte.
NamesAndValues S3ListQuery(const ListRequest& request, absl::string_view store_prefix);

// The page that an answer holds; versions are ETags. kDataLoss: malformed, a name that was not
// asked for, or a page that says there is more and not where, or where this one began.
absl::StatusOr<ListPage> ParseS3Listing(absl::string_view body, const ListRequest& request,
                                        absl::string_view store_prefix);

}  // namespace annofs
