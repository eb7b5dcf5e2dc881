// One file of the block ring: an LMDB environment in a single file, written until it is full, then
// read until it is removed. Thread safe, except that one thread appends.
#pragma once

#include <lmdb.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/call_context.h"
#include "cache/block_cache.h"
#include "cache/pending_blocks.h"
#include "cache/txn_pool.h"

namespace annofs {

// Which blocks of a file were used since they were written: one bit each, by hash. Two blocks that
// share a bit cost a needless copy at most.
class UseBits {
 public:
  explicit UseBits(uint64_t file_bytes);
  void Set(const BlockKey& key);
  bool Test(const BlockKey& key) const;

 private:
  const uint64_t words_;
  std::unique_ptr<std::atomic<uint64_t>[]> bits_;
};

enum class RingRead { kHit, kMiss, kWouldBlock, kDamaged };

class RingFile {
 public:
  // kAppend: made if absent, written by this process. kShared: read while another process writes.
  // kSealed: nobody writes.
  enum class Mode { kAppend, kShared, kSealed };

  // kInternal if LMDB cannot use it, or if it is shorter than it says. `bytes`: its bound, of
  // kAppend only.
  static absl::StatusOr<std::shared_ptr<RingFile>> Open(const std::string& path, uint32_t number,
                                                        Mode mode, uint64_t bytes);
  ~RingFile();
  RingFile(const RingFile&) = delete;
  RingFile& operator=(const RingFile&) = delete;

  RingRead Read(const BlockKey& key, Lane lane, absl::FunctionRef<void(absl::string_view)> fn);

  // By its key alone.
  bool Has(const BlockKey& key);

  // Adds all or none; answers an LMDB code or errno. MDB_MAP_FULL: start the next file. REQUIRES:
  // kAppend.
  int Append(const PendingBatch& batch);
  // On disk from now on. REQUIRES: kAppend.
  absl::Status Sync();

  // The used blocks, undamaged, until `fn` answers false.
  void ForEachUsed(absl::FunctionRef<bool(const BlockKey&, absl::string_view)> fn);
  // Takes over what `other`, an environment of the same file, knows of use. Before it is shared
  // with other threads.
  void ShareUse(const RingFile& other) { use_ = other.use_; }

  const std::string& path() const { return path_; }
  uint32_t number() const { return number_; }
  uint64_t inode() const { return inode_; }
  uint64_t bytes() const;  // on disk now

 private:
  RingFile(std::string path, uint32_t number) : path_(std::move(path)), number_(number) {}
  int OpenEnvironment(Mode mode, uint64_t bytes);
  int OpenTable(Mode mode);
  absl::Status CheckLength();
  int Put(MDB_txn* txn, const PendingBlock& block);

  const std::string path_;
  const uint32_t number_;
  MDB_env* env_ = nullptr;
  MDB_dbi table_ = 0;
  uint64_t inode_ = 0;
  std::unique_ptr<TxnPool> pool_;
  std::shared_ptr<UseBits> use_;
};

}  // namespace annofs
