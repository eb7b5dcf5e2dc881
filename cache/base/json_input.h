// The bytes of a JSON text, with their offsets, pulled from a ChunkSource as they are needed. Only
// for the JSON files of this folder. Not thread safe.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"

namespace annofs {

class JsonInput {
 public:
  static constexpr int kEnd = -1;

  explicit JsonInput(ChunkSource& source) : source_(source) {}

  // The next byte, as 0 to 255; kEnd at the end of the text, and where the source fails.
  int Peek() { return next_ != end_ || More() ? static_cast<uint8_t>(*next_) : kEnd; }
  // REQUIRES: Peek() answered a byte.
  void Skip() { ++next_; }

  // The next bytes as far as they are here; at least one after a Peek() that answered a byte. They
  // stay where they are until a Peek() behind the last of them.
  absl::string_view window() const { return {next_, static_cast<size_t>(end_ - next_)}; }
  void Advance(size_t bytes) { next_ += bytes; }

  uint64_t offset() const { return base_ + static_cast<uint64_t>(next_ - begin_); }

  // To the next token: its first byte, or kEnd.
  int NextToken() {
    int c = Peek();
    while (IsBlank(c)) {
      Skip();
      c = Peek();
    }
    token_ = offset();
    return c;
  }
  // Offset of the last token that was gone to.
  uint64_t token() const { return token_; }

  // Skips the byte order mark that some editors write. False if it is broken.
  bool SkipByteOrderMark();

  // An error of the source; it ended the text.
  const absl::Status& status() const { return status_; }

 private:
  static bool IsBlank(int c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  // The next chunk; false at the end.
  bool More();

  ChunkSource& source_;
  const char* begin_ = nullptr;
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  uint64_t base_ = 0;  // offset of begin_
  uint64_t token_ = 0;
  bool ended_ = false;
  absl::Status status_;
};

}  // namespace annofs
