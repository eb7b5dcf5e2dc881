// Numbers of variable length, as records of the catalog and of the dataset index hold them. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// 7 bits a byte, the lowest first; the high bit says that more follow.
void AppendNumber(std::string& out, uint64_t number);
// Small numbers of either sign are short.
void AppendSigned(std::string& out, int64_t number);

// Takes codes off the front of a text. After the first one that is not there ok() is false and all
// are empty.
class CodeReader {
 public:
  explicit CodeReader(absl::string_view text) : rest_(text) {}

  uint64_t Number() {
    uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = Byte();
      number |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return ok_ ? number : 0;
    }
    ok_ = false;
    return 0;
  }
  int64_t Signed() {
    const uint64_t number = Number();
    return static_cast<int64_t>(number >> 1 ^ (~(number & 1) + 1));
  }
  uint8_t Byte() {
    if (rest_.empty()) ok_ = false;
    if (!ok_) return 0;
    const uint8_t byte = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return byte;
  }
  absl::string_view Bytes(uint64_t count) {
    if (count > rest_.size()) ok_ = false;
    if (!ok_) return "";
    const absl::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  absl::string_view rest() const { return rest_; }

 private:
  absl::string_view rest_;
  bool ok_ = true;
};

}  // namespace annofs
