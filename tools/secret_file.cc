#include "tools/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

absl::Status CheckPrivate(const struct stat& info, const std::string& path) {
  if (info.st_uid != geteuid() && info.st_uid != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat(path, " belongs to another user (uid ", info.st_uid,
                     "), who could change the keys in it; use a file of your own"));
  }
  mode_t others = info.st_mode & (S_IRWXG | S_IRWXO);
  if (others == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrFormat("%s holds keys and is open to other users (mode %04o): chmod 600 %s", path,
                      info.st_mode & 07777, path));
}

absl::Status CheckReadable(const struct stat& info, const std::string& path) {
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  }
  if (uint64_t(info.st_size) > kMaxSecretFileBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, " is larger than ", HumanSize(kMaxSecretFileBytes), ": no file of keys is"));
  }
  return absl::OkStatus();
}

// Up to the bound, also if the file grows meanwhile.
absl::StatusOr<std::string> ReadBounded(int fd, const std::string& path) {
  std::string text(kMaxSecretFileBytes, '\0');
  size_t size = 0;
  while (size < text.size()) {
    ssize_t got = read(fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoToStatus(errno, absl::StrCat("reading ", path));
    if (got == 0) break;
    size += size_t(got);
  }
  text.resize(size);
  return text;
}

}  // namespace

absl::StatusOr<PrivateText> ReadPrivateText(const std::string& path) {
  // Without O_NONBLOCK a FIFO would hold us before it can be refused.
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return ErrnoToStatus(errno, path);
  absl::Cleanup closer = [fd] { close(fd); };
  struct stat info {};
  if (fstat(fd, &info) != 0) return ErrnoToStatus(errno, path);
  RETURN_IF_ERROR(CheckReadable(info, path));
  PrivateText file{.is_private = CheckPrivate(info, path)};
  ASSIGN_OR_RETURN(file.text, ReadBounded(fd, path));
  return file;
}

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  ASSIGN_OR_RETURN(PrivateText file, ReadPrivateText(path));
  RETURN_IF_ERROR(file.is_private);
  return std::move(file.text);
}

}  // namespace annofs
