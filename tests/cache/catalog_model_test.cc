// The catalog against a plain model, under random operations of another client, of mounts and of an
// index, with and without faults of the store and of the disk. ANNOFS_SEED repeats a case,
// ANNOFS_CASES says how many there are.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "cache/indexer.h"
#include "gtest/gtest.h"
#include "tests/cache/catalog_check.h"
#include "tests/cache/catalog_world.h"

namespace annofs::testing {
namespace {

// Those who change the world: another client, mounts, an index.
class World : public CatalogWorld {
 public:
  World(Lmdb& lmdb, uint64_t seed, bool faults) : CatalogWorld(lmdb, seed, faults) {}

  void Run() {
    const int steps = 10 + Pick(40);
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) Step();
    mounts_.clear();
    if (!::testing::Test::HasFailure()) CheckIds();
    if (::testing::Test::HasFailure()) std::cout << absl::StrJoin(log_, "\n") << "\n";
  }

 private:
  void Step() {
    const int pick = Pick(100);
    if (pick < 35 || mounts_.empty()) {
      pick < 25 ? Change() : Open();
    } else if (pick < 80) {
      UseDirectory(*mounts_[Pick(static_cast<int>(mounts_.size()))]);
    } else if (pick < 87) {
      Refresh();
    } else if (pick < 91) {
      Index();
    } else if (pick < 95) {
      CheckProblems(*mounts_[Pick(static_cast<int>(mounts_.size()))]);
    } else {
      const int which = Pick(static_cast<int>(mounts_.size()));
      Log(absl::StrCat("close ", which));
      Close(which);
    }
  }

  std::string RandomKey() {
    static const std::vector<std::string> kHostile = {"",
                                                      ".",
                                                      "..",
                                                      std::string("n\0l", 3),
                                                      "\x01\x7f",
                                                      "\xff\xfe",
                                                      "e\xcc\x81",
                                                      "\xc3\xa9",
                                                      "A",
                                                      ".bzEmpty",
                                                      "ab",
                                                      "abc",
                                                      "a.object.2",
                                                      std::string(255, 'n'),
                                                      std::string(256, 'n'),
                                                      std::string(250, 'n')};
    static const std::vector<std::string> kUsual = {"a", "a-", "a.object", "b", "a", "b"};
    std::string key;
    const int depth = 1 + Pick(3);
    for (int i = 0; i < depth; ++i) {
      const auto& names = Pick(6) == 0 ? kHostile : kUsual;
      absl::StrAppend(&key, i == 0 ? "" : "/", names[Pick(static_cast<int>(names.size()))]);
    }
    if (Pick(12) == 0) key += "/";
    return key.empty() ? "/" : key;
  }

  std::string KnownKey() {
    auto at = store_.bucket().versions().begin();
    std::advance(at, Pick(static_cast<int>(store_.bucket().versions().size())));
    return at->first;
  }

  void Change() {
    const bool known = !store_.bucket().versions().empty() && Pick(2) == 0;
    const std::string key = known ? KnownKey() : RandomKey();
    const int what = known ? Pick(5) : 0;
    if (Pick(4) == 0) times_.push_back(store_.time());
    if (what <= 1) {
      Log(absl::StrCat("put ", key));
      store_.PutKey(key, static_cast<uint64_t>(Pick(3)));
    } else if (what == 2) {
      Log(absl::StrCat("hide ", key));
      store_.HideKey(key);
    } else if (what == 3) {
      Log(absl::StrCat("remove the newest version of ", key));
      store_.RemoveNewest(key);
    } else {
      Log(absl::StrCat("remove ", key));
      store_.RemoveKey(key);
    }
  }

  void Open() {
    auto mount = std::make_unique<MountModel>();
    CatalogOptions& options = mount->options;
    options.page_names = static_cast<uint32_t>(1 + Pick(7));
    const int kind = Pick(8);
    if (kind == 0) {
      options.names = Names::kOffline;
    } else if (kind == 1) {
      options.names = Names::kSnapshot;
      const auto snapshots = ListSnapshots(lmdb_, store_.identity()).value();
      if (snapshots.empty()) return;
      const SnapshotInfo& info = snapshots[Pick(static_cast<int>(snapshots.size()))];
      if (info.kind == Kind::kIndex && info.completed == absl::InfinitePast()) return;
      options.snapshot = info.number;
    } else if (kind <= 3 && !times_.empty()) {
      options.at = times_[Pick(std::min(4, static_cast<int>(times_.size())))];
      if (Pick(4) == 0) options.names = Names::kOffline;
    } else {
      options.follow = Pick(2) == 0;
      if (Pick(3) == 0) options.index_age = -absl::Seconds(1);
    }
    BeginOperation(nullptr);
    auto catalog = OpenCatalog(lmdb_, store_, options);
    EndOperation();
    Log(absl::StrCat("open names=", static_cast<int>(options.names), " snapshot=", options.snapshot,
                     " at=", options.at.has_value(), " follow=", options.follow,
                     " page=", options.page_names, " -> ", catalog.status().ToString()));
    ASSERT_TRUE(catalog.ok() || failed()) << catalog.status();
    ASSERT_EQ(store_.requests(), 0);
    if (!catalog.ok()) return;
    mount->catalog = *std::move(catalog);
    const SnapshotInfo info = mount->catalog->Info();
    Log(absl::StrCat("  snapshot ", info.number, " base ", info.base));
    mount->states = StatesOf(info.number);
    if (info.base != 0) mount->base = StatesOf(info.base);
    mounts_.push_back(std::move(mount));
    if (mounts_.size() > 5) Close(Pick(5));
  }

  // Listings that it has not come to the end of are forgotten.
  void Close(int which) {
    for (const auto& [row, answers] : mounts_[which]->answers) {
      for (auto& [key, known] : ids_) {
        if (std::get<0>(key) == row && !latest_.contains(row)) known.may_change = true;
      }
    }
    mounts_.erase(mounts_.begin() + which);
  }

  void UseDirectory(MountModel& mount) {
    const RowId row = mount.directories[Pick(static_cast<int>(mount.directories.size()))];
    const std::string prefix = mount.catalog->Key(row).value();
    if (Pick(2) == 0) {
      Look(mount, row, prefix);
    } else {
      ListSome(mount, row, prefix);
    }
  }

  void Refresh() {
    std::vector<MountModel*> following;
    for (const auto& mount : mounts_) {
      if (mount->options.follow) following.push_back(mount.get());
    }
    if (following.empty()) return;
    MountModel& mount = *following[Pick(static_cast<int>(following.size()))];
    std::set<std::pair<RowId, std::string>> told;
    const ModelStore::Recordings before = mount.recordings;
    BeginOperation(&mount.recordings);
    const absl::Status status = mount.catalog->Refresh(
        [&](RowId row, absl::string_view name) { told.emplace(row, name); }, {});
    EndOperation();
    Log(absl::StrCat("refresh of snapshot ", mount.catalog->snapshot(), " -> ", status.ToString()));
    ASSERT_TRUE(status.ok() || failed()) << status;
    std::map<RowId, ModelDirectory> renewed;
    for (const RowId row : mount.touched) {
      const std::string prefix = mount.catalog->Key(row).value();
      const ModelDirectory* old = StateOf(mount, row);
      const ModelDirectory now = Shown(store_.bucket().Items(prefix, {}), prefix);
      if (old == nullptr) {
        SettleRead(mount, row, prefix);
      } else if (status.ok()) {
        CheckTold(told, row, *old, now);
        renewed[row] = now;
        SetLatest(row, now);
      } else {
        AddLatest(row, now);
      }
    }
    for (const auto& [row, now] : renewed) (*mount.states)[row] = now;
    for (const auto& [row, now] : renewed) {
      if (!now.rows.empty()) CheckWhole(mount, row, mount.catalog->Key(row).value(), now);
    }
    for (const auto& [row, now] : renewed) {
      if (IsGone(mount, row)) {
        mount.touched.erase(row);
      }
    }
    for (const RowId row : gone_) mount.states->erase(row);
    gone_.clear();
    for (const auto& [row, state] : *mount.states) {
      CheckWhole(mount, row, mount.catalog->Key(row).value(), state);
    }
    std::erase_if(mount.recordings, [&](const auto& each) { return !before.contains(each.first); });
  }

  void Index() {
    IndexOptions options;
    options.page_names = static_cast<uint32_t>(1 + Pick(7));
    options.requests_at_once = 1 + Pick(3);
    moments_.push_back(store_.bucket());
    BeginOperation(nullptr);
    const auto info = BuildIndex(lmdb_, store_, options, [](const IndexProgress&) {}, {});
    EndOperation();
    Log(absl::StrCat("index -> ", info.status().ToString()));
    ASSERT_TRUE(info.ok() || failed()) << info.status();
    if (!info.ok()) {
      failed_.push_back(store_.bucket());
      for (auto& [key, known] : ids_) known.may_change = true;
      return;
    }
    Log(absl::StrCat("  snapshot ", info->number));
    store_.Record(nullptr);
    MountModel mount;
    mount.options = {.names = Names::kSnapshot, .snapshot = info->number};
    mount.catalog = OpenCatalog(lmdb_, store_, mount.options).value();
    mount.states = StatesOf(info->number);
    for (size_t i = 0; i < mount.directories.size(); ++i) {
      ReadIndexed(mount, mount.directories[i]);
    }
    if (moments_.size() > 1) vague_.insert(info->number);
    moments_.clear();
  }

  void ReadIndexed(MountModel& mount, RowId row) {
    const std::string prefix = mount.catalog->Key(row).value();
    std::vector<Row> rows;
    const absl::Status status = mount.catalog->Children(row, 0,
                                                        [&](const Row& each) {
                                                          rows.push_back(each);
                                                          return true;
                                                        },
                                                        {});
    // What was there at one moment only, of an index that was interrupted, may not be listed.
    if (absl::IsUnavailable(status) && moments_.size() > 1) return;
    ASSERT_TRUE(status.ok()) << prefix << ": " << status;
    for (const ModelBucket& moment : moments_) {
      const ModelDirectory shown = Shown(moment.Items(prefix, {}), prefix);
      const bool equal = std::equal(rows.begin(), rows.end(), shown.rows.begin(), shown.rows.end(),
                                    [](const Row& a, const ModelRow& b) {
                                      return a.name == b.name && a.version == b.item.version;
                                    });
      if (!equal) continue;
      (*mount.states)[row] = shown;
      CheckWhole(mount, row, prefix, shown);
      moments_.size() == 1 ? SetLatest(row, shown) : AddLatest(row, shown);
      return;
    }
    ADD_FAILURE() << "the index shows " << prefix << " as it never was";
  }
};

uint64_t NumberFromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  uint64_t number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : otherwise;
}

// Commits cost nothing where there is a file system in memory.
const char* FastDirectory() { return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; }

void RunCases(uint64_t cases, bool with_faults) {
  const uint64_t seed = NumberFromEnvironment("ANNOFS_SEED", std::random_device()());
  cases = NumberFromEnvironment("ANNOFS_CASES", cases);
  std::cout << "seed " << seed << "\n";
  constexpr uint64_t kCasesOfOneCache = 100;
  for (uint64_t done = 0; done < cases; done += kCasesOfOneCache) {
    TempDir directory(FastDirectory());
    auto lmdb = OpenCatalogLmdb(directory.path());
    for (uint64_t i = done; i < std::min(cases, done + kCasesOfOneCache); ++i) {
      SCOPED_TRACE(absl::StrCat("ANNOFS_SEED=", seed + i, " ANNOFS_CASES=1"));
      World(*lmdb, seed + i, with_faults).Run();
      if (::testing::Test::HasFailure()) return;
    }
    CheckCatalog(*lmdb);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(CatalogModel, ShowsWhatTheModelShows) { RunCases(1500, false); }

TEST(CatalogModel, ShowsOnlyStatesThatWereWhateverFails) { RunCases(1500, true); }

}  // namespace
}  // namespace annofs::testing
