// Many texts in memory, without a string object for each. Not thread safe.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cache/base/number_code.h"

namespace annofs {

class TextArena {
 public:
  // A place that stays until the arena ends.
  const char* Add(absl::string_view text) {
    std::string length;
    AppendNumber(length, text.size());
    char* place = Room(length.size() + text.size());
    std::memcpy(place, length.data(), length.size());
    if (!text.empty()) std::memcpy(place + length.size(), text.data(), text.size());
    return place;
  }
  static absl::string_view Text(const char* place) {
    uint64_t size = 0;
    for (int shift = 0;; shift += 7) {
      const uint8_t byte = uint8_t(*place++);
      size |= uint64_t(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return absl::string_view(place, size);
  }

 private:
  static constexpr size_t kChunk = 1 << 20;

  char* Room(size_t size) {
    if (size > left_) {
      left_ = size > kChunk ? size : kChunk;
      chunks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
      next_ = chunks_.back().get();
    }
    char* place = next_;
    next_ += size;
    left_ -= size;
    return place;
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  size_t left_ = 0;
};

}  // namespace annofs
