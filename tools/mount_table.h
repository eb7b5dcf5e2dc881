// Mounts of annofs on this host, from /proc/self/mountinfo: never touches a mountpoint.
#pragma once

#include <sys/types.h>

#include <optional>
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

// The mount that holds an absolute path, as its text says, and where in it that is: "" for its
// root.
struct PlaceInMount {
  MountEntry mount;
  std::string path;
};
std::optional<PlaceInMount> FindPlace(const std::vector<MountEntry>& mounts,
                                      absl::string_view absolute_path);

// Where the daemon of a mount listens: /run/annofs/<device>.sock, or below the user's runtime
// directory. First the place for this user.
std::vector<std::string> SocketPaths(dev_t device);

}  // namespace annofs
