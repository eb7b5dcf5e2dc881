#include "cache/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr size_t kSmallFile = 4096;

class FileDescriptor {
 public:
  FileDescriptor(const std::string& path, int flags) : fd_(open(path.c_str(), flags, 0600)) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

bool IsDirectory(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

absl::Status WriteWhole(const std::string& path, absl::string_view text) {
  FileDescriptor file(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
  if (file.get() < 0) return ErrnoToStatus(errno, absl::StrCat("make ", path));
  if (write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      fsync(file.get()) != 0) {
    return ErrnoToStatus(errno, absl::StrCat("write ", path));
  }
  return absl::OkStatus();
}

}  // namespace

void SyncDirectory(const std::string& path) {
  FileDescriptor directory(path.empty() ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory.get() >= 0) fsync(directory.get());
}

absl::Status MakePrivateDirectory(const std::string& path) {
  if (path.empty() || mkdir(path.c_str(), 0700) == 0) return absl::OkStatus();
  const int error = errno;
  if (error == EEXIST && IsDirectory(path)) return absl::OkStatus();
  const std::string parent(DirName(path));
  if (error != ENOENT || parent.empty() || parent == path) {
    return ErrnoToStatus(error == EEXIST ? ENOTDIR : error, absl::StrCat("make directory ", path));
  }
  RETURN_IF_ERROR(MakePrivateDirectory(parent));
  if (mkdir(path.c_str(), 0700) == 0 || IsDirectory(path)) return absl::OkStatus();
  return ErrnoToStatus(errno, absl::StrCat("make directory ", path));
}

std::optional<std::string> ReadSmallFile(const std::string& path) {
  FileDescriptor file(path, O_RDONLY | O_CLOEXEC);
  if (file.get() < 0) return std::nullopt;
  std::string text(kSmallFile, '\0');
  const ssize_t got = read(file.get(), text.data(), text.size());
  if (got < 0) return std::nullopt;
  text.resize(got);
  return text;
}

absl::Status WriteSmallFile(const std::string& path, absl::string_view text) {
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".new");
  RETURN_IF_ERROR(WriteWhole(temporary, text));
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    return ErrnoToStatus(errno, absl::StrCat("rename to ", path));
  }
  SyncDirectory(std::string(DirName(path)));
  return absl::OkStatus();
}

}  // namespace annofs
