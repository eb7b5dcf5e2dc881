#include "cache/index_file.h"

#include <algorithm>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/cache/index_file_testing.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(IndexFileTest, AnotherNodeShowsTheSameRowsAndProblemsWithoutARequest) {
  PutHostileNames();
  for (int i = 0; i < 500; ++i) store_.Put(absl::StrFormat("d%d/e%d/f%04d", i % 7, i % 3, i));
  Index();
  Export();
  auto here = OpenTestCatalog(*lmdb_, store_);
  const std::vector<std::string> all = Everything(*here);
  const int lists = store_.lists();

  const auto info = Import();
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->objects, here->Info().objects);
  EXPECT_EQ(info->completed, here->Info().completed);
  auto there = OpenTestCatalog(*other_, store_);
  EXPECT_EQ(there->Info().kind, SnapshotInfo::Kind::kIndex);
  EXPECT_EQ(Everything(*there), all);
  EXPECT_EQ(SortedProblems(*there), SortedProblems(*here));
  EXPECT_GE(SortedProblems(*there).size(), 3u);
  EXPECT_EQ(store_.lists(), lists);
}

// What the inodes of views are made of.
TEST_F(IndexFileTest, SlotsTravelToANodeThatHasNoneAndLeaveThoseOfAnother) {
  const auto put = [](Lmdb& lmdb, absl::string_view key, absl::string_view slot) {
    ASSERT_TRUE(lmdb.Update([&](LmdbWriter& txn) { return txn.Put(kSlotsTable, key, slot); }).ok());
  };
  const auto slot = [](Lmdb& lmdb, absl::string_view key) {
    std::string found;
    lmdb.View([&](const LmdbReader& txn) {
          found = std::string(txn.Get(kSlotsTable, key).value_or("none"));
          return absl::OkStatus();
        })
        .IgnoreError();
    return found;
  };
  store_.Put("a");
  Index();
  put(*lmdb_, "0123456789abcdef", Key32(7));
  put(*lmdb_, "next", Key32(8));
  Export();
  ASSERT_TRUE(Import().ok());
  EXPECT_EQ(slot(*other_, "0123456789abcdef"), Key32(7));
  EXPECT_EQ(slot(*other_, "next"), Key32(8));

  TempDir third_directory;
  auto third = OpenCatalogLmdb(third_directory.path());
  put(*third, "next", Key32(3));
  ASSERT_TRUE(Import(*third).ok());
  EXPECT_EQ(slot(*third, "next"), Key32(3));
  EXPECT_EQ(slot(*third, "0123456789abcdef"), "none");
}

TEST_F(IndexFileTest, AFileCutShortAnywhereIsRefused) {
  PutHostileNames();
  Index();
  Export();
  const std::string content = Content();
  const std::vector<size_t> counts = Counts(*other_);
  for (size_t size = 0; size < content.size(); ++size) {
    Write(absl::string_view(content).substr(0, size));
    EXPECT_TRUE(absl::IsInvalidArgument(Import().status())) << size << " " << Import().status();
  }
  Write(content + "x");
  EXPECT_TRUE(absl::IsInvalidArgument(Import().status()));
  EXPECT_EQ(Counts(*other_), counts);
  Write(content);
  EXPECT_TRUE(Import().ok());
}

TEST_F(IndexFileTest, AFileWithABitFlippedInAnyByteIsRefused) {
  PutHostileNames();
  Index();
  Export();
  const std::string content = Content();
  const std::vector<size_t> counts = Counts(*other_);
  std::mt19937_64 random(2);
  for (size_t byte = 0; byte < content.size(); ++byte) {
    std::string flipped = content;
    const int bit = static_cast<int>(random() % 8);
    flipped[byte] = static_cast<char>(flipped[byte] ^ 1 << bit);
    Write(flipped);
    ASSERT_TRUE(absl::IsInvalidArgument(Import().status())) << "byte " << byte << " bit " << bit;
  }
  EXPECT_EQ(Counts(*other_), counts);
}

TEST_F(IndexFileTest, AFileOfANewerFormatSaysSo) {
  store_.Put("a");
  Index();
  Export();
  std::string content = Content();
  content[content.find('\n') - 1] = '2';
  Write(content);
  EXPECT_THAT(Import().status().message(), HasSubstr("format 2, and this program reads format 1"));
  EXPECT_THAT(Import().status().message(), HasSubstr("newer"));
}

TEST_F(IndexFileTest, AnyOtherFileIsSaidToBeNoIndexFile) {
  for (const char* content : {"", "PK\x03\x04", "annofs index \n", "annofs index x\n"}) {
    Write(content);
    EXPECT_THAT(Import().status().message(), HasSubstr("not an index file")) << content;
  }
}

TEST_F(IndexFileTest, AFileOfAnotherSourceIsRefusedAndBothAreNamed) {
  store_.Put("a");
  Index();
  Export();
  const auto info = ImportIndex(*other_, "b2://other", file_, kSilent);
  EXPECT_TRUE(absl::IsInvalidArgument(info.status()));
  EXPECT_THAT(info.status().message(), HasSubstr(store_.identity()));
  EXPECT_THAT(info.status().message(), HasSubstr("b2://other"));
}

TEST_F(IndexFileTest, AMountKeepsItsRowsWhileAnImportGivesOthersToNewOnes) {
  store_.Put("z/1");
  store_.Put("a/1");
  auto mounted = OpenTestCatalog(*other_, store_);
  const std::vector<std::string> before = Everything(*mounted);  // other ids: listed lazily
  for (int i = 0; i < 50; ++i) store_.Put(absl::StrCat("b/", i));
  Index();
  Export();
  ASSERT_TRUE(Import().ok());
  auto fresh = OpenTestCatalog(*other_, store_);
  EXPECT_EQ(Everything(*fresh), Everything(*OpenTestCatalog(*lmdb_, store_)));
  EXPECT_EQ(Everything(*mounted), before);
  mounted = nullptr;
  fresh = nullptr;
  // The old rows go once nobody shows them.
  OpenTestCatalog(*other_, store_).reset();
  EXPECT_EQ(CountEntries(*other_, kRowsTable), CountEntries(*lmdb_, kRowsTable));
  EXPECT_EQ(CountEntries(*other_, kListingsTable), CountEntries(*lmdb_, kListingsTable));
}

TEST_F(IndexFileTest, AnIndexAfterAnImportKeepsTheRowsAndGivesNewOnesToNewNames) {
  for (int i = 0; i < 300; ++i) store_.Put(absl::StrFormat("d%d/%04d", i % 5, i));
  Index();
  Export();
  const auto imported = Import();
  ASSERT_TRUE(imported.ok()) << imported.status();
  const std::vector<std::string> all = Everything(*OpenTestCatalog(*other_, store_));
  Index(*other_);
  EXPECT_EQ(Everything(*OpenTestCatalog(*other_, store_)), all);
  EXPECT_EQ(CountEntries(*other_, kRowsTable), CountEntries(*lmdb_, kRowsTable));
  store_.Put("d1/new");
  Index(*other_);
  std::vector<std::string> more = Everything(*OpenTestCatalog(*other_, store_));
  const auto fresh = std::find_if(more.begin(), more.end(), [](const std::string& line) {
    return absl::StrContains(line, " d1/new ");
  });
  ASSERT_NE(fresh, more.end());
  EXPECT_GT(atoll(fresh->c_str()), 306);
  more.erase(fresh);
  EXPECT_EQ(more, all);
}

TEST_F(IndexFileTest, AListingThatIsTheSameAsTheImportedOneIsNotWrittenAgain) {
  store_.Put("a");
  store_.Put("b/c");
  Index();
  Export();
  ASSERT_TRUE(Import().ok());
  const std::vector<size_t> counts = Counts(*other_);
  auto catalog = OpenCatalog(*other_, store_, {.index_age = absl::ZeroDuration()});
  ASSERT_TRUE(catalog.ok());
  EXPECT_THAT(Names(**catalog), ElementsAre("a", "b/"));
  EXPECT_EQ(Counts(*other_)[2], counts[2]);
  EXPECT_EQ(Counts(*other_)[3], counts[3]);
}

TEST_F(IndexFileTest, AnImportThatIsKilledLeavesNothing) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 40000; ++i) {
    store_.Put(absl::StrFormat("d%02d/%016x%016x", i % 40, random(), random()));
  }
  Index();
  Export();
  {
    ListingStore few(store_.name());
    few.Put("old");
    EXPECT_THAT(Names(*OpenTestCatalog(*other_, few)), ElementsAre("old"));
  }
  const std::vector<size_t> counts = Counts(*other_);
  other_ = nullptr;
  {
    ForkedChild child([&](ForkedChild& self) {
      auto lmdb = OpenCatalogLmdb(other_directory_.path());
      const auto info = ImportIndex(*lmdb, store_.identity(), file_, [&](uint64_t) {
        self.Say();
        self.AwaitWord();
      });
      return info.ok() ? 0 : 1;
    });
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(child.Hear());
      child.SayToChild();
    }
    ASSERT_TRUE(child.Hear()) << "the file is one batch: the test is none";
    child.Kill();
  }
  other_ = OpenCatalogLmdb(other_directory_.path());
  EXPECT_NE(Counts(*other_), counts);
  EXPECT_THAT(Names(*OpenTestCatalog(*other_, store_, CatalogOptions::Names::kOffline)),
              ElementsAre("old"));
  for (const size_t rows_and_listings : {2, 3}) {
    EXPECT_EQ(Counts(*other_)[rows_and_listings], counts[rows_and_listings]);
  }
  ASSERT_TRUE(Import().ok());
  EXPECT_EQ(Everything(*OpenTestCatalog(*other_, store_)),
            Everything(*OpenTestCatalog(*lmdb_, store_)));
}

TEST_F(IndexFileTest, ImportsOfTwoProcessesAtOnceDoNotDisturbEachOther) {
  for (int i = 0; i < 100; ++i) store_.Put(absl::StrCat("d/", i));
  Index();
  Export();
  bool nested = false;
  const auto info = ImportIndex(*other_, store_.identity(), file_, [&](uint64_t) {
    if (std::exchange(nested, true)) return;
    EXPECT_TRUE(Import().ok());
    OpenTestCatalog(*other_, store_);  // collects garbage
  });
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(Everything(*OpenTestCatalog(*other_, store_)),
            Everything(*OpenTestCatalog(*lmdb_, store_)));
}

}  // namespace
}  // namespace annofs::testing
