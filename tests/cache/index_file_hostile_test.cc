// Files whose checksum is right and whose records are not.
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "cache/catalog_records.h"
#include "cache/index_file.h"
#include "cache/index_file_check.h"
#include "cache/index_file_stream.h"
#include "cache/row_block.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/index_file_testing.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A file with a right checksum, record by record.
class HostileIndexFileTest : public IndexFileTest {
 protected:
  struct Record {
    IndexRecordKind kind;
    std::string key;
    std::string value;
  };

  void ReadRecords() {
    auto reader = IndexFileReader::Open(file_);
    ASSERT_TRUE(reader.ok()) << reader.status();
    head_ = (*reader)->head();
    for (;;) {
      const auto record = (*reader)->Next();
      ASSERT_TRUE(record.ok()) << record.status();
      if (record->kind == IndexRecordKind::kEnd) return;
      records_.push_back({record->kind, std::string(record->key), std::string(record->value)});
    }
  }

  void WriteRecords(const std::vector<Record>& records) {
    auto writer = IndexFileWriter::Create(file_, head_);
    ASSERT_TRUE(writer.ok()) << writer.status();
    for (const Record& record : records) {
      ASSERT_TRUE((*writer)->Add({record.kind, record.key, record.value}).ok());
    }
    ASSERT_TRUE((*writer)->Finish().ok());
  }

  // Refused as a file that is no good, with its name and what to do.
  void ExpectRefused(absl::string_view why) {
    const absl::Status status = Import().status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << why << ": " << status;
    EXPECT_THAT(status.message(), HasSubstr(file_)) << why;
    EXPECT_THAT(status.message(), HasSubstr("write it again with `annofs index --export`")) << why;
    EXPECT_THAT(status.message(), Not(HasSubstr("the catalog is damaged"))) << why;
  }

  // One directory, the root, with one object of that name.
  void WriteOneName(absl::string_view name, RowId parent = kRootRow) {
    RowBlockBuilder block;
    block.Add({.is_directory = true});
    block.Add({.parent = parent, .name = std::string(name), .version = "v"});
    head_ = {.identity = store_.identity(),
             .snapshot = {.kind = SnapshotInfo::Kind::kIndex,
                          .completed = absl::Now(),
                          .objects = 1,
                          .directories = 1},
             .next_row = 3};
    records_ = {{IndexRecordKind::kRows, Key64(1), block.Take()},
                {IndexRecordKind::kDirectory, Key64(1), absl::StrCat(Key64(1), Key64(0), Key64(0))},
                {IndexRecordKind::kListing, std::string(1, '\0'), EncodeSegment({{2, 1}})}};
    WriteRecords(records_);
  }

  // One name, and these entries of the slots table.
  void WriteSlots(const std::vector<std::pair<std::string, std::string>>& slots) {
    WriteOneName("a");
    for (const auto& [key, value] : slots) {
      records_.push_back({IndexRecordKind::kSlot, key, value});
    }
    WriteRecords(records_);
  }

  // The root has a (row 2), a/ (3), taken (4) and taken.too/ (5), and a/ has b (6); row 7 is an
  // object of no listing. One of the rows is an aside, shown under `shown`, or not if it is "".
  void WriteAside(RowId row, const std::string& shown) {
    RowBlockBuilder block;
    block.Add({.is_directory = true});
    block.Add({.parent = 1, .name = "a", .version = "v"});
    block.Add({.parent = 1, .name = "a", .is_directory = true});
    block.Add({.parent = 1, .name = "taken", .version = "v"});
    block.Add({.parent = 1, .name = "taken.too", .is_directory = true});
    block.Add({.parent = 3, .name = "b", .version = "v"});
    block.Add({.parent = 1, .name = "stray", .version = "v"});
    head_ = {.identity = store_.identity(),
             .snapshot = {.kind = SnapshotInfo::Kind::kIndex,
                          .completed = absl::Now(),
                          .objects = 3,
                          .directories = 3},
             .next_row = 8};
    const std::string segment(1, '\0');
    records_ = {{IndexRecordKind::kRows, Key64(1), block.Take()},
                {IndexRecordKind::kDirectory, Key64(1), absl::StrCat(Key64(4), Key64(1), Key64(0))},
                {IndexRecordKind::kListing, segment, EncodeSegment({{2, 4}})}};
    if (!shown.empty()) {
      records_.push_back({IndexRecordKind::kListing, absl::StrCat("\1", shown), Key64(row)});
    }
    for (const Record& record : std::vector<Record>{
             {IndexRecordKind::kListing, absl::StrCat("\2", Key64(row)), shown},
             {IndexRecordKind::kDirectory, Key64(3), absl::StrCat(Key64(1), Key64(0), Key64(0))},
             {IndexRecordKind::kListing, segment, EncodeSegment({{6, 1}})},
             {IndexRecordKind::kDirectory, Key64(5), std::string(24, '\0')}}) {
      records_.push_back(record);
    }
    WriteRecords(records_);
  }

  IndexFileHead head_;
  std::vector<Record> records_;
};

TEST_F(HostileIndexFileTest, ANameThatWouldEscapeIsRefusedAndNothingIsLeft) {
  WriteOneName("good");
  ASSERT_TRUE(Import().ok()) << Import().status();
  OpenTestCatalog(*other_, store_).reset();
  const std::vector<size_t> counts = Counts(*other_);
  for (const absl::string_view name :
       {absl::string_view(".."), absl::string_view("."), absl::string_view("a/b"),
        absl::string_view(""), absl::string_view("a\0b", 3)}) {
    WriteOneName(name);
    ExpectRefused(name);
  }
  WriteOneName(std::string(256, 'x'));
  ExpectRefused("a long name");
  WriteOneName("good", 2);
  ExpectRefused("a parent of its own");
  EXPECT_EQ(Counts(*other_), counts);
}

TEST_F(HostileIndexFileTest, SlotsThatNoCacheGivesOutAreRefused) {
  const std::string a(16, 'a');
  const std::string b(16, 'b');
  const std::string next = "next";
  WriteSlots({{a, Key32(1)}, {b, Key32((1 << 28) - 1)}, {next, Key32(1 << 28)}});
  EXPECT_TRUE(Import().ok()) << Import().status();
  const auto refuse = [this](absl::string_view why,
                             const std::vector<std::pair<std::string, std::string>>& slots) {
    WriteSlots(slots);
    ExpectRefused(why);
  };
  refuse("no next", {{a, Key32(1)}});
  refuse("slot 0", {{a, Key32(0)}, {next, Key32(2)}});
  refuse("the next slot", {{a, Key32(2)}, {next, Key32(2)}});
  refuse("next is 0", {{next, Key32(0)}});
  refuse("more than an inode holds", {{a, Key32(1)}, {next, Key32((1 << 28) + 1)}});
  refuse("a short key", {{a.substr(1), Key32(1)}, {next, Key32(2)}});
  refuse("a long key", {{a + "a", Key32(1)}, {next, Key32(2)}});
  refuse("no key", {{"", Key32(1)}, {next, Key32(2)}});
  refuse("a short value", {{a, "x"}, {next, Key32(2)}});
  refuse("a short next", {{a, Key32(1)}, {next, ""}});
  refuse("one slot of two names", {{a, Key32(1)}, {b, Key32(1)}, {next, Key32(2)}});
  refuse("two slots of one name", {{a, Key32(1)}, {a, Key32(2)}, {next, Key32(3)}});
  refuse("two next", {{a, Key32(1)}, {next, Key32(2)}, {next, Key32(3)}});
}

TEST(LoadedSlotsTest, NoMoreAreTakenThanAFileMayHave) {
  LoadedSlots slots;
  const auto key = [](uint32_t i) { return absl::StrCat(Key64(0), Key64(i)); };
  for (uint32_t i = 1; i <= kMostFileSlots; ++i) ASSERT_TRUE(slots.Add(key(i), Key32(i)).ok()) << i;
  ASSERT_TRUE(slots.Add("next", Key32(kMostFileSlots + 1)).ok());
  EXPECT_TRUE(slots.Check().ok());
  const absl::Status status = slots.Add(key(kMostFileSlots + 1), Key32(kMostFileSlots + 1));
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
}

TEST_F(HostileIndexFileTest, AnAsideThatIsNoObjectOfItsListingIsRefused) {
  WriteAside(2, "a.object");
  EXPECT_TRUE(Import().ok()) << Import().status();
  WriteAside(2, "");
  EXPECT_TRUE(Import().ok()) << Import().status();
  for (const std::string shown : {"a.object", ""}) {
    for (const RowId row : {3, 5}) {
      WriteAside(row, shown);
      ExpectRefused("a directory");
    }
    WriteAside(6, shown);
    ExpectRefused("an object of elsewhere");
    WriteAside(7, shown);
    ExpectRefused("an object that is not in the listing");
    WriteAside(99, shown);
    ExpectRefused("no row");
  }
}

TEST_F(HostileIndexFileTest, AnAsideUnderANameThatIsTakenIsRefused) {
  for (const char* taken : {"a", "taken", "taken.too"}) {
    WriteAside(2, taken);
    ExpectRefused(taken);
  }
}

TEST_F(HostileIndexFileTest, BrokenRowsAndRunsAreTheFaultOfTheFile) {
  WriteOneName("a");
  const std::vector<Record> good = records_;
  const auto refuse = [&](absl::string_view why, size_t record, const std::string& value) {
    records_ = good;
    records_[record].value = value;
    WriteRecords(records_);
    ExpectRefused(why);
  };
  refuse("no block", 0, "");
  refuse("a short block", 0, good[0].value.substr(1));
  std::string broken = good[0].value;
  broken[broken.size() - 5] = '\xff';
  refuse("rows that begin behind the end of the block", 0, broken);
  refuse("no runs", 2, "");
  refuse("half a run", 2, good[2].value.substr(0, 1));
  refuse("a run of no rows", 2, EncodeSegment({{2, 0}}));
  refuse("a run of rows that are not there", 2, EncodeSegment({{2, 2}}));
  refuse("a run of all rows", 2, EncodeSegment({{2, UINT64_MAX - 2}}));
  for (const size_t bytes : {600, 100000}) {
    records_ = good;
    records_.push_back({IndexRecordKind::kListing, std::string(bytes, '\3'), ""});
    WriteRecords(records_);
    ExpectRefused("a long key");
  }
}

TEST_F(HostileIndexFileTest, RecordsLeftOutTwiceOrInAnotherOrderAreRefused) {
  PutHostileNames();
  Index();
  Export();
  ReadRecords();
  for (size_t i = 0; i < records_.size(); ++i) {
    // A new source has the root's row already; what a problem says is text.
    const bool is_known = i == 0;
    const bool is_text = records_[i].kind == IndexRecordKind::kListing && records_[i].key[0] == 3;
    std::vector<Record> records = records_;
    records.erase(records.begin() + i);
    WriteRecords(records);
    if (!is_known && !is_text) ExpectRefused(absl::StrCat("without record ", i));
    if (records_[i].kind == IndexRecordKind::kListing) continue;
    records = records_;
    records.insert(records.begin() + i, records_[i]);
    WriteRecords(records);
    ExpectRefused(absl::StrCat("twice record ", i));
  }
  WriteRecords({records_.rbegin(), records_.rend()});
  ExpectRefused("another order");
  EXPECT_EQ(Counts(*other_), std::vector<size_t>(6, 0));
}

TEST_F(HostileIndexFileTest, AnyRecordsWithARightChecksumNeverCrashAReader) {
  PutHostileNames();
  for (int i = 0; i < 100; ++i) store_.Put(absl::StrFormat("d%d/%04d", i % 5, i));
  Index();
  Export();
  ReadRecords();
  const uint64_t seed = 20260501;
  std::mt19937_64 random(seed);
  int taken = 0;
  for (int round = 0; round < 150; ++round) {
    std::vector<Record> records = records_;
    Record& record = records[random() % records.size()];
    std::string& text = random() % 4 == 0 || record.value.empty() ? record.key : record.value;
    if (text.empty()) continue;
    text[random() % text.size()] = static_cast<char>(random());
    WriteRecords(records);
    const absl::Status status = Import().status();
    if (!status.ok()) {
      EXPECT_TRUE(absl::IsInvalidArgument(status)) << "round " << round << ": " << status;
      EXPECT_THAT(status.message(), HasSubstr(file_));
      continue;
    }
    ++taken;
    auto catalog = OpenTestCatalog(*other_, store_);
    for (const std::string& line : Everything(*catalog)) {
      EXPECT_FALSE(absl::StrContains(line, "..")) << "seed " << seed << " round " << round;
    }
    catalog->Problems();
  }
  RecordProperty("taken", taken);
}

}  // namespace
}  // namespace annofs::testing
