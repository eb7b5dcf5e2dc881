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

// Pinned blocks stay until they are cleared; eviction takes the others.
enum class Keep : uint8_t { kEvictable, kPinned };

struct BlockCacheInfo {
  uint64_t bytes = 0;   // on disk, pinned ones included
  uint64_t pinned = 0;  // bytes on disk of pinned blocks
  uint64_t bound = 0;
  uint64_t hits = 0, misses = 0, writes = 0, dropped = 0, damaged = 0;
  uint64_t map_full = 0;  // batches that LMDB had no room for, though they were reckoned to fit
};

class BlockCache {
 public:
  virtual ~BlockCache() = default;
  // kHit: `fn` has seen the whole block, checked by CRC32C and identity, while the read transaction
  // lasted. `fn` copies, or hands the bytes to the kernel, and takes no lock that is held elsewhere
  // and owns nothing: it is left by a jump, and the block is a miss, when the file is cut short
  // under it. It may read other blocks.
  virtual BlockResult Read(const BlockKey& key, Lane lane,
                           absl::FunctionRef<void(absl::string_view)> fn) = 0;
  // True if it is there, as far as the index tells: its bytes are not touched and not checked.
  // kPinned: and pinned. Never waits.
  virtual bool Has(const BlockKey& key, Keep keep) = 0;
  // Queued; dropped when the queue is full or the disk refuses. Never waits. A pinned one that was
  // queued is not dropped for later ones; one that finds the queue full of such is not taken in:
  // Has(key, kPinned) tells, and after a Flush() there is room. After that Flush() it tells whether
  // the block is on the disk: pinned ones may take half of the bound, and beyond that are refused.
  virtual void Write(const BlockKey& key, SharedBytes data, Keep keep) = 0;
  // The memory of the queue is wanted, about so many bytes, by who would wait for the disk
  // otherwise: the oldest evictable blocks in it are dropped.
  virtual void DropQueued(uint64_t bytes) = 0;
  // Waits until everything queued before has been written or dropped (unmount, tests); what other
  // processes have written or removed until then is known afterwards. A few
  // seconds at most, also when another process that writes the same cache is stopped.
  virtual void Flush() = 0;
  // Gives disk space to somebody who needs it more (the catalog, on a full disk): removes the
  // oldest evictable blocks. False: there is nothing to give.
  virtual bool GiveUpSpace() = 0;
  virtual BlockCacheInfo Info() = 0;
};

struct BlockRingOptions {
  std::string path;                 // CACHE: its blocks/ and pinned/ are the ring's
  uint64_t bound = 0;               // bytes on disk, pinned ones included; at least 16 MiB
  uint64_t queue_bytes = 32 << 20;  // of blocks that wait to be written
};
// The ring of architecture §5, shared by every process of the host that opens it: all of them read
// and write.
absl::StatusOr<std::unique_ptr<BlockCache>> OpenBlockRing(const BlockRingOptions& options);
std::unique_ptr<BlockCache> NewMemoryBlockCache(uint64_t bound);

}  // namespace annofs
