// The files of a cache directory's blocks that this process has open for reading, pinned ones
// first, then the others, youngest first. A reader takes a list and holds nothing while it reads; a
// file that was removed is closed when its last reader goes. Thread safe.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/ring_directory.h"
#include "cache/ring_file.h"

namespace annofs {

struct RingFileList {
  std::vector<std::shared_ptr<RingFile>> files;
  size_t pinned = 0;  // so many of the first
};

class RingFiles {
 public:
  // Both outlive it.
  RingFiles(const RingDirectory& evictable, const RingDirectory& pinned);

  // Looked for at the first call. Threads of different processors share neither a lock nor a count.
  std::shared_ptr<const RingFileList> Get();

  // Looks what is there now, if the directories may have changed since. False: the list is the
  // same, or another thread is about it. Waits for nobody.
  bool Refresh();
  // Looks, and waits for whoever is about it.
  void Rescan();
  // Closes all: a process that reads nothing keeps no space of what others remove. Get() looks
  // anew.
  void Forget();

 private:
  static constexpr size_t kShards = 16;
  struct alignas(64) Shard {
    absl::Mutex mutex;
    std::shared_ptr<const RingFileList> list ABSL_GUARDED_BY(mutex);
  };

  std::shared_ptr<const RingFileList> Published();
  bool Scan() ABSL_EXCLUSIVE_LOCKS_REQUIRED(scan_mutex_);
  void Add(const RingDirectory& directory, const RingFileList& before, RingFileList& list) const;
  void Publish(const RingFileList& list) ABSL_EXCLUSIVE_LOCKS_REQUIRED(scan_mutex_);

  const RingDirectory& evictable_;
  const RingDirectory& pinned_;
  absl::Mutex scan_mutex_;  // before those of the shards
  // Of both directories, when they were last looked at; the begin of time: look again.
  std::array<absl::Time, 2> seen_ ABSL_GUARDED_BY(scan_mutex_);
  std::atomic<bool> known_{false};
  std::array<Shard, kShards> shards_;
};

}  // namespace annofs
