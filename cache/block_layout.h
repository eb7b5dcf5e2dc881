// How an object is cut into blocks: a small one is one block, a larger one has blocks of
// kBlockBytes and a shorter last one. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "cache/store/object_store.h"

namespace annofs {

// Up to this an object is one block and one GET.
inline constexpr uint64_t kWholeObjectBytes = 1 << 20;
// Block of a larger object: the kernel's reads, which begin and end at pages, touch no block but
// their own (cache/README.md).
inline constexpr uint64_t kBlockBytes = 1 << 16;

// Half-open range of block numbers.
struct BlockRange {
  uint32_t first = 0;
  uint32_t end = 0;
  uint32_t count() const { return end - first; }
};

class BlockLayout {
 public:
  // REQUIRES: size > 0.
  explicit BlockLayout(uint64_t size)
      : size_(size), block_(size <= kWholeObjectBytes ? size : kBlockBytes) {}

  bool is_whole() const { return block_ == size_; }
  uint32_t count() const { return static_cast<uint32_t>((size_ + block_ - 1) / block_); }

  // The blocks that hold a range. REQUIRES: not empty, within the object.
  BlockRange Covering(ByteRange range) const {
    return {static_cast<uint32_t>(range.offset / block_),
            static_cast<uint32_t>((range.end() - 1) / block_ + 1)};
  }
  ByteRange Bytes(BlockRange blocks) const {
    uint64_t offset = blocks.first * block_;
    return {offset, std::min(size_, blocks.end * block_) - offset};
  }
  ByteRange Bytes(uint32_t block) const { return Bytes(BlockRange{block, block + 1}); }

 private:
  const uint64_t size_;
  const uint64_t block_;
};

}  // namespace annofs
