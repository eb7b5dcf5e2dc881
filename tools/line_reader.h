// Lines from a descriptor as they come: a control socket, a pipe, a file. Memory is bounded by the
// longest line. Not thread safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"

namespace annofs {

class LineReader {
 public:
  static constexpr size_t kLongest = 4096;  // bytes of a line, without its end

  // `fd` and `cancellation` (nullptr: none) outlive the reader.
  LineReader(int fd, const Cancellation* cancellation) : fd_(fd), cancellation_(cancellation) {}

  // The next line without its newline; a last one needs none. Nothing: the end. kOutOfRange: a
  // longer line. kDeadlineExceeded: not all of it came within `patience`. kCancelled.
  absl::StatusOr<std::optional<std::string>> Next(absl::Duration patience);

 private:
  absl::Status ReadMore(absl::Time deadline);

  const int fd_;
  const Cancellation* const cancellation_;
  std::string text_;  // what was read
  size_t begin_ = 0;  // of what was not yet answered
  bool at_end_ = false;
};

}  // namespace annofs
