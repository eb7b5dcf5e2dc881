#include "cache/txn_pool.h"

#include <sched.h>

namespace annofs {
namespace {

size_t ThisProcessor() {
  int cpu = sched_getcpu();
  return cpu < 0 ? 0 : static_cast<size_t>(cpu);
}

}  // namespace

TxnPool::~TxnPool() {
  while (MDB_txn* txn = TakeAny()) mdb_txn_abort(txn);
}

int TxnPool::Acquire(MDB_txn** txn) {
  if (MDB_txn* idle = Take(shards_[ThisProcessor() % kShards])) {
    int code = mdb_txn_renew(idle);
    if (code == MDB_SUCCESS) {
      *txn = idle;
      return code;
    }
    mdb_txn_abort(idle);
  }
  return Begin(txn);
}

void TxnPool::Release(MDB_txn* txn) {
  mdb_txn_reset(txn);
  Shard& shard = shards_[ThisProcessor() % kShards];
  absl::MutexLock lock(&shard.mutex);
  shard.idle.push_back(txn);
}

int TxnPool::Begin(MDB_txn** txn) {
  int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, txn);
  if (code != MDB_READERS_FULL) return code;
  // Slots of killed processes, then slots that idle on other processors.
  int dead = 0;
  mdb_reader_check(env_, &dead);
  if (MDB_txn* idle = TakeAny()) mdb_txn_abort(idle);
  return mdb_txn_begin(env_, nullptr, MDB_RDONLY, txn);
}

MDB_txn* TxnPool::Take(Shard& shard) {
  absl::MutexLock lock(&shard.mutex);
  if (shard.idle.empty()) return nullptr;
  MDB_txn* txn = shard.idle.back();
  shard.idle.pop_back();
  return txn;
}

MDB_txn* TxnPool::TakeAny() {
  for (Shard& shard : shards_) {
    if (MDB_txn* txn = Take(shard)) return txn;
  }
  return nullptr;
}

}  // namespace annofs
