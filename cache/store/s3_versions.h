// ListObjectVersions: names as they were at a time. Of each name the newest version of that time
// counts, in the order in which the service lists versions (newest first); a delete marker hides
// the name. Services that list delete markers apart from versions give no order of both: then the
// times decide, and of one second the version counts. Pure functions.
//
// The service folds by names, not by times: a directory may appear that had no file at that time.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/sigv4.h"
#include "cache/store/object_store.h"

namespace annofs {

// REQUIRES of both: `request.at`.

// The query to send. kInvalidArgument: `request.start` is no token of ParseS3Versions.
absl::StatusOr<NamesAndValues> S3VersionsQuery(const ListRequest& request,
                                               absl::string_view store_prefix);

// The page that an answer holds; versions are ETags with version ids. A page of the service may end
// between two versions of one name: the token of the next page says what was decided before, so
// that each name comes once and in order. kDataLoss as ParseS3Listing, and for a page that holds
// names before those of the page before. kUnimplemented: the service took it for another call, or
// keeps no versions. Where versioning was never on, the only version of each name counts.
absl::StatusOr<ListPage> ParseS3Versions(absl::string_view body, const ListRequest& request,
                                         absl::string_view store_prefix);

}  // namespace annofs
