#include "formats/image_header.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "formats/jpeg_header.h"
#include "formats/tiff_header.h"

namespace annofs {
namespace {

constexpr absl::string_view kPng("\x89PNG\r\n\x1a\n", 8);
constexpr uint64_t kSteps[] = {2 << 10, 16 << 10, 64 << 10};
constexpr uint64_t kMostBytes = 1 << 20;

uint32_t Little(absl::string_view bytes, size_t offset, size_t size) {
  uint32_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | uint8_t(bytes[offset + i]);
  return value;
}
uint32_t Big(absl::string_view bytes, size_t offset, size_t size) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | uint8_t(bytes[offset + i]);
  return value;
}

ImageProbe Needs(uint64_t bytes) { return {.needed = bytes}; }
ImageProbe Found(uint32_t width, uint32_t height, int orientation = 1) {
  if (width == 0 || height == 0) return {};
  return {.header = ImageHeader{.size = {width, height}, .orientation = orientation}};
}

int OrientationOfTiff(absl::string_view tiff) {
  std::optional<TiffStart> start = ParseTiffStart(tiff);
  if (!start || start->directory >= tiff.size()) return 1;
  return ParseTiffDirectory(tiff.substr(start->directory), start->is_little_endian).orientation;
}

// The chunks before the pixels may hold an eXIf; what the head does not show of it is not waited
// for: the size is known, and files with one have it early.
int OrientationOfPng(absl::string_view head) {
  size_t at = kPng.size();
  while (at <= head.size() && head.size() - at >= 8) {
    size_t length = Big(head, at, 4);
    absl::string_view type = head.substr(at + 4, 4);
    if (type == "IDAT" || type == "IEND") return 1;
    if (type == "eXIf") return OrientationOfTiff(head.substr(at + 8, length));
    at += 12 + length;
  }
  return 1;
}

ImageProbe ProbePng(absl::string_view head) {
  if (head.size() < 24) return Needs(24);
  if (head.substr(12, 4) != "IHDR") return {};
  return Found(Big(head, 16, 4), Big(head, 20, 4), OrientationOfPng(head));
}

ImageProbe ProbeGif(absl::string_view head) {
  if (head.size() < 10) return Needs(10);
  return Found(Little(head, 6, 2), Little(head, 8, 2));
}

// Both kinds of headers: OS/2's of 12 bytes with 16-bit numbers, and Windows's, whose height is
// negative where the rows run from the top.
ImageProbe ProbeBmp(absl::string_view head) {
  if (head.size() < 26) return Needs(26);
  uint32_t header_size = Little(head, 14, 4);
  if (header_size == 12) return Found(Little(head, 18, 2), Little(head, 20, 2));
  if (header_size < 40 || header_size > 256) return {};
  int64_t width = int32_t(Little(head, 18, 4)), height = int32_t(Little(head, 22, 4));
  return width <= 0 ? ImageProbe{} : Found(uint32_t(width), uint32_t(std::abs(height)));
}

// RFC 9649: the first chunk says which kind it is.
ImageProbe ProbeWebp(absl::string_view head) {
  if (head.size() < 30) return Needs(30);
  absl::string_view kind = head.substr(12, 4);
  if (kind == "VP8 ") {
    if (head.substr(23, 3) != "\x9d\x01\x2a") return {};
    return Found(Little(head, 26, 2) & 0x3fff, Little(head, 28, 2) & 0x3fff);
  }
  if (kind == "VP8L") {
    if (head[20] != 0x2f) return {};
    uint32_t bits = Little(head, 21, 4);
    return Found((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
  }
  if (kind == "VP8X") return Found(Little(head, 24, 3) + 1, Little(head, 27, 3) + 1);
  return {};
}

std::optional<ImageHeader> HeaderOf(const TiffDirectory& directory) {
  return Found(directory.width, directory.height, directory.orientation).header;
}

ImageProbe ProbeTiff(absl::string_view head, const TiffStart& start) {
  uint64_t at = start.directory;
  if (at + 2 > head.size()) return Needs(at + 2);
  absl::string_view bytes = head.substr(at);
  uint64_t count = start.is_little_endian ? Little(bytes, 0, 2) : Big(bytes, 0, 2);
  uint64_t wanted = std::min(2 + 12 * count, kTiffDirectoryBytes);
  if (bytes.size() < wanted) return Needs(at + wanted);
  return {.header = HeaderOf(ParseTiffDirectory(bytes, start.is_little_endian))};
}

}  // namespace

ImageSize DisplaySize(const ImageHeader& header) {
  if (header.orientation <= 4) return header.size;
  return {.width = header.size.height, .height = header.size.width};
}

ImageProbe ProbeImage(absl::string_view head) {
  if (head.size() < 12) return Needs(12);
  if (absl::StartsWith(head, "\xff\xd8")) return ProbeJpeg(head);
  if (absl::StartsWith(head, kPng)) return ProbePng(head);
  if (absl::StartsWith(head, "GIF87a") || absl::StartsWith(head, "GIF89a")) return ProbeGif(head);
  if (absl::StartsWith(head, "BM")) return ProbeBmp(head);
  if (absl::StartsWith(head, "RIFF") && head.substr(8, 4) == "WEBP") return ProbeWebp(head);
  if (std::optional<TiffStart> start = ParseTiffStart(head)) return ProbeTiff(head, *start);
  return {};
}

absl::StatusOr<std::optional<ImageHeader>> ReadImageHeader(ImageBytes read) {
  std::string head;
  uint64_t wanted = kSteps[0];
  while (true) {
    ASSIGN_OR_RETURN(std::string more, read(head.size(), wanted - head.size()));
    head += more;
    ImageProbe probe = ProbeImage(head);
    if (probe.header || probe.needed == 0 || head.size() < wanted) return probe.header;
    std::optional<TiffStart> tiff = ParseTiffStart(head);
    if (tiff && probe.needed > kSteps[2]) {
      ASSIGN_OR_RETURN(std::string directory, read(tiff->directory, kTiffDirectoryBytes));
      return HeaderOf(ParseTiffDirectory(directory, tiff->is_little_endian));
    }
    if (probe.needed > kMostBytes) return std::optional<ImageHeader>();
    wanted = probe.needed;
    for (uint64_t step : kSteps) {
      if (step >= probe.needed) {
        wanted = step;
        break;
      }
    }
  }
}

}  // namespace annofs
