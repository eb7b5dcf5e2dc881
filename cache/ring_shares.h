// How the bytes of a block cache's bound are shared out among its files. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "cache/use_bits.h"

namespace annofs {

class RingShares {
 public:
  explicit RingShares(uint64_t bound) : bound_(bound), file_bytes_(FileBytes(bound)) {}

  uint64_t bound() const { return bound_; }
  // So many evictable files at most.
  uint64_t file_count() const { return FileCount(bound_); }
  // The bound of one file, and that with what lies beside it.
  uint64_t file_bytes() const { return file_bytes_; }
  uint64_t whole_file_bytes() const { return file_bytes_ + UseBits::FileBytes(file_bytes_); }
  // Of a new file, for blocks of the one that it replaces: while that is done both are there.
  uint64_t survivor_bytes() const { return file_bytes_ / 3; }
  uint64_t most_pinned() const { return bound_ / 2; }
  // What files of blocks may take in all: the rest is for LOCK and BOOT.
  uint64_t for_files() const { return bound_ - kSideBytes; }

  static constexpr uint64_t kLeastBound = 16 << 20;
  // A whole small object (object_reader.h).
  static constexpr uint64_t kMostBlockBytes = 1 << 20;

 private:
  static constexpr uint64_t kSideBytes = 64 << 10;
  static constexpr uint64_t kUsualFiles = 16;
  static constexpr uint64_t kLeastFileBytes = 4 << 20;  // holds three of the largest blocks
  static constexpr uint64_t kMostFileBytes = uint64_t{4} << 30;

  static uint64_t FileCount(uint64_t bound) {
    return std::max(std::min(kUsualFiles, bound / kLeastFileBytes), bound / kMostFileBytes);
  }
  static uint64_t FileBytes(uint64_t bound) {
    const uint64_t share = (bound - kSideBytes) * 3 / (3 * FileCount(bound) + 1);
    return (share - 2 * UseBits::FileBytes(share)) / 4096 * 4096;
  }

  const uint64_t bound_;
  const uint64_t file_bytes_;
};

}  // namespace annofs
