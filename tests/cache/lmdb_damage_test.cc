// Files of LMDB that are damaged, and disks that are full.
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/lmdb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_testing.h"
#include "tests/testing/files.h"
#include "tests/testing/small_disk.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kEntries = 400;

std::string KeyOfEntry(int i) { return absl::StrFormat("key %06d", i * 7919 % kEntries); }
std::string ValueOfEntry(int i) { return std::string(i % 10 == 0 ? 9000 : 60, 'a' + i % 26); }

class LmdbDamageTest : public ::testing::Test {
 protected:
  LmdbOptions Options() {
    return {.path = dir_.path(), .tables = {"one", "two"}, .map_size = 64 << 20};
  }
  std::string File() { return dir_ / "data.mdb"; }

  void MakeFile() {
    auto lmdb = OpenLmdb(Options());
    ASSERT_TRUE(lmdb.ok()) << lmdb.status();
    for (int i = 0; i < kEntries; ++i) {
      ASSERT_TRUE((*lmdb)
                      ->Update([&](LmdbWriter& txn) {
                        return txn.Put(i % 2, KeyOfEntry(i), ValueOfEntry(i));
                      })
                      .ok());
    }
  }

  static void ExpectAll(Lmdb& lmdb) {
    EXPECT_TRUE(lmdb.View([&](const LmdbReader& txn) {
                      for (int i = 0; i < kEntries; ++i) {
                        EXPECT_EQ(txn.Get(i % 2, KeyOfEntry(i)), ValueOfEntry(i));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
  }

  TempDir dir_;
};

TEST_F(LmdbDamageTest, AFileCutShortAtAnyPageIsRefusedOrWhole) {
  MakeFile();
  const std::string content = ReadFile(File()).value();
  int refused = 0;
  for (size_t size = content.size() - 1; size > 100; size -= std::min<size_t>(size, 4096 * 3)) {
    ASSERT_TRUE(WriteFile(File(), absl::string_view(content).substr(0, size)).ok());
    auto lmdb = OpenLmdb(Options());
    if (lmdb.ok()) {
      ExpectAll(**lmdb);
      continue;
    }
    ++refused;
    EXPECT_THAT(lmdb.status().message(), HasSubstr("remove it")) << size;
    EXPECT_THAT(lmdb.status().message(), HasSubstr(dir_.path())) << size;
  }
  EXPECT_GT(refused, 10);
  ASSERT_TRUE(WriteFile(File(), content).ok());
  auto lmdb = OpenLmdb(Options());
  ASSERT_TRUE(lmdb.ok()) << lmdb.status();
  ExpectAll(**lmdb);
}

TEST_F(LmdbDamageTest, AFileThatLacksOnlyPagesNobodyUsesIsWhole) {
  MakeFile();
  {
    auto lmdb = OpenLmdb(Options());
    ASSERT_TRUE(lmdb.ok()) << lmdb.status();
    // The pages of the large value are given back before they are written.
    ASSERT_TRUE((*lmdb)
                    ->Update([&](LmdbWriter& txn) {
                      EXPECT_TRUE(txn.Put(0, "large", std::string(4 << 20, 'x')).ok());
                      return txn.Delete(0, "large");
                    })
                    .ok());
  }
  struct stat info;
  ASSERT_EQ(stat(File().c_str(), &info), 0);
  MDB_env* env = nullptr;
  MDB_envinfo header;
  ASSERT_EQ(mdb_env_create(&env), 0);
  ASSERT_EQ(mdb_env_open(env, dir_.path().c_str(), MDB_RDONLY, 0600), 0);
  ASSERT_EQ(mdb_env_info(env, &header), 0);
  mdb_env_close(env);
  ASSERT_LT(static_cast<size_t>(info.st_size), (header.me_last_pgno + 1) * 4096)
      << "the file is long enough: the test is none";
  auto lmdb = OpenLmdb(Options());
  ASSERT_TRUE(lmdb.ok()) << lmdb.status();
  ExpectAll(**lmdb);
}

TEST_F(LmdbDamageTest, ABrokenHeaderIsRefusedWithTheRemedy) {
  MakeFile();
  const std::string content = ReadFile(File()).value();
  std::mt19937_64 random(3);
  for (int round = 0; round < 60; ++round) {
    std::string broken = content;
    // All zero, all chance, or chance behind a good magic number and version.
    const size_t from = round % 3 == 2 ? 24 : 0;
    for (size_t page = 0; page < 2; ++page) {
      for (size_t i = from; i < 200; ++i) {
        broken[page * 4096 + i] = round % 3 == 0 ? '\0' : static_cast<char>(random());
      }
    }
    ASSERT_TRUE(WriteFile(File(), broken).ok());
    const auto lmdb = OpenLmdb(Options());
    ASSERT_FALSE(lmdb.ok()) << "round " << round;
    EXPECT_THAT(lmdb.status().message(), HasSubstr("remove it")) << "round " << round;
  }
}

TEST_F(LmdbDamageTest, ADirectoryInPlaceOfTheFileIsNamed) {
  ASSERT_TRUE(WriteFile(File() + "/x", "").ok());
  const auto lmdb = OpenLmdb(Options());
  EXPECT_THAT(lmdb.status().message(), HasSubstr(File()));
  EXPECT_THAT(lmdb.status().message(), HasSubstr("remove it"));
}

// A catalog on a disk of its own.
class FullDiskTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kBytes = 4 << 20;

  void SetUp() override {
    if (!disk_.mounted()) GTEST_SKIP() << "no right to mount a small disk";
    for (int d = 0; d < 3; ++d) {
      for (int i = 0; i < 20000; ++i) store_.Put(absl::StrFormat("d%d/%05d", d, i * 7919));
    }
  }

  SmallDisk disk_{kBytes};
  ListingStore store_;
};

TEST_F(FullDiskTest, ShowsWhatItHasAndWorksAgainOnceThereIsSpace) {
  auto lmdb = OpenCatalogLmdb(disk_.path() + "/catalog");
  auto catalog = OpenTestCatalog(*lmdb, store_);
  EXPECT_THAT(Names(*catalog), ElementsAre("d0/", "d1/", "d2/"));
  const RowId known = RowOf(*catalog, "d0").id;
  const RowId fresh = RowOf(*catalog, "d1").id;
  EXPECT_EQ(Names(*catalog, known).size(), 20000u);
  disk_.Fill();
  for (int again = 0; again < 3; ++again) {
    const absl::Status status = catalog->Lookup(fresh, "99999999", {}).status();
    EXPECT_FALSE(status.ok());
    EXPECT_FALSE(absl::IsNotFound(status)) << "a full disk is no absent name";
    EXPECT_THAT(status.message(), HasSubstr("disk full"));
    EXPECT_EQ(Names(*catalog, known).size(), 20000u);
    EXPECT_THAT(Names(*catalog), ElementsAre("d0/", "d1/", "d2/"));
  }
  disk_.Free();
  EXPECT_EQ(Names(*catalog, fresh).size(), 20000u);
  catalog = nullptr;
  lmdb = nullptr;
  lmdb = OpenCatalogLmdb(disk_.path() + "/catalog");
  catalog = OpenTestCatalog(*lmdb, store_, CatalogOptions::Names::kOffline);
  EXPECT_EQ(Names(*catalog, fresh).size(), 20000u);
}

// Somebody may give space: then the transaction is saved, once, though its function has run once.
TEST_F(FullDiskTest, ATransactionIsSavedOnceThereIsRoomForIt) {
  LmdbOptions options{.path = disk_.path() + "/catalog", .tables = {"one", "two"}};
  int asked = 0;
  options.free_space = [&] {
    if (++asked == 2) disk_.Free();
    return true;
  };
  auto lmdb = OpenLmdb(options);
  ASSERT_TRUE(lmdb.ok()) << lmdb.status();
  ASSERT_TRUE(
      (*lmdb)->Update([&](LmdbWriter& txn) { return txn.Put(0, "old/1", "to be removed"); }).ok());
  disk_.Fill();
  int runs = 0;
  const absl::Status status = (*lmdb)->Update([&](LmdbWriter& txn) -> absl::Status {
    ++runs;
    EXPECT_TRUE(txn.DeletePrefix(0, "old/").ok());
    EXPECT_TRUE(txn.Put(1, "gone", "soon").ok());
    EXPECT_TRUE(txn.Delete(1, "gone").ok());
    for (int i = 0; i < 20; ++i) {
      const absl::Status put = txn.Put(1, KeyOfEntry(i), std::string(50'000, 'a' + i % 26));
      if (!put.ok()) return put;
    }
    return txn.Put(0, "new", "value");
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(asked, 2);
  EXPECT_TRUE((*lmdb)
                  ->View([&](const LmdbReader& txn) {
                    EXPECT_EQ(txn.Get(0, "old/1"), std::nullopt);
                    EXPECT_EQ(txn.Get(1, "gone"), std::nullopt);
                    EXPECT_EQ(txn.Get(0, "new"), "value");
                    for (int i = 0; i < 20; ++i) {
                      EXPECT_EQ(txn.Get(1, KeyOfEntry(i)), std::string(50'000, 'a' + i % 26));
                    }
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(FullDiskTest, WhereNobodyGivesSpaceItIsAskedForAFewTimesAndNamed) {
  LmdbOptions options{.path = disk_.path() + "/catalog", .tables = {"one"}};
  int asked = 0;
  options.free_space = [&] {
    ++asked;
    return true;
  };
  auto lmdb = OpenLmdb(options);
  ASSERT_TRUE(lmdb.ok()) << lmdb.status();
  disk_.Fill();
  const absl::Status status = (*lmdb)->Update(
      [&](LmdbWriter& txn) { return txn.Put(0, "large", std::string(1 << 20, 'x')); });
  EXPECT_THAT(status.message(), HasSubstr("disk full"));
  EXPECT_GT(asked, 1);
  EXPECT_LT(asked, 10);
}

TEST_F(FullDiskTest, IsNamedWhenACatalogIsMadeThere) {
  for (const uint64_t spare : {0, 16 << 10, 140 << 10, 150 << 10}) {
    disk_.Fill(spare);
    LmdbOptions options{.path = disk_.path() + "/catalog", .tables = {"one"}};
    const auto lmdb = OpenLmdb(options);
    if (!lmdb.ok()) {
      EXPECT_THAT(lmdb.status().message(), HasSubstr("catalog")) << spare;
      EXPECT_TRUE(absl::StrContains(lmdb.status().message(), "disk full") ||
                  absl::StrContains(lmdb.status().message(), "No space"))
          << lmdb.status();
    }
    disk_.Free();
    std::filesystem::remove_all(options.path);
  }
}

}  // namespace
}  // namespace annofs::testing
