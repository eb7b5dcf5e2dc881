// The entries of B2's listings (reference/b2.md §1.5). Pure functions.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "cache/store/object_store.h"

namespace annofs {

// An entry with action "upload" as the object `key`. kDataLoss: without a size or a fileId.
absl::StatusOr<ObjectVersion> ParseB2Object(JsonValue entry, absl::string_view key);

}  // namespace annofs
