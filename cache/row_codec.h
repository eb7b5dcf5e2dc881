// Small codes that rows are packed with: numbers of variable length, and texts told by how they
// differ from the text before. Pure functions.
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

// How many first bytes two texts have in common.
size_t SharedPrefix(absl::string_view a, absl::string_view b);

// `text` against `base`: the length of the shared prefix, then the rest.
void AppendAgainst(std::string& out, absl::string_view text, absl::string_view base);
// Back; `text` holds the base, and then the text.
void ReadAgainst(CodeReader& codes, std::string& text);

// Versions of one store have one shape: the same length, and at the same places the same characters
// that are no lower-case hex digits (reference/b2.md §1.2).
bool HaveOneShape(absl::string_view a, absl::string_view b);
// `text` against `base` of the same shape: how many bytes follow, how many hex digits are the same
// at first, then, two digits in a byte, runs: how many more are the same (at most 15), how many
// follow less one (at most 15), and these. What comes behind the last run is the same.
void AppendShaped(std::string& out, absl::string_view text, absl::string_view base);
// Back; `code` is without its length, `text` holds the base, and then the text.
void ReadShaped(absl::string_view code, std::string& text);

// The bytes that lower-case hex says; "" if `text` is not an even number of such digits.
std::string BytesOfHex(absl::string_view text);

}  // namespace annofs
