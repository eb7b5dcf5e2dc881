#include "cache/base/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr mode_t kMode = 0644;

absl::StatusOr<int> OpenToAppend(const std::string& path, mode_t mode) {
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, mode);
  if (fd >= 0) return fd;
  return absl::InvalidArgumentError(
      absl::StrCat("cannot write the log file '", path, "': ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogFile>> LogFile::Open(const std::string& path) {
  ASSIGN_OR_RETURN(const int fd, OpenToAppend(path, kMode));
  return absl::WrapUnique(new LogFile(path, fd));
}

LogFile::~LogFile() { close(fd_); }

void LogFile::Write(absl::string_view line) {
  absl::MutexLock lock(&mutex_);
  while (!line.empty()) {
    const ssize_t written = write(fd_, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(size_t(written));
  }
}

absl::Status LogFile::Reopen() {
  absl::MutexLock lock(&mutex_);
  struct stat old {};
  const mode_t mode = fstat(fd_, &old) == 0 ? old.st_mode & 0777 : kMode;
  ASSIGN_OR_RETURN(const int fd, OpenToAppend(path_, mode));
  close(std::exchange(fd_, fd));
  return absl::OkStatus();
}

}  // namespace annofs
