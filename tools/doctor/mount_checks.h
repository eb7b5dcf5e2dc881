// The annofs mounts that this host has: those whose daemon is gone, and their readahead.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/doctor/host_files.h"
#include "tools/doctor/report.h"
#include "tools/mount_table.h"

namespace annofs::doctor {

struct SeenMount {
  MountEntry mount;
  absl::Status answer;  // of its daemon; kPermissionDenied: another user's, and no
                        // socket is known; kCancelled: not asked
  std::optional<uint64_t> readahead_kb;
};

// Asks each daemon by its control socket, all together for a few seconds at most; never touches a
// mountpoint. Who has mounted stands in the host's /proc/self/mountinfo.
std::vector<SeenMount> GatherMounts(const HostFiles& host, const std::vector<MountEntry>& mounts);

// The user_id= of each FUSE mount, by its device, in the text of mountinfo.
std::map<dev_t, uid_t> OwnersOfMounts(absl::string_view mountinfo);

AreaReport CheckMounts(const std::vector<SeenMount>& mounts);

}  // namespace annofs::doctor
