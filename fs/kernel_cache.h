// What the kernel remembers of the tree, as those see it who change the tree: names, and that a
// name is absent. Thread safe.
#pragma once

#include "absl/strings/string_view.h"
#include "fs/node.h"

namespace annofs {

class KernelCache {
 public:
  virtual ~KernelCache() = default;
  // The kernel forgets what it knows of this name, also that there is none, with all below it; it
  // asks again when somebody wants the name. What is open stays open, with the bytes it had. Waits
  // for lookups under way in that directory, whose answers may be of before: change the tree first,
  // and never call this from a request. Returns at once when the mount ends.
  virtual void DropEntry(NodeId directory, absl::string_view name) = 0;
};

}  // namespace annofs
