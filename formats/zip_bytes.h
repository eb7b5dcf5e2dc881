// The records of zips as bytes: APPNOTE 6.3, "4.3 General Format of a .ZIP file". Pure.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace annofs {

inline constexpr uint32_t kZipLocalSignature = 0x04034b50;
inline constexpr uint32_t kZipCentralSignature = 0x02014b50;
inline constexpr uint32_t kZipEndSignature = 0x06054b50;
inline constexpr uint32_t kZipEnd64Signature = 0x06064b50;
inline constexpr uint32_t kZipLocator64Signature = 0x07064b50;
inline constexpr uint64_t kZipLocalSize = 30, kZipCentralSize = 46, kZipEndSize = 22,
                          kZipEnd64Size = 56, kZipLocator64Size = 20;
inline constexpr uint64_t kZipMaxComment = 65535;
inline constexpr uint16_t kZipStored = 0, kZipDeflated = 8;

// Little endian. REQUIRES: `bytes` reaches so far.
inline uint64_t ZipNumber(absl::string_view bytes, size_t offset, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= uint64_t(uint8_t(bytes[offset + i])) << (8 * i);
  return value;
}
inline uint16_t ZipU16(absl::string_view bytes, size_t offset) {
  return uint16_t(ZipNumber(bytes, offset, 2));
}
inline uint32_t ZipU32(absl::string_view bytes, size_t offset) {
  return uint32_t(ZipNumber(bytes, offset, 4));
}
inline uint64_t ZipU64(absl::string_view bytes, size_t offset) {
  return ZipNumber(bytes, offset, 8);
}

template <typename... Parts>
absl::Status ZipDamaged(const Parts&... what) {
  return absl::InvalidArgumentError(absl::StrCat("the zip is damaged: ", what...));
}

}  // namespace annofs
