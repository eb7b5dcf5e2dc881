#include "cache/base/json_input.h"

namespace annofs {

bool JsonInput::More() {
  if (ended_) return false;
  const absl::StatusOr<absl::string_view> chunk = source_.Next();
  base_ += static_cast<uint64_t>(end_ - begin_);
  if (chunk.ok()) {
    begin_ = next_ = chunk->data();
    end_ = begin_ + chunk->size();
  } else {
    status_ = chunk.status();
    begin_ = next_ = end_ = nullptr;
  }
  ended_ = next_ == end_;
  return !ended_;
}

bool JsonInput::SkipByteOrderMark() {
  if (Peek() != 0xEF) return true;
  for (const int byte : {0xEF, 0xBB, 0xBF}) {
    if (Peek() != byte) return false;
    Skip();
  }
  return true;
}

}  // namespace annofs
