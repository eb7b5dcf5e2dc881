// A byte stream that is pulled: what the streaming parsers read from.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

// Not thread safe; owned by the caller.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  // The next bytes, valid until the next call; empty at the end.
  virtual absl::StatusOr<absl::string_view> Next() = 0;
};

// The whole of a text that outlives the source, in pieces of `chunk` bytes.
class TextChunks : public ChunkSource {
 public:
  explicit TextChunks(absl::string_view text, size_t chunk = 65536) : rest_(text), chunk_(chunk) {}
  absl::StatusOr<absl::string_view> Next() override {
    absl::string_view piece = rest_.substr(0, chunk_);
    rest_.remove_prefix(piece.size());
    return piece;
  }

 private:
  absl::string_view rest_;
  size_t chunk_;
};

}  // namespace annofs
