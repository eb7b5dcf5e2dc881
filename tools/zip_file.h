// The file that minizip writes a zip into. For every entry it goes back to its header, to put the
// sum and the sizes there: what was written last is held in memory, so that this is no call of the
// system. Not thread safe.
#pragma once

#include <minizip/ioapi.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

class ZipFile {
 public:
  static constexpr size_t kHeldBytes = 1 << 20;

  // An empty file. Refused: a name that is there.
  static absl::StatusOr<std::unique_ptr<ZipFile>> Create(const std::string& path);
  ~ZipFile();
  ZipFile(const ZipFile&) = delete;
  ZipFile& operator=(const ZipFile&) = delete;

  // For zipOpen2_64() and the like, which open no other file. This outlives what they give.
  zlib_filefunc64_def Functions();
  // What went wrong first; writes after it do nothing and fail.
  const absl::Status& status() const { return status_; }
  // Everything is on the disk then.
  absl::Status Sync();

  // Writes at the position, over what is there, and goes on behind it.
  absl::Status Write(absl::string_view data);
  // At most the end. Nothing is between there and the end that Write() has not written.
  bool Seek(uint64_t position);
  uint64_t position() const { return position_; }
  uint64_t size() const { return held_at_ + held_.size(); }

 private:
  ZipFile(int fd, std::string path);
  absl::Status Flush();
  absl::Status WriteThrough(absl::string_view data, uint64_t at);

  const int fd_;
  const std::string path_;
  std::string held_;  // the end of the file, from held_at_ on
  uint64_t held_at_ = 0;
  uint64_t position_ = 0;
  absl::Status status_;
};

}  // namespace annofs
