// A control group (version 1) that bounds the memory of the processes started in it, page cache
// included; removed with the object. REQUIRES: they have ended before that. Thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs::testing {

class MemoryGroup {
 public:
  // kUnavailable, with the reason: this machine has no such controller, or it may not be written.
  static absl::StatusOr<std::unique_ptr<MemoryGroup>> Make(uint64_t limit_bytes);
  ~MemoryGroup();
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  // The command as one that runs in the group.
  std::vector<std::string> Inside(const std::vector<std::string>& argv) const;
  // Processes that the kernel ended for want of memory; -1 if it does not tell.
  int64_t killed() const;
  uint64_t peak_bytes() const;

 private:
  explicit MemoryGroup(std::string path) : path_(std::move(path)) {}
  std::string Text(absl::string_view file) const;

  const std::string path_;
};

}  // namespace annofs::testing
