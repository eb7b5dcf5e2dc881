// The files of a block ring by name: NNNNNNNN.mdb, LMDB's lock files beside them, LOCK (held by the
// process that writes), BOOT (whether the youngest file can be trusted). Owned by the ring; not
// thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace annofs {

class RingDirectory {
 public:
  explicit RingDirectory(std::string path) : path_(std::move(path)) {}
  ~RingDirectory();
  RingDirectory(const RingDirectory&) = delete;
  RingDirectory& operator=(const RingDirectory&) = delete;

  absl::Status Make();
  // True if this process is the writer from now on. False: another one is.
  bool TryLock();

  // Numbers of the ring's files, youngest first.
  std::vector<uint32_t> Numbers() const;
  std::string FilePath(uint32_t number) const;
  uint64_t Inode(uint32_t number) const;  // 0 if it is gone
  // Removes the file and LMDB's lock file, or only the latter (nobody writes that file any more).
  void Remove(uint32_t number) const;
  void RemoveLockFile(uint32_t number) const;
  // Brings the file to the disk, if it is there.
  void Sync(uint32_t number) const;

  // A file that is not synced survives the process, not the machine. True if what the last writer
  // left unsynced is still as it wrote it.
  bool UnsyncedFileIsWhole() const;
  absl::Status MarkUnsynced() const;
  absl::Status MarkSynced() const;

 private:
  std::string Child(const char* name) const;

  const std::string path_;
  int lock_ = -1;
};

}  // namespace annofs
