// The annofs mounts that this host has: those whose daemon is gone, and their readahead.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "tools/dead_mounts.h"
#include "tools/doctor/host_files.h"
#include "tools/doctor/report.h"
#include "tools/mount_table.h"

namespace annofs::doctor {

struct SeenMount {
  MountEntry mount;
  DaemonState daemon = DaemonState::kUnknown;  // kDead: its mountpoint says so, too
  absl::Status answer;  // of one that lives: how it fails; of one not known: why
  std::optional<uint64_t> readahead_kb;
};

// Asks each daemon by its control socket, all together for a few seconds at most. Touches no
// mountpoint but one whose socket nobody listens at.
std::vector<SeenMount> GatherMounts(const HostFiles& host, const std::vector<MountEntry>& mounts);

AreaReport CheckMounts(const std::vector<SeenMount>& mounts);

}  // namespace annofs::doctor
