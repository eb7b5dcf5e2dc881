#include "cache/lmdb.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <functional>
#include <optional>
#include <thread>

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/cache/forked_child.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"

namespace annofs {
namespace {

using testing::ForkedChild;
using testing::TempDir;

constexpr LmdbTable kFirst = 0;
constexpr LmdbTable kSecond = 1;

LmdbOptions Options(const std::string& path, uint64_t map_size = 64 << 20) {
  LmdbOptions options;
  options.path = path;
  options.tables = {"first", "second"};
  options.map_size = map_size;
  options.max_readers = 64;
  return options;
}

std::unique_ptr<Lmdb> MustOpen(const LmdbOptions& options) {
  auto lmdb = OpenLmdb(options);
  EXPECT_TRUE(lmdb.ok()) << lmdb.status();
  return lmdb.ok() ? *std::move(lmdb) : nullptr;
}

absl::Status Put(Lmdb& lmdb, LmdbTable table, absl::string_view key, absl::string_view value) {
  return lmdb.Update([&](LmdbWriter& txn) { return txn.Put(table, key, value); });
}

std::optional<std::string> Get(Lmdb& lmdb, LmdbTable table, absl::string_view key) {
  std::optional<std::string> value;
  absl::Status status = lmdb.View([&](const LmdbReader& txn) {
    if (auto found = txn.Get(table, key)) value = std::string(*found);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return value;
}

std::string Keys(Lmdb& lmdb, LmdbTable table, absl::string_view from, size_t most = 100) {
  std::vector<std::string> keys;
  EXPECT_TRUE(lmdb.View([&](const LmdbReader& txn) {
                    txn.Scan(table, from, [&](absl::string_view key, absl::string_view) {
                      keys.push_back(std::string(key));
                      return keys.size() < most;
                    });
                    return absl::OkStatus();
                  })
                  .ok());
  std::string text;
  for (const std::string& key : keys) absl::StrAppend(&text, key, " ");
  return text;
}

TEST(LmdbKeys, NumbersSortAsKeysDo) {
  EXPECT_EQ(ReadKey64(Key64(0x0123456789ABCDEF)), 0x0123456789ABCDEFu);
  EXPECT_EQ(ReadKey32(Key32(0xFFEEDDCC)), 0xFFEEDDCCu);
  EXPECT_LT(Key64(255), Key64(256));
  EXPECT_LT(Key32(0x7FFFFFFF), Key32(0x80000000));
}

TEST(Lmdb, TablesAreSeparateAndSurviveReopening) {
  TempDir dir;
  {
    auto lmdb = MustOpen(Options(dir.path()));
    EXPECT_TRUE(Put(*lmdb, kFirst, "key", "one").ok());
    EXPECT_TRUE(Put(*lmdb, kSecond, "key", "two").ok());
  }
  auto lmdb = MustOpen(Options(dir.path()));
  EXPECT_EQ(Get(*lmdb, kFirst, "key"), "one");
  EXPECT_EQ(Get(*lmdb, kSecond, "key"), "two");
  EXPECT_EQ(Get(*lmdb, kFirst, "none"), std::nullopt);
}

TEST(Lmdb, OnlyTheOwnerMayReadTheFiles) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir / "new/catalog"));
  struct stat info;
  ASSERT_EQ(stat((dir / "new/catalog").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(stat((dir / "new/catalog/data.mdb").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(Lmdb, AFailedUpdateChangesNothing) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir.path()));
  absl::Status status = lmdb->Update([&](LmdbWriter& txn) -> absl::Status {
    EXPECT_TRUE(txn.Put(kFirst, "key", "value").ok());
    return absl::DataLossError("no");
  });
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_EQ(Get(*lmdb, kFirst, "key"), std::nullopt);
}

TEST(Lmdb, KeysThatLmdbCannotHoldAreRefused) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir.path()));
  EXPECT_TRUE(absl::IsInvalidArgument(Put(*lmdb, kFirst, "", "value")));
  EXPECT_TRUE(absl::IsInvalidArgument(Put(*lmdb, kFirst, std::string(512, 'k'), "value")));
  EXPECT_TRUE(Put(*lmdb, kFirst, std::string(511, 'k'), "value").ok());
  EXPECT_EQ(Get(*lmdb, kFirst, std::string(511, 'k')), "value");
  EXPECT_EQ(Get(*lmdb, kFirst, std::string(512, 'k')), std::nullopt);
}

TEST(Lmdb, ScansInKeyOrderFromAnywhere) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir.path()));
  for (absl::string_view key : {"b", "a", "c", "bb"}) EXPECT_TRUE(Put(*lmdb, kFirst, key, "").ok());
  EXPECT_EQ(Keys(*lmdb, kFirst, ""), "a b bb c ");
  EXPECT_EQ(Keys(*lmdb, kFirst, "ba"), "bb c ");
  EXPECT_EQ(Keys(*lmdb, kFirst, "", 2), "a b ");
  EXPECT_EQ(Keys(*lmdb, kFirst, "d"), "");
  EXPECT_EQ(Keys(*lmdb, kSecond, ""), "");
}

TEST(Lmdb, DeletePrefixRemovesExactlyThePrefix) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir.path()));
  EXPECT_TRUE(lmdb->Update([&](LmdbWriter& txn) -> absl::Status {
                    EXPECT_TRUE(txn.Put(kFirst, "a", "").ok());
                    for (int i = 0; i < 5000; ++i) {
                      EXPECT_TRUE(
                          txn.Put(kFirst, absl::StrCat("b", i), std::string(100, 'x')).ok());
                    }
                    return txn.Put(kFirst, "c", "");
                  })
                  .ok());
  EXPECT_TRUE(lmdb->Update([&](LmdbWriter& txn) { return txn.DeletePrefix(kFirst, "b"); }).ok());
  EXPECT_EQ(Keys(*lmdb, kFirst, ""), "a c ");
  EXPECT_TRUE(lmdb->Update([&](LmdbWriter& txn) { return txn.Delete(kFirst, "none"); }).ok());
}

TEST(Lmdb, AViewSeesTheStateOfItsBeginning) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir.path()));
  EXPECT_TRUE(Put(*lmdb, kFirst, "key", "old").ok());
  EXPECT_TRUE(lmdb->View([&](const LmdbReader& txn) {
                    std::thread([&] { EXPECT_TRUE(Put(*lmdb, kFirst, "key", "new").ok()); }).join();
                    EXPECT_EQ(txn.Get(kFirst, "key"), "old");
                    EXPECT_EQ(Get(*lmdb, kFirst, "key"), "new");  // a view inside a view
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST(Lmdb, ManyThreadsReadWhileOneWrites) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir.path()));
  EXPECT_TRUE(Put(*lmdb, kFirst, "a", "0").ok());
  EXPECT_TRUE(Put(*lmdb, kFirst, "b", "0").ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        EXPECT_TRUE(lmdb->View([&](const LmdbReader& txn) {
                          EXPECT_EQ(txn.Get(kFirst, "a"), txn.Get(kFirst, "b"));
                          return absl::OkStatus();
                        })
                        .ok());
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(lmdb->Update([&](LmdbWriter& txn) -> absl::Status {
                      EXPECT_TRUE(txn.Put(kFirst, "a", absl::StrCat(i)).ok());
                      return txn.Put(kFirst, "b", absl::StrCat(i));
                    })
                    .ok());
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Lmdb, AFullFileIsAnErrorThatSaysSoAndKeepsWhatItHolds) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir.path(), 1 << 20));
  EXPECT_TRUE(Put(*lmdb, kFirst, "kept", "value").ok());
  absl::Status status = Put(*lmdb, kFirst, "big", std::string(2 << 20, 'x'));
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_NE(status.message().find("largest size"), absl::string_view::npos) << status;
  EXPECT_EQ(Get(*lmdb, kFirst, "kept"), "value");
  EXPECT_TRUE(Put(*lmdb, kFirst, "small", "value").ok());
}

TEST(Lmdb, AnIgnoredErrorStillPreventsTheCommit) {
  TempDir dir;
  auto lmdb = MustOpen(Options(dir.path(), 1 << 20));
  absl::Status status = lmdb->Update([&](LmdbWriter& txn) {
    EXPECT_TRUE(txn.Put(kFirst, "key", "value").ok());
    EXPECT_FALSE(txn.Put(kFirst, "big", std::string(2 << 20, 'x')).ok());
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_EQ(Get(*lmdb, kFirst, "key"), std::nullopt);
}

TEST(Lmdb, AFileThatIsNoneOfLmdbIsRefusedWithTheRemedy) {
  TempDir dir;
  ASSERT_TRUE(testing::WriteFile(dir / "data.mdb", std::string(20000, 'x')).ok());
  auto lmdb = OpenLmdb(Options(dir.path()));
  EXPECT_TRUE(absl::IsInternal(lmdb.status())) << lmdb.status();
  EXPECT_NE(lmdb.status().message().find("remove it"), absl::string_view::npos);
}

TEST(Lmdb, AProcessShortOfAddressSpaceMapsLess) {
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_THREAD_SANITIZER)
  GTEST_SKIP() << "a sanitizer needs more address space than this test leaves";
#endif
  TempDir dir;
  ForkedChild child([&](ForkedChild&) {
    rlimit limit{uint64_t{1} << 36, uint64_t{1} << 36};
    if (setrlimit(RLIMIT_AS, &limit) != 0) return 1;
    auto lmdb = OpenLmdb(Options(dir.path(), uint64_t{1} << 40));
    if (!lmdb.ok()) return 2;
    return Put(**lmdb, kFirst, "key", "value").ok() ? 0 : 3;
  });
  EXPECT_EQ(child.Wait(), 0);
  auto lmdb = MustOpen(Options(dir.path()));
  EXPECT_EQ(Get(*lmdb, kFirst, "key"), "value");
}

TEST(Lmdb, ACommitSurvivesKill9AndAnOpenTransactionDoesNot) {
  TempDir dir;
  ForkedChild child([&](ForkedChild& self) {
    auto lmdb = MustOpen(Options(dir.path()));
    if (!Put(*lmdb, kFirst, "committed", "value").ok()) return 1;
    return lmdb->Update([&](LmdbWriter& txn) -> absl::Status {
                 EXPECT_TRUE(txn.Put(kFirst, "open", "value").ok());
                 self.Say();
                 self.AwaitWord();
                 return absl::OkStatus();
               }).ok()
               ? 0
               : 2;
  });
  ASSERT_TRUE(child.Hear());
  child.Kill();
  auto lmdb = MustOpen(Options(dir.path()));
  EXPECT_EQ(Get(*lmdb, kFirst, "committed"), "value");
  EXPECT_EQ(Get(*lmdb, kFirst, "open"), std::nullopt);
  EXPECT_TRUE(Put(*lmdb, kFirst, "open", "value").ok());  // the dead writer's lock is not kept
}

TEST(Lmdb, ReadsOnWhenAnotherProcessHasMadeTheFileLarger) {
  TempDir dir;
  MustOpen(Options(dir.path(), 1 << 20));
  ForkedChild child([&](ForkedChild& self) {
    auto lmdb = MustOpen(Options(dir.path(), 64 << 20));
    self.AwaitWord();
    bool ok = Put(*lmdb, kFirst, "big", std::string(8 << 20, 'x')).ok();
    self.Say();
    self.AwaitWord();
    return ok ? 0 : 1;
  });
  auto lmdb = MustOpen(Options(dir.path(), 1 << 20));
  EXPECT_EQ(Get(*lmdb, kFirst, "big"), std::nullopt);
  child.SayToChild();
  ASSERT_TRUE(child.Hear());
  EXPECT_EQ(Get(*lmdb, kFirst, "big").value_or("").size(), size_t{8} << 20);
  EXPECT_TRUE(Put(*lmdb, kFirst, "more", std::string(2 << 20, 'x')).ok());
  child.SayToChild();
  EXPECT_EQ(child.Wait(), 0);
}

TEST(Lmdb, ReaderSlotsOfKilledProcessesAreUsedAgain) {
  TempDir dir;
  LmdbOptions options = Options(dir.path());
  options.max_readers = 8;
  ForkedChild killed([&](ForkedChild& self) {
    self.AwaitWord();
    auto lmdb = MustOpen(options);
    for (int i = 0; i < 6; ++i) {
      std::thread([&] {
        lmdb->View([&](const LmdbReader&) {
              self.Say();
              absl::SleepFor(absl::Seconds(30));
              return absl::OkStatus();
            })
            .IgnoreError();
      }).detach();
    }
    absl::SleepFor(absl::Seconds(30));
    return 0;
  });
  auto lmdb = MustOpen(options);  // before the other: what Open() cleans up is not the matter here
  killed.SayToChild();
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(killed.Hear());
  killed.Kill();
  std::function<void(int)> nest = [&](int depth) {
    if (depth == 0) return;
    absl::Status status = lmdb->View([&](const LmdbReader&) {
      nest(depth - 1);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << depth << ": " << status;
  };
  nest(7);
}

}  // namespace
}  // namespace annofs
