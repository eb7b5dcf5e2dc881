#include "cache/row_record.h"

#include "gtest/gtest.h"

namespace annofs {
namespace {

Row Object() {
  Row row;
  row.id = 7;
  row.parent = 3;
  row.name = "a.object";
  row.key_name = "a";
  row.version = "4_z27c88f1d182b150646ff0b16_f1";
  row.size = uint64_t{1} << 40;
  row.modified = absl::FromUnixMillis(-1234567);
  row.digest = DigestOf(DigestKind::kSha1, "x");
  return row;
}

TEST(RowRecord, ObjectsAndDirectoriesReadBackAsWritten) {
  const Row object = Object();
  const Row read = DecodeRow(7, EncodeRow(object)).value();
  EXPECT_EQ(read.id, 7u);
  EXPECT_EQ(read.parent, object.parent);
  EXPECT_EQ(read.name, object.name);
  EXPECT_EQ(read.key_name, object.key_name);
  EXPECT_EQ(read.version, object.version);
  EXPECT_EQ(read.size, object.size);
  EXPECT_EQ(read.modified, object.modified);
  EXPECT_EQ(read.digest, object.digest);
  EXPECT_FALSE(read.is_directory);

  Row directory;
  directory.parent = 9;
  directory.name = std::string("d\xff\x01", 3);
  directory.is_directory = true;
  const Row same = DecodeRow(8, EncodeRow(directory)).value();
  EXPECT_TRUE(same.is_directory);
  EXPECT_EQ(same.name, directory.name);
  EXPECT_EQ(same.parent, 9u);
}

TEST(RowRecord, APieceOfARecordIsNone) {
  const std::string record = EncodeRow(Object());
  for (size_t length = 0; length < record.size(); ++length) {
    EXPECT_FALSE(DecodeRow(1, record.substr(0, length)).has_value()) << length;
  }
  EXPECT_FALSE(DecodeRow(1, record + "x").has_value());
  EXPECT_FALSE(DecodeRow(1, "x" + record.substr(1)).has_value());
}

TEST(RowRecord, IdentityFollowsParentNameVersionSizeAndTime) {
  const std::string identity = RowIdentity(Object());
  EXPECT_EQ(identity.size(), 16u);
  Row row = Object();
  row.id = 99;
  row.digest = {};
  EXPECT_EQ(RowIdentity(row), identity);
  const auto changed = [](auto change) {
    Row row = Object();
    change(row);
    return RowIdentity(row);
  };
  EXPECT_NE(changed([](Row& r) { r.parent = 4; }), identity);
  EXPECT_NE(changed([](Row& r) { r.name = "b"; }), identity);
  EXPECT_NE(changed([](Row& r) { r.key_name = ""; }), identity);
  EXPECT_NE(changed([](Row& r) { r.version = "v"; }), identity);
  EXPECT_NE(changed([](Row& r) { r.size = 1; }), identity);
  EXPECT_NE(changed([](Row& r) { r.modified += absl::Nanoseconds(1); }), identity);
  EXPECT_NE(changed([](Row& r) { r.is_directory = true; }), identity);
}

}  // namespace
}  // namespace annofs
