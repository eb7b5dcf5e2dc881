#include "cache/lmdb.h"

namespace annofs {
namespace {

std::string BigEndian(uint64_t number, int bytes) {
  std::string key(bytes, '\0');
  for (int i = 0; i < bytes; ++i) key[i] = static_cast<char>(number >> (8 * (bytes - 1 - i)));
  return key;
}

uint64_t ReadBigEndian(absl::string_view key, int bytes) {
  uint64_t number = 0;
  for (int i = 0; i < bytes; ++i) number = number << 8 | static_cast<uint8_t>(key[i]);
  return number;
}

}  // namespace

std::string Key32(uint32_t number) { return BigEndian(number, 4); }
std::string Key64(uint64_t number) { return BigEndian(number, 8); }
uint32_t ReadKey32(absl::string_view key) { return static_cast<uint32_t>(ReadBigEndian(key, 4)); }
uint64_t ReadKey64(absl::string_view key) { return ReadBigEndian(key, 8); }

}  // namespace annofs
