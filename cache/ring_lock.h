// The right to change the block files of a cache directory: an flock on CACHE/blocks/LOCK, held for
// one piece of work and never by two objects, of one process or of several. A process that ends
// gives it back; one that is stopped keeps it, so that nobody waits without a bound. Not thread
// safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace annofs {

class RingLock {
 public:
  // Takes nothing yet. `path`: of the lock file, made when it is absent and its directory is there.
  explicit RingLock(std::string path) : path_(std::move(path)) {}
  ~RingLock();
  RingLock(const RingLock&) = delete;
  RingLock& operator=(const RingLock&) = delete;

  // kDeadlineExceeded: another one has it all that time. Others: the file cannot be had, as when
  // its directory was removed.
  absl::Status Acquire(absl::Duration wait);
  void Release();

 private:
  absl::Status OpenFile();
  bool IsStillThere() const;

  const std::string path_;
  int file_ = -1;
  absl::Time released_ = absl::InfinitePast();
};

}  // namespace annofs
