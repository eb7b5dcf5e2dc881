#include "cache/block_format.h"

#include <cstring>
#include <string>

#include "gtest/gtest.h"

namespace annofs {
namespace {

BlockKey TestKey(uint8_t first, uint32_t index) {
  BlockKey key{.index = index};
  for (size_t i = 0; i < key.version.size(); ++i)
    key.version[i] = static_cast<uint8_t>(first + i * 17);
  return key;
}

std::string Encoded(const BlockKey& key, absl::string_view data) {
  std::string record(kBlockHeaderBytes + data.size(), '\0');
  EncodeBlock(key, data, record.data());
  return record;
}

TEST(Crc32cTest, AgreesWithTheStandardsVectors) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62A8AB43u);
}

TEST(BlockFormatTest, ARecordGivesItsDataBack) {
  const BlockKey key = TestKey(1, 7);
  EXPECT_EQ(DecodeBlock(key, Encoded(key, "some data")), "some data");
  EXPECT_EQ(DecodeBlock(key, Encoded(key, "")), "");
}

TEST(BlockFormatTest, ARecordOfAnotherBlockIsRefused) {
  const std::string record = Encoded(TestKey(1, 7), "data");
  EXPECT_FALSE(DecodeBlock(TestKey(1, 8), record).has_value());
  EXPECT_FALSE(DecodeBlock(TestKey(2, 7), record).has_value());
}

// Blocks of large objects had another size under the number before: the same key held other bytes.
TEST(BlockFormatTest, ABlockOfAnotherLayoutIsRefused) {
  const BlockKey key = TestKey(1, 7);
  std::string record = Encoded(key, "data");
  ASSERT_EQ(record[0], 2);
  record[0] = 1;
  const uint32_t crc = Crc32c(absl::string_view(record).substr(0, kBlockHeaderBytes - 4));
  std::memcpy(record.data() + kBlockHeaderBytes - 4, &crc, sizeof crc);
  EXPECT_FALSE(DecodeBlock(key, record).has_value());
  record[0] = 2;
  const uint32_t right = Crc32c(absl::string_view(record).substr(0, kBlockHeaderBytes - 4));
  std::memcpy(record.data() + kBlockHeaderBytes - 4, &right, sizeof right);
  EXPECT_TRUE(DecodeBlock(key, record).has_value()) << "the checksum was not what refused it";
}

TEST(BlockFormatTest, EveryFlippedBitIsSeen) {
  const BlockKey key = TestKey(3, 0);
  const std::string record = Encoded(key, "forty bytes of data, more or less, here.");
  for (size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::string damaged = record;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(DecodeBlock(key, damaged).has_value()) << "bit " << bit;
  }
}

TEST(BlockFormatTest, ARecordCutAnywhereIsRefused) {
  const BlockKey key = TestKey(3, 0);
  const std::string record = Encoded(key, "data");
  for (size_t length = 0; length < record.size(); ++length) {
    EXPECT_FALSE(DecodeBlock(key, record.substr(0, length)).has_value()) << length;
  }
}

TEST(BlockFormatTest, KeysOfOneVersionSortByIndex) {
  auto text = [](const BlockKey& key) {
    BlockRecordKey record_key = EncodeBlockKey(key);
    return std::string(record_key.data(), record_key.size());
  };
  EXPECT_LT(text(TestKey(1, 255)), text(TestKey(1, 256)));
  EXPECT_EQ(DecodeBlockKey(text(TestKey(9, 70000))), TestKey(9, 70000));
  EXPECT_FALSE(DecodeBlockKey("short").has_value());
}

}  // namespace
}  // namespace annofs
