#include "cache/row_block.h"

#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

constexpr RowId kFirst = 1000;

Row DirectoryRow(RowId parent, std::string name) {
  Row row;
  row.parent = parent;
  row.name = std::move(name);
  row.is_directory = true;
  return row;
}

Row ObjectRow(RowId parent, std::string name, std::string version = "v1") {
  Row row;
  row.parent = parent;
  row.name = std::move(name);
  row.version = std::move(version);
  row.size = 17;
  row.modified = absl::FromUnixMillis(1'700'000'000'123);
  return row;
}

void ExpectSame(const Row& a, const Row& b) {
  EXPECT_EQ(a.parent, b.parent);
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.is_directory, b.is_directory);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.size, b.size);
  EXPECT_EQ(a.modified, b.modified);
  EXPECT_EQ(a.digest, b.digest);
}

// The block of all the rows, which must fit.
std::string BlockOf(const std::vector<Row>& rows) {
  RowBlockBuilder builder;
  for (const Row& row : rows) EXPECT_TRUE(builder.Add(row));
  return builder.Take();
}

void ExpectReadsBack(const std::vector<Row>& rows) {
  const std::string block = BlockOf(rows);
  auto cursor = RowBlockCursor::Open(block, kFirst);
  ASSERT_TRUE(cursor.ok()) << cursor.status();
  ASSERT_EQ(cursor->rows(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    ASSERT_TRUE(cursor->SeekRow(kFirst + i).ok());
    ASSERT_EQ(cursor->row().id, kFirst + i);
    ExpectSame(cursor->row(), rows[i]);
  }
  ASSERT_TRUE(cursor->SeekRow(kFirst).ok());
  for (size_t i = 0; i < rows.size(); ++i) {
    ASSERT_TRUE(cursor->valid());
    ExpectSame(cursor->row(), rows[i]);
    ASSERT_TRUE(cursor->Next().ok());
  }
  EXPECT_FALSE(cursor->valid());
}

std::string RandomText(std::mt19937& random, absl::string_view letters, size_t most) {
  std::string text(random() % (most + 1), ' ');
  for (char& letter : text) letter = letters[random() % letters.size()];
  return text;
}

Row RandomRow(std::mt19937& random) {
  Row row;
  row.parent = random() % 3 + 1;
  row.name = absl::StrCat("n", RandomText(random, "ab-._01\xff\x01", 20));
  row.is_directory = random() % 4 == 0;
  if (row.is_directory) return row;
  row.version = random() % 2 ? absl::StrCat("4_z0123_f", RandomText(random, "0123456789abcdef", 4),
                                            "_d2021", "_t00", random() % 90 + 10)
                             : RandomText(random, "0f_Zé", 12);
  row.size = random() % 3 ? random() : uint64_t{1} << (random() % 64);
  row.modified = random() % 2 ? absl::FromUnixMillis(static_cast<int64_t>(random()) * 400)
                              : absl::FromUnixNanos(static_cast<int64_t>(random()) * 1'000'000'007);
  switch (random() % 4) {
    case 0:
      row.digest = DigestOf(DigestKind::kSha1, row.name);
      break;
    case 1:
      row.digest = DigestOf(DigestKind::kMd5, row.name);
      if (random() % 2) row.version = row.digest.Hex();
      break;
    case 2:
      row.digest = DigestOf(DigestKind::kSha256, row.name);
      break;
    default:
      break;
  }
  return row;
}

TEST(RowBlock, ReadsBackRowsOfEveryKindInAnyOrder) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Row> rows(random() % 60 + 1);
    for (Row& row : rows) row = RandomRow(random);
    ExpectReadsBack(rows);
    if (::testing::Test::HasFailure()) FAIL() << "round " << round;
  }
}

TEST(RowBlock, KeepsTimesBeforeTheEpochAndFarAhead) {
  std::vector<Row> rows;
  for (int64_t millis : {int64_t{-62135596800000}, int64_t{0}, int64_t{253402300799999}}) {
    rows.push_back(ObjectRow(1, "a"));
    rows.back().modified = absl::FromUnixMillis(millis);
  }
  ExpectReadsBack(rows);
}

TEST(RowBlock, KeepsEmptyVersions) {
  ExpectReadsBack({ObjectRow(1, "a", ""), ObjectRow(1, "b", ""), ObjectRow(1, "c", "x")});
}

TEST(RowBlock, IsNeverLargerThanItsPages) {
  RowBlockBuilder builder;
  int rows = 0;
  while (builder.Add(ObjectRow(1, absl::StrCat("frame_", rows)))) ++rows;
  EXPECT_GT(rows, 1000);
  EXPECT_LE(builder.Take().size(), kRowBlockBytes);
  EXPECT_EQ(builder.rows(), 0u);
}

TEST(RowBlock, PacksTheVersionsOfOneServiceIntoHalfTheirDigits) {
  std::mt19937 random(1);
  RowBlockBuilder builder;
  for (int i = 0; i < 100; ++i) {
    std::string digits = RandomText(random, "0123456789abcdef", 0);
    for (int d = 0; d < 16; ++d) digits += "0123456789abcdef"[random() % 16];
    ASSERT_TRUE(builder.Add(ObjectRow(
        1, absl::StrCat("f", i), absl::StrCat("4_z8d625eb63be2775577c70e1a_f1", digits, "_c002"))));
  }
  EXPECT_LT(builder.Take().size(), 100u * (8 + 2 + 12));
}

TEST(RowBlock, FindsTheFirstRowNotBeforeAKey) {
  std::vector<Row> rows = {ObjectRow(9, "zzz")};  // of another directory
  for (int i = 0; i < 100; ++i) rows.push_back(ObjectRow(1, absl::StrCat("n", 100 + i * 2)));
  rows.push_back(DirectoryRow(1, "n999"));
  rows.push_back(ObjectRow(2, "a"));
  const std::string block = BlockOf(rows);
  auto cursor = RowBlockCursor::Open(block, kFirst);
  ASSERT_TRUE(cursor.ok());
  const auto at = [&](absl::string_view key) {
    EXPECT_TRUE(cursor->SeekKey(kFirst + 1, kFirst + 102, key).ok());
    return cursor->id() - kFirst;
  };
  EXPECT_EQ(at(""), 1u);
  EXPECT_EQ(at("n100"), 1u);
  for (uint64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(at(absl::StrCat("n", 100 + i * 2)), i + 1);
    EXPECT_EQ(at(absl::StrCat("n", 101 + i * 2)), i + 2);
  }
  EXPECT_EQ(at("n999"), 101u);
  EXPECT_EQ(at("n999/"), 101u);
  EXPECT_EQ(at("n9990"), 102u);
  EXPECT_EQ(at("zzz"), 102u);
}

TEST(RowBlock, OrdersADirectoryAsItsKey) {
  EXPECT_LT(CompareOrder(ObjectRow(1, "a"), "a/"), 0);
  EXPECT_EQ(CompareOrder(DirectoryRow(1, "a"), "a/"), 0);
  EXPECT_GT(CompareOrder(DirectoryRow(1, "a"), "a-b"), 0);
  EXPECT_LT(CompareOrder(DirectoryRow(1, "a"), "a0"), 0);
  EXPECT_GT(CompareOrder(ObjectRow(1, "ab"), "a"), 0);
}

TEST(RowBlock, DamageIsAnErrorAndNeverMore) {
  std::mt19937 random(11);
  std::vector<Row> rows(80);
  for (Row& row : rows) row = RandomRow(random);
  const std::string good = BlockOf(rows);
  for (int round = 0; round < 20000; ++round) {
    std::string block = good;
    for (uint32_t hits = random() % 4 + 1; hits > 0; --hits) {
      block[random() % block.size()] = static_cast<char>(random());
    }
    if (random() % 4 == 0) block.resize(random() % block.size());
    auto cursor = RowBlockCursor::Open(block, kFirst);
    if (!cursor.ok() || cursor->rows() == 0) continue;
    absl::Status status = cursor->SeekRow(kFirst + random() % cursor->rows());
    while (status.ok() && cursor->valid()) status = cursor->Next();
    cursor->SeekKey(kFirst, kFirst + cursor->rows(), "n1").IgnoreError();
  }
}

}  // namespace
}  // namespace annofs
