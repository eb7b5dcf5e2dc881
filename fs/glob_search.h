// The objects of a bucket that a glob over their keys names. Stateless.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/catalog.h"

namespace annofs {

// Adds the rows, until there are more than kMostNamed, of objects whose keys match
// (cache/base/path_pattern.h); annofs.json in the root is never meant. True: there may be more, in
// directories that were not looked into, for a bucket that is not indexed has kDiscoveryLists of
// them listed at most.
absl::StatusOr<bool> FindGlob(Catalog& catalog, const std::string& pattern,
                              std::vector<RowId>& rows, const CallContext& context);

}  // namespace annofs
