#include "fs/facet_nodes.h"

#include <algorithm>

#include "cache/slot_records.h"

namespace annofs {
namespace {

constexpr int kPlaceBits = 30;
constexpr uint64_t kPlaces = uint64_t{1} << kPlaceBits;

uint64_t SlotsOf(uint64_t places) { return (places + kPlaces - 1) >> kPlaceBits; }

NodePlace PlaceFrom(uint32_t first_slot, uint64_t place) {
  return {.slot = first_slot + uint32_t(place >> kPlaceBits),
          .ordinal = uint32_t(place & (kPlaces - 1))};
}

absl::Status Nothing() { return absl::AbortedError("a node that the view does not have"); }

}  // namespace

absl::StatusOr<FacetNodes> FacetNodes::For(const Facet& facet, uint32_t frames,
                                           uint32_t directories) {
  FacetNodes nodes;
  nodes.levels_ = facet.levels();
  nodes.leaves_ = facet.count(facet.levels());
  nodes.frames_ = std::max(frames, 1u);
  nodes.directories_ = std::max(directories, 1u);
  const uint64_t files = SlotsOf(uint64_t{nodes.leaves_} * kMostLeafFamilies * nodes.frames_);
  const uint64_t files_begin =
      nodes.levels_ - 1 + SlotsOf(uint64_t{nodes.leaves_} * nodes.directories_);
  if (nodes.leaves_ > kMostFacetNumbers || nodes.frames_ > kPlaces ||
      files_begin + files >= kSlotsEnd) {
    return absl::ResourceExhaustedError("the view has more directories than inodes can tell apart");
  }
  nodes.files_begin_ = uint32_t(files_begin);
  nodes.slots_ = uint32_t(files_begin + files);
  return nodes;
}

NodePlace FacetNodes::OfDirectory(FacetDirectory directory) const {
  if (directory.level == levels_) return OfLeaf(directory.number, 0);
  return {.slot = directory.level - 1, .ordinal = directory.number};
}

NodePlace FacetNodes::OfLeaf(uint32_t leaf, uint32_t frame_directory) const {
  return PlaceFrom(levels_ - 1, uint64_t{leaf} * directories_ + frame_directory);
}

NodePlace FacetNodes::OfFile(uint32_t leaf, uint32_t family, Rank rank) const {
  return OfPart(leaf, family, frames_, rank);
}

NodePlace FacetNodes::OfPart(uint32_t leaf, uint32_t family, uint32_t parts, uint32_t part) const {
  const uint64_t unit = uint64_t{leaf} * kMostLeafFamilies + family;
  return PlaceFrom(files_begin_, unit * parts + part);
}

absl::StatusOr<FacetNode> FacetNodes::NodeAt(NodePlace place, bool is_directory) const {
  FacetNode node;
  if (is_directory && place.slot + 1 < levels_) {
    node.directory = {place.slot + 1, place.ordinal};
    return node;
  }
  const uint32_t first = is_directory ? levels_ - 1 : files_begin_;
  const uint32_t end = is_directory ? files_begin_ : slots_;
  if (place.slot < first || place.slot >= end) return Nothing();
  const uint64_t at = uint64_t{place.slot - first} << kPlaceBits | place.ordinal;
  const uint64_t unit = at / (is_directory ? directories_ : frames_);
  const uint64_t leaf = is_directory ? unit : unit / kMostLeafFamilies;
  if (leaf >= leaves_) return Nothing();
  node.directory = {levels_, uint32_t(leaf)};
  if (is_directory) {
    node.kind = FacetNode::Kind::kLeafDirectory;
    node.frame_directory = uint32_t(at % directories_);
  } else {
    node.kind = FacetNode::Kind::kLeafFile;
    node.family = uint32_t(unit % kMostLeafFamilies);
    node.rank = Rank(at % frames_);
  }
  return node;
}

}  // namespace annofs
