// Blocks of object versions on local disk. May forget anything; every error inside is a miss; never
// blocks a reader on a writer. Thread safe. Two implementations: the ring of LMDB files, and memory
// (tests, and when the disk cannot be used).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
#include "cache/shared_bytes.h"

namespace annofs {

struct BlockKey {
  std::array<uint8_t, 16> version{};  // SHA-256 of source name, key and version, cut
  uint32_t index = 0;                 // block number; whole small objects are block 0
  friend bool operator==(const BlockKey&, const BlockKey&) = default;
};

// kWouldBlock: it is there, but its pages are not resident and the lane is fast.
enum class BlockResult { kHit, kMiss, kWouldBlock };

struct BlockCacheInfo {
  uint64_t bytes = 0;  // on disk
  uint64_t bound = 0;
  uint64_t hits = 0, misses = 0, writes = 0, dropped = 0, damaged = 0;
};

class BlockCache {
 public:
  virtual ~BlockCache() = default;
  // kHit: `fn` has seen the whole block, checked by CRC32C and identity, while the read transaction
  // lasted.
  virtual BlockResult Read(const BlockKey& key, Lane lane,
                           absl::FunctionRef<void(absl::string_view)> fn) = 0;
  // Queued and copied; dropped when the queue is full or the disk refuses.
  virtual void Write(const BlockKey& key, absl::string_view data) = 0;
  // The same without the copy, where the cache can hold the bytes as they are.
  virtual void WriteShared(const BlockKey& key, SharedBytes data) { Write(key, data.view()); }
  // Waits until everything queued before has been written or dropped (unmount, tests).
  virtual void Flush() = 0;
  virtual BlockCacheInfo Info() const = 0;
};

struct BlockRingOptions {
  std::string path;    // CACHE/blocks
  uint64_t bound = 0;  // bytes on disk, at least 16 MiB
};
// The ring of architecture §5. One process writes a ring at a time (the first to lock it); others
// read what they find and do not write.
absl::StatusOr<std::unique_ptr<BlockCache>> OpenBlockRing(const BlockRingOptions& options);
std::unique_ptr<BlockCache> NewMemoryBlockCache(uint64_t bound);

}  // namespace annofs
