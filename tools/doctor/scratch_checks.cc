#include "tools/doctor/scratch_checks.h"

#include <sys/utsname.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/doctor/fuse_checks.h"

namespace annofs::doctor {
namespace {

// /proc/filesystems has what is loaded; the lists of modules have what mount(2) loads.
bool HasOverlayfs(const HostFiles& host) {
  if (absl::StrContains(host.Read("/proc/filesystems").value_or(""), "\toverlay\n")) return true;
  utsname system{};
  if (uname(&system) != 0) return false;
  const std::string modules = absl::StrCat("/lib/modules/", system.release, "/modules.");
  for (const char* list : {"builtin", "dep"}) {
    if (absl::StrContains(host.Read(modules + list).value_or(""), "/overlay.ko")) return true;
  }
  return false;
}

}  // namespace

ScratchFacts GatherScratch(const HostFiles& host) {
  return {.may_mount = MayMount(host.Read("/proc/self/status").value_or("")),
          .has_overlayfs = HasOverlayfs(host),
          .has_program = host.FindProgram("fuse-overlayfs", SearchPath()).has_value()};
}

AreaReport CheckScratch(const ScratchFacts& facts) {
  AreaReport report{.area = "scratch"};
  const absl::string_view why = facts.may_mount ? "this kernel has no overlayfs"
                                                : "this user may not mount the kernel's overlayfs";
  if (facts.may_mount && facts.has_overlayfs) {
    report.Fine("mount --scratch can use the kernel's overlayfs");
  } else if (facts.has_program) {
    report.Add(Severity::kInfo, "scratch-slow",
               absl::StrCat("mount --scratch would use fuse-overlayfs, whose listings are about 10 "
                            "times slower: ",
                            why),
               facts.may_mount ? "run a kernel with overlayfs" : "mount as root");
  } else {
    report.Add(
        Severity::kInfo, "scratch-unavailable",
        absl::StrCat("mount --scratch would fail: ", why, ", and fuse-overlayfs is not installed"),
        facts.may_mount ? "apt-get install fuse-overlayfs"
                        : "mount as root, or apt-get install fuse-overlayfs");
  }
  return report;
}

}  // namespace annofs::doctor
