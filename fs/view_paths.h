// What the nodes of a view are called: for logs and for `annofs profile`, which know nodes only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/own_names.h"
#include "fs/facet_leaves.h"
#include "fs/view_groups.h"
#include "fs/view_targets.h"

namespace annofs {

// The path from views/ of a dataset's directory, or of one in it: of a view, or of a group of
// views. REQUIRES: `target.dataset`.
std::string DatasetPath(const Target& target, uint32_t ordinal,
                        const std::vector<std::string>& view_names, const ViewGroups& groups);

// The path from the view's root of a node inside of it. `whole`: the view, of which
// node.target.view may be a leaf. Directories that terms make are found by their parents: where
// there are too many of these to be looked at, they are "...". Errors: of the index, of `names`;
// kNotFound: the view has no such node.
absl::StatusOr<std::string> PathInView(const View& whole, const ViewNode& node,
                                       const OwnNames& names);

}  // namespace annofs
