// A directory of a mount's tree as the root of another mount: `mount --view`. Every node below it
// is what it is in the whole tree; FUSE's root, node 1, is the directory. `.annofs` is found in it
// by its name. Thread safe.
#pragma once

#include <memory>

#include "fs/tree.h"

namespace annofs {

// `tree`, a whole mount, outlives the result; `root` is a directory of it that stays (no --follow).
std::unique_ptr<Tree> NewRootedTree(Tree& tree, NodeId root);

}  // namespace annofs
