// Bytes that several hold and nobody changes. A value; thread safe as far as its copies go.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"

namespace annofs {

class SharedBytes {
 public:
  SharedBytes() = default;
  // `buffer` has `size` bytes at least, and is not written any more.
  SharedBytes(std::shared_ptr<const char[]> buffer, size_t size)
      : buffer_(std::move(buffer)), size_(size) {}

  static SharedBytes CopyOf(absl::string_view data) {
    auto buffer = std::make_shared_for_overwrite<char[]>(data.size());
    if (!data.empty()) std::memcpy(buffer.get(), data.data(), data.size());
    return SharedBytes(std::move(buffer), data.size());
  }

  // A part of the same bytes, which stay as long as one part does. REQUIRES: within them.
  SharedBytes Part(size_t offset, size_t size) const {
    return SharedBytes(std::shared_ptr<const char[]>(buffer_, buffer_.get() + offset), size);
  }

  absl::string_view view() const { return {buffer_.get(), size_}; }
  size_t size() const { return size_; }

 private:
  std::shared_ptr<const char[]> buffer_;
  size_t size_ = 0;
};

}  // namespace annofs
