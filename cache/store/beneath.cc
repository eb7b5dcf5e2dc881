#include "cache/store/beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/names.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

using Stream = std::unique_ptr<DIR, int (*)(DIR*)>;

// The kernel gives up on a path that somebody renames while it looks.
constexpr int kRenameTries = 16;

absl::Status CannotOpen(int error, absl::string_view path) {
  // EXDEV: a link leads out; ELOOP: a link where none is followed. Such names do not exist here.
  if (error == EXDEV || error == ELOOP || error == ENOTDIR) error = ENOENT;
  return annofs::ErrnoToStatus(error, path);
}

bool IsPlain(absl::string_view path) {
  return path.empty() || absl::c_all_of(absl::StrSplit(path, '/'), IsEntryName);
}

int OpenAt2(int root, const std::string& path, int flags, Links links) {
  open_how how = {};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  if (links == Links::kNone) how.resolve |= RESOLVE_NO_SYMLINKS;
  int fd = -1;
  for (int i = 0; i < kRenameTries && fd < 0; ++i) {
    fd = static_cast<int>(syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how)));
    if (fd < 0 && errno != EAGAIN && errno != EINTR) break;
  }
  return fd;
}

bool IsRegularWithin(int root, const std::string& path) {
  const absl::StatusOr<OwnedFd> file = OpenBeneath(root, path, O_PATH, Links::kWithin);
  if (!file.ok()) return false;
  const absl::StatusOr<struct stat> status = StatOf(file->get());
  return status.ok() && S_ISREG(status->st_mode);
}

mode_t TypeOf(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return DTTOIF(entry.d_type);
  struct stat status;
  if (fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return 0;
  return status.st_mode & S_IFMT;
}

void AddEntry(int root, const std::string& path, mode_t type, std::string name,
              std::vector<DirectoryEntry>& entries) {
  if (!IsEntryName(name)) return;  // "." and ".."
  if (S_ISDIR(type)) {
    entries.push_back({.name = absl::StrCat(name, "/")});
  } else if (S_ISREG(type)) {
    entries.push_back({.name = std::move(name)});
  } else if (S_ISLNK(type) && IsRegularWithin(root, absl::StrCat(path, name))) {
    entries.push_back({.name = std::move(name), .link = true});
  }
}

}  // namespace

OwnedFd::~OwnedFd() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<OwnedFd> OpenDirectory(const std::string& path) {
  OwnedFd directory(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) return directory;
  if (errno == ENOTDIR) return absl::InvalidArgumentError(absl::StrCat(path, " is no directory"));
  return annofs::ErrnoToStatus(errno, path);
}

absl::StatusOr<OwnedFd> OpenWithoutLinks(int root, absl::string_view path, int flags) {
  OwnedFd at(fcntl(root, F_DUPFD_CLOEXEC, 0));
  if (path.empty()) path = ".";
  while (at.get() >= 0 && !path.empty()) {
    const size_t slash = path.find('/');
    const bool last = slash == path.npos;
    const std::string name(path.substr(0, slash));
    const int how = last ? flags : O_PATH | O_DIRECTORY;
    OwnedFd next(openat(at.get(), name.c_str(), how | O_NOFOLLOW | O_CLOEXEC));
    if (next.get() < 0) break;
    at = std::move(next);
    if (last) return at;
    path.remove_prefix(slash + 1);
  }
  return CannotOpen(errno, path);
}

absl::StatusOr<OwnedFd> OpenBeneath(int root, absl::string_view path, int flags, Links links) {
  absl::ConsumeSuffix(&path, "/");
  if (!IsPlain(path)) return absl::NotFoundError(absl::StrCat(path, ": no such name"));
  OwnedFd fd(OpenAt2(root, path.empty() ? "." : std::string(path), flags, links));
  if (fd.get() >= 0) return fd;
  // A sandbox that does not know the call says EPERM.
  if (errno == ENOSYS || errno == EPERM) return OpenWithoutLinks(root, path, flags);
  return CannotOpen(errno, path);
}

std::string VersionOf(const struct stat& file) {
  const absl::Time modified = absl::TimeFromTimespec(file.st_mtim);
  return absl::StrCat(file.st_ino, "-", absl::ToUnixNanos(modified), "-", file.st_size);
}

absl::StatusOr<struct stat> StatOf(int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return annofs::ErrnoToStatus(errno, "fstat");
  return status;
}

absl::StatusOr<std::vector<DirectoryEntry>> ReadEntries(int root, const std::string& path) {
  ASSIGN_OR_RETURN(const OwnedFd fd, OpenBeneath(root, path, O_RDONLY | O_DIRECTORY, Links::kNone));
  // The stream takes a descriptor of its own.
  const Stream stream(fdopendir(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0)), closedir);
  if (stream == nullptr) return annofs::ErrnoToStatus(errno, path);
  std::vector<DirectoryEntry> entries;
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    AddEntry(root, path, TypeOf(fd.get(), *entry), entry->d_name, entries);
    errno = 0;
  }
  if (errno != 0) return annofs::ErrnoToStatus(errno, path);
  absl::c_sort(entries, [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

}  // namespace annofs
