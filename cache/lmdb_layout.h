// The layout of a file of LMDB 0.9, data version 1: numbers in the byte order of the host. For
// those who look at pages before LMDB does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace annofs::lmdb_layout {

inline constexpr uint32_t kMagic = 0xBEEFC0DE;
inline constexpr uint32_t kVersion = 1;
inline constexpr uint64_t kNoPage = ~uint64_t{0};
inline constexpr int kMaxDepth = 32;

// A page: u64 number, u16 pad, u16 flags, u16 lower, u16 upper; then u16 offsets of its nodes.
inline constexpr size_t kPageHeader = 16;
inline constexpr size_t kFlagsAt = 10;
inline constexpr size_t kLowerAt = 12;
inline constexpr size_t kUpperAt = 14;
inline constexpr uint16_t kBranchPage = 0x01;
inline constexpr uint16_t kLeafPage = 0x02;
inline constexpr uint16_t kOverflowPage = 0x04;       // the first of those of one value
inline constexpr size_t kOverflowCountAt = kLowerAt;  // u32, in place of lower and upper

// A node: u16 low, u16 high, u16 flags, u16 key size; key; data, or the u64 number of its page.
inline constexpr size_t kNodeHeader = 8;
inline constexpr uint16_t kBigData = 0x01;
inline constexpr uint16_t kSubTable = 0x02;

// A meta page: u32 magic, u32 version, address, u64 map size, two tables, u64 last page, u64
// transaction.
inline constexpr size_t kMetaVersion = kPageHeader + 4;
inline constexpr size_t kMetaMapSize = kPageHeader + 16;
inline constexpr size_t kMetaDbs = kPageHeader + 24;
// A table: u32 page size (of the first) or nothing, u16 flags, u16 depth, u64 branch, leaf and
// overflow pages, u64 entries, u64 root.
inline constexpr size_t kDbBytes = 48;
inline constexpr size_t kDbFlags = 4;
inline constexpr size_t kDbBranches = 8;
inline constexpr size_t kDbLeaves = 16;
inline constexpr size_t kDbDepth = 6;
inline constexpr size_t kDbRoot = 40;
inline constexpr size_t kMetaLastPage = kMetaDbs + 2 * kDbBytes;
inline constexpr size_t kMetaTxn = kMetaLastPage + 8;
inline constexpr size_t kMetaBytes = kMetaTxn + 8;

template <typename Number>
Number NumberAt(absl::string_view bytes, size_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

}  // namespace annofs::lmdb_layout
