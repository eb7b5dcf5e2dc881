// Blocks in memory, the least recently used forgotten first.
#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "cache/block_cache.h"
#include "cache/block_format.h"

namespace annofs {
namespace {

class MemoryBlockCache : public BlockCache {
 public:
  explicit MemoryBlockCache(uint64_t bound) : bound_(bound) {}

  BlockResult Read(const BlockKey& key, Lane,
                   absl::FunctionRef<void(absl::string_view)> fn) override {
    const std::optional<SharedBytes> data = Find(key);
    if (!data.has_value()) return BlockResult::kMiss;
    fn(data->view());
    return BlockResult::kHit;
  }

  bool Has(const BlockKey& key, Keep keep) override {
    absl::MutexLock lock(&mutex_);
    return keep == Keep::kEvictable && blocks_.contains(key);
  }

  // Nothing is pinned in memory.
  void Write(const BlockKey& key, SharedBytes data, Keep) override {
    absl::MutexLock lock(&mutex_);
    if (data.size() > bound_) {
      ++info_.dropped;
      return;
    }
    if (blocks_.contains(key)) return;
    info_.bytes += data.size();
    // A copy: what it is a part of may be larger, and is charged to whoever fetched it.
    order_.push_front({key, SharedBytes::CopyOf(data.view())});
    blocks_.emplace(key, order_.begin());
    ++info_.writes;
    while (info_.bytes > bound_) ForgetOldest();
  }

  void DropQueued(uint64_t) override {}
  void Flush() override {}
  bool GiveUpSpace() override { return false; }

  BlockCacheInfo Info() override {
    absl::MutexLock lock(&mutex_);
    BlockCacheInfo info = info_;
    info.bound = bound_;
    return info;
  }

 private:
  struct Entry {
    BlockKey key;
    SharedBytes data;
  };

  std::optional<SharedBytes> Find(const BlockKey& key) {
    absl::MutexLock lock(&mutex_);
    auto found = blocks_.find(key);
    if (found == blocks_.end()) {
      ++info_.misses;
      return std::nullopt;
    }
    ++info_.hits;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->data;
  }

  void ForgetOldest() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    info_.bytes -= order_.back().data.size();
    blocks_.erase(order_.back().key);
    order_.pop_back();
  }

  const uint64_t bound_;
  mutable absl::Mutex mutex_;
  std::list<Entry> order_ ABSL_GUARDED_BY(mutex_);  // last used first
  absl::flat_hash_map<BlockKey, std::list<Entry>::iterator, BlockKeyHash> blocks_
      ABSL_GUARDED_BY(mutex_);
  BlockCacheInfo info_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<BlockCache> NewMemoryBlockCache(uint64_t bound) {
  return std::make_unique<MemoryBlockCache>(bound);
}

}  // namespace annofs
