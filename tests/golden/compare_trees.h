// Whether two trees are the same export.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/golden/difference.h"

namespace annofs::testing {

// Contents by path.
using FileTree = std::map<std::string, std::string>;

// The same files, and each by its kind: .json, .xml, .png, .bmp by what they say
// (compare_files.h), all others byte for byte. The random keys of a Sly project (reference/cvat.md
// §10.3) count as where they stand, not as what they are. In order of paths.
std::vector<Difference> CompareTrees(FileTree golden, FileTree ours);

}  // namespace annofs::testing
