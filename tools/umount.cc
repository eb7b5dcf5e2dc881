// `annofs umount`: of a mount with --scratch the overlay and the read-only mount below it.
#include <optional>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/absolute_path.h"
#include "tools/command.h"
#include "tools/daemon_process.h"
#include "tools/mount_table.h"
#include "tools/scratch_place.h"
#include "tools/unmount.h"

namespace annofs {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

// The place whose overlay, or read-only mount, that is.
std::optional<ScratchPlace> PlaceOf(const std::string& mountpoint,
                                    const std::vector<MountRow>& mounts) {
  for (const ScratchPlace& place : ScratchPlaces()) {
    if (place.mountpoint != mountpoint && place.Lower() != mountpoint) continue;
    if (HasOverlay(place, mounts) || HasAnnofsMount(place.Lower(), mounts)) return place;
  }
  return std::nullopt;
}

// The process that serves what is mounted there.
std::optional<DaemonProcess> DaemonAt(const std::string& mountpoint,
                                      const std::vector<MountRow>& mounts) {
  const std::optional<MountRow> row = MountedAt(mounts, mountpoint);
  if (!row || row->type != "fuse.annofs") return std::nullopt;
  return DaemonProcess::Of(row->device);
}

// A daemon writes its cache when its mount is gone; whoever uses the directory next, or removes it,
// comes after that.
void WaitForEnd(const std::optional<DaemonProcess>& daemon, const std::string& mountpoint,
                const Io& io) {
  if (!daemon || daemon->WaitForEnd(kPatience)) return;
  io.err
      << "annofs: umount: " << mountpoint << " is unmounted, but its daemon (process "
      << daemon->pid()
      << ") has not ended: the mount is in use in another mount namespace or below a bind mount, "
         "or the daemon is writing its cache; the cache directory is free when it ends\n";
}

// None: no mount of annofs is there.
std::optional<absl::Status> UnmountAt(const std::string& mountpoint, bool lazy, const Io& io) {
  const std::vector<MountRow> mounts = AllMounts();
  const std::optional<ScratchPlace> place = PlaceOf(mountpoint, mounts);
  if (!place && !HasAnnofsMount(mountpoint, mounts)) return std::nullopt;
  const std::optional<DaemonProcess> daemon = DaemonAt(place ? place->Lower() : mountpoint, mounts);
  absl::Status status = place ? UnmountScratch(*place, lazy) : Unmount(mountpoint, lazy);
  // One that was detached serves files that are open for as long as they are.
  if (status.ok() && !lazy) WaitForEnd(daemon, mountpoint, io);
  return status;
}

void PrintJson(const std::string& mountpoint, const Io& io) {
  JsonWriter json;
  json.BeginObject().Key("mountpoint").String(mountpoint).Key("unmounted").Bool(true);
  io.out << json.EndObject().Take() << "\n";
}

}  // namespace

int RunUmount(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const std::string mountpoint = AbsolutePath(arguments[0]);
  const std::optional<absl::Status> status = UnmountAt(mountpoint, settings.lazy, io);
  if (!status) {
    return Fail(io, absl::StrCat("umount: ", arguments[0],
                                 ": no annofs mount is there (`annofs status` lists them)"));
  }
  if (!status->ok()) return Fail(io, absl::StrCat("umount: ", mountpoint, ": ", status->message()));
  if (settings.json) PrintJson(mountpoint, io);
  return kDone;
}

}  // namespace annofs
