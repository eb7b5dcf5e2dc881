// `annofs umount`: as root umount2, else fusermount3.
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/command.h"
#include "tools/mount_table.h"

namespace annofs {
namespace {

// The absolute form of a path whose last component may not answer (a dead mount).
std::string AbsolutePath(const std::string& path) {
  if (path[0] == '/')
    return path.size() > 1 && path.back() == '/' ? path.substr(0, path.size() - 1) : path;
  char* here = getcwd(nullptr, 0);
  std::string absolute = absl::StrCat(here == nullptr ? "" : here, "/", path);
  free(here);
  if (absolute.back() == '/') absolute.pop_back();
  return absolute;
}

bool IsMounted(const std::string& mountpoint) {
  return absl::c_any_of(AnnofsMounts(),
                        [&](const MountEntry& mount) { return mount.mountpoint == mountpoint; });
}

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

absl::Status Unmount(const std::string& mountpoint, bool lazy) {
  if (geteuid() != 0) return RunFusermount(mountpoint, lazy);
  if (umount2(mountpoint.c_str(), lazy ? MNT_DETACH : 0) == 0) return absl::OkStatus();
  if (errno == EBUSY) {
    return absl::InternalError(
        "files below it are open, or a shell stands in it: end those, or use --lazy");
  }
  return ErrnoToStatus(errno, "umount");
}

}  // namespace

int RunUmount(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  std::string mountpoint = AbsolutePath(arguments[0]);
  if (!IsMounted(mountpoint)) {
    char resolved[PATH_MAX];
    if (realpath(mountpoint.c_str(), resolved) != nullptr) mountpoint = resolved;
  }
  if (!IsMounted(mountpoint)) {
    return Fail(io, absl::StrCat("umount: ", arguments[0],
                                 ": no annofs mount is there (`annofs status` lists them)"));
  }
  absl::Status status = Unmount(mountpoint, settings.lazy);
  return status.ok() ? kDone
                     : Fail(io, absl::StrCat("umount: ", mountpoint, ": ", status.message()));
}

}  // namespace annofs
