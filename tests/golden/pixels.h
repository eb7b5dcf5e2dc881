// Images as their files hold them, nothing converted.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs::testing {

struct Pixels {
  uint32_t width = 0, height = 0;
  int bits = 0;         // of a channel
  int channels = 0;     // of a pixel
  int color_type = 0;   // PNG's number of what they mean
  std::string palette;  // red, green, blue, …; empty without one
  std::string bytes;    // rows from the top; 16 bits: the high byte first; less than 8: packed
};

absl::StatusOr<Pixels> DecodePng(absl::string_view file);
absl::StatusOr<Pixels> DecodeBmp(absl::string_view file);

}  // namespace annofs::testing
