#include "tools/overlay.h"

#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "tools/mount_table.h"
#include "tools/program.h"
#include "tools/unmount.h"

namespace annofs {
namespace {

// It mounts at once, or not at all.
constexpr absl::Duration kPatience = absl::Seconds(30);

constexpr absl::string_view kGoodPlaces =
    "choose a directory on ext4, xfs, btrfs or tmpfs, in a container a volume";

// Options are separated by commas, lower directories by colons; a backslash takes the meaning away.
std::string Escaped(const std::string& path) {
  return absl::StrReplaceAll(path, {{"\\", "\\\\"}, {",", "\\,"}, {":", "\\:"}});
}

absl::Status KernelRefuses(int error, const OverlayOptions& options) {
  if (error == EINVAL) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.upper,
                     ": the kernel does not take it as the upper directory of an overlay (its log, "
                     "dmesg, says why): ",
                     kGoodPlaces));
  }
  return Annotate(ErrnoToStatus(error, options.mountpoint), "mounting the overlay");
}

// kPermissionDenied: not by this user, in this container, or by this kernel.
absl::Status MountByKernel(const OverlayOptions& options) {
  const std::string data = OverlayData(options, OverlayKind::kKernel);
  // mount(2) takes one page and cuts off the rest.
  if (data.size() >= size_t(sysconf(_SC_PAGESIZE))) {
    return ErrnoToStatus(ENAMETOOLONG, options.upper);
  }
  if (mount(options.source.c_str(), options.mountpoint.c_str(), "overlay", MS_NOSUID | MS_NODEV,
            data.c_str()) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  if (error == EPERM || error == EACCES || error == ENODEV || error == ENOSYS) {
    return absl::PermissionDeniedError(strerror(error));
  }
  return KernelRefuses(error, options);
}

absl::Status NeitherWorks(absl::string_view kernels_reason) {
  return absl::PermissionDeniedError(absl::StrCat(
      "--scratch needs the kernel's overlayfs, which is refused here (", kernels_reason,
      "), or fuse-overlayfs, which is not installed: run as root (in a container with --cap-add "
      "SYS_ADMIN), or install the package fuse-overlayfs"));
}

absl::Status MountByProgram(const OverlayOptions& options, absl::string_view kernels_reason) {
  absl::StatusOr<ProgramEnd> end = RunProgram(
      {"fuse-overlayfs", "-o", OverlayData(options, OverlayKind::kFuse), options.mountpoint},
      kPatience);
  if (!end.ok()) {
    // It may have mounted all the same.
    const std::optional<MountRow> row = MountedAt(AllMounts(), options.mountpoint);
    if (row && row->type == "fuse.fuse-overlayfs") Unmount(options.mountpoint, true).IgnoreError();
    return Annotate(end.status(), absl::StrCat("mounting the overlay at ", options.mountpoint));
  }
  // EACCES: a directory of PATH is closed, and it is in none of the others.
  if (end->error == ENOENT || end->error == EACCES) return NeitherWorks(kernels_reason);
  if (end->error != 0) return Annotate(ErrnoToStatus(end->error, "fuse-overlayfs"), "starting");
  if (end->exit_code == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("fuse-overlayfs failed at ", options.mountpoint, ": ",
                                          absl::StripTrailingAsciiWhitespace(end->text)));
}

// The kernel goes on read-only where it cannot use the work directory.
absl::Status CheckWritable(const OverlayOptions& options) {
  struct statvfs info {};
  const bool is_known = statvfs(options.mountpoint.c_str(), &info) == 0;
  if (is_known && (info.f_flag & ST_RDONLY) == 0) return absl::OkStatus();
  absl::Status why = is_known ? absl::FailedPreconditionError(absl::StrCat(
                                    options.upper,
                                    ": the overlay would be read-only (the kernel's log, dmesg, "
                                    "says why): ",
                                    kGoodPlaces))
                              : ErrnoToStatus(errno, options.mountpoint);
  Unmount(options.mountpoint, true).IgnoreError();
  return why;
}

absl::string_view KindOf(uint64_t file_system) {
  switch (file_system) {
    case OVERLAYFS_SUPER_MAGIC:
      return "an overlay file system (as a container's own files are)";
    case FUSE_SUPER_MAGIC:
      return "a FUSE mount";
    case NFS_SUPER_MAGIC:
      return "NFS";
    default:
      return "";
  }
}

}  // namespace

std::string OverlayData(const OverlayOptions& options, OverlayKind kind) {
  std::string data =
      absl::StrCat("lowerdir=", Escaped(options.lower), ",upperdir=", Escaped(options.upper),
                   ",workdir=", Escaped(options.work));
  if (kind == OverlayKind::kKernel) {
    // Inodes as in the mount below; the same behaviour whatever this kernel's defaults are.
    return data + ",xino=off,index=off,metacopy=off,redirect_dir=off";
  }
  return data + (options.allow_other ? ",nosuid,nodev,allow_other" : ",nosuid,nodev");
}

absl::StatusOr<OverlayKind> MountOverlay(const OverlayOptions& options) {
  OverlayKind kind = OverlayKind::kKernel;
  absl::Status status = MountByKernel(options);
  if (absl::IsPermissionDenied(status)) {
    kind = OverlayKind::kFuse;
    status = MountByProgram(options, status.message());
  }
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(CheckWritable(options));
  return kind;
}

absl::Status CheckUpperFileSystem(const std::string& directory) {
  std::filesystem::path place = directory;
  struct statfs info {};
  while (statfs(place.c_str(), &info) != 0) {
    if (errno != ENOENT || !place.has_relative_path()) return ErrnoToStatus(errno, place.string());
    place = place.parent_path();
  }
  const absl::string_view kind = KindOf(uint64_t(info.f_type));
  if (kind.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(directory, " is on ", kind, ", which cannot take the changes: ", kGoodPlaces));
}

absl::Status CheckUpperAttributes(const std::string& directory) {
  // The kernel's overlayfs writes trusted.*, fuse-overlayfs without privileges user.*.
  const char* name = geteuid() == 0 ? "trusted.annofs" : "user.annofs";
  if (setxattr(directory.c_str(), name, "y", 1, 0) == 0) {
    removexattr(directory.c_str(), name);
    return absl::OkStatus();
  }
  if (errno != EOPNOTSUPP) return absl::OkStatus();  // who mounts will say it
  return absl::InvalidArgumentError(
      absl::StrCat(directory,
                   " is on a file system without extended attributes, which cannot take "
                   "the changes: ",
                   kGoodPlaces));
}

}  // namespace annofs
