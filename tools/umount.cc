// `annofs umount`: of a mount with --scratch the overlay and the read-only mount below it.
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <optional>
#include <ostream>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
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

bool IsMounted(const std::string& mountpoint, const std::vector<MountRow>& mounts) {
  return absl::c_any_of(mounts, [&](const MountRow& mount) {
    return mount.mountpoint == mountpoint && mount.type == "fuse.annofs";
  });
}

// The place whose overlay, or read-only mount, that is.
std::optional<ScratchPlace> PlaceOf(const std::string& mountpoint,
                                    const std::vector<MountRow>& mounts) {
  for (const ScratchPlace& place : ScratchPlaces()) {
    if (place.mountpoint != mountpoint && place.Lower() != mountpoint) continue;
    if (HasOverlay(place, mounts) || IsMounted(place.Lower(), mounts)) return place;
  }
  return std::nullopt;
}

absl::Status UnmountBoth(const ScratchPlace& place, bool lazy) {
  if (HasOverlay(place, AllMounts())) RETURN_IF_ERROR(Unmount(place.mountpoint, lazy));
  // Who has it open still has it. The daemon takes it down, too, when it sees the overlay go.
  if (IsMounted(place.Lower(), AllMounts())) {
    const absl::Status status = Unmount(place.Lower(), true);
    if (!status.ok() && IsMounted(place.Lower(), AllMounts())) return status;
  }
  RemoveIfLeft(place);
  return absl::OkStatus();
}

// None: no mount of annofs is there.
std::optional<absl::Status> UnmountAt(const std::string& mountpoint, bool lazy) {
  const std::vector<MountRow> mounts = AllMounts();
  if (const std::optional<ScratchPlace> place = PlaceOf(mountpoint, mounts)) {
    return UnmountBoth(*place, lazy);
  }
  if (!IsMounted(mountpoint, mounts)) return std::nullopt;
  return Unmount(mountpoint, lazy);
}

void PrintJson(const std::string& mountpoint, const Io& io) {
  JsonWriter json;
  json.BeginObject().Key("mountpoint").String(mountpoint).Key("unmounted").Bool(true);
  io.out << json.EndObject().Take() << "\n";
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
  if (!status->ok()) return Fail(io, absl::StrCat("umount: ", mountpoint, ": ", status->message()));
  if (settings.json) PrintJson(mountpoint, io);
  return kDone;
}

}  // namespace annofs
