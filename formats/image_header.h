// What the first bytes of an image say of it: its size and how it is turned. Pure; hostile input is
// expected: nothing is read outside of the head, whatever its lengths claim.
//
// Own parsers of a few dozen bytes each: a library that decodes (or libexif, which builds a model
// of every tag and reads JPEG only) needs whole files, and no Debian library tells how many more
// bytes it wants.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

struct ImageSize {
  uint32_t width = 0, height = 0;
  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

struct ImageHeader {
  ImageSize size;       // as the pixels are stored
  int orientation = 1;  // EXIF tag 274: 1 to 8; 1 where the image does not say
};

// The size as viewers and CVAT show it: orientations above 4 lie on their side.
ImageSize DisplaySize(const ImageHeader& header);

struct ImageProbe {
  std::optional<ImageHeader> header;
  // Without a header: how long the head must at least be to say more; 0 if more bytes do not help
  // (no image, or one without a size).
  uint64_t needed = 0;
};

// JPEG (any process, EXIF in APP1 of either byte order), PNG (eXIf before the pixels), GIF, BMP,
// WebP (its EXIF stands at the end and is not looked for), TIFF (first directory).
ImageProbe ProbeImage(absl::string_view head);

// Reads as much as it takes, in steps of 2, 16 and 64 KiB as CVAT does (reference/cvat.md §8), then
// what the image itself asks for, up to 1 MiB from its start; the directory of a TIFF wherever it
// is. `read`: the bytes at (offset, length), fewer only where the image ends, none behind its end.
// Nothing: no header. Errors are those of `read`.
using ImageBytes = absl::FunctionRef<absl::StatusOr<std::string>(uint64_t offset, uint64_t length)>;
absl::StatusOr<std::optional<ImageHeader>> ReadImageHeader(ImageBytes read);

}  // namespace annofs
