#include "fs/rooted_tree.h"

#include "cache/base/status.h"
#include "fs/control_tree.h"

namespace annofs {
namespace {

class RootedTree : public Tree {
 public:
  RootedTree(Tree& tree, NodeId root) : tree_(tree), root_(root) {}

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    const bool is_control = directory == kRootNode && name == kControlName;
    return tree_.Lookup(is_control ? kRootNode : Inner(directory), name, context);
  }
  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext& context) override {
    ASSIGN_OR_RETURN(NodeAttr attr, tree_.Stat(Inner(node), context));
    attr.id = node;
    return attr;
  }
  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    return tree_.List(Inner(directory), from, fn, context);
  }
  absl::Status Read(NodeId node, ByteRange range, PiecesFn fn,
                    const CallContext& context) override {
    return tree_.Read(Inner(node), range, fn, context);
  }
  absl::StatusOr<std::vector<Fact>> Facts(NodeId node, const CallContext& context) override {
    return tree_.Facts(Inner(node), context);
  }
  void Forget(NodeId node) override { tree_.Forget(Inner(node)); }

 private:
  NodeId Inner(NodeId node) const { return node == kRootNode ? root_ : node; }

  Tree& tree_;
  const NodeId root_;
};

}  // namespace

std::unique_ptr<Tree> NewRootedTree(Tree& tree, NodeId root) {
  return std::make_unique<RootedTree>(tree, root);
}

}  // namespace annofs
