// Lists again what a mount shows (`--follow`), and shows it in one step. One call at a time.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "cache/base/call_context.h"
#include "cache/catalog.h"
#include "cache/catalog_records.h"
#include "cache/directory_lister.h"
#include "cache/listing_pins.h"
#include "cache/lmdb.h"
#include "cache/snapshot.h"

namespace annofs {

inline constexpr int kRefreshThreads = 8;  // list requests at once, each on a thread of its own

// Listings that were shown before and are still read.
struct OldListings {
  ListingPins& pins;
  std::vector<BuildingMark> marks;
};

// `directories`: those to be listed. `idle`: those to be forgotten, and listed when they are
// touched again. `gone`: those of them that are no directories any more, which need not be listed
// again. `old`: removed when nobody reads them. See Catalog::Refresh().
absl::Status RefreshDirectories(Lmdb& lmdb, DirectoryLister& lister, const Mount& mount,
                                std::vector<RowId> directories, const std::vector<RowId>& idle,
                                Catalog::ChangeFn changed, OldListings& old,
                                std::vector<RowId>& gone, const CallContext& context);

}  // namespace annofs
