#include "tools/doctor/mount_checks.h"

#include <sys/sysmacros.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "formats/export_names.h"
#include "fs/fuse/mountpoint.h"
#include "tools/control_socket.h"
#include "tools/doctor/bounded.h"
#include "tools/people.h"

namespace annofs::doctor {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);  // with one daemon that may be busy
constexpr absl::Duration kAllPatience = absl::Seconds(3);
constexpr uint64_t kReadaheadKb = 1024;  // what a mount of root has

// Whether a mount whose socket nobody listens at has died: the socket may be left of another one.
// Nothing: the kernel does not say in time.
std::optional<bool> HasCertainlyDied(const MountEntry& mount) {
  // With --scratch the overlay is what people see.
  const std::string place = mount.read_only.empty() ? mount.mountpoint : mount.read_only;
  return Within<bool>(kPatience, [place] { return HasDied(place); });
}

void LookAtDaemon(SeenMount& seen) {
  const std::optional<std::string> socket = SocketOf(seen.mount);
  if (!socket) {
    seen.answer = absl::NotFoundError(
        "no control socket of it is known here: it may be another user's or container's");
    return;
  }
  if (!IsAbandonedControl(*socket)) {
    seen.daemon = DaemonState::kLives;
    seen.answer = AskControl(*socket, "status", kPatience).status();
  } else if (HasCertainlyDied(seen.mount).value_or(false)) {
    seen.daemon = DaemonState::kDead;
  } else {
    seen.answer = absl::UnavailableError(
        "nobody listens at its control socket, but the mountpoint does not say that it has died");
  }
}

std::optional<uint64_t> ReadaheadOf(const HostFiles& host, dev_t device) {
  return host.ReadNumber(
      absl::StrCat("/sys/class/bdi/", major(device), ":", minor(device), "/read_ahead_kb"));
}

void CheckReadahead(const SeenMount& seen, AreaReport& report) {
  if (!seen.readahead_kb || *seen.readahead_kb >= kReadaheadKb) return;
  const dev_t device = seen.mount.device;
  report.Add(Severity::kInfo, "small-readahead",
             absl::StrCat(seen.mount.mountpoint, ": the kernel reads ", *seen.readahead_kb,
                          " KiB ahead; large files are read faster with ", kReadaheadKb),
             absl::StrCat("as root: echo ", kReadaheadKb, " > /sys/class/bdi/", major(device), ":",
                          minor(device), "/read_ahead_kb"));
}

}  // namespace

std::vector<SeenMount> GatherMounts(const HostFiles& host, const std::vector<MountEntry>& mounts) {
  const absl::Time until = absl::Now() + kAllPatience;
  std::vector<SeenMount> all;
  for (const MountEntry& mount : mounts) {
    SeenMount& seen = all.emplace_back(
        SeenMount{.mount = mount, .readahead_kb = ReadaheadOf(host, mount.device)});
    if (absl::Now() < until) {
      LookAtDaemon(seen);
    } else {
      seen.answer = absl::CancelledError("the mounts before it took too long to answer");
    }
  }
  return all;
}

AreaReport CheckMounts(const std::vector<SeenMount>& mounts) {
  AreaReport report{.area = "mounts"};
  uint64_t answering = 0;
  for (const SeenMount& seen : mounts) {
    const std::string& place = seen.mount.mountpoint;
    if (seen.daemon == DaemonState::kDead) {
      report.Add(Severity::kError, "stale-mount",
                 absl::StrCat(place, " (", seen.mount.source,
                              "): its daemon has ended without unmounting it"),
                 absl::StrCat("annofs umount --lazy ", ShellWord(place)));
    } else if (seen.daemon == DaemonState::kUnknown || absl::IsPermissionDenied(seen.answer)) {
      report.Unchecked(place, seen.answer.message());
    } else if (seen.answer.ok()) {
      ++answering;
      CheckReadahead(seen, report);
    } else {
      report.Add(Severity::kWarning, "slow-mount",
                 absl::StrCat(place, " (", seen.mount.source,
                              "): its daemon is there, but is not heard: ", seen.answer.message()),
                 absl::StrCat("see whether it is stopped or short of CPU or memory; annofs status ",
                              ShellWord(place), " asks again"));
    }
  }
  if (mounts.empty()) report.Fine("no annofs mounts");
  if (answering > 0) report.Fine(absl::StrCat(Counted(answering, "annofs mount"), " answering"));
  return report;
}

}  // namespace annofs::doctor
