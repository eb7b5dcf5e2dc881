#include "tools/line_reader.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr absl::Duration kCancellationPoll = absl::Milliseconds(50);

}  // namespace

absl::StatusOr<std::optional<std::string>> LineReader::Next(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  for (size_t searched = begin_;;) {
    const size_t end = text_.find('\n', searched);
    const size_t length = (end == text_.npos ? text_.size() : end) - begin_;
    if (length > kLongest) {
      return absl::OutOfRangeError(absl::StrCat("a line of more than ", kLongest, " bytes"));
    }
    if (end != text_.npos || at_end_) {
      if (end == text_.npos && length == 0) return std::nullopt;
      std::string line = text_.substr(begin_, length);
      begin_ = std::min(begin_ + length + 1, text_.size());
      return line;
    }
    text_.erase(0, std::exchange(begin_, 0));
    searched = text_.size();
    RETURN_IF_ERROR(ReadMore(deadline));
  }
}

absl::Status LineReader::ReadMore(absl::Time deadline) {
  for (;;) {
    if (cancellation_ != nullptr && cancellation_->cancelled()) {
      return absl::CancelledError("interrupted");
    }
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return absl::DeadlineExceededError("nothing came in time");
    pollfd one{.fd = fd_, .events = POLLIN, .revents = 0};
    const absl::Duration wait = std::min(left, kCancellationPoll);
    if (poll(&one, 1, int(absl::ToInt64Milliseconds(wait)) + 1) <= 0) continue;
    char buffer[16384];
    const ssize_t got = read(fd_, buffer, sizeof buffer);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    // Reset: the other side has gone without having read all that it was told.
    at_end_ = got == 0 || (got < 0 && errno == ECONNRESET);
    if (got < 0 && !at_end_) return ErrnoToStatus(errno, "reading lines");
    if (got > 0) text_.append(buffer, size_t(got));
    return absl::OkStatus();
  }
}

}  // namespace annofs
