#include "tools/doctor/fuse_checks.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "fs/fuse/mountpoint.h"
#include "tools/people.h"

namespace annofs::doctor {
namespace {

constexpr int kCapSysAdmin = 21;
// Before Linux 5.1 a daemon cannot tell the kernel that directories need no opening, and mincore(2)
// tells everyone what is in memory: nobody has run annofs there (reference/fuse-lmdb.md §D).
constexpr int kLeastMajor = 5, kLeastMinor = 1;
// With the module's default of 12 requests that may wait, 64 stalled reads leave 4 warm files a
// second (reference/fuse-lmdb.md §B4).
constexpr uint64_t kLeastBackground = 256;
constexpr absl::string_view kContainer =
    "in a container run it with --device /dev/fuse --cap-add SYS_ADMIN";

void CheckDevice(const FuseFacts& facts, AreaReport& report) {
  const int error = facts.device_error;
  if (error == 0) return report.Fine("/dev/fuse can be opened");
  const std::string evidence = absl::StrCat("/dev/fuse: ", strerror(error));
  if (error == ENOENT || error == ENODEV || error == ENXIO) {
    return report.Add(Severity::kError, "fuse-device-missing", evidence,
                      absl::StrCat("modprobe fuse; ", kContainer));
  }
  // fusermount3 opens it as the user who mounts.
  report.Add(Severity::kError, "fuse-device-closed", evidence,
             absl::StrCat("chmod 666 /dev/fuse; ", kContainer));
}

void CheckFusermount(const FuseFacts& facts, AreaReport& report) {
  if (MayMount(facts.status)) return report.Fine("this user may mount");
  if (facts.uid == 0) {
    return report.Add(Severity::kError, "mount-not-permitted",
                      "this is root without CAP_SYS_ADMIN: mount(2) is refused",
                      std::string(kContainer));
  }
  if (!facts.fusermount) {
    return report.Add(Severity::kError, "fusermount-missing",
                      "no program fusermount3: only root can mount", "apt-get install fuse3");
  }
  const HostFiles::Program& program = *facts.fusermount;
  if ((program.mode & S_ISUID) == 0 || program.owner != 0) {
    return report.Add(Severity::kError, "fusermount-not-setuid",
                      absl::StrCat(program.path, " does not run as root: only root can mount"),
                      absl::StrCat("chown root ", program.path, " && chmod u+s ", program.path));
  }
  if (StatusField(facts.status, "NoNewPrivs") == "1") {
    return report.Add(Severity::kError, "no-new-privileges",
                      absl::StrCat("this process may not gain privileges (NoNewPrivs), and so ",
                                   program.path, " cannot mount"),
                      "systemd: NoNewPrivileges=no; Docker: without --security-opt "
                      "no-new-privileges; Kubernetes: allowPrivilegeEscalation: true");
  }
  report.Fine(absl::StrCat(program.path, " mounts for this user"));
}

void CheckOthers(const FuseFacts& facts, AreaReport& report) {
  if (facts.uid == 0 || MayMount(facts.status) || PermitsAllowOther(facts.fuse_conf)) {
    return report.Fine("--allow-other is permitted");
  }
  report.Add(Severity::kInfo, "allow-other-not-permitted",
             "/etc/fuse.conf has no line user_allow_other: mount --allow-other, which lets other "
             "users and containers in, is refused to this user",
             "as root: echo user_allow_other >> /etc/fuse.conf");
}

void CheckKernel(const FuseFacts& facts, AreaReport& report) {
  int major = 0, minor = 0;
  if (sscanf(facts.kernel.c_str(), "%d.%d", &major, &minor) != 2) {
    return report.Unchecked("the kernel's version", absl::StrCat("'", facts.kernel, "'"));
  }
  const bool is_old = major < kLeastMajor || (major == kLeastMajor && minor < kLeastMinor);
  if (!is_old) return report.Fine(absl::StrCat("kernel ", facts.kernel));
  report.Add(Severity::kWarning, "kernel-old",
             absl::StrCat("kernel ", facts.kernel, ": annofs is made for Linux ", kLeastMajor, ".",
                          kLeastMinor, " and later, and has not been run on this one"),
             "run a newer kernel");
}

void CheckBackground(const FuseFacts& facts, AreaReport& report) {
  if (MayMount(facts.status) || !facts.most_background) return;  // the bound is not for these
  if (*facts.most_background >= kLeastBackground) return;
  report.Add(
      Severity::kWarning, "few-background-requests",
      absl::StrCat("the kernel lets mounts of this user have ", Grouped(*facts.most_background),
                   " reads under way: a few that wait for the network hold up all others"),
      "as root: echo 4096 > /sys/module/fuse/parameters/max_user_bgreq");
}

}  // namespace

bool MayMount(absl::string_view status) { return HasCapability(status, kCapSysAdmin); }

FuseFacts GatherFuse(const HostFiles& host) {
  FuseFacts facts{.uid = geteuid(),
                  .fusermount = host.FindProgram("fusermount3", FusermountPath()),
                  .fuse_conf = host.Read("/etc/fuse.conf").value_or(""),
                  .status = host.Read("/proc/self/status").value_or(""),
                  .most_background = host.ReadNumber("/sys/module/fuse/parameters/max_user_bgreq")};
  const int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  facts.device_error = device < 0 ? errno : 0;
  if (device >= 0) close(device);
  utsname system{};
  if (uname(&system) == 0) facts.kernel = system.release;
  return facts;
}

AreaReport CheckFuse(const FuseFacts& facts) {
  AreaReport report{.area = "fuse"};
  CheckDevice(facts, report);
  CheckFusermount(facts, report);
  CheckOthers(facts, report);
  CheckKernel(facts, report);
  CheckBackground(facts, report);
  return report;
}

}  // namespace annofs::doctor
