// What no mount will show any more, removed from the catalog a bounded piece at a time: the next
// call goes on.
#pragma once

#include "absl/status/status.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"

namespace annofs {

// Kept without a mount that shows them, newest first.
inline constexpr size_t kKeptLazySnapshots = 16;
inline constexpr size_t kKeptIndexes = 2;
inline constexpr size_t kKeptPastSnapshots = 32;

// Removes marks of processes that have ended, what they were making, snapshots of the source beyond
// those that are kept, listings that nothing shows then, and what sources that were replaced had.
absl::Status CollectGarbage(LmdbWriter& txn, SourceNumber source);

}  // namespace annofs
