// What a file has in it, and what its export does to the catalog.
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "cache/index_file.h"
#include "cache/index_file_stream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/index_file_testing.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Counts the transactions that are open and what one of them reads. Not thread safe.
class WatchedLmdb : public Lmdb {
 public:
  explicit WatchedLmdb(Lmdb& lmdb) : lmdb_(lmdb) {}

  const std::string& path() const override { return lmdb_.path(); }
  absl::Status View(absl::FunctionRef<absl::Status(const LmdbReader&)> fn) override {
    ++views_;
    return lmdb_.View([&](const LmdbReader& txn) {
      Reader reader(txn);
      ++open_;
      absl::Status status = fn(reader);
      --open_;
      most_bytes_ = std::max(most_bytes_, reader.bytes());
      return status;
    });
  }
  absl::Status Update(absl::FunctionRef<absl::Status(LmdbWriter&)> fn) override {
    return lmdb_.Update([&](LmdbWriter& txn) {
      ++open_;
      absl::Status status = fn(txn);
      --open_;
      return status;
    });
  }

  int open() const { return open_; }
  int views() const { return views_; }
  size_t most_bytes() const { return most_bytes_; }  // that one View() read

 private:
  class Reader : public LmdbReader {
   public:
    explicit Reader(const LmdbReader& txn) : txn_(txn) {}
    std::optional<absl::string_view> Get(LmdbTable table, absl::string_view key) const override {
      const auto value = txn_.Get(table, key);
      if (value.has_value()) bytes_ += value->size();
      return value;
    }
    std::optional<Entry> Floor(LmdbTable table, absl::string_view key) const override {
      return txn_.Floor(table, key);
    }
    void Scan(LmdbTable table, absl::string_view from,
              absl::FunctionRef<bool(absl::string_view, absl::string_view)> fn) const override {
      txn_.Scan(table, from, [&](absl::string_view key, absl::string_view value) {
        bytes_ += key.size() + value.size();
        return fn(key, value);
      });
    }
    size_t bytes() const { return bytes_; }

   private:
    const LmdbReader& txn_;
    mutable size_t bytes_ = 0;
  };

  Lmdb& lmdb_;
  int open_ = 0;
  int views_ = 0;
  size_t most_bytes_ = 0;
};

TEST_F(IndexFileTest, ATableOfMoreSlotsThanAFileMayHaveIsLeftOutWhole) {
  store_.Put("a");
  Index();
  const auto slots_of_a_file = [&](uint32_t next) {
    PutSlots({{std::string(16, 'a'), 1}, {"next", next}});
    Export();
    TempDir directory;
    auto lmdb = OpenCatalogLmdb(directory.path());
    EXPECT_TRUE(Import(*lmdb).ok());
    return CountEntries(*lmdb, kSlotsTable);
  };
  EXPECT_EQ(slots_of_a_file(kMostFileSlots + 1), 2u);
  EXPECT_EQ(slots_of_a_file(kMostFileSlots + 2), 0u);
}

// A table that is read in parts, the next slot in the first of them.
TEST_F(IndexFileTest, SlotsThatAreGivenOutWhileSlotsAreReadAreNotInTheFile) {
  constexpr uint32_t kSlots = 120000;
  const auto key = [](uint32_t slot) { return absl::StrFormat("z%015x", slot); };
  store_.Put("a");
  Index();
  std::vector<std::pair<std::string, uint32_t>> slots;
  for (uint32_t slot = 1; slot <= kSlots; ++slot) slots.emplace_back(key(slot), slot);
  slots.emplace_back("next", kSlots + 1);
  PutSlots(slots);
  uint32_t next = kSlots + 1;
  const auto info = ExportIndex(*lmdb_, store_.identity(), file_, [&](uint64_t) {
    PutSlots({{key(next), next}, {"next", next + 1}});
    ++next;
  });
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_GT(next, kSlots + 1);
  ASSERT_TRUE(Import().ok()) << Import().status();
  EXPECT_EQ(CountEntries(*other_, kSlotsTable), kSlots + 1);
}

// Pages that LMDB cannot use again while a transaction reads would make the catalog grow.
TEST_F(IndexFileTest, NoTransactionIsOpenWhileAFileIsWritten) {
  PutManyNames();
  Index();
  WatchedLmdb watched(*lmdb_);
  int told = 0;
  const auto info = ExportIndex(watched, store_.identity(), file_, [&](uint64_t) {
    ++told;
    EXPECT_EQ(watched.open(), 0);
  });
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_GE(told, 2);
  EXPECT_GT(watched.views(), 10);
  EXPECT_LT(watched.most_bytes(), 2u << 20);
  ASSERT_TRUE(Import().ok());
  EXPECT_EQ(Everything(*OpenTestCatalog(*other_, store_)),
            Everything(*OpenTestCatalog(*lmdb_, store_)));
}

TEST_F(IndexFileTest, AnIndexIsKeptWhileItIsExported) {
  PutManyNames();
  Index();
  const std::vector<std::string> all = Everything(*OpenTestCatalog(*lmdb_, store_));
  bool changed = false;
  const auto info = ExportIndex(*lmdb_, store_.identity(), file_, [&](uint64_t) {
    if (std::exchange(changed, true)) return;
    for (int i = 0; i < 4; ++i) {
      RemoveManyNames(10000 * i, 10000 * (i + 1));
      Index();
    }
    OpenTestCatalog(*lmdb_, store_).reset();  // collects garbage
    EXPECT_THAT(Names(*OpenTestCatalog(*lmdb_, store_)), IsEmpty());
  });
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_TRUE(changed);
  ASSERT_TRUE(Import().ok());
  EXPECT_EQ(Everything(*OpenTestCatalog(*other_, store_)), all);
}

TEST_F(IndexFileTest, AnExportLeavesNoMarkHoweverItEnds) {
  store_.Put("a");
  EXPECT_FALSE(ExportIndex(*lmdb_, store_.identity(), file_, kSilent).ok());
  Index();
  const size_t marks = CountEntries(*lmdb_, kMetaTable);
  Export();
  EXPECT_LE(CountEntries(*lmdb_, kMetaTable), marks);
  const std::string taken = other_directory_ / "taken";
  ASSERT_TRUE(WriteFile(taken + "/file", "").ok());
  EXPECT_FALSE(ExportIndex(*lmdb_, store_.identity(), taken, kSilent).ok());
  EXPECT_FALSE(ExportIndex(*lmdb_, store_.identity(), taken + "/none/file", kSilent).ok());
  EXPECT_LE(CountEntries(*lmdb_, kMetaTable), marks);
}

TEST_F(IndexFileTest, ASourceWithoutAnIndexGivesNoFile) {
  store_.Put("a");
  EXPECT_THAT(Names(*OpenTestCatalog(*lmdb_, store_)), ElementsAre("a"));
  const auto info = ExportIndex(*lmdb_, store_.identity(), file_, kSilent);
  EXPECT_TRUE(absl::IsNotFound(info.status())) << info.status();
  EXPECT_THAT(info.status().message(), HasSubstr("annofs index"));
  EXPECT_FALSE(ReadFile(file_).ok());
}

TEST_F(IndexFileTest, AFileThatCannotGetItsNameLeavesNothing) {
  store_.Put("a");
  Index();
  const std::string taken = other_directory_ / "taken";
  ASSERT_TRUE(WriteFile(taken + "/file", "").ok());
  EXPECT_FALSE(ExportIndex(*lmdb_, store_.identity(), taken, kSilent).ok());
  const auto names = ListTree(other_directory_.path());
  ASSERT_TRUE(names.ok());
  for (const std::string& name : *names) EXPECT_FALSE(absl::StrContains(name, ".tmp-")) << name;
}

TEST_F(IndexFileTest, AFileHasWhatItsIndexShowsOnly) {
  for (int i = 0; i < 3000; ++i) store_.Put(absl::StrFormat("old/%08d", i * 7919));
  Index();
  Export();
  const size_t before = Content().size();
  for (int i = 0; i < 3000; ++i) store_.Remove(absl::StrFormat("old/%08d", i * 7919));
  store_.Put("new");
  Index();
  Export();
  EXPECT_LT(Content().size(), before / 10);
  ASSERT_TRUE(Import().ok());
  EXPECT_THAT(Names(*OpenTestCatalog(*other_, store_)), ElementsAre("new"));
}

}  // namespace
}  // namespace annofs::testing
