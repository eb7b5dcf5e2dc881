#include "formats/jpeg_header.h"

#include <algorithm>

#include "formats/tiff_header.h"

namespace annofs {
namespace {

// Markers of ITU T.81, table B.1.
constexpr uint8_t kStartOfImage = 0xd8, kEndOfImage = 0xd9, kStartOfScan = 0xda, kApp1 = 0xe1;
constexpr absl::string_view kExif("Exif\0\0", 6);
constexpr size_t kFrameHeaderBytes = 7;  // length, precision, height, width

uint8_t Byte(absl::string_view bytes, size_t at) { return uint8_t(bytes[at]); }
uint32_t U16(absl::string_view bytes, size_t at) {
  return uint32_t(Byte(bytes, at)) << 8 | Byte(bytes, at + 1);
}

// SOF0 to SOF15 without the tables and the extension between them.
bool IsFrameHeader(uint8_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}
bool HasNoLength(uint8_t marker) {
  return marker == 0x01 || (marker >= 0xd0 && marker <= kStartOfImage);
}

int OrientationOf(absl::string_view segment) {
  if (segment.substr(0, kExif.size()) != kExif) return 1;
  absl::string_view tiff = segment.substr(kExif.size());
  std::optional<TiffStart> start = ParseTiffStart(tiff);
  if (!start || start->directory >= tiff.size()) return 1;
  return ParseTiffDirectory(tiff.substr(start->directory), start->is_little_endian).orientation;
}

ImageProbe Needs(uint64_t bytes) { return {.needed = bytes}; }

}  // namespace

ImageProbe ProbeJpeg(absl::string_view head) {
  ImageHeader header;
  bool is_turned = false;
  size_t at = 2;
  while (true) {
    if (at + 2 > head.size()) return Needs(at + 2);
    if (Byte(head, at) != 0xff) return {};
    uint8_t marker = Byte(head, at + 1);
    if (marker == 0xff) {  // a fill byte
      ++at;
      continue;
    }
    at += 2;
    if (HasNoLength(marker)) continue;
    if (marker == kEndOfImage || marker == kStartOfScan) return {};
    if (at + 2 > head.size()) return Needs(at + 2);
    size_t length = U16(head, at);
    if (length < 2) return {};
    if (IsFrameHeader(marker)) {
      if (at + kFrameHeaderBytes > head.size()) return Needs(at + kFrameHeaderBytes);
      header.size = {.width = U16(head, at + 5), .height = U16(head, at + 3)};
      if (header.size.width == 0 || header.size.height == 0) return {};
      return {.header = header};
    }
    if (marker == kApp1 && !is_turned) {
      if (at + length > head.size()) return Needs(at + length);
      header.orientation = OrientationOf(head.substr(at + 2, length - 2));
      is_turned = header.orientation != 1;
    }
    at += length;
  }
}

}  // namespace annofs
