#include "cache/read_ahead.h"

#include <algorithm>

namespace annofs {

uint64_t ReadAhead::Lengthen(const BlockKey& version, ByteRange run) {
  absl::MutexLock lock(&mutex_);
  auto found = last_.find(version);
  if (found == last_.end()) {
    order_.push_front({version, run});
    last_.emplace(version, order_.begin());
    if (order_.size() > kVersions) {
      last_.erase(order_.back().version);
      order_.pop_back();
    }
    return run.length;
  }
  order_.splice(order_.begin(), order_, found->second);
  ByteRange& last = found->second->bytes;
  uint64_t length = run.length;
  if (run.offset == last.end()) length = std::max(length, std::min(2 * last.length, longest_));
  last = {run.offset, length};
  return length;
}

bool ReadAhead::EndedIn(const BlockKey& version, ByteRange range) const {
  absl::MutexLock lock(&mutex_);
  const auto found = last_.find(version);
  if (found == last_.end()) return false;
  const uint64_t end = found->second->bytes.end();
  return range.offset <= end && end < range.end();
}

}  // namespace annofs
