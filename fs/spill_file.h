// Bytes that wait outside of memory until an index is written: a file without a name in the cache
// directory, gone with the process whatever its end. Not thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annofs {

class SpillFile {
 public:
  // Made when it is first written to.
  explicit SpillFile(std::string directory);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  // Behind what is there. kResourceExhausted where the disk is full, and says what to do.
  absl::Status Append(absl::string_view bytes);
  uint64_t size() const { return size_; }

  // REQUIRES: offset + size <= size().
  absl::Status Read(uint64_t offset, size_t size, char* to) const;

 private:
  absl::Status Open();
  absl::Status Flush();

  const std::string directory_;
  int fd_ = -1;
  uint64_t size_ = 0;
  std::string buffer_;  // the end of the file
};

// A part of a file from its beginning to its end, through a buffer. The file outlives it.
class SpillReader {
 public:
  SpillReader(const SpillFile& file, uint64_t begin, uint64_t end, size_t buffer_bytes);

  bool empty() const { return next_ == filled_ && offset_ == end_; }
  // At least so many bytes, fewer only where the part ends; valid until the next call.
  absl::Status Peek(size_t size, absl::string_view* bytes);
  // REQUIRES: of what Peek gave.
  void Skip(size_t size) { next_ += size; }

 private:
  const SpillFile& file_;
  uint64_t offset_;  // of the file, behind the buffer
  const uint64_t end_;
  const size_t buffer_bytes_;
  std::string buffer_;
  size_t next_ = 0, filled_ = 0;
};

}  // namespace annofs
