// Mounts of annofs on this host, from /proc/self/mountinfo and the runtime directory: never touches
// a mountpoint.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// A line of mountinfo.
struct MountRow {
  dev_t device = 0;
  std::string mountpoint;
  std::string type;
  std::string source;
  std::optional<uid_t> owner = std::nullopt;  // of a FUSE mount: who has made it
  std::string options = "";                   // of the file system: "rw,lowerdir=/a,…"
};
std::vector<MountRow> ParseMountRows(absl::string_view mountinfo);
std::vector<MountRow> AllMounts();
// What is seen there: of one place the last.
std::optional<MountRow> MountedAt(const std::vector<MountRow>& mounts,
                                  absl::string_view mountpoint);

struct MountEntry {
  dev_t device = 0;
  std::string mountpoint;  // with --scratch that of the overlay
  std::string source;
  std::string read_only = "";                 // with --scratch: where the mount itself is
  std::string scratch = "";                   // the directory of --scratch
  std::optional<uid_t> owner = std::nullopt;  // as of a MountRow
};

// Entries of type fuse.annofs in `mountinfo` (the text of that file).
std::vector<MountEntry> ParseMountInfo(absl::string_view mountinfo);
// Those of this host, with what ScratchPlaces() knows of them.
std::vector<MountEntry> AnnofsMounts();

// The mount that holds an absolute path, as its text says, and where in it that is: "" for its
// root. With --scratch both places are the mount's; `mount.mountpoint` is the one that was named.
struct PlaceInMount {
  MountEntry mount;
  std::string path;
};
std::optional<PlaceInMount> FindPlace(const std::vector<MountEntry>& mounts,
                                      absl::string_view absolute_path);

// Where annofs keeps what lives as long as a mount: first the place for this user.
std::vector<std::string> RuntimeDirectories();

// Where the daemon of a mount listens: /run/annofs/<device>.sock, or below the user's runtime
// directory. First the place for this user.
std::vector<std::string> SocketPaths(dev_t device);

}  // namespace annofs
