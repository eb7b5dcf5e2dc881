// One file of the block ring, read: an LMDB environment in a single file that this process, another
// one, or nobody appends to meanwhile (ring_appender.h). Thread safe.
//
// It is read without LMDB's locks, so that no process ever waits for another and none leaves
// anything behind. What keeps that right: blocks are checked; those that have pages of their own
// never move; smaller ones, in pages that a writer may use again, are copied before they are
// checked; and a search that found nothing is made again if a writer has overtaken it.
#pragma once

#include <lmdb.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/block_cache.h"
#include "cache/block_format.h"
#include "cache/txn_pool.h"
#include "cache/use_bits.h"

namespace annofs {

// kBroken: the file was cut, or is such garbage that it cannot be read; from then on all of it is
// kMiss.
enum class RingRead { kHit, kMiss, kWouldBlock, kDamaged, kBroken };

// What lies in a ring file, as its header tells.
struct RingFileContent {
  uint64_t blocks = 0;
  uint64_t bytes = 0;  // of the file
};

class RingFile {
 public:
  // kInternal if LMDB cannot use it.
  static absl::StatusOr<std::shared_ptr<RingFile>> Open(const std::string& path, uint32_t number,
                                                        const std::string& use_path);
  ~RingFile();
  RingFile(const RingFile&) = delete;
  RingFile& operator=(const RingFile&) = delete;

  RingRead Read(const BlockKey& key, Lane lane, absl::FunctionRef<void(absl::string_view)> fn);
  // Without counting it as use.
  RingRead Peek(const BlockKey& key, Lane lane, absl::FunctionRef<void(absl::string_view)> fn);

  // By its key alone.
  bool Has(const BlockKey& key);

  // Keys behind `after`, in order, at most `limit` of them; all, or those of blocks that were used.
  // Empty: no more.
  enum class Which { kAll, kUsed };
  std::vector<BlockKey> KeysAfter(const std::optional<BlockKey>& after, size_t limit, Which which);

  // False: the file ends before pages that it speaks of.
  bool IsWhole();
  bool is_broken() const { return broken_.load(std::memory_order_relaxed); }

  const std::string& path() const { return path_; }
  uint32_t number() const { return number_; }
  uint64_t inode() const { return inode_; }
  uint64_t bytes() const;  // on disk now
  RingFileContent Content();

 private:
  struct Found {
    RingRead result = RingRead::kMiss;
    absl::string_view record;
  };
  class Visit;

  bool IsDamaged(const BlockKey& key);
  void SetDamaged(const BlockKey& key);

  RingFile(std::string path, uint32_t number, const std::string& use_path)
      : path_(std::move(path)), number_(number), use_(use_path) {}
  int OpenEnvironment();
  int OpenTable();
  Found Find(MDB_txn* txn, const BlockKey& key) const;
  uint64_t LastTransaction();

  const std::string path_;
  const uint32_t number_;
  UseBits use_;
  MDB_env* env_ = nullptr;
  MDB_dbi table_ = 0;
  uint64_t inode_ = 0;
  std::unique_ptr<TxnPool> pool_;
  std::atomic<bool> broken_{false};

  // Blocks that were found damaged: they are not there, and told once each, until somebody appends
  // to the file, who may have written them anew. At most so many.
  static constexpr size_t kMostDamaged = 1 << 16;
  std::atomic<bool> has_damaged_{false};
  absl::Mutex damaged_mutex_;
  uint64_t damaged_at_ ABSL_GUARDED_BY(damaged_mutex_) = 0;  // the last transaction then
  absl::flat_hash_set<BlockKey, BlockKeyHash> damaged_ ABSL_GUARDED_BY(damaged_mutex_);
};

}  // namespace annofs
