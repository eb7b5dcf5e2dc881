#include "tools/doctor/mount_checks.h"

#include <sys/sysmacros.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "formats/export_names.h"
#include "tools/control_socket.h"
#include "tools/people.h"

namespace annofs::doctor {
namespace {

constexpr absl::Duration kPatience = absl::Milliseconds(500);
constexpr absl::Duration kAllPatience = absl::Seconds(2);
constexpr uint64_t kReadaheadKb = 1024;  // what a mount of root has

// The first socket that answers; else what the one that is there says.
absl::Status Ask(const MountEntry& mount, uid_t owner) {
  std::vector<std::string> sockets = SocketPaths(mount.device);
  const bool is_own = owner == geteuid();
  if (!is_own) {
    sockets.push_back(absl::StrCat("/run/user/", owner, "/annofs/", mount.device, ".sock"));
  }
  absl::Status worst = absl::NotFoundError("no control socket");
  for (const std::string& path : sockets) {
    const absl::Status status = AskControl(path, "status", kPatience).status();
    if (status.ok()) return status;
    if (!absl::IsNotFound(status)) worst = status;
  }
  // Others may have their sockets anywhere.
  const bool is_unknown = !is_own && absl::IsNotFound(worst);
  return is_unknown ? absl::PermissionDeniedError("no socket of its user is known") : worst;
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

std::map<dev_t, uid_t> OwnersOfMounts(absl::string_view mountinfo) {
  std::map<dev_t, uid_t> owners;
  for (absl::string_view line : absl::StrSplit(mountinfo, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    const std::vector<MountRow> row = ParseMountRows(line);
    if (row.empty() || !absl::StartsWith(row[0].type, "fuse")) continue;
    for (absl::string_view option : absl::StrSplit(words.back(), ',')) {
      uint32_t uid = 0;
      if (!absl::ConsumePrefix(&option, "user_id=") || !absl::SimpleAtoi(option, &uid)) continue;
      owners[row[0].device] = uid;
    }
  }
  return owners;
}

std::vector<SeenMount> GatherMounts(const HostFiles& host, const std::vector<MountEntry>& mounts) {
  const absl::Time until = absl::Now() + kAllPatience;
  const std::map<dev_t, uid_t> owners =
      OwnersOfMounts(host.Read("/proc/self/mountinfo").value_or(""));
  std::vector<SeenMount> seen;
  for (const MountEntry& mount : mounts) {
    const auto owner = owners.find(mount.device);
    const uid_t uid = owner == owners.end() ? geteuid() : owner->second;
    seen.push_back({.mount = mount,
                    .answer = absl::Now() < until ? Ask(mount, uid) : absl::CancelledError(""),
                    .readahead_kb = ReadaheadOf(host, mount.device)});
  }
  return seen;
}

AreaReport CheckMounts(const std::vector<SeenMount>& mounts) {
  AreaReport report{.area = "mounts"};
  uint64_t answering = 0;
  for (const SeenMount& seen : mounts) {
    const std::string& place = seen.mount.mountpoint;
    if (seen.answer.ok()) {
      ++answering;
      CheckReadahead(seen, report);
    } else if (absl::IsPermissionDenied(seen.answer)) {
      report.Unchecked(place, "a mount of another user");
    } else if (absl::IsCancelled(seen.answer)) {
      report.Unchecked(place, "the mounts before it took too long to answer");
    } else {
      report.Add(Severity::kError, "stale-mount",
                 absl::StrCat(place, " (", seen.mount.source,
                              "): its daemon does not answer: ", seen.answer.message()),
                 absl::StrCat("annofs umount --lazy ", ShellWord(place)));
    }
  }
  if (mounts.empty()) report.Fine("no annofs mounts");
  if (answering > 0) report.Fine(absl::StrCat(Counted(answering, "annofs mount"), " answering"));
  return report;
}

}  // namespace annofs::doctor
