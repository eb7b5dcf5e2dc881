// How fast a directory's disk is, by a file that is never seen. Stateless.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace annofs::doctor {

// What writing and reading a file there took.
struct DiskSpeed {
  uint64_t bytes = 0;
  absl::Duration write;  // with fsync
  absl::Duration read;   // not from memory, where the kernel obeys
};

// Writes up to 8 MiB, or what the process may, into a file without a name in `directory`, syncs it,
// and reads it; stops writing after a second, and leaves nothing there. Errors are those of the
// system calls.
absl::StatusOr<DiskSpeed> MeasureDisk(const std::string& directory);

}  // namespace annofs::doctor
