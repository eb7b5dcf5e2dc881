#include "fs/write_pace.h"

#include <algorithm>

namespace annofs {

uint64_t WritePace::Begin(uint64_t bytes) {
  bytes = std::min(bytes, most_);
  absl::MutexLock lock(&mutex_);
  auto may_go_on = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return held_ + bytes <= most_ || (written_ > 0 && !flushing_);
  };
  for (;;) {
    mutex_.Await(absl::Condition(&may_go_on));
    if (held_ + bytes <= most_) break;
    const uint64_t flushed = written_;
    flushing_ = true;
    mutex_.Unlock();
    blocks_.Flush();
    mutex_.Lock();
    flushing_ = false;
    written_ -= flushed;
    held_ -= flushed;
  }
  held_ += bytes;
  return bytes;
}

void WritePace::End(uint64_t held) {
  absl::MutexLock lock(&mutex_);
  written_ += held;
}

}  // namespace annofs
