// The one file of a ring directory that is written: blocks are added to it in batches until it is
// full. Not thread safe; while it is used nobody else, of any process, writes that file
// (ring_lock.h).
#pragma once

#include <lmdb.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/lmdb_tree.h"
#include "cache/pending_blocks.h"

namespace annofs {

class RingAppender {
 public:
  // Makes the file, in one step for those who look for it: it has its name once it is a file of
  // LMDB. `bytes`: its bound.
  static absl::StatusOr<std::unique_ptr<RingAppender>> Make(const std::string& path,
                                                            uint32_t number, uint64_t bytes);
  // A file that is there. kInternal: LMDB cannot use it, or it is shorter than it says.
  static absl::StatusOr<std::unique_ptr<RingAppender>> Open(const std::string& path,
                                                            uint32_t number);
  ~RingAppender();
  RingAppender(const RingAppender&) = delete;
  RingAppender& operator=(const RingAppender&) = delete;

  // kFull: by the reckoning of its pages, before anything is written. kMapFull: LMDB says so, which
  // the reckoning is there to avoid. kDamaged: its pages are; nothing more is written to it.
  // kFailed: the disk refuses; `code()` says why.
  enum class Outcome { kDone, kFull, kMapFull, kDamaged, kFailed };
  // Adds all or none. A block that is there, and sound, is left as it is.
  Outcome Append(const PendingBatch& batch);
  int code() const { return code_; }

  // On disk from now on.
  absl::Status Sync();

  uint32_t number() const { return number_; }
  uint64_t inode() const { return inode_; }
  uint64_t map_bytes() const { return map_.size(); }  // what it may grow to

 private:
  RingAppender(std::string path, uint32_t number) : path_(std::move(path)), number_(number) {}
  absl::Status OpenEnvironment(const std::string& path, uint64_t bytes);
  absl::Status MapFile();
  Outcome AppendGuarded(LmdbTree& tree, const PendingBatch& batch);
  int Write(const PendingBatch& batch);
  int Put(MDB_txn* txn, const PendingBlock& block);
  uint64_t NeededBytes() const;
  // The file is as long as it says.
  absl::Status Extend();

  const std::string path_;
  const uint32_t number_;
  uint64_t inode_ = 0;
  MDB_env* env_ = nullptr;
  MDB_dbi table_ = 0;
  absl::string_view map_;  // of our own: where LMDB's is, it does not tell
  int code_ = 0;
  bool left_ = false;  // LMDB was left in the middle of its work
};

}  // namespace annofs
