#include "tools/op_stream.h"

#include <utility>

namespace annofs {

OpStream::Listener::Listener(OpStream& stream, size_t most) : stream_(stream), most_(most) {
  absl::MutexLock lock(&stream_.mutex_);
  stream_.listeners_.push_back(this);
  ++stream_.listening_;
}

OpStream::Listener::~Listener() {
  absl::MutexLock lock(&stream_.mutex_);
  std::erase(stream_.listeners_, this);
  --stream_.listening_;
}

OpStream::Batch OpStream::Listener::Take() {
  Batch next;
  absl::MutexLock lock(&stream_.mutex_);
  std::swap(next, kept_);
  return next;
}

void OpStream::Ended(const EndedOp& op) {
  absl::MutexLock lock(&mutex_);
  for (Listener* listener : listeners_) {
    if (listener->kept_.ops.size() < listener->most_) {
      listener->kept_.ops.push_back(op);
    } else {
      ++listener->kept_.lost;
    }
  }
}

}  // namespace annofs
