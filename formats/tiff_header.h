// TIFF's first directory, as far as images are told by it: of a TIFF file, and of the EXIF block
// that JPEG and PNG carry. Pure; never reads outside of what it is given.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace annofs {

// Of the 8 bytes that every TIFF starts with.
struct TiffStart {
  bool is_little_endian = true;
  uint32_t directory = 0;  // offset of the first directory
};
// Nothing: no TIFF (BigTIFF is none either), or fewer than 8 bytes.
std::optional<TiffStart> ParseTiffStart(absl::string_view bytes);

struct TiffDirectory {
  uint32_t width = 0, height = 0;  // 0 = not said
  int orientation = 1;
};
inline constexpr uint64_t kTiffDirectoryBytes = 2 + 12 * 256;  // more entries are not looked at
// `bytes`: from the directory's offset on; a directory that is cut is read as far as it goes.
TiffDirectory ParseTiffDirectory(absl::string_view bytes, bool is_little_endian);

}  // namespace annofs
