#include "tools/unmount.h"

#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/algorithm/container.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

absl::Status RunFusermount(const std::string& mountpoint, bool lazy) {
  pid_t child = fork();
  if (child < 0) return ErrnoToStatus(errno, "starting fusermount3");
  if (child == 0) {
    execlp("fusermount3", "fusermount3", lazy ? "-uz" : "-u", "--", mountpoint.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    return absl::InternalError("fusermount3 is not installed (package fuse3)");
  return absl::InternalError("fusermount3 refused: see its message above");
}

}  // namespace

absl::Status Unmount(const std::string& mountpoint, bool lazy) {
  if (geteuid() != 0) return RunFusermount(mountpoint, lazy);
  if (umount2(mountpoint.c_str(), lazy ? MNT_DETACH : 0) == 0) return absl::OkStatus();
  if (errno == EBUSY) {
    return absl::InternalError(
        "files below it are open, or a shell stands in it: end those, or use --lazy");
  }
  return ErrnoToStatus(errno, "umount");
}

bool HasAnnofsMount(const std::string& mountpoint, const std::vector<MountRow>& mounts) {
  return absl::c_any_of(mounts, [&](const MountRow& mount) {
    return mount.mountpoint == mountpoint && mount.type == "fuse.annofs";
  });
}

absl::Status UnmountScratch(const ScratchPlace& place, bool lazy) {
  if (HasOverlay(place, AllMounts())) RETURN_IF_ERROR(Unmount(place.mountpoint, lazy));
  // Who has it open still has it. The daemon takes it down, too, when it sees the overlay go.
  if (HasAnnofsMount(place.Lower(), AllMounts())) {
    const absl::Status status = Unmount(place.Lower(), true);
    if (!status.ok() && HasAnnofsMount(place.Lower(), AllMounts())) return status;
  }
  RemoveIfLeft(place);
  return absl::OkStatus();
}

}  // namespace annofs
