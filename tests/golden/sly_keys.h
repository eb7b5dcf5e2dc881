// The keys of a Sly Point Cloud project: random UUIDs of CVAT, made ones of ours (reference/cvat.md
// §9.4). Two trees are the same if one's keys can be renamed to the other's.
#pragma once

#include "tests/golden/compare_trees.h"

namespace annofs::testing {

// Where the tree is such a project (key_id_map.json at its root): replaces every key by the number
// of its first occurrence, file by file. A key that only the map has is numbered by its list and id
// there.
void NumberSlyKeys(FileTree& tree);

}  // namespace annofs::testing
