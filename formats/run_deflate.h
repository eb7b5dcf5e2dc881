// A deflate stream (RFC 1951) of bytes that are told as what they repeat: whoever knows where the
// runs are need not search for them. zlib goes through all pixels and moves its tables along with
// them, also with Z_RLE on filtered rows: pictures of 1920 x 1080 pixels were drawn 57 times a
// second with it, and 390 times with this (tests/bench/views_bench.cc, frames of Segmentation
// mask). Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace annofs {

class RunDeflate {
 public:
  static constexpr uint32_t kMaxDistance = 32768;
  static constexpr uint32_t kMinCopy = 3;

  void Literal(uint8_t byte) { Add(byte); }
  // `length` bytes more, each that which stands `distance` before it. REQUIRES: length >= kMinCopy,
  // distance from 1 to kMaxDistance and no more than the bytes so far.
  void Copy(uint64_t length, uint32_t distance);
  // The stream; once, at the end.
  std::string Finish();

 private:
  void Add(uint32_t token) {
    tokens_.push_back(token);
    if (tokens_.size() == kBlockTokens) WriteBlock(/*is_last=*/false);
  }
  void WriteBlock(bool is_last);
  void WriteBits(uint32_t bits, int count) {
    pending_ |= uint64_t(bits) << pending_bits_;
    pending_bits_ += count;
    while (pending_bits_ >= 8) {
      out_.push_back(char(pending_));
      pending_ >>= 8;
      pending_bits_ -= 8;
    }
  }

  static constexpr size_t kBlockTokens = size_t{1} << 16;

  std::vector<uint32_t> tokens_;  // a byte, or length << 16 | distance - 1 (length: 3 to 258)
  std::string out_;
  uint64_t pending_ = 0;
  int pending_bits_ = 0;
};

}  // namespace annofs
