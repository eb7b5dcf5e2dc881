#include "tools/scratch.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "fs/fuse/mountpoint.h"
#include "tools/export_output.h"
#include "tools/mount_table.h"
#include "tools/overlay.h"
#include "tools/stack.h"
#include "tools/unmount.h"

namespace annofs {
namespace {

// A daemon whose mount is down writes its cache before it ends.
constexpr absl::Duration kPatience = absl::Seconds(10);

constexpr absl::string_view kSlowNote =
    "--scratch uses fuse-overlayfs, since the kernel's overlayfs is not permitted here: listings "
    "are about 10 times slower and files are cached twice; run as root (in a container with "
    "--cap-add SYS_ADMIN) to avoid that";

absl::Status CheckApart(const std::string& scratch, const std::string& other,
                        absl::string_view what) {
  if (other.empty()) return absl::OkStatus();
  const bool is_inside = LiesIn(scratch, other);
  if (!is_inside && !LiesIn(other, scratch)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--scratch ", scratch,
                                                 is_inside ? " lies in the " : " holds the ", what,
                                                 " ", other, ": choose a directory outside of it"));
}

absl::Status InUse(const std::string& scratch, const std::string& mountpoint) {
  return absl::FailedPreconditionError(absl::StrCat(
      "--scratch ", scratch, ": another mount keeps its changes there",
      mountpoint.empty() ? std::string(": choose another directory")
                         : absl::StrCat(", at ", mountpoint, ": unmount it (annofs umount ",
                                        mountpoint, "), or choose another directory")));
}

// Of a mount whose daemon was killed, too: the kernel still writes there.
absl::Status CheckNoOverlayUses(const std::string& scratch) {
  const std::vector<MountRow> mounts = AllMounts();
  for (const ScratchPlace& place : ScratchPlaces()) {
    if (place.scratch == scratch && HasOverlay(place, mounts)) {
      return InUse(scratch, place.mountpoint);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int> TakeDirectory(const std::string& scratch) {
  const int fd = open(scratch.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoToStatus(errno, scratch);
  absl::Cleanup closer = [fd] { close(fd); };
  const absl::Time deadline = absl::Now() + kPatience;
  while (true) {
    RETURN_IF_ERROR(CheckNoOverlayUses(scratch));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) break;
    if (errno != EWOULDBLOCK && errno != EINTR) return ErrnoToStatus(errno, scratch);
    if (absl::Now() > deadline) return InUse(scratch, "");
    absl::SleepFor(absl::Milliseconds(20));
  }
  std::move(closer).Cancel();
  return fd;
}

absl::Status MakeDirectory(const std::string& path, mode_t mode) {
  struct stat info {};
  if (mkdir(path.c_str(), mode) == 0) return absl::OkStatus();
  if (errno != EEXIST) return ErrnoToStatus(errno, path);
  if (lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(path,
                                                 " is not a directory: choose a --scratch "
                                                 "that is new or that annofs has made"));
}

// Its files have another inode at each look, which an overlay cannot show: there the name is free.
absl::Status HideControlDirectory(const std::string& upper) {
  const std::string path = upper + "/.annofs";
  if (mknod(path.c_str(), S_IFCHR | 0600, makedev(0, 0)) == 0 || errno == EEXIST) {
    return absl::OkStatus();
  }
  return Annotate(ErrnoToStatus(errno, path),
                  "the file system of --scratch cannot note that a name is deleted");
}

}  // namespace

absl::Status CheckScratch(const Settings& settings, const std::string& source,
                          const std::string& mountpoint) {
  const std::string& scratch = settings.scratch;
  RETURN_IF_ERROR(CheckApart(scratch, mountpoint, "mountpoint"));
  RETURN_IF_ERROR(CheckApart(scratch, SourceDirectory(source), "source"));
  RETURN_IF_ERROR(CheckApart(scratch, CacheDirOf(settings), "cache"));
  return Annotate(CheckUpperFileSystem(scratch), "--scratch");
}

absl::StatusOr<std::unique_ptr<ScratchMount>> ScratchMount::Open(const Settings& settings,
                                                                 const std::string& mountpoint) {
  RETURN_IF_ERROR(CheckMountpoint(mountpoint));
  std::error_code error;
  std::filesystem::create_directories(settings.scratch, error);
  if (error) return ErrnoToStatus(error.value(), settings.scratch);
  // By its full name: what is compared, and what mountinfo says.
  const std::string scratch = std::filesystem::canonical(settings.scratch, error).string();
  if (error) return ErrnoToStatus(error.value(), settings.scratch);
  ASSIGN_OR_RETURN(const int lock, TakeDirectory(scratch));
  absl::Cleanup closer = [lock] { close(lock); };
  ASSIGN_OR_RETURN(OwnScratchPlace place, OwnScratchPlace::Make(mountpoint, scratch));
  std::move(closer).Cancel();
  auto opened = std::make_unique<ScratchMount>(std::move(place), lock, settings);
  RETURN_IF_ERROR(opened->PrepareDirectories());
  return opened;
}

ScratchMount::ScratchMount(OwnScratchPlace place, int lock, const Settings& settings)
    : place_(std::move(place)),
      lock_(lock),
      allow_other_(settings.allow_other),
      uid_(settings.uid.value_or(getuid())),
      gid_(settings.gid.value_or(getgid())),
      umask_(settings.scratch_umask),
      wakeup_(eventfd(0, EFD_CLOEXEC)) {}

ScratchMount::~ScratchMount() {
  Stop();
  close(wakeup_);
  close(lock_);
}

absl::Status ScratchMount::PrepareDirectories() const {
  RETURN_IF_ERROR(MakeDirectory(Upper(), 0700));
  RETURN_IF_ERROR(MakeDirectory(Work(), 0700));
  RETURN_IF_ERROR(CheckUpperAttributes(Work()));
  RETURN_IF_ERROR(HideControlDirectory(Upper()));
  // It is the root of the mount. Through an overlay the kernel lets everybody into the mount below:
  // where --allow-other is not said, the root keeps others out.
  if (geteuid() == 0) {
    const uid_t owner = allow_other_ ? uid_ : getuid();
    if (chown(Upper().c_str(), owner, allow_other_ ? gid_ : getgid()) != 0) {
      return ErrnoToStatus(errno, Upper());
    }
  }
  const mode_t mode = allow_other_ ? 0777 & ~umask_ : 0700;
  if (chmod(Upper().c_str(), mode) != 0) return ErrnoToStatus(errno, Upper());
  return absl::OkStatus();
}

absl::Status ScratchMount::Start(const std::string& source_name, std::ostream& notes) {
  ASSIGN_OR_RETURN(const OverlayKind kind,
                   MountOverlay({.lower = Lower(),
                                 .upper = Upper(),
                                 .work = Work(),
                                 .mountpoint = place_->mountpoint,
                                 .source = absl::StrCat(kOverlaySource, source_name),
                                 .allow_other = allow_other_}));
  if (const auto row = MountedAt(AllMounts(), place_->mountpoint)) {
    device_ = row->device;
    RETURN_IF_ERROR(place_.NoteOverlay(device_));
  }
  LogInfo(absl::StrCat("changes at ", place_->mountpoint, " are kept in ", place_->scratch,
                       "; the read-only mount is at ", Lower()));
  if (kind == OverlayKind::kFuse) {
    LogWarning(kSlowNote);
    notes << "annofs: " << kSlowNote << std::endl;
  }
  watcher_ = std::thread([this] { Watch(); });
  return absl::OkStatus();
}

bool ScratchMount::IsThere() const {
  for (const MountRow& row : AllMounts()) {
    if (row.mountpoint == place_->mountpoint && row.device == device_) return true;
  }
  return false;
}

void ScratchMount::Watch() {
  const int table = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  if (table < 0) return;
  absl::Cleanup closer = [table] { close(table); };
  while (IsThere()) {
    pollfd both[2] = {{table, POLLPRI, 0}, {wakeup_, POLLIN, 0}};
    if (poll(both, 2, -1) < 0 && errno != EINTR) return;
    if (both[1].revents != 0) return;
  }
  LogInfo(absl::StrCat(place_->mountpoint, " was unmounted"));
  // `annofs umount` may have been faster.
  Unmount(Lower(), true).IgnoreError();
}

void ScratchMount::Stop() {
  if (watcher_.joinable()) {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wakeup_, &one, sizeof one);
    watcher_.join();
  }
  if (device_ == 0 || !IsThere()) return;
  const absl::Status status = Unmount(place_->mountpoint, true);
  if (!status.ok()) LogWarning(absl::StrCat(place_->mountpoint, ": ", status.message()));
}

}  // namespace annofs
