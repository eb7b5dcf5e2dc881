// Where the nodes of a view with a facet are (formats/facet.h). There may be a million leaves, so
// they have no slots of their own: the view has one range of slots, and a node's place in it is
// told by arithmetic from the numbers of its directory, its family and its frame, which are the
// same for as long as the dataset is. So nothing is given out when a leaf is listed or looked up,
// nothing is remembered of it, and its inodes are the same on every mount. Pure; a value.
//
// The range: a slot for each level over the leaves (ordinal: the directory's number); then the
// directories of the leaves, number * directories + directory; then their files, (number *
// kMostLeafFamilies + family) * frames + rank; 2^30 places to a slot. Because a dataset has at most
// 2^30 frames, that is never more than a few slots for each leaf, and mostly a few for all: 100,000
// tracks of 100,000 frames take 40.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "formats/facet.h"
#include "formats/rank_set.h"

namespace annofs {

// A place in the range: a slot, counted from its first, and an ordinal in it below 2^30.
struct NodePlace {
  uint32_t slot = 0;
  uint32_t ordinal = 0;
  friend bool operator==(const NodePlace&, const NodePlace&) = default;
};

// What stands there.
struct FacetNode {
  enum class Kind : uint8_t { kLevel, kLeafDirectory, kLeafFile } kind = Kind::kLevel;
  FacetDirectory directory;      // kLevel; else the leaf
  uint32_t frame_directory = 0;  // kLeafDirectory
  uint32_t family = 0;           // kLeafFile
  Rank rank = 0;                 // kLeafFile
  friend bool operator==(const FacetNode&, const FacetNode&) = default;
};

class FacetNodes {
 public:
  FacetNodes() = default;
  // kResourceExhausted: the numbers are too great for any range.
  static absl::StatusOr<FacetNodes> For(const Facet& facet, uint32_t frames, uint32_t directories);

  uint32_t slot_count() const { return slots_; }

  // REQUIRES of all: numbers that the facet and the dataset have.
  NodePlace OfDirectory(FacetDirectory directory) const;  // not the root
  NodePlace OfLeaf(uint32_t leaf, uint32_t frame_directory) const;
  NodePlace OfFile(uint32_t leaf, uint32_t family, Rank rank) const;
  // For what is remembered of a family: one of `parts` things, at most one for each frame. These
  // places are apart from each other, not from those of files.
  NodePlace OfPart(uint32_t leaf, uint32_t family, uint32_t parts, uint32_t part) const;

  // kAborted: nothing stands there.
  absl::StatusOr<FacetNode> NodeAt(NodePlace place, bool is_directory) const;

 private:
  uint32_t levels_ = 1;
  uint32_t leaves_ = 0;
  uint32_t frames_ = 1, directories_ = 1;
  uint32_t files_begin_ = 0;  // first slot of files
  uint32_t slots_ = 0;
};

}  // namespace annofs
