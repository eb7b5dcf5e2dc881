// A Tree in memory whose operations can be told to be slow: they answer WouldBlock on the fast lane
// and wait on the slow one. Thread safe; names may change while it is mounted.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "fs/tree.h"

namespace annofs::testing {

struct FakeFile {
  std::string text;
  absl::Duration lookup_delay, read_delay;
  bool ignores_cancellation = false;  // waits to the end, whoever has lost interest
  Lifetime lifetime = Lifetime::kForever;
  uint32_t links = 1;
  absl::Time modified = absl::FromUnixNanos(1'600'000'000'123'456'789);
};

class FakeTree : public Tree {
 public:
  FakeTree() { nodes_.push_back({.is_directory = true}); }

  NodeId AddDirectory(NodeId parent, const std::string& name) {
    return Add(parent, name, {.is_directory = true});
  }
  // A new node, also where the name is there already.
  NodeId AddFile(const std::string& name, FakeFile file, NodeId parent = kRootNode) {
    return Add(parent, name, {.file = std::move(file)});
  }
  // The name goes; its node can still be read.
  void Remove(NodeId parent, const std::string& name) {
    absl::MutexLock lock(&mutex_);
    Node& node = nodes_[parent.value - 1];
    node.children.erase(name);
    std::erase(node.names, name);
  }

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    ++lookups;
    std::optional<NodeId> child = Child(directory, std::string(name));
    if (!child) return absl::NotFoundError(name);
    const Node& node = At(*child);
    RETURN_IF_ERROR(Wait(node.file.lookup_delay, node, context));
    NodeAttr attr = AttrOf(*child);
    // A new node at each lookup, as control files have.
    if (attr.lifetime == Lifetime::kNoEntry)
      attr.id = NodeId::Make(TreeNumber::kControl, ++generation_, attr.id.ordinal());
    return attr;
  }

  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext&) override { return AttrOf(node); }

  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext&) override {
    std::vector<std::string> names;
    {
      absl::MutexLock lock(&mutex_);
      names = nodes_[directory.ordinal() - 1].names;
    }
    for (uint64_t i = from; i < names.size(); ++i) {
      std::optional<NodeId> child = Child(directory, names[i]);
      if (child && !fn({.name = names[i], .attr = AttrOf(*child), .next = i + 1})) break;
    }
    return absl::OkStatus();
  }

  absl::Status Read(NodeId id, ByteRange range, PiecesFn fn, const CallContext& context) override {
    const Node& node = At(id);
    RETURN_IF_ERROR(Wait(node.file.read_delay, node, context));
    GiveRange(node.file.text, range, fn);
    return absl::OkStatus();
  }

  void Forget(NodeId node) override {
    if (node.tree() == TreeNumber::kControl) ++forgotten;
  }

  std::atomic<int> lookups{0};
  std::atomic<int> forgotten{0};
  std::atomic<int> waiting{0};  // operations on the slow lane

 private:
  struct Node {
    bool is_directory = false;
    FakeFile file;
    std::map<std::string, NodeId> children;
    std::vector<std::string> names;  // in the order they were added
  };

  NodeId Add(NodeId parent, const std::string& name, Node node) {
    absl::MutexLock lock(&mutex_);
    nodes_.push_back(std::move(node));
    NodeId id{nodes_.size()};
    Node& directory = nodes_[parent.value - 1];
    if (!directory.children.count(name)) directory.names.push_back(name);
    directory.children[name] = id;
    return id;
  }

  std::optional<NodeId> Child(NodeId directory, const std::string& name) const {
    absl::MutexLock lock(&mutex_);
    const Node& parent = nodes_[directory.ordinal() - 1];
    auto found = parent.children.find(name);
    if (found == parent.children.end()) return std::nullopt;
    return found->second;
  }

  // Nodes do not move, and all but their children stays as it is.
  const Node& At(NodeId id) const {
    absl::MutexLock lock(&mutex_);
    return nodes_[id.ordinal() - 1];
  }

  NodeAttr AttrOf(NodeId id) const {
    const Node& node = At(id);
    return {.id = id,
            .is_directory = node.is_directory,
            .size = node.file.text.size(),
            .modified = node.file.modified,
            .links = node.is_directory ? 2 : node.file.links,
            .lifetime = node.file.lifetime};
  }

  absl::Status Wait(absl::Duration delay, const Node& node, const CallContext& context) {
    if (delay <= absl::ZeroDuration()) return absl::OkStatus();
    if (context.lane == Lane::kFast) return WouldBlock();
    ++waiting;
    absl::Status status;
    absl::Time end = absl::Now() + delay;
    while (absl::Now() < end && status.ok()) {
      absl::SleepFor(std::min(end - absl::Now(), absl::Milliseconds(50)));
      if (!node.file.ignores_cancellation) status = context.Check();
    }
    --waiting;
    return status;
  }

  mutable absl::Mutex mutex_;
  std::deque<Node> nodes_ ABSL_GUARDED_BY(mutex_);  // node id - 1
  std::atomic<uint32_t> generation_{0};
};

}  // namespace annofs::testing
