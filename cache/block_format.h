// One block as it lies in a ring file: the record's key, and a header before its data. Pure
// functions. See cache/README.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "cache/block_cache.h"

namespace annofs {

inline constexpr size_t kBlockHeaderBytes = 36;

// CRC32C (Castagnoli) as iSCSI and ext4 use it.
uint32_t Crc32c(absl::string_view data);

// Version hash, then the index, big-endian: the blocks of one version lie together.
using BlockRecordKey = std::array<char, 20>;
BlockRecordKey EncodeBlockKey(const BlockKey& key);
// Nothing if it is no such key.
std::optional<BlockKey> DecodeBlockKey(absl::string_view record_key);

// Writes header and data: `to` has room for kBlockHeaderBytes + data.size().
void EncodeBlock(const BlockKey& key, absl::string_view data, char* to);
// The data of a record; nothing if its length, identity or a checksum is wrong.
std::optional<absl::string_view> DecodeBlock(const BlockKey& key, absl::string_view record);

struct BlockKeyHash {
  size_t operator()(const BlockKey& key) const;
};

}  // namespace annofs
