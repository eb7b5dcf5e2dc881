#include "fs/facet_leaves.h"

#include <algorithm>
#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

// The bits of an ordinal that tell what it is (fs/README.md).
constexpr uint32_t kDirectoryBit = 0x80000000;
constexpr uint32_t kPlaceBits = 0x3fffffff;
constexpr size_t kLayoutBytes = 2048;

// See RankSet: 2 bytes a member or an eighth of a byte a rank.
size_t BytesOf(const View& leaf) {
  size_t bytes = kLayoutBytes;
  for (const Family& family : leaf.layout.families()) {
    bytes += std::min<size_t>(2 * family.frames.size(), leaf.dataset->frame_count() / 8);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<ViewNode> FacetLeaves::Find(const Target& target, NodeId node) {
  const View& whole = *target.view;
  const bool is_directory = (node.ordinal() & kDirectoryBit) != 0;
  if ((node.ordinal() & ~kDirectoryBit & ~kPlaceBits) != 0) {
    return absl::AbortedError("a node that the view does not have");
  }
  const NodePlace place{.slot = target.number, .ordinal = node.ordinal() & kPlaceBits};
  ASSIGN_OR_RETURN(const FacetNode found, whole.facet_nodes.NodeAt(place, is_directory));
  if (found.kind == FacetNode::Kind::kLevel) {
    return ViewNode{.target = target, .ordinal = node.ordinal(), .level = found.directory};
  }
  absl::StatusOr<LeafPtr> leaf = LeafOf(whole, found.directory.number);
  if (absl::IsNotFound(leaf.status())) return absl::AbortedError(leaf.status().message());
  RETURN_IF_ERROR(leaf.status());
  if (is_directory) {
    return ViewNode{.target = {.kind = Target::Kind::kPlace, .view = *std::move(leaf)},
                    .ordinal = kDirectoryBit | found.frame_directory};
  }
  const std::vector<Family>& families = (*leaf)->layout.families();
  if (found.family >= families.size() || families[found.family].is_media() ||
      !families[found.family].frames.Contains(found.rank)) {
    return absl::AbortedError("a file that the view does not have");
  }
  return ViewNode{
      .target = {.kind = Target::Kind::kFamily, .view = *std::move(leaf), .number = found.family},
      .ordinal = found.rank};
}

size_t FacetLeaves::count() const {
  absl::MutexLock lock(&mutex_);
  return recent_.size();
}

absl::StatusOr<FacetLeaves::LeafPtr> FacetLeaves::LeafOf(const View& whole, uint32_t number) {
  const uint64_t key = uint64_t{whole.facet_slot} << 32 | number;
  if (LeafPtr known = FindKnown(key)) return known;
  ASSIGN_OR_RETURN(LeafPtr leaf, MakeLeaf(whole, number));
  const size_t bytes = BytesOf(*leaf);
  return Keep({.key = key, .leaf = std::move(leaf), .bytes = bytes});
}

FacetLeaves::LeafPtr FacetLeaves::FindKnown(uint64_t key) {
  absl::MutexLock lock(&mutex_);
  auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->leaf;
}

// Answers the one that was there before, if one was.
FacetLeaves::LeafPtr FacetLeaves::Keep(Known known) {
  absl::MutexLock lock(&mutex_);
  auto found = by_key_.find(known.key);
  if (found != by_key_.end()) return found->second->leaf;
  bytes_ += known.bytes;
  recent_.push_front(std::move(known));
  by_key_[recent_.front().key] = recent_.begin();
  while (recent_.size() > 1 && (recent_.size() > kMost || bytes_ > kMostBytes)) {
    bytes_ -= recent_.back().bytes;
    by_key_.erase(recent_.back().key);
    recent_.pop_back();
  }
  return recent_.front().leaf;
}

}  // namespace annofs
