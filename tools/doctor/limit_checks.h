// What this process may have at most: descriptors, threads, address space, memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/doctor/host_files.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

inline constexpr uint64_t kNoLimit = UINT64_MAX;

// The least bound of a control group and those above it.
struct GroupLimit {
  std::string file;  // that says it
  uint64_t most = kNoLimit;
  uint64_t used = 0;
};

struct LimitFacts {
  // RLIMIT_NOFILE, _NPROC, _AS, _FSIZE of this process.
  uint64_t files = kNoLimit, processes = kNoLimit, address_space = kNoLimit, file_size = kNoLimit;
  bool is_bound_by_processes = true;  // not root
  std::optional<GroupLimit> memory, tasks;
  // As the mount would be told.
  uint64_t memory_asked = 0, cache_size = 0;
  int connections = 64;
};

// The limits of this process and of its control groups, of version 1 or 2, of that host.
LimitFacts GatherLimits(const HostFiles& host);
AreaReport CheckLimits(const LimitFacts& facts);

// The group of /proc/self/cgroup (`groups`) that a controller ("memory") bounds, and its directory:
// "/sys/fs/cgroup/user.slice"; "" if there is none.
struct GroupPlace {
  std::string directory;
  bool is_v2 = false;
};
GroupPlace PlaceOfGroup(absl::string_view groups, absl::string_view controller);

}  // namespace annofs::doctor
