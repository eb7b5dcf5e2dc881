#include "tools/doctor/disk_speed.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs::doctor {
namespace {

constexpr size_t kPiece = 1 << 20;
constexpr uint64_t kMostBytes = 8 << 20;
constexpr absl::Duration kMostTime = absl::Seconds(1);

// A file without a name; where the file system has none, one whose name is gone at once.
absl::StatusOr<int> NewFile(const std::string& directory) {
  const int nameless = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (nameless >= 0) return nameless;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL) {
    return ErrnoToStatus(errno, directory);
  }
  std::string name = JoinPath(directory, ".annofs-doctor-XXXXXX");
  const int file = mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) return ErrnoToStatus(errno, directory);
  unlink(name.c_str());
  return file;
}

// Beyond its limit a process is killed (SIGXFSZ).
uint64_t MostBytes() {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return kMostBytes;
  return std::min<uint64_t>(kMostBytes, limit.rlim_cur);
}

// Bytes that differ: some disks and file systems do not write zeros.
std::vector<char> Noise() {
  std::vector<char> bytes(kPiece);
  uint64_t state = 88172645463325252;
  for (char& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = char(state);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<DiskSpeed> MeasureDisk(const std::string& directory) {
  ASSIGN_OR_RETURN(const int file, NewFile(directory));
  absl::Cleanup closed = [file] { close(file); };
  std::vector<char> piece = Noise();
  DiskSpeed speed;
  const absl::Time begun = absl::Now();
  const uint64_t most = MostBytes();
  if (most == 0) return absl::PermissionDeniedError("files may hold no byte (ulimit -f)");
  while (speed.bytes < most && absl::Now() - begun < kMostTime) {
    const ssize_t done =
        write(file, piece.data(), std::min<uint64_t>(piece.size(), most - speed.bytes));
    if (done <= 0) return ErrnoToStatus(errno, directory);
    speed.bytes += uint64_t(done);
  }
  if (fsync(file) != 0) return ErrnoToStatus(errno, directory);
  speed.write = absl::Now() - begun;
  posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  const absl::Time reading = absl::Now();
  for (uint64_t offset = 0; offset < speed.bytes;) {
    const ssize_t done = pread(file, piece.data(), piece.size(), off_t(offset));
    if (done <= 0) return ErrnoToStatus(errno, directory);
    offset += uint64_t(done);
  }
  speed.read = absl::Now() - reading;
  return speed;
}

}  // namespace annofs::doctor
