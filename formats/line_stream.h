// Lines of a text of any length, read as a stream. Not thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"

namespace annofs {

struct TextLine {
  absl::string_view text;    // without "\n" or "\r\n"; valid until the next call
  uint64_t number = 0;       // from 1
  bool is_too_long = false;  // of more than LineStream::kMaxLine bytes: `text` is its start
};

class LineStream {
 public:
  static constexpr size_t kMaxLine = 1 << 20;
  explicit LineStream(std::unique_ptr<ChunkSource> source) : source_(std::move(source)) {}
  // Nothing at the end; a text that does not end with a line break has a last line as well. Errors
  // are the source's; what stood before them has been told. A byte order mark is taken off.
  absl::StatusOr<std::optional<TextLine>> Next();

 private:
  std::unique_ptr<ChunkSource> source_;
  absl::string_view chunk_;  // what is left of it
  std::string carried_;      // the start of a line that goes on in the next chunk
  uint64_t number_ = 0;
  bool at_end_ = false;
  absl::Status failure_;
};

}  // namespace annofs
