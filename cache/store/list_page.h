// What listings have in common. Pure functions.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/store/object_store.h"

namespace annofs {

// kInvalidArgument: a listing that begins after a key, and is not recursive.
absl::Status CheckAfter(const ListRequest& request);

// kDataLoss: "malformed listing: `what`".
absl::Status MalformedListing(absl::string_view what);

// Makes the page keep its contract, also from a server that sorts by other rules than bytes.
void SortByBytes(ListPage& page);

}  // namespace annofs
