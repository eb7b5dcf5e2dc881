// Removes what no living process can see any more.
#pragma once

#include "absl/status/status.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"

namespace annofs {

// Of one source: heads of snapshots whose process has ended, and listings that no head refers to
// and no living process is writing. Rows stay: their ids must mean the same for ever. At most
// 10,000 listings are removed at a time.
absl::Status CollectGarbage(LmdbWriter& txn, SourceNumber source);

}  // namespace annofs
