#include "formats/tiff_header.h"

#include <algorithm>

namespace annofs {
namespace {

constexpr uint16_t kMagic = 42;
constexpr uint16_t kWidthTag = 256, kHeightTag = 257, kOrientationTag = 274;
constexpr uint16_t kShort = 3, kLong = 4;
constexpr size_t kEntryBytes = 12;
constexpr size_t kMaxEntries = (kTiffDirectoryBytes - 2) / kEntryBytes;

// REQUIRES: offset + size <= bytes.size().
uint32_t Number(absl::string_view bytes, size_t offset, size_t size, bool is_little_endian) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) {
    size_t at = is_little_endian ? offset + size - 1 - i : offset + i;
    value = value << 8 | uint8_t(bytes[at]);
  }
  return value;
}

}  // namespace

std::optional<TiffStart> ParseTiffStart(absl::string_view bytes) {
  if (bytes.size() < 8) return std::nullopt;
  absl::string_view order = bytes.substr(0, 2);
  if (order != "II" && order != "MM") return std::nullopt;
  TiffStart start{.is_little_endian = order == "II"};
  if (Number(bytes, 2, 2, start.is_little_endian) != kMagic) return std::nullopt;
  start.directory = Number(bytes, 4, 4, start.is_little_endian);
  return start;
}

TiffDirectory ParseTiffDirectory(absl::string_view bytes, bool is_little_endian) {
  TiffDirectory found;
  if (bytes.size() < 2) return found;
  size_t count = std::min({size_t(Number(bytes, 0, 2, is_little_endian)), kMaxEntries,
                           (bytes.size() - 2) / kEntryBytes});
  for (size_t i = 0; i < count; ++i) {
    size_t at = 2 + i * kEntryBytes;
    uint32_t tag = Number(bytes, at, 2, is_little_endian);
    uint32_t type = Number(bytes, at + 2, 2, is_little_endian);
    if (type != kShort && type != kLong) continue;
    uint32_t value = Number(bytes, at + 8, type == kShort ? 2 : 4, is_little_endian);
    if (tag == kWidthTag) found.width = value;
    if (tag == kHeightTag) found.height = value;
    if (tag == kOrientationTag && value >= 1 && value <= 8) found.orientation = int(value);
  }
  return found;
}

}  // namespace annofs
