// The Range header of a download (reference/b2.md §1.8). Pure.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs::emulator {

struct ByteRange {
  uint64_t offset = 0;
  uint64_t length = 0;  // at least 1
};

// `bytes=A-B`, `bytes=A-`, `bytes=-N`, of a file of `size` bytes; an end beyond the file is
// clamped. Errors: 416 range_not_satisfiable if no byte is in it, 400 bad_request for any other
// text.
absl::StatusOr<ByteRange> ParseRange(absl::string_view header, uint64_t size);

}  // namespace annofs::emulator
