// Texts of any length that nobody holds: for what must not fill the memory.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "cache/base/chunk_source.h"

namespace annofs::testing {

// Gives `head`, `count` times `body`, then `tail`.
class LongText : public ChunkSource {
 public:
  LongText(std::string head, std::string body, uint64_t count, std::string tail)
      : head_(std::move(head)), body_(std::move(body)), count_(count), tail_(std::move(tail)) {
    // Small chunks would be the time of a test.
    while (body_.size() < kChunk && count_ % 2 == 0) {
      body_ += body_;
      count_ /= 2;
    }
  }
  absl::StatusOr<absl::string_view> Next() override {
    const uint64_t turn = turn_++;
    const absl::string_view chunk = turn == 0            ? absl::string_view(head_)
                                    : turn <= count_     ? absl::string_view(body_)
                                    : turn == count_ + 1 ? absl::string_view(tail_)
                                                         : absl::string_view();
    taken_ += chunk.size();
    return chunk;
  }
  // Bytes that were given so far.
  uint64_t taken() const { return taken_; }

 private:
  static constexpr size_t kChunk = 65536;
  std::string head_, body_;
  uint64_t count_;
  std::string tail_;
  uint64_t turn_ = 0;
  uint64_t taken_ = 0;
};

}  // namespace annofs::testing
