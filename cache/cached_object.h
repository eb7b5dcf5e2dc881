// A version as the cache knows it: all that a hit needs. A value, cheap to keep for many.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "cache/block_cache.h"
#include "cache/store/object_store.h"

namespace annofs {

struct CachedObject {
  BlockKey key;  // of block 0
  uint64_t size = 0;

  BlockKey Block(uint32_t index) const {
    BlockKey block = key;
    block.index = index;
    return block;
  }
};

// `source`: ObjectStore::identity().
CachedObject IdentifyObject(absl::string_view source, const ObjectVersion& version);

}  // namespace annofs
