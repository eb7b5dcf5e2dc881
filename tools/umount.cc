// `annofs umount`: of a mount with --scratch the overlay and the read-only mount below it.
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <optional>

#include "absl/strings/str_cat.h"
#include "tools/command.h"
#include "tools/mount_table.h"
#include "tools/scratch_place.h"
#include "tools/unmount.h"

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

// The place whose overlay, or read-only mount, that is.
std::optional<ScratchPlace> PlaceOf(const std::string& mountpoint,
                                    const std::vector<MountRow>& mounts) {
  for (const ScratchPlace& place : ScratchPlaces()) {
    if (place.mountpoint != mountpoint && place.Lower() != mountpoint) continue;
    if (HasOverlay(place, mounts) || HasAnnofsMount(place.Lower(), mounts)) return place;
  }
  return std::nullopt;
}

// None: no mount of annofs is there.
std::optional<absl::Status> UnmountAt(const std::string& mountpoint, bool lazy) {
  const std::vector<MountRow> mounts = AllMounts();
  if (const std::optional<ScratchPlace> place = PlaceOf(mountpoint, mounts)) {
    return UnmountScratch(*place, lazy);
  }
  if (!HasAnnofsMount(mountpoint, mounts)) return std::nullopt;
  return Unmount(mountpoint, lazy);
}

}  // namespace

int RunUmount(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  std::string mountpoint = AbsolutePath(arguments[0]);
  std::optional<absl::Status> status = UnmountAt(mountpoint, settings.lazy);
  char resolved[PATH_MAX];
  if (!status && realpath(mountpoint.c_str(), resolved) != nullptr) {
    mountpoint = resolved;
    status = UnmountAt(mountpoint, settings.lazy);
  }
  if (!status) {
    return Fail(io, absl::StrCat("umount: ", arguments[0],
                                 ": no annofs mount is there (`annofs status` lists them)"));
  }
  return status->ok() ? kDone
                      : Fail(io, absl::StrCat("umount: ", mountpoint, ": ", status->message()));
}

}  // namespace annofs
