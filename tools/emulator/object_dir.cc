#include "tools/emulator/object_dir.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs::emulator {
namespace {

constexpr size_t kMaxName = 1024;
constexpr size_t kMaxSegment = 250;
// Nonblocking: a FIFO in the tree must not hold a thread.
constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

bool IsSegment(absl::string_view segment) {
  return !segment.empty() && segment.size() <= kMaxSegment && segment != "." && segment != "..";
}

bool HasControlByte(absl::string_view text) {
  for (unsigned char c : text) {
    if (c < 0x20 || c == 0x7f) return true;
  }
  return false;
}

FileStamp StampFrom(const struct stat& info) {
  return {.device = info.st_dev,
          .inode = info.st_ino,
          .size = static_cast<uint64_t>(info.st_size),
          .mtime_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

// "" if it does not exist.
std::string RealPath(const std::string& path) {
  char* real = realpath(path.c_str(), nullptr);
  std::string result = real == nullptr ? "" : real;
  free(real);
  return result;
}

// Where an open file is, by what the kernel holds open and not by what the name means now.
std::string PathOfOpen(int fd) {
  char path[PATH_MAX];
  ssize_t length = readlink(absl::StrCat("/proc/self/fd/", fd).c_str(), path, sizeof(path));
  return length <= 0 ? "" : std::string(path, static_cast<size_t>(length));
}

}  // namespace

std::optional<FileStamp> StampOfOpen(int fd) {
  struct stat info;
  if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return StampFrom(info);
}

bool IsObjectName(absl::string_view name) {
  if (name.empty() || name.size() > kMaxName || HasControlByte(name) || !IsValidUtf8(name)) {
    return false;
  }
  for (absl::string_view segment : absl::StrSplit(name, '/')) {
    if (!IsSegment(segment)) return false;
  }
  return true;
}

absl::StatusOr<std::unique_ptr<ObjectDir>> ObjectDir::Open(const std::string& path) {
  auto dir = std::make_unique<ObjectDir>();
  dir->root_ = UniqueFd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir->root_.valid()) return ErrnoToStatus(errno, absl::StrCat("open directory ", path));
  dir->real_path_ = RealPath(path);
  return dir;
}

std::optional<OpenFile> ObjectDir::OpenObject(absl::string_view name) const {
  if (!IsObjectName(name)) return std::nullopt;
  UniqueFd file = OpenPlain(std::string(name));
  std::optional<FileStamp> stamp = StampOfOpen(file.get());
  if (!stamp) return std::nullopt;
  return OpenFile{.file = std::move(file), .stamp = *stamp};
}

std::optional<FileStamp> ObjectDir::StampOf(absl::string_view name) const {
  struct stat info;
  std::string path(name);
  if (!IsObjectName(name) || fstatat(fd(), path.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;
  }
  if (S_ISREG(info.st_mode)) return StampFrom(info);
  if (!S_ISLNK(info.st_mode)) return std::nullopt;
  std::optional<OpenFile> target = OpenObject(name);
  if (!target) return std::nullopt;
  return target->stamp;
}

// The common case in one call: the kernel refuses any symlink on the way.
UniqueFd ObjectDir::OpenPlain(const std::string& name) const {
  open_how how = {};
  how.flags = kOpenFlags;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  long fd = syscall(SYS_openat2, root_.get(), name.c_str(), &how, sizeof(how));
  if (fd >= 0) return UniqueFd(static_cast<int>(fd));
  // ENOSYS and EPERM: a kernel or a sandbox without openat2.
  if (errno == ELOOP || errno == ENOSYS || errno == EPERM) return OpenThroughLink(name);
  return UniqueFd();
}

UniqueFd ObjectDir::OpenThroughLink(const std::string& name) const {
  std::string parent = JoinPath(real_path_, DirName(name));
  if (RealPath(parent) != parent) return UniqueFd();
  UniqueFd file(openat(root_.get(), name.c_str(), kOpenFlags));
  bool inside =
      file.valid() && absl::StartsWith(PathOfOpen(file.get()), absl::StrCat(real_path_, "/"));
  return inside ? std::move(file) : UniqueFd();
}

}  // namespace annofs::emulator
