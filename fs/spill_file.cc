#include "fs/spill_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr size_t kBuffer = 1 << 20;

absl::Status FailedWrite(int error, absl::string_view directory) {
  // EFBIG: the process may not write larger files.
  if (error != ENOSPC && error != EDQUOT && error != EFBIG) {
    return ErrnoToStatus(error, absl::StrCat("sort annotations in ", directory));
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("no room in ", directory,
                   " to sort annotations in: it takes as much as the dataset's index for a while; "
                   "make room, or choose another cache directory"));
}

}  // namespace

SpillFile::SpillFile(std::string directory) : directory_(std::move(directory)) {}

SpillFile::~SpillFile() {
  if (fd_ >= 0) close(fd_);
}

absl::Status SpillFile::Open() {
  fd_ = open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd_ >= 0) return absl::OkStatus();
  // Not every file system has files without a name.
  std::string path = directory_ + "/sorting-XXXXXX";
  fd_ = mkostemp(path.data(), O_CLOEXEC);
  if (fd_ < 0) return FailedWrite(errno, directory_);
  unlink(path.c_str());
  return absl::OkStatus();
}

absl::Status SpillFile::Append(absl::string_view bytes) {
  buffer_.append(bytes.data(), bytes.size());
  size_ += bytes.size();
  return buffer_.size() < kBuffer ? absl::OkStatus() : Flush();
}

absl::Status SpillFile::Flush() {
  if (buffer_.empty()) return absl::OkStatus();
  if (fd_ < 0) RETURN_IF_ERROR(Open());
  uint64_t offset = size_ - buffer_.size();
  absl::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = pwrite(fd_, rest.data(), rest.size(), off_t(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FailedWrite(written < 0 ? errno : ENOSPC, directory_);
    rest.remove_prefix(size_t(written));
    offset += uint64_t(written);
  }
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status SpillFile::Read(uint64_t offset, size_t size, char* to) const {
  const uint64_t on_disk = size_ - buffer_.size();
  if (offset + size > on_disk) {
    const uint64_t begin = std::max(offset, on_disk);
    const size_t count = size_t(offset + size - begin);
    std::memcpy(to + (size - count), buffer_.data() + (begin - on_disk), count);
    size -= count;
  }
  while (size > 0) {
    const ssize_t got = pread(fd_, to, size, off_t(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return ErrnoToStatus(got < 0 ? errno : EIO, absl::StrCat("read back from ", directory_));
    }
    to += got;
    offset += uint64_t(got);
    size -= size_t(got);
  }
  return absl::OkStatus();
}

SpillReader::SpillReader(const SpillFile& file, uint64_t begin, uint64_t end, size_t buffer_bytes)
    : file_(file), offset_(begin), end_(end), buffer_bytes_(buffer_bytes) {}

absl::Status SpillReader::Peek(size_t size, absl::string_view* bytes) {
  if (filled_ - next_ < size && offset_ < end_) {
    buffer_.erase(0, next_);
    // After one that was large.
    if (buffer_.capacity() > 4 * std::max(size, buffer_bytes_)) buffer_.shrink_to_fit();
    filled_ -= next_;
    next_ = 0;
    const size_t want =
        size_t(std::min<uint64_t>(std::max(size, buffer_bytes_) - filled_, end_ - offset_));
    buffer_.resize(filled_ + want);
    RETURN_IF_ERROR(file_.Read(offset_, want, buffer_.data() + filled_));
    filled_ += want;
    offset_ += want;
  }
  *bytes = absl::string_view(buffer_).substr(next_, filled_ - next_);
  return absl::OkStatus();
}

}  // namespace annofs
