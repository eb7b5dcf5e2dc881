// Mounts of annofs on this host, from /proc/self/mountinfo: never touches a mountpoint.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

struct MountEntry {
  dev_t device = 0;
  std::string mountpoint;
  std::string source;
};

// Entries of type fuse.annofs in `mountinfo` (the text of that file).
std::vector<MountEntry> ParseMountInfo(absl::string_view mountinfo);
std::vector<MountEntry> AnnofsMounts();

// Where the daemon of a mount listens: /run/annofs/<device>.sock, or below the user's runtime
// directory. First the place for this user.
std::vector<std::string> SocketPaths(dev_t device);

}  // namespace annofs
