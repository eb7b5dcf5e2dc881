// `views/`: README.txt, a directory per dataset, in it a directory per view. Images are the
// bucket's own nodes (architecture, idea 3). Thread safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cache/catalog.h"
#include "fs/datasets.h"
#include "fs/tree.h"

namespace annofs {

inline constexpr NodeId kViewsRoot = NodeId{uint64_t(TreeNumber::kView) << 60 | 0x80000000};

NodeAttr ViewsRootAttr();

// Everything given outlives the tree.
std::unique_ptr<Tree> NewViewTree(Lmdb& lmdb, Catalog& catalog, Datasets& datasets);

}  // namespace annofs
