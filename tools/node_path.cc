#include "tools/node_path.h"

#include "absl/strings/strip.h"

namespace annofs {

std::string PathBelow(absl::string_view root, absl::string_view path) {
  absl::string_view below = path;
  const bool is_below = absl::ConsumePrefix(&below, root) &&
                        (root.empty() || below.empty() || absl::ConsumePrefix(&below, "/"));
  if (!is_below) return std::string(path);
  return below.empty() ? "." : std::string(below);
}

std::string ShownPath(Filesystem& tree, absl::string_view root, NodeId node) {
  // Whatever the mount shows: the tree has this number for its own root.
  if (node == kRootNode) return ".";
  return PathBelow(root, tree.PathOf(node));
}

}  // namespace annofs
