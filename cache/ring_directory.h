// The files of a directory of blocks by name: NNNNNNNN.mdb, NNNNNNNN.use beside each
// (use_bits.h), BOOT (whether the youngest file can be trusted). Thread safe; what changes anything
// needs the lock (ring_lock.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace annofs {

class RingDirectory {
 public:
  explicit RingDirectory(std::string path);

  absl::Status Make() const;
  const std::string& path() const { return path_; }

  // Numbers of the ring's files, youngest first.
  std::vector<uint32_t> Numbers() const;
  std::string FilePath(uint32_t number) const;
  std::string UsePath(uint32_t number) const;
  uint64_t Inode(uint32_t number) const;  // 0 if it is gone
  uint64_t Bytes(uint32_t number) const;  // of the file and what is beside it; 0 if it is gone
  // When a file was last added or removed; the begin of time if the directory is gone.
  absl::Time Changed() const;

  void Remove(uint32_t number) const;
  // What processes that were killed have left: files without a name, or without their ring file.
  void RemoveStrays() const;
  // Brings the file to the disk, if it is there.
  absl::Status Sync(uint32_t number) const;

  // A file that is not synced survives the process, not the machine. kOtherBoot: what was not
  // synced may not be as it was written.
  enum class Mark { kSynced, kThisBoot, kOtherBoot };
  Mark ReadMark() const;
  absl::Status MarkUnsynced() const;
  absl::Status MarkSynced() const;

 private:
  std::string Child(const char* name) const;

  const std::string path_;
  const std::string boot_id_;
};

}  // namespace annofs
