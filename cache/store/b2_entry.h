// The entries of B2's listings (reference/b2.md §1.5). Pure functions.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "cache/store/object_store.h"

namespace annofs {

// kDataLoss: "malformed listing: `what`".
absl::Status MalformedListing(absl::string_view what);

// An entry with action "upload" as the object `key`. kDataLoss: without a size or a fileId.
absl::StatusOr<ObjectVersion> ParseB2Object(JsonValue entry, absl::string_view key);

// Makes the page keep its contract, also from a server that sorts by other rules than bytes.
void SortByBytes(ListPage& page);

}  // namespace annofs
