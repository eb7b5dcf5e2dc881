// Lists again what a mount shows (`--follow`), and shows it in one step. One call at a time.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "cache/base/call_context.h"
#include "cache/catalog.h"
#include "cache/directory_lister.h"
#include "cache/lmdb.h"
#include "cache/snapshot.h"

namespace annofs {

inline constexpr int kRefreshThreads = 8;  // list requests at once, each on a thread of its own

// `directories`: those to be listed. `gone`: those of them that are no directories any more, which
// need not be listed again. See Catalog::Refresh().
absl::Status RefreshDirectories(Lmdb& lmdb, DirectoryLister& lister, const Mount& mount,
                                std::vector<RowId> directories, Catalog::ChangeFn changed,
                                std::vector<RowId>& gone, const CallContext& context);

}  // namespace annofs
