#include "cache/block_format.h"

#include <isa-l.h>

#include <cstring>

#include "cache/lmdb.h"

namespace annofs {
namespace {

// "ABK" and the number of this layout.
constexpr uint32_t kMagic = 0x41424B02;

struct Header {
  uint32_t magic = kMagic;
  uint8_t version[16] = {};
  uint32_t index = 0;
  uint32_t length = 0;  // of the data
  uint32_t data_crc = 0;
  uint32_t header_crc = 0;  // of everything before it
};
static_assert(sizeof(Header) == kBlockHeaderBytes);
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the ring files are little-endian");

uint32_t HeaderCrc(const Header& header) {
  return Crc32c(
      absl::string_view(reinterpret_cast<const char*>(&header), offsetof(Header, header_crc)));
}

bool Matches(const Header& header, const BlockKey& key, size_t data_length) {
  return header.magic == kMagic && header.header_crc == HeaderCrc(header) &&
         std::memcmp(header.version, key.version.data(), key.version.size()) == 0 &&
         header.index == key.index && header.length == data_length;
}

}  // namespace

uint32_t Crc32c(absl::string_view data) {
  // isa-l leaves both inversions of the standard to the caller, and takes an int for the length.
  uint32_t state = 0xFFFFFFFFu;
  while (!data.empty()) {
    absl::string_view piece = data.substr(0, 1 << 30);
    state = crc32_iscsi(reinterpret_cast<unsigned char*>(const_cast<char*>(piece.data())),
                        static_cast<int>(piece.size()), state);
    data.remove_prefix(piece.size());
  }
  return ~state;
}

BlockRecordKey EncodeBlockKey(const BlockKey& key) {
  BlockRecordKey record_key;
  std::memcpy(record_key.data(), key.version.data(), key.version.size());
  for (int i = 0; i < 4; ++i) record_key[16 + i] = static_cast<char>(key.index >> (24 - 8 * i));
  return record_key;
}

std::optional<BlockKey> DecodeBlockKey(absl::string_view record_key) {
  BlockKey key;
  if (record_key.size() != std::tuple_size_v<BlockRecordKey>) return std::nullopt;
  std::memcpy(key.version.data(), record_key.data(), key.version.size());
  key.index = ReadKey32(record_key.substr(key.version.size()));
  return key;
}

void EncodeBlock(const BlockKey& key, absl::string_view data, char* to) {
  Header header;
  std::memcpy(header.version, key.version.data(), key.version.size());
  header.index = key.index;
  header.length = static_cast<uint32_t>(data.size());
  header.data_crc = Crc32c(data);
  header.header_crc = HeaderCrc(header);
  std::memcpy(to, &header, sizeof header);
  std::memcpy(to + sizeof header, data.data(), data.size());
}

std::optional<absl::string_view> DecodeBlock(const BlockKey& key, absl::string_view record) {
  Header header;
  if (record.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, record.data(), sizeof header);
  absl::string_view data = record.substr(sizeof header);
  if (!Matches(header, key, data.size()) || header.data_crc != Crc32c(data)) return std::nullopt;
  return data;
}

size_t BlockKeyHash::operator()(const BlockKey& key) const {
  // The version is a piece of a SHA-256: any part of it is spread well. The odd factor spreads the
  // index.
  uint64_t head = 0;
  std::memcpy(&head, key.version.data(), sizeof head);
  return head ^ (key.index * uint64_t{0x9E3779B97F4A7C15});
}

}  // namespace annofs
