// kill -9 at any point of a process that lists, refreshes and indexes a changing bucket: what is
// left are listings that were, rows with the ids that they had, and nothing that stays for ever.
#include <signal.h>
#include <unistd.h>

#include <map>
#include <random>
#include <set>
#include <tuple>

#include "absl/time/clock.h"
#include "cache/catalog.h"
#include "cache/indexer.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_check.h"
#include "tests/cache/catalog_model.h"
#include "tests/cache/catalog_testing.h"
#include "tests/cache/faulty_lmdb.h"
#include "tests/cache/forked_child.h"
#include "tests/cache/model_store.h"

namespace annofs::testing {
namespace {

[[noreturn]] void Die() {
  kill(getpid(), SIGKILL);
  abort();
}

// A bucket that is the same in every process after the same number of changes. No version comes
// back.
class Bucket {
 public:
  explicit Bucket(uint64_t seed) : random_(seed), store_("memory://killed") {}

  ModelStore& store() { return store_; }
  void Change(int times) {
    static const std::vector<std::string> kNames = {"a", "a-", "a.object", "b", "..", "c"};
    for (int i = 0; i < times; ++i) {
      std::string key = kNames[random_() % kNames.size()];
      for (uint64_t depth = random_() % 3; depth > 0; --depth) {
        absl::StrAppend(&key, "/", kNames[random_() % kNames.size()]);
      }
      if (random_() % 3 == 0) {
        store_.RemoveKey(key);
      } else {
        store_.PutKey(key, random_() % 5);
      }
    }
  }

 private:
  std::mt19937_64 random_;
  ModelStore store_;
};

void Walk(Catalog& catalog, RowId directory, uint64_t stop_at) {
  std::vector<RowId> directories;
  uint64_t seen = 0;
  const absl::Status status = catalog.Children(directory, 0,
                                               [&](const Row& row) {
                                                 if (row.is_directory)
                                                   directories.push_back(row.id);
                                                 return ++seen < stop_at;
                                               },
                                               {});
  if (!status.ok()) return;
  for (const RowId each : directories) Walk(catalog, each, stop_at);
}

class CatalogKillTest : public ::testing::Test {
 protected:
  using Place = std::tuple<RowId, std::string, std::string>;  // directory, order key, version
  static constexpr int kChanges = 6;                          // between two looks at the bucket

  // What the process does that is killed: it sees the bucket after `changes`, and again after
  // kChanges more.
  void Work(Lmdb& lmdb, int changes, uint64_t seed) {
    Bucket bucket(seed_);
    bucket.Change(changes);
    std::mt19937_64 random(seed);
    CatalogOptions options{.follow = random() % 2 == 0,
                           .page_names = static_cast<uint32_t>(1 + random() % 4)};
    if (random() % 2 == 0) options.index_age = -absl::Seconds(1);
    auto catalog = OpenCatalog(lmdb, bucket.store(), options);
    if (!catalog.ok()) return;
    // What is half read would be refreshed to its end: pages of two moments.
    Walk(**catalog, kRootRow, !options.follow && random() % 3 == 0 ? 2 : SIZE_MAX);
    bucket.Change(kChanges);
    if (options.follow) {
      (*catalog)->Refresh([](RowId, absl::string_view) {}, {}).IgnoreError();
    }
    CatalogOptions past{.at = bucket.store().time() - absl::Seconds(3), .page_names = 2};
    if (auto then = OpenCatalog(lmdb, bucket.store(), past); then.ok()) {
      Walk(**then, kRootRow, SIZE_MAX);
    }
    if (random() % 2 == 0) {
      BuildIndex(lmdb, bucket.store(), {.requests_at_once = 1, .page_names = 2},
                 [](const IndexProgress&) {}, {})
          .IgnoreError();
    }
    auto again = OpenCatalog(lmdb, bucket.store(), options);
    if (again.ok()) Walk(**again, kRootRow, SIZE_MAX);
  }

  // After a kill: opened again, it is whole.
  void Check(int changes) {
    auto lmdb = OpenCatalogLmdb(directory_.path());
    Bucket bucket(seed_);
    bucket.Change(changes);
    AddMoment(bucket.store().bucket());
    bucket.Change(kChanges);
    AddMoment(bucket.store().bucket());
    CheckCatalog(*lmdb);
    {
      auto offline = OpenTestCatalog(*lmdb, bucket.store(), CatalogOptions::Names::kOffline);
      std::map<Place, RowId> shown;
      CheckDirectory(*offline, kRootRow, shown);
      places_ = std::move(shown);
      for (const auto& [id, meaning] : meanings_) {
        EXPECT_EQ(offline->Key(id).value_or("none"), meaning.first);
        EXPECT_EQ(offline->Get(id).value_or(Row()).version, meaning.second);
      }
    }
    CheckCatalog(*lmdb);
  }

  void CheckDirectory(Catalog& catalog, RowId directory, std::map<Place, RowId>& shown) {
    const std::string prefix = catalog.Key(directory).value();
    std::vector<Row> rows;
    const absl::Status status = catalog.Children(directory, 0,
                                                 [&](const Row& row) {
                                                   rows.push_back(row);
                                                   return true;
                                                 },
                                                 {});
    if (absl::IsUnavailable(status)) return;
    ASSERT_TRUE(status.ok()) << status;
    std::string text;
    for (const Row& row : rows) absl::StrAppend(&text, row.name, " ", row.version, "\n");
    EXPECT_TRUE(listings_[prefix].contains(text)) << prefix << " never was:\n" << text;
    for (const Row& row : rows) {
      const Place place{directory, OrderKeyOf(row), row.version};
      shown[place] = row.id;
      const auto before = places_.find(place);
      if (before != places_.end()) {
        EXPECT_EQ(before->second, row.id) << prefix << row.name;
      }
      const std::string key = catalog.Key(row.id).value();
      const auto meaning = meanings_.try_emplace(row.id, key, row.version).first;
      EXPECT_EQ(meaning->second, std::make_pair(key, row.version));
      if (row.is_directory) CheckDirectory(catalog, row.id, shown);
    }
  }

  static std::string OrderKeyOf(const Row& row) {
    return absl::StrCat(row.key_name.empty() ? row.name : row.key_name,
                        row.is_directory ? "/" : "");
  }

  void AddMoment(const ModelBucket& bucket) {
    listings_[""];
    for (const auto& [key, versions] : bucket.versions()) {
      for (size_t at = key.find('/'); at != key.npos; at = key.find('/', at + 1)) {
        listings_[key.substr(0, at + 1)];
      }
    }
    for (auto& [prefix, texts] : listings_) {
      std::string text;
      for (const ModelRow& row : Shown(bucket.Items(prefix, {}), prefix).rows) {
        absl::StrAppend(&text, row.name, " ", row.item.version, "\n");
      }
      texts.insert(std::move(text));
    }
  }

  // Marks that stay are those of an index that can be gone on with: none after it.
  void CheckNothingStays() {
    auto lmdb = OpenCatalogLmdb(directory_.path());
    Bucket bucket(seed_);
    ASSERT_TRUE(BuildIndex(*lmdb, bucket.store(), {}, [](const IndexProgress&) {}, {}).ok());
    for (int i = 0; i < 3; ++i) {
      auto catalog = OpenTestCatalog(*lmdb, bucket.store());
      Walk(*catalog, kRootRow, SIZE_MAX);
    }
    EXPECT_EQ(CountMarks(*lmdb), 0u);
    EXPECT_EQ(CountEntries(*lmdb, kRangesTable), 0u);
    CheckCatalog(*lmdb);
    EXPECT_LE(ListSnapshots(*lmdb, bucket.store().identity())->size(), 16u + 2 + 32 + 1);
  }

  const uint64_t seed_ = std::random_device()();
  TempDir directory_{access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"};
  std::map<std::string, std::set<std::string>> listings_;  // by directory: those that were
  std::map<Place, RowId> places_;                          // of the listings that were the latest
  std::map<RowId, std::pair<std::string, std::string>> meanings_;
};

TEST_F(CatalogKillTest, BetweenAndInsideCommits) {
  SCOPED_TRACE(absl::StrCat("seed ", seed_));
  std::mt19937_64 random(seed_);
  int killed = 0;
  constexpr int kRounds = 80;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    const uint64_t seed = random();
    const int last = static_cast<int>(1 + random() % 40);
    const auto when = static_cast<FaultyLmdb::When>(random() % 3);
    ForkedChild child([&](ForkedChild&) {
      auto lmdb = OpenCatalogLmdb(directory_.path());
      FaultyLmdb faulty(*lmdb);
      faulty.SetHook([&](int update, FaultyLmdb::When now) {
        if (update == last && now == when) Die();
        return absl::OkStatus();
      });
      Work(faulty, round * kChanges, seed);
      return 0;
    });
    const int code = child.Wait();
    ASSERT_TRUE(code == 0 || code == 128 + SIGKILL) << code;
    killed += code != 0;
    Check(round * kChanges);
  }
  EXPECT_GT(killed, kRounds / 4);
  if (!HasFailure()) CheckNothingStays();
}

TEST_F(CatalogKillTest, AtAnyMicrosecond) {
  SCOPED_TRACE(absl::StrCat("seed ", seed_));
  std::mt19937_64 random(seed_);
  int killed = 0;
  constexpr int kRounds = 80;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    const uint64_t seed = random();
    const uint64_t life = random() % 12000;
    ForkedChild child([&](ForkedChild& self) {
      auto lmdb = OpenCatalogLmdb(directory_.path());
      self.Say();
      Work(*lmdb, round * kChanges, seed);
      return 0;
    });
    ASSERT_TRUE(child.Hear());
    absl::SleepFor(absl::Microseconds(life));
    child.Signal(SIGKILL);
    const int code = child.Wait();
    ASSERT_TRUE(code == 0 || code == 128 + SIGKILL) << code;
    killed += code != 0;
    Check(round * kChanges);
  }
  EXPECT_GT(killed, kRounds / 8);
  if (!HasFailure()) CheckNothingStays();
}

}  // namespace
}  // namespace annofs::testing
