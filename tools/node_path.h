// Where a mount shows a node, for its log and for who looks at it. Stateless.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "fs/filesystem.h"

namespace annofs {

// `path` of Filesystem::PathOf(), as it is below `root` ("." is that itself); what lies elsewhere,
// as images of the bucket do, stays as it is.
std::string PathBelow(absl::string_view root, absl::string_view path);

// Of a node as the kernel says it to a mount that shows what is at `root` of the tree ("": all);
// the mount's own root is ".". As PathOf() where the name is not known.
std::string ShownPath(Filesystem& tree, absl::string_view root, NodeId node);

}  // namespace annofs
