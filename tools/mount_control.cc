#include "tools/mount_control.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "tools/control_socket.h"

namespace annofs {

absl::StatusOr<int> ConnectMount(const MountEntry& mount) {
  absl::Status last;
  for (const std::string& path : SocketPaths(mount.device)) {
    absl::StatusOr<int> connection = ConnectControl(path);
    if (connection.ok()) return connection;
    last = connection.status();
  }
  return absl::UnavailableError(absl::StrCat("no answer from the daemon of ", mount.mountpoint,
                                             " (", last.message(),
                                             "): it is gone or stuck; `annofs umount --lazy ",
                                             mount.mountpoint, "` frees the mountpoint"));
}

}  // namespace annofs
