// The streams of the versions that are being read, a bounded number of them: the least recently
// read is forgotten. Thread safe; readers of different versions seldom meet in a lock.
#pragma once

#include <array>
#include <atomic>
#include <list>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "cache/block_format.h"
#include "cache/cached_object.h"
#include "cache/read_ahead.h"

namespace annofs {

class ReadAheadTable {
 public:
  // `longest`: window of each stream at most.
  explicit ReadAheadTable(uint64_t longest) : longest_(longest) {}

  // What is due to be fetched ahead, and of what; `version` is null where nothing is.
  struct Due {
    std::shared_ptr<const ObjectVersion> version;
    ByteRange range;
  };
  // A read that was a hit. Of a version whose readers never waited nothing is known, and nothing is
  // due: where none such is read at all, a hit takes no lock.
  Due OnHit(const CachedObject& object, ByteRange read, ReadAhead::Memory memory);
  // A read that has to wait.
  Due OnWait(const CachedObject& object, const ObjectVersion& version, ByteRange read,
             ReadAhead::Memory memory);
  // There was no memory for what was due.
  void OnDropped(const CachedObject& object, ByteRange dropped);

 private:
  static constexpr size_t kShards = 16;
  static constexpr size_t kVersionsPerShard = 256;

  struct Entry {
    CachedObject object;
    std::shared_ptr<const ObjectVersion> version;
    ReadAhead streams;
  };
  struct Shard {
    std::atomic<bool> is_empty{true};  // asked before the lock is taken
    absl::Mutex mutex;
    std::list<Entry> order ABSL_GUARDED_BY(mutex);  // last read first
    absl::flat_hash_map<BlockKey, std::list<Entry>::iterator, BlockKeyHash> entries
        ABSL_GUARDED_BY(mutex);
  };

  // Null if it is not known.
  Entry* Find(Shard& shard, const CachedObject& object) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  Entry& Add(Shard& shard, const CachedObject& object, const ObjectVersion& version)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  Shard& ShardOf(const BlockKey& key) { return shards_[key.version[0] % kShards]; }

  const uint64_t longest_;
  std::array<Shard, kShards> shards_;
};

}  // namespace annofs
