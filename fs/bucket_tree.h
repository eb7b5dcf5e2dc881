// The bucket as files, as it is or as it was at one moment: the catalog's rows, read through the
// object reader. Thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "fs/tree.h"

namespace annofs {

// A directory of another tree that appears in the bucket's root.
struct Graft {
  enum class Listing { kListed, kHidden } listing = Listing::kListed;  // hidden: found by name only
  std::string name;
  NodeAttr attr;
};

// The attributes of a row. Files that a view can show (images, video frames, point clouds) have 2
// links, all else 1 (design/product.md §2, rule 1).
NodeAttr RowAttr(const Row& row);

// A graft is what its name in the root shows, also where the bucket has that name. `moment`: the
// slot of the directories' nodes in TreeNumber::kAt; 0: the present, whose directories are
// TreeNumber::kBucket. Files are of the bucket in both. `catalog` and `reader` outlive the tree.
std::unique_ptr<Tree> NewBucketTree(Catalog& catalog, ObjectReader& reader,
                                    std::vector<Graft> grafts, uint32_t moment = 0);

}  // namespace annofs
