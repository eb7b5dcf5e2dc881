// Whether this user can mount on this host: the device, fusermount3, rights, the kernel.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "tools/doctor/host_files.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

struct FuseFacts {
  uid_t uid = 0;
  int device_error = 0;  // errno of opening /dev/fuse for reading and writing; 0: it opens
  std::optional<HostFiles::Program> fusermount;
  std::string fuse_conf;                    // the text of /etc/fuse.conf
  std::string status;                       // that of /proc/self/status
  std::string kernel;                       // "6.1.0-18-amd64"
  std::optional<uint64_t> most_background;  // max_user_bgreq of the fuse module
};

// Opens the device.
FuseFacts GatherFuse(const HostFiles& host);
AreaReport CheckFuse(const FuseFacts& facts);

// mount(2) is permitted: root, or who has CAP_SYS_ADMIN. `status`: /proc/self/status.
bool MayMount(absl::string_view status);

}  // namespace annofs::doctor
