// Read transactions of one LMDB environment, kept for use again: a reader slot and its memory are
// taken once, not at each read. Thread safe. The environment is opened with MDB_NOTLS and outlives
// the pool.
#pragma once

#include <lmdb.h>

#include <array>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace annofs {

class TxnPool {
 public:
  explicit TxnPool(MDB_env* env) : env_(env) {}
  ~TxnPool();
  TxnPool(const TxnPool&) = delete;
  TxnPool& operator=(const TxnPool&) = delete;

  // A live read transaction of the newest state, to be given back to Release() by the same thread.
  // Answers an LMDB code.
  int Acquire(MDB_txn** txn);
  void Release(MDB_txn* txn);

 private:
  // Threads of different processors meet in no lock.
  static constexpr size_t kShards = 16;
  struct alignas(64) Shard {
    absl::Mutex mutex;
    std::vector<MDB_txn*> idle ABSL_GUARDED_BY(mutex);
  };

  MDB_txn* Take(Shard& shard);
  MDB_txn* TakeAny();
  int Begin(MDB_txn** txn);

  MDB_env* const env_;
  std::array<Shard, kShards> shards_;
};

// A read transaction of a pool for one scope.
class PooledTxn {
 public:
  explicit PooledTxn(TxnPool& pool) : pool_(pool), code_(pool.Acquire(&txn_)) {}
  ~PooledTxn() {
    if (code_ == MDB_SUCCESS) pool_.Release(txn_);
  }
  PooledTxn(const PooledTxn&) = delete;
  PooledTxn& operator=(const PooledTxn&) = delete;

  int code() const { return code_; }  // MDB_SUCCESS, or why there is no transaction
  MDB_txn* get() const { return txn_; }

 private:
  TxnPool& pool_;
  MDB_txn* txn_ = nullptr;
  const int code_;
};

}  // namespace annofs
