// The hidden control directory (`.annofs/`): files whose content is made at each lookup and frozen
// until the kernel forgets the node (design/product.md §2, rule 3). Thread safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "fs/control_branches.h"
#include "fs/tree.h"

namespace annofs {

struct ControlFile {
  std::string name;
  std::function<std::string()> content;
};

// A directory of another tree, found by its name and not listed.
struct ControlDirectory {
  std::string name;
  NodeAttr attr;
};

inline constexpr absl::string_view kControlName = ".annofs";
inline constexpr NodeId kControlRoot = NodeId{uint64_t(TreeNumber::kControl) << 60};
inline constexpr size_t kMaxControlSnapshots = 1024;

NodeAttr ControlRootAttr();
std::unique_ptr<Tree> NewControlTree(std::vector<ControlFile> files,
                                     std::vector<ControlDirectory> directories = {},
                                     std::vector<ControlBranchAt> branches = {});

}  // namespace annofs
