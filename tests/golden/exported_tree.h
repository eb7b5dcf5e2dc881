// A view or an export as a tree of files in memory: what a user sees of it, found as the mount
// finds it.
#pragma once

#include "absl/status/statusor.h"
#include "formats/layout.h"
#include "formats/writer.h"
#include "tests/golden/compare_trees.h"

namespace annofs::testing {

// Every file that is listed, which is also found by its name. A frame's image is "-> KEY". Errors
// name the file.
absl::StatusOr<FileTree> ExportedTree(const Writer& writer, const Dataset& data);

}  // namespace annofs::testing
