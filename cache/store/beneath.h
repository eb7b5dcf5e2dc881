// Files below one directory and nowhere else: no "..", no symbolic link that leaves it, whatever
// happens to the tree meanwhile. Pure functions over descriptors; thread safe.
#pragma once

#include <sys/stat.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

// A descriptor that is closed by its owner. Movable.
class OwnedFd {
 public:
  explicit OwnedFd(int fd = -1) : fd_(fd) {}
  ~OwnedFd();
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// kNotFound, kPermissionDenied, or kInvalidArgument where `path` is no directory.
absl::StatusOr<OwnedFd> OpenDirectory(const std::string& path);

enum class Links { kWithin, kNone };

// Opens `path` (components that IsEntryName(), "" for the directory itself) below `root`.
// Links::kWithin follows relative symbolic links that stay below `root`. kNotFound: no such name,
// or one that is reached only by a link that is not followed.
absl::StatusOr<OwnedFd> OpenBeneath(int root, absl::string_view path, int flags, Links links);
// The same for kernels without openat2 (before 5.6): follows no link at all.
absl::StatusOr<OwnedFd> OpenWithoutLinks(int root, absl::string_view path, int flags);

// "inode-mtime_ns-size".
std::string VersionOf(const struct stat& file);
absl::StatusOr<struct stat> StatOf(int fd);

struct DirectoryEntry {
  std::string name;  // a directory's ends with '/'
  bool link = false;

  bool is_directory() const { return name.back() == '/'; }
};

// The regular files, directories, and links to regular files within `root`, of the directory `path`
// ("" or "a/b/"), in byte order. Everything else is left out.
absl::StatusOr<std::vector<DirectoryEntry>> ReadEntries(int root, const std::string& path);

}  // namespace annofs
