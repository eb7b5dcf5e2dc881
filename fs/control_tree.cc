#include "fs/control_tree.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr absl::string_view kTreeName = "the control directory";

class ControlTree : public Tree {
 public:
  ControlTree(std::vector<ControlFile> files, std::vector<ControlDirectory> directories,
              std::vector<ControlBranchAt> branches)
      : files_(std::move(files)),
        directories_(std::move(directories)),
        branches_(std::move(branches)) {}

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    if (directory.slot() != 0) return branches_.Lookup(directory, name, context);
    if (directory != kControlRoot) return absl::NotFoundError("not a directory");
    for (const ControlFile& file : files_) {
      if (file.name == name) return Freeze(file.content(), context.clock->Now());
    }
    for (const ControlDirectory& directory : directories_) {
      if (directory.name == name) return directory.attr;
    }
    if (const std::optional<NodeAttr> branch = branches_.Find(name)) return *branch;
    return absl::NotFoundError(absl::StrCat("no file '", name, "' in ", kTreeName));
  }

  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext&) override {
    if (node == kControlRoot) return ControlRootAttr();
    if (node.slot() != 0) return branches_.Stat(node);
    absl::MutexLock lock(&mutex_);
    auto found = snapshots_.find(node.ordinal());
    if (found == snapshots_.end()) return Gone();
    return Attr(node, *found->second);
  }

  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    if (directory.slot() != 0) return branches_.List(directory, from, fn, context);
    if (directory != kControlRoot) return absl::NotFoundError("not a directory");
    for (uint64_t i = from; i < files_.size(); ++i) {
      // Each listed entry is a lookup of its own: the kernel takes the node it is told.
      NodeAttr attr = Freeze(files_[i].content(), context.clock->Now());
      if (!fn({.name = files_[i].name, .attr = attr, .next = i + 1})) {
        Forget(attr.id);
        break;
      }
    }
    return absl::OkStatus();
  }

  absl::Status Read(NodeId node, ByteRange range, PiecesFn fn,
                    const CallContext& context) override {
    if (node.slot() != 0) return branches_.Read(node, range, fn, context);
    std::shared_ptr<const Snapshot> snapshot;
    {
      absl::MutexLock lock(&mutex_);
      auto found = snapshots_.find(node.ordinal());
      if (found == snapshots_.end()) return Gone();
      snapshot = found->second;
    }
    GiveRange(snapshot->text, range, fn);
    return absl::OkStatus();
  }

  void Forget(NodeId node) override {
    if (node.slot() != 0) return;  // what is in a branch stays
    absl::MutexLock lock(&mutex_);
    snapshots_.erase(node.ordinal());
  }

 private:
  struct Snapshot {
    std::string text;
    absl::Time made;
  };

  static absl::Status Gone() { return absl::AbortedError("this snapshot is no longer kept"); }

  static NodeAttr Attr(NodeId node, const Snapshot& snapshot) {
    return {.id = node,
            .size = snapshot.text.size(),
            .modified = snapshot.made,
            .lifetime = Lifetime::kNoEntry};
  }

  NodeAttr Freeze(std::string text, absl::Time now) {
    auto snapshot = std::make_shared<const Snapshot>(Snapshot{std::move(text), now});
    absl::MutexLock lock(&mutex_);
    if (++last_ == 0) ++last_;  // 0 is the directory
    snapshots_[last_] = snapshot;
    if (snapshots_.size() > kMaxControlSnapshots) snapshots_.erase(snapshots_.begin());
    return Attr(NodeId::Make(TreeNumber::kControl, 0, last_), *snapshot);
  }

  const std::vector<ControlFile> files_;
  const std::vector<ControlDirectory> directories_;
  ControlBranches branches_;
  absl::Mutex mutex_;
  uint32_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint32_t, std::shared_ptr<const Snapshot>> snapshots_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

NodeAttr ControlRootAttr() { return {.id = kControlRoot, .is_directory = true}; }

std::unique_ptr<Tree> NewControlTree(std::vector<ControlFile> files,
                                     std::vector<ControlDirectory> directories,
                                     std::vector<ControlBranchAt> branches) {
  return std::make_unique<ControlTree>(std::move(files), std::move(directories),
                                       std::move(branches));
}

}  // namespace annofs
