#include "fs/fuse/mountpoint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

absl::Status CheckDevice() {
  int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (fd >= 0) {
    close(fd);
    return absl::OkStatus();
  }
  absl::Status status = ErrnoToStatus(errno, "/dev/fuse");
  if (errno == EACCES || errno == EPERM) {
    return absl::Status(status.code(),
                        absl::StrCat(status.message(),
                                     ": users other than root need it to be open to them (mode "
                                     "666, which the package fuse3 sets); in a container run it "
                                     "with --device /dev/fuse --cap-add SYS_ADMIN"));
  }
  return absl::Status(status.code(),
                      absl::StrCat(status.message(),
                                   ": load the fuse module, or in a container run it with "
                                   "--device /dev/fuse --cap-add SYS_ADMIN"));
}

bool IsMountpoint(const std::string& path) {
  struct stat self, parent;
  return stat(path.c_str(), &self) == 0 && stat((path + "/..").c_str(), &parent) == 0 &&
         (self.st_dev != parent.st_dev || self.st_ino == parent.st_ino);
}

absl::Status Refused(const std::string& mountpoint, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(mountpoint, ": ", why));
}

bool HasFusermount() {
  for (absl::string_view directory : absl::StrSplit(FusermountPath(), ':', absl::SkipEmpty())) {
    if (access(absl::StrCat(directory, "/fusermount3").c_str(), X_OK) == 0) return true;
  }
  return false;
}

bool IsAllowOtherPermitted() {
  std::ifstream file("/etc/fuse.conf");
  std::stringstream text;
  text << file.rdbuf();
  return PermitsAllowOther(text.str());
}

// As mountinfo writes a path.
std::string Escaped(const std::string& path) {
  return absl::StrReplaceAll(path,
                             {{" ", "\\040"}, {"\t", "\\011"}, {"\n", "\\012"}, {"\\", "\\134"}});
}

}  // namespace

bool HasDied(const std::string& mountpoint) {
  // The attributes of a dead one's root may still be in the kernel.
  int fd = open(mountpoint.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno == ENOTCONN;
  close(fd);
  return false;
}

absl::Status CheckMountpoint(const std::string& mountpoint) {
  struct stat info;
  if (HasDied(mountpoint)) {
    return Refused(mountpoint,
                   absl::StrCat("a mount that has died is still there: run `fusermount3 -u -z ",
                                mountpoint, "` (as root umount -l) first"));
  }
  if (stat(mountpoint.c_str(), &info) != 0) {
    if (errno == ENOENT)
      return Refused(mountpoint, "does not exist: make the directory first (mkdir)");
    return ErrnoToStatus(errno, mountpoint);
  }
  if (!S_ISDIR(info.st_mode))
    return Refused(mountpoint, "is not a directory: give an empty directory");
  if (IsMountpoint(mountpoint)) {
    return Refused(mountpoint,
                   absl::StrCat("something is mounted there already: unmount it (annofs umount ",
                                mountpoint, "), or choose another directory"));
  }
  std::error_code error;
  bool is_empty = std::filesystem::is_empty(mountpoint, error);
  if (error) return ErrnoToStatus(error.value(), mountpoint);
  if (!is_empty)
    return Refused(mountpoint,
                   "is not empty: what is in it would be hidden; give an empty directory");
  return CheckDevice();
}

std::string FusermountPath() {
  const char* path = getenv("PATH");
  return absl::StrCat("/usr/bin:", path == nullptr ? "" : path);
}

bool PermitsAllowOther(absl::string_view fuse_conf) {
  for (absl::string_view line : absl::StrSplit(fuse_conf, '\n')) {
    if (absl::StripAsciiWhitespace(line) == "user_allow_other") return true;
  }
  return false;
}

std::string WhyMountFails(bool allow_other) {
  if (geteuid() == 0) {
    return "see the line of libfuse above; in a container it needs --cap-add SYS_ADMIN";
  }
  if (!HasFusermount()) {
    return "users other than root need fusermount3, which is not installed: install the package "
           "fuse3";
  }
  if (allow_other && !IsAllowOtherPermitted()) {
    return "--allow-other needs the line user_allow_other in /etc/fuse.conf: have it added, or "
           "leave the option out";
  }
  return "see the line of libfuse or fusermount3 above; fusermount3 must belong to root and have "
         "mode 4755";
}

void RaiseReadahead(const std::string& mountpoint) {
  std::ifstream mounts("/proc/self/mountinfo");
  std::string line, device, place = Escaped(mountpoint);
  while (std::getline(mounts, line)) {
    std::vector<std::string> words = absl::StrSplit(line, ' ');
    // The last entry of a place is what is mounted on top.
    if (words.size() > 4 && words[4] == place) device = words[2];
  }
  if (device.empty()) return;
  std::ofstream setting(absl::StrCat("/sys/class/bdi/", device, "/read_ahead_kb"));
  setting << 1024;
}

}  // namespace annofs
