// A node id is an address, not a table row (architecture, idea 2): tree:4 | slot:28 | ordinal:32.
// It is the inode number too.
#pragma once

#include <cstdint>

namespace annofs {

enum class TreeNumber : uint8_t {
  kBucket = 0,  // slot and ordinal together are the catalog's row id; FUSE's root, 1, is the
                // bucket's root row
  kView = 1,  // slot: a place or family of one view of one dataset version; ordinal: rank, file or
              // directory
  kControl = 2,  // ordinal: a directory, or a snapshot of a control file
  kAt = 3,       // slot: a moment, 0 for the directory of all; ordinal: the catalog's row id of a
                 // directory as of then (its files are the bucket's nodes)
};

struct NodeId {
  uint64_t value = 0;

  static NodeId Bucket(uint64_t row) { return {row}; }
  static NodeId Make(TreeNumber tree, uint32_t slot, uint32_t ordinal) {
    return {uint64_t(tree) << 60 | uint64_t(slot) << 32 | ordinal};
  }
  TreeNumber tree() const { return TreeNumber(value >> 60); }
  uint32_t slot() const { return uint32_t(value >> 32) & 0x0fffffff; }
  uint32_t ordinal() const { return uint32_t(value); }
  uint64_t row() const { return value & 0x0fffffffffffffff; }
  friend bool operator==(NodeId, NodeId) = default;
};

inline constexpr NodeId kRootNode{1};

}  // namespace annofs
