// Members of tar archives, read again as the standard says.
#include "formats/tar.h"

#include "tests/formats/tar_reading.h"

namespace annofs {
namespace {

using ::annofs::testing::TarEntries;
using ::annofs::testing::TarEntry;
using ::annofs::testing::TarNumber;

std::string Header(absl::string_view name, uint64_t size) {
  std::string out;
  AppendTarHeader(name, size, out);
  return out;
}

TEST(Tar, AHeaderHasTheFieldsOfUstar) {
  const std::string header = Header("street_1.json", 1234);
  ASSERT_EQ(header.size(), 512u);
  EXPECT_EQ(header.substr(0, 14), std::string("street_1.json\0", 14));
  EXPECT_EQ(header.substr(100, 8), std::string("0000444\0", 8));
  EXPECT_EQ(header.substr(108, 16), std::string("0000000\0000000000\0", 16));
  EXPECT_EQ(header.substr(124, 12), std::string("00000002322\0", 12));
  EXPECT_EQ(header.substr(136, 12), std::string("00000000000\0", 12));
  EXPECT_EQ(header[156], '0');
  EXPECT_EQ(header.substr(157, 100), std::string(100, '\0'));
  EXPECT_EQ(header.substr(265), std::string(247, '\0'));
}

TEST(Tar, MembersAreReadAsTheyWereWritten) {
  std::string tar;
  std::vector<std::pair<std::string, std::string>> members;
  for (size_t size : {0, 1, 511, 512, 513, 5000}) {
    members.emplace_back(absl::StrCat(size, ".txt"), std::string(size, 'x'));
    AppendTarMember(members.back().first, members.back().second, tar);
  }
  tar += TarEnd();
  const std::vector<TarEntry> entries = TarEntries(tar);
  ASSERT_EQ(entries.size(), members.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].name, members[i].first);
    EXPECT_EQ(entries[i].content, members[i].second);
    EXPECT_EQ(entries[i].mode, 0444u);
    EXPECT_EQ(entries[i].user + entries[i].group + entries[i].time, 0u);
  }
}

// 100 bytes fill the field, without a NUL behind them.
TEST(Tar, ANameOfAnyLengthIsKept) {
  std::string tar;
  const std::vector<size_t> lengths = {1, 99, 100, 101, 200, 986, 987, 988, 4096};
  for (size_t length : lengths) AppendTarMember(std::string(length, 'n'), "content", tar);
  tar += TarEnd();
  const std::vector<TarEntry> entries = TarEntries(tar);
  ASSERT_EQ(entries.size(), lengths.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].name, std::string(lengths[i], 'n'));
    EXPECT_EQ(entries[i].content, "content");
  }
}

TEST(Tar, SizesFrom8GibAreInBase256) {
  for (uint64_t size : {uint64_t{1} << 32, (uint64_t{1} << 33) - 1, uint64_t{1} << 33,
                        (uint64_t{1} << 33) + 5, uint64_t{1} << 62}) {
    const std::string header = Header("a.pcd", size);
    EXPECT_EQ(TarNumber(absl::string_view(header).substr(124, 12)), size);
    EXPECT_EQ(uint8_t(header[124]) == 0x80, size >= uint64_t{1} << 33);
    EXPECT_EQ(TarNumber(absl::string_view(header).substr(148, 8)), testing::TarChecksum(header));
  }
}

}  // namespace
}  // namespace annofs
