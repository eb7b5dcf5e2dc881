// Whatever changes the block files of a cache directory: batches are added to the youngest file;
// when that is full it is brought to the disk, the next one is begun, and the oldest one goes.
// Every process does this, one at a time (ring_lock.h), and finds under the lock what the others
// have done. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/pending_blocks.h"
#include "cache/ring_appender.h"
#include "cache/ring_directory.h"
#include "cache/ring_files.h"
#include "cache/ring_lock.h"
#include "cache/ring_shares.h"

namespace annofs {

class RingWriter {
 public:
  // All outlive it.
  RingWriter(const RingDirectory& evictable, const RingDirectory& pinned, RingFiles& files,
             uint64_t bound);

  // Makes the directories, and puts in order what is there if nobody else is about it.
  absl::Status Open();

  // Adds all of the batch or none; the list of files is up to date afterwards. kDeadlineExceeded:
  // another process has the lock for longer than one waits. kResourceExhausted: no more can be
  // pinned. Others: the disk refuses.
  absl::Status Write(const PendingBatch& batch, Keep keep);

  // Removes the oldest evictable file. False: there is none, or another process has the lock.
  bool GiveUpSpace();

  // Removes a file that is shorter than it says, now that nobody writes to it; if the lock can be
  // had at once, and else the next process that opens the cache does.
  void RemoveCut(RingFile& file);

  // Brings what was written to the disk, and says so, as far as the lock can be had.
  absl::Status Close();

  const RingShares& shares() const { return shares_; }
  uint64_t map_full() const { return map_full_.load(std::memory_order_relaxed); }

 private:
  // A directory, and its youngest file if this process has it open for writing.
  struct Shelf {
    const RingDirectory& directory;
    std::unique_ptr<RingAppender> youngest;
    uint32_t newest = 0;  // number of the youngest file; 0: there was none
  };
  struct OldFile {
    uint32_t number = 0;
    uint64_t bytes = 0;
  };
  using OldFiles = std::vector<OldFile>;  // youngest first

  absl::Status WriteLocked(const PendingBatch& batch, Keep keep)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Attach(Shelf& shelf) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Append(Shelf& shelf, const PendingBatch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // False: the next file must be begun.
  absl::StatusOr<bool> AppendToYoungest(Shelf& shelf, const PendingBatch& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Rotate(Shelf& shelf) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status BeginFile(Shelf& shelf) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CopySurvivors(const OldFiles& victims) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool CopyUsed(RingFile& from, uint64_t& room) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status MakeRoomForPinned(const PendingBatch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  OldFiles EvictableFiles() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint64_t PinnedBytes() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remove(Shelf& shelf, uint32_t number) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Oldest ones first, until the others, and `more`, fit into the bound beside what is pinned.
  void Evict(OldFiles& files, uint64_t more) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PutInOrder() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropUnsynced(Shelf& shelf) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CloseShelf(Shelf& shelf) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const RingShares shares_;
  RingFiles& files_;
  std::atomic<uint64_t> map_full_{0};

  absl::Mutex mutex_;  // before the lock file and those of files_
  RingLock lock_ ABSL_GUARDED_BY(mutex_);
  Shelf evictable_ ABSL_GUARDED_BY(mutex_);
  Shelf pinned_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
