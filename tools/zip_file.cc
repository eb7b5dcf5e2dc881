#include "tools/zip_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

ZipFile& Of(voidpf stream) { return *static_cast<ZipFile*>(stream); }

voidpf Open(voidpf opaque, const void*, int) { return opaque; }

// minizip reads only in zips to which it adds.
uLong ReadNothing(voidpf, voidpf, void*, uLong) { return 0; }

uLong WriteTo(voidpf, voidpf stream, const void* data, uLong size) {
  return Of(stream).Write({static_cast<const char*>(data), size}).ok() ? size : 0;
}

ZPOS64_T Tell(voidpf, voidpf stream) { return Of(stream).position(); }

long SeekIn(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  ZipFile& file = Of(stream);
  const uint64_t from = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                        : origin == ZLIB_FILEFUNC_SEEK_CUR ? file.position()
                                                           : file.size();
  return file.Seek(from + offset) ? 0 : -1;
}

int Close(voidpf, voidpf stream) { return Of(stream).status().ok() ? 0 : -1; }

int Error(voidpf, voidpf stream) { return Of(stream).status().ok() ? 0 : -1; }

}  // namespace

absl::StatusOr<std::unique_ptr<ZipFile>> ZipFile::Create(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return ErrnoToStatus(errno, absl::StrCat("creating ", path));
  return std::unique_ptr<ZipFile>(new ZipFile(fd, path));
}

ZipFile::ZipFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {
  held_.reserve(kHeldBytes);
}

ZipFile::~ZipFile() { close(fd_); }

zlib_filefunc64_def ZipFile::Functions() {
  return {.zopen64_file = Open,
          .zread_file = ReadNothing,
          .zwrite_file = WriteTo,
          .ztell64_file = Tell,
          .zseek64_file = SeekIn,
          .zclose_file = Close,
          .zerror_file = Error,
          .opaque = this};
}

absl::Status ZipFile::Write(absl::string_view data) {
  RETURN_IF_ERROR(status_);
  // Before what is held: the header of an entry that is larger.
  if (position_ < held_at_) {
    const absl::string_view before = data.substr(0, held_at_ - position_);
    RETURN_IF_ERROR(WriteThrough(before, position_));
    position_ += before.size();
    data.remove_prefix(before.size());
  }
  const size_t at = position_ - held_at_;
  const absl::string_view over = data.substr(0, held_.size() - std::min(held_.size(), at));
  if (!over.empty()) held_.replace(at, over.size(), over.data(), over.size());
  position_ += over.size();
  data.remove_prefix(over.size());
  if (data.empty()) return absl::OkStatus();
  if (held_.size() + data.size() > kHeldBytes) RETURN_IF_ERROR(Flush());
  if (data.size() > kHeldBytes) {
    RETURN_IF_ERROR(WriteThrough(data, held_at_));
    held_at_ += data.size();
  } else {
    held_.append(data.data(), data.size());
  }
  position_ += data.size();
  return absl::OkStatus();
}

bool ZipFile::Seek(uint64_t position) {
  if (position > size()) return false;
  position_ = position;
  return true;
}

absl::Status ZipFile::Flush() {
  RETURN_IF_ERROR(WriteThrough(held_, held_at_));
  held_at_ += held_.size();
  held_.clear();
  return absl::OkStatus();
}

absl::Status ZipFile::WriteThrough(absl::string_view data, uint64_t at) {
  while (status_.ok() && !data.empty()) {
    const ssize_t written = pwrite(fd_, data.data(), data.size(), off_t(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      status_ = ErrnoToStatus(errno, absl::StrCat("writing ", path_));
    } else {
      data.remove_prefix(size_t(written));
      at += size_t(written);
    }
  }
  return status_;
}

absl::Status ZipFile::Sync() {
  RETURN_IF_ERROR(status_);
  RETURN_IF_ERROR(Flush());
  if (fsync(fd_) != 0) status_ = ErrnoToStatus(errno, absl::StrCat("writing ", path_));
  return status_;
}

}  // namespace annofs
