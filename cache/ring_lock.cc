#include "cache/ring_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/clock.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Whoever waits looks this often; and whoever has had it leaves it free for longer than that, or he
// would always be the first to have it again.
constexpr absl::Duration kPause = absl::Microseconds(500);
constexpr absl::Duration kGap = absl::Milliseconds(1);

}  // namespace

RingLock::~RingLock() {
  if (file_ >= 0) close(file_);
}

absl::Status RingLock::Acquire(absl::Duration wait) {
  const absl::Time begin = RealClock().Now();
  const absl::Time deadline = begin + wait;
  if (begin - released_ < kGap) RealClock().Sleep(kGap);
  for (;;) {
    RETURN_IF_ERROR(OpenFile());
    if (flock(file_, LOCK_EX | LOCK_NB) == 0) {
      if (IsStillThere()) return absl::OkStatus();
      // The directory was removed: what is there now has a lock of its own.
      close(std::exchange(file_, -1));
      continue;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return ErrnoToStatus(errno, absl::StrCat("locking ", path_));
    }
    if (RealClock().Now() + kPause > deadline) {
      return absl::DeadlineExceededError(absl::StrCat("another process holds ", path_));
    }
    RealClock().Sleep(kPause);
  }
}

void RingLock::Release() {
  flock(file_, LOCK_UN);
  released_ = RealClock().Now();
}

absl::Status RingLock::OpenFile() {
  if (file_ < 0) file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  return file_ >= 0 ? absl::OkStatus() : ErrnoToStatus(errno, absl::StrCat("opening ", path_));
}

bool RingLock::IsStillThere() const {
  struct stat ours, named;
  return fstat(file_, &ours) == 0 && stat(path_.c_str(), &named) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

}  // namespace annofs
