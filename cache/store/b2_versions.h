// The body and the answer of b2_list_file_versions (reference/b2.md §1.7), for the names as they
// were at a time. Pure functions.
//
// Of each name, the newest upload or hide marker that is not later than the time counts: an upload
// is the object, under a marker there is none. Large files that were not finished are left out. A
// directory may appear that had no files then: the server folds it without telling times.
//
// The versions of a name may lie on several pages. So the token of a page holds, besides the
// server's two, whether the name that it begins with was decided before.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/store/b2_listing.h"

namespace annofs {

// REQUIRES of both: `query.request.at`.

// The JSON to send. kInvalidArgument: `start` is not a token of ours.
absl::StatusOr<std::string> B2VersionsBody(const B2ListQuery& query);

// The page that an answer holds. kDataLoss: malformed, a name outside the prefix, or a token that
// does not advance. Names that are not after `query.request.after` are left out.
absl::StatusOr<B2ListAnswer> ParseB2Versions(absl::string_view body, const B2ListQuery& query);

}  // namespace annofs
