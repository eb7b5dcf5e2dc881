#include "tools/dead_mounts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "fs/fuse/mountpoint.h"
#include "tools/control_socket.h"
#include "tools/scratch_place.h"
#include "tools/unmount.h"

namespace annofs {
namespace {

// A mountpoint may have dead mounts on each other; each is taken down once.
constexpr int kMostOnEachOther = 16;

// What is seen at the mountpoint is the overlay of a dead daemon.
std::optional<ScratchPlace> DeadPlaceAt(const std::string& mountpoint,
                                        const std::vector<MountRow>& mounts) {
  for (const ScratchPlace& place : ScratchPlaces()) {
    if (place.mountpoint == mountpoint && HasOverlay(place, mounts) && !HasDaemon(place)) {
      return place;
    }
  }
  return std::nullopt;
}

absl::Status OfAnotherType(const MountRow& row) {
  return absl::InvalidArgumentError(
      absl::StrCat(row.mountpoint, ": a mount of ", row.source, " (type ", row.type,
                   ") that has died is still there: take it down first (fusermount3 -u -z ",
                   row.mountpoint, ", as root umount -l ", row.mountpoint, ")"));
}

absl::Status IsInUse(const std::string& mountpoint) {
  return absl::InvalidArgumentError(
      absl::StrCat(mountpoint, ": something is mounted there already: unmount it (annofs umount ",
                   mountpoint, "), or choose another directory"));
}

// A mount that may hang is looked at only where nobody is known to serve it.
absl::StatusOr<bool> IsDead(const MountRow& row) {
  if (row.type == "fuse.annofs") {
    const MountEntry mount{.device = row.device, .mountpoint = row.mountpoint, .owner = row.owner};
    if (StateOfDaemon(mount) == DaemonState::kLives) return IsInUse(row.mountpoint);
    return HasDied(row.mountpoint);
  }
  if (absl::StartsWith(row.type, "fuse") && HasDied(row.mountpoint)) return OfAnotherType(row);
  return false;
}

void Tell(const std::string& mountpoint, absl::string_view source, std::ostream& notes) {
  const std::string text =
      absl::StrCat(mountpoint, ": the mount of ", source,
                   " had died with its daemon; it was taken down before mounting anew");
  LogWarning(text);
  notes << "annofs: mount: " << Redact(text) << std::endl;
}

// Whether there was one. An error where a mount of annofs lives.
absl::StatusOr<bool> ClearOne(const std::string& mountpoint, std::ostream& notes) {
  const std::vector<MountRow> mounts = AllMounts();
  const std::optional<MountRow> row = MountedAt(mounts, mountpoint);
  if (!row) return false;
  if (const std::optional<ScratchPlace> place = DeadPlaceAt(mountpoint, mounts)) {
    // What files that are still open write would be mixed with what the next mount writes.
    RETURN_IF_ERROR(Annotate(UnmountScratch(*place, /*lazy=*/false),
                             absl::StrCat("taking down what a dead daemon left at ", mountpoint)));
    Tell(mountpoint, row->source, notes);
    return true;
  }
  ASSIGN_OR_RETURN(const bool is_dead, IsDead(*row));
  if (!is_dead) return false;
  RETURN_IF_ERROR(Annotate(Unmount(mountpoint, /*lazy=*/true),
                           absl::StrCat("taking down the dead mount at ", mountpoint)));
  Tell(mountpoint, row->source, notes);
  return true;
}

}  // namespace

std::optional<std::string> SocketOf(const MountEntry& mount) {
  std::vector<std::string> paths = SocketPaths(mount.device);
  if (mount.owner && *mount.owner != getuid()) {
    paths.push_back(absl::StrCat("/run/user/", *mount.owner, "/annofs/", mount.device, ".sock"));
  }
  for (const std::string& path : paths) {
    // One of somebody else may be left of a mount that had the number before.
    struct stat info {};
    if (stat(path.c_str(), &info) != 0 || info.st_uid != mount.owner.value_or(info.st_uid))
      continue;
    return path;
  }
  return std::nullopt;
}

DaemonState StateOfDaemon(const MountEntry& mount) {
  const std::optional<std::string> socket = SocketOf(mount);
  if (!socket) return DaemonState::kUnknown;
  return IsAbandonedControl(*socket) ? DaemonState::kDead : DaemonState::kLives;
}

absl::Status ClearDeadMounts(const std::string& mountpoint, std::ostream& notes) {
  for (int i = 0; i < kMostOnEachOther; ++i) {
    ASSIGN_OR_RETURN(const bool cleared, ClearOne(mountpoint, notes));
    if (!cleared) break;
  }
  return absl::OkStatus();
}

}  // namespace annofs
