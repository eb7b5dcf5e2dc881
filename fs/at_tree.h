// `.annofs/at/`: a directory for each time that somebody asks for by name, the whole tree as it was
// then (design/product.md §2). Files are the bucket's own nodes. Thread safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fs/moment.h"
#include "fs/tree.h"

namespace annofs {

inline constexpr NodeId kAtRoot = NodeId{uint64_t(TreeNumber::kAt) << 60};

NodeAttr AtRootAttr();

class AtTree : public Tree {
 public:
  // Of all moments opened so far; keys begin with the moment's path in the mount.
  virtual std::vector<CatalogProblem> Problems() = 0;
  // The path from `.annofs/at/` of a directory of a moment, or of a node of its views.
  virtual absl::StatusOr<std::string> PathOf(NodeId node) = 0;
};

// Lookup(kAtRoot) takes the texts that --at takes; each text is a moment of its own, opened at its
// first lookup. kNotFound: no time. kInvalidArgument: a time to come. kResourceExhausted: too many
// moments. Others: what the store says. List(kAtRoot): the moments opened so far, in that order.
std::unique_ptr<AtTree> NewAtTree(const MomentGround& ground);

}  // namespace annofs
